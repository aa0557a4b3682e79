"""What marketing writes down of a campaign: the form behind Edit…"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.errors import BadFields
from bot.liaison import Liaison
from bot.models import Campaign, Person
from bot.services.campaigns import NAME, check_marketer, known
from bot.services.previews import move_launch
from bot.views import ids

_MONEY = re.compile(r"([0-9][0-9, ]{0,14}(?:\.[0-9]{1,2})?) ?([A-Za-z]{3})?")


def look_to_edit(liaison: Liaison, campaign_id: str, by: str) -> Campaign:
    with liaison.reading() as tx:
        check_marketer(tx, liaison.team_id, by)
        return known(tx, liaison.team_id, campaign_id)


@dataclass(frozen=True)
class Filled:
    """A filled-in form, untrusted; None = left empty. Days are ISO dates."""

    name: str | None = None
    owner_id: str | None = None
    starts_on: str | None = None
    ends_on: str | None = None
    judge_on: str | None = None
    cost: str | None = None
    audience: str | None = None
    offer: str | None = None
    follow_up: str | None = None
    talk_track: str | None = None


def edit(liaison: Liaison, campaign_id: str, by: str, filled: Filled) -> Campaign:
    """Write down what a marketer says of a campaign. Raises `BadFields`."""
    now = liaison.now()
    with liaison.transaction() as tx:
        check_marketer(tx, liaison.team_id, by)
        campaign = known(tx, liaison.team_id, campaign_id)
        _fill_in(tx, campaign, filled, now)
        move_launch(tx, liaison, campaign, now)
        return campaign


def _fill_in(tx: Session, campaign: Campaign, filled: Filled, now: datetime) -> None:
    """Raises `BadFields` with every fault; then nothing is changed."""
    faults: dict[str, str] = {}
    name = " ".join((filled.name or "").split())
    if not 0 < len(name) <= NAME:
        faults[ids.CAMPAIGN_NAME] = f"Write a name of at most {NAME} characters."
    days = {
        field: _day(day, field, faults)
        for field, day in (
            (ids.STARTS_ON, filled.starts_on),
            (ids.ENDS_ON, filled.ends_on),
            (ids.JUDGE_ON, filled.judge_on),
        )
    }
    starts, ends = days[ids.STARTS_ON], days[ids.ENDS_ON]
    if starts and ends and ends < starts:
        faults[ids.ENDS_ON] = "Choose a day on or after the first one."
    cost, currency = _money(filled.cost, faults)
    owner = filled.owner_id and tx.get(Person, (campaign.team_id, filled.owner_id))
    if filled.owner_id and not (owner and owner.is_active):
        faults[ids.CAMPAIGN_OWNER] = "Choose a member of this workspace, and no app."
    if faults:
        raise BadFields(faults)
    brief = (campaign.audience, campaign.offer)
    campaign.name, campaign.owner_id = name, filled.owner_id
    campaign.starts_on, campaign.ends_on, campaign.judge_on = starts, ends, days[ids.JUDGE_ON]
    campaign.cost, campaign.currency = cost, currency
    campaign.audience, campaign.offer = filled.audience, filled.offer
    campaign.follow_up, campaign.talk_track = filled.follow_up, filled.talk_track
    if brief != (campaign.audience, campaign.offer):
        campaign.changed_at = now


def _day(told: str | None, field: str, faults: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        faults[field] = "Choose a day."
        return None


def _money(told: str | None, faults: dict[str, str]) -> tuple[str | None, str | None]:
    """`12500 EUR`, or the number alone; the amount and the currency."""
    if not told or not told.strip():
        return None, None
    if match := _MONEY.fullmatch(told.strip()):
        amount = match[1].replace(",", "").replace(" ", "")
        return amount, match[2].upper() if match[2] else None
    faults[ids.CAMPAIGN_COST] = "Write an amount and a currency, such as 12500 EUR."
    return None, None
