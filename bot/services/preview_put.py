"""A marketer puts a campaign to sales before its launch: the form, its brief, who is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.campaigns import name_sign, slug
from bot.core.previews import MOST_ASKED, closes_at, earliest_launch, first_asked
from bot.db import insert_once
from bot.delivery import homes
from bot.delivery.sayings import Saying, say, say_to_person
from bot.errors import BadField, BadFields, Refused, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Campaign, MessageKind, Person, Preview, PreviewVoice
from bot.services.campaigns import (
    NAME,
    NO_ORIGIN,
    check_marketer,
    exactly_called,
    found_by_name,
    owner,
    roots,
)
from bot.services.hours import back_at_work
from bot.services.previews import open_of, shown_of
from bot.services.recognition import enter
from bot.views import ids
from bot.views import previews as views
from bot.views.blocks import foreign, when
from bot.views.previews import Draft, Shown

NO_NAME = "Write the campaign's name too, such as `/campaign preview Spring webinar`."


@dataclass(frozen=True)
class Filled:
    """A filled-in form, untrusted; None = left empty. The day is an ISO date."""

    name: str | None
    audience: str | None
    offer: str | None
    launches_on: str | None
    follow_up: str | None
    talk_track: str | None
    asked: Sequence[str]


def look_to_put(liaison: Liaison, typed: str, by: str) -> Draft:
    """What is known of the campaign of this name, and who would be asked. Raises `NoSuchCampaign`
    when several could be meant."""
    name = " ".join(typed.split())
    with liaison.reading() as tx:
        check_marketer(tx, liaison.team_id, by)
        if not name or slug(name) == slug(NO_ORIGIN):
            raise Refused(NO_NAME)
        campaign = found_by_name(tx, liaison.team_id, name)
        if campaign and (standing := open_of(tx, campaign)):
            raise TooLate(_already(campaign, standing))
        return Draft(
            name=campaign.name if campaign else name[:NAME],
            campaign=campaign,
            asked=_usually_asked(tx, liaison.team_id),
            most_asked=MOST_ASKED,
        )


def _already(campaign: Campaign, standing: Preview) -> str:
    name = foreign(campaign.name, 60)
    until = when(standing.closes_at)
    return f"“{name}” is with sales already, until {until}; `/campaign {name}` shows how it stands."


def _usually_asked(tx: Session, team_id: str) -> list[str]:
    reps = tx.scalars(
        select(Person).where(
            col(Person.team_id) == team_id,
            col(Person.team) == queries.SALES,
            col(Person.is_active),
        )
    ).all()
    asked = tx.execute(
        select(col(PreviewVoice.person_id), func.max(col(Preview.put_at)))
        .join(
            Preview,
            (col(Preview.team_id) == PreviewVoice.team_id)
            & (col(Preview.id) == PreviewVoice.preview_id),
        )
        .where(col(PreviewVoice.team_id) == team_id)
        .group_by(col(PreviewVoice.person_id))
    )
    last = {person_id: at for person_id, at in asked}
    return first_asked(
        (person.id, person.name, last.get(person.id)) for person in reps if "rep" in person.roles
    )


def put(liaison: Liaison, filled: Filled, by: str) -> Shown:
    """Put a campaign to sales: its brief is kept with it, everybody who is asked gets one message,
    its owner one in which the answers come in. Raises `BadFields`."""
    now = liaison.now()
    with liaison.transaction() as tx:
        check_marketer(tx, liaison.team_id, by)
        brief = _checked(tx, liaison, filled, now)
        campaign = exactly_called(tx, liaison.team_id, brief.name)
        if campaign is None:
            campaign = _entered(tx, liaison, brief.name, by, now)
        if campaign.ends_on and campaign.ends_on < brief.launches_on:
            last = views.day(campaign.ends_on)
            raise BadField(ids.STARTS_ON, f"Choose a day up to its last one, {last}.")
        if standing := open_of(tx, campaign):
            raise TooLate(_already(campaign, standing))
        _keep(campaign, brief, now)
        reads = owner(tx, liaison, campaign)
        closes = closes_at(liaison.playbook.hours.timezone, brief.launches_on)
        preview = Preview(
            team_id=liaison.team_id,
            id=new_id(now),
            campaign_id=campaign.id,
            put_by=by,
            put_at=now,
            owner_id=reads.id if reads and queries.is_listed(reads) else by,
            audience=brief.audience,
            offer=brief.offer,
            launches_on=brief.launches_on,
            follow_up=brief.follow_up,
            talk_track=brief.talk_track,
            closes_at=closes,
            close_check_at=closes,
        )
        tx.flush()
        if not insert_once(tx, preview):
            raise TooLate(f"“{foreign(campaign.name, 60)}” was put to sales a moment ago.")
        for person in brief.asked:
            tx.add(
                PreviewVoice(team_id=liaison.team_id, preview_id=preview.id, person_id=person.id)
            )
        tx.flush()
        _ask(tx, liaison, preview, brief.asked, now)
        homes.note_for_all(tx, liaison, preview.id)
        return shown_of(tx, preview)


@dataclass(frozen=True)
class _Brief:
    """A form that was found right."""

    name: str
    audience: str
    offer: str
    launches_on: date
    follow_up: str
    talk_track: str | None
    asked: Sequence[Person]


def _checked(tx: Session, liaison: Liaison, filled: Filled, now: datetime) -> _Brief:
    """Raises `BadFields` with every fault."""
    faults: dict[str, str] = {}
    name = " ".join((filled.name or "").split())
    if not 0 < len(name) <= NAME or slug(name) == slug(NO_ORIGIN):
        faults[ids.CAMPAIGN_NAME] = f"Write a name of at most {NAME} characters."
    told = {}
    for field, words, missing in (
        (ids.AUDIENCE, filled.audience, "Write who it is for."),
        (ids.CAMPAIGN_OFFER, filled.offer, "Write what it offers."),
        (ids.FOLLOW_UP, filled.follow_up, "Write how sales follows up."),
        (ids.TALK_TRACK, filled.talk_track, ""),
    ):
        told[field] = (words or "").strip()
        if missing and not told[field]:
            faults[field] = missing
        elif len(told[field]) > views.LONGEST:
            faults[field] = f"Please keep it under {views.LONGEST} characters."
    launches_on = _launch(liaison.playbook.hours.timezone, filled.launches_on, now, faults)
    asked = _people(tx, liaison, filled.asked, faults)
    if faults or launches_on is None:
        raise BadFields(faults)
    return _Brief(
        name,
        told[ids.AUDIENCE],
        told[ids.CAMPAIGN_OFFER],
        launches_on,
        told[ids.FOLLOW_UP],
        told[ids.TALK_TRACK] or None,
        asked,
    )


def _launch(zone: str, picked: str | None, now: datetime, faults: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(picked or "")
    except ValueError:
        faults[ids.STARTS_ON] = "Choose the day of the launch."
        return None
    first = earliest_launch(zone, now)
    if day < first:
        faults[ids.STARTS_ON] = (
            f"A preview closes 48 hours before the launch: choose {views.day(first)} or later."
        )
    return day


def _people(
    tx: Session, liaison: Liaison, chosen: Iterable[str], faults: dict[str, str]
) -> list[Person]:
    asked = [tx.get(Person, (liaison.team_id, each)) for each in dict.fromkeys(chosen)]
    if not 0 < len(asked) <= MOST_ASKED:
        faults[ids.PREVIEW_ASKED] = f"Choose one to {MOST_ASKED} people of sales."
    elif not all(person and queries.sells(person) for person in asked):
        faults[ids.PREVIEW_ASKED] = "Choose reps and managers of sales alone."
    return [person for person in asked if person]


def _entered(tx: Session, liaison: Liaison, name: str, by: str, now: datetime) -> Campaign:
    """A campaign before its first lead, which is recognised by this name."""
    entered = enter(tx, liaison.team_id, [name_sign(name)], now)
    campaign = roots(tx, liaison.team_id)[entered]
    if campaign.created_at == now:
        campaign.owner_id = by
    return campaign


def _keep(campaign: Campaign, brief: _Brief, now: datetime) -> None:
    """The brief is the campaign's from now on."""
    before = (campaign.audience, campaign.offer)
    campaign.audience, campaign.offer = brief.audience, brief.offer
    campaign.follow_up, campaign.talk_track = brief.follow_up, brief.talk_track
    campaign.starts_on = brief.launches_on
    if before != (campaign.audience, campaign.offer):
        campaign.changed_at = now


def _ask(
    tx: Session, liaison: Liaison, preview: Preview, asked: Iterable[Person], now: datetime
) -> None:
    """Everybody once, inside their hours; and the owner's message, at once where they asked."""
    for person in asked:
        held = back_at_work(tx, liaison, person, now)
        say_to_person(tx, liaison, person.id, MessageKind.PREVIEW, preview.id, hold_until=held)
    reads = tx.get_one(Person, (preview.team_id, preview.owner_id))
    is_answer = preview.owner_id == preview.put_by
    held = None if is_answer else back_at_work(tx, liaison, reads, now)
    kind = MessageKind.PREVIEW_STATE
    saying = Saying(f"{kind}:{preview.id}", kind, preview.id, reads.id, is_answer=is_answer)
    say(tx, liaison, saying, hold_until=held)
