"""Which campaign a hand-off is of: recognised by its signs, or new."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.campaigns import Kind, Origin, Sign, signs
from bot.db import insert_once
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent
from bot.models import Campaign, CampaignAlias, Handoff
from bot.queries.lists import evened


def recognise(tx: Session, handoff: Handoff, now: datetime) -> None:
    """Say which campaign a hand-off is of; a campaign nobody knew is entered.

    Its strongest sign decides. One that nobody knew is taken up by the campaign that a weaker sign
    names, if that one has no sign of its kind yet: a marketer may have entered it by its name.
    """
    given = signs(origin_of(handoff))
    handoff.campaign_id = _recognised(tx, handoff.team_id, given, now) if given else None


def campaigns_of(
    tx: Session, team_id: str, origins: Iterable[Origin], now: datetime
) -> list[str | None]:
    """The same for many origins, one after the other; None where nothing was told."""
    given = [signs(origin) for origin in origins]
    strongest = {found[0].key for found in given if found}
    known = _known(tx, team_id, strongest)
    for found in given:
        if found and found[0].key not in known:
            known[found[0].key] = _recognised(tx, team_id, found, now)
    return [known[found[0].key] if found else None for found in given]


def _recognised(tx: Session, team_id: str, given: list[Sign], now: datetime) -> str:
    known = _known(tx, team_id, {sign.key for sign in given})
    campaign_id = known.get(given[0].key) or _take_up(tx, team_id, given, known)
    return campaign_id or enter(tx, team_id, given, now)


def origin_of(handoff: Handoff) -> Origin:
    """All that was told of where it came from. What a name stood in for is no sign of its own."""
    name = handoff.campaign if handoff.campaign != handoff.campaign_ref else None
    return Origin(handoff.campaign_ref, handoff.utm, handoff.landing_page, name, handoff.source)


def origin_told(event: LeadEvent) -> Origin:
    """The same of a hand-off still to be made."""
    name = event.campaign if event.campaign != event.campaign_id else None
    return Origin(event.campaign_id, event.utm, event.landing_page, name, event.source)


def _known(tx: Session, team_id: str, keys: Collection[str]) -> dict[str, str]:
    """The campaigns that are known by these keys, by key."""
    asked = {"team_id": team_id, "keys": evened(keys)}
    return {key: campaign_id for key, campaign_id in tx.execute(_by_keys(), asked)}


@cache
def _by_keys() -> Select[str, str]:
    """Built once: every hand-off asks it."""
    keys = col(CampaignAlias.key).in_(bindparam("keys", expanding=True))
    return select(col(CampaignAlias.key), col(CampaignAlias.campaign_id)).where(
        col(CampaignAlias.team_id) == bindparam("team_id"), keys
    )


def _take_up(tx: Session, team_id: str, given: list[Sign], known: dict[str, str]) -> str | None:
    """The campaign that a weaker sign names, once it is known by the strongest too."""
    first = given[0]
    for sign in given[1:]:
        campaign_id = known.get(sign.key)
        if campaign_id is None or sign.kind is Kind.SOURCE:
            continue
        if not _has(tx, team_id, campaign_id, first.kind):
            insert_once(tx, CampaignAlias(team_id=team_id, key=first.key, campaign_id=campaign_id))
            return campaign_id
    return None


def _has(tx: Session, team_id: str, campaign_id: str, kind: Kind) -> bool:
    of_kind = select(col(CampaignAlias.key)).where(
        col(CampaignAlias.team_id) == team_id,
        col(CampaignAlias.campaign_id) == campaign_id,
        col(CampaignAlias.key).startswith(f"{kind}:", autoescape=True),
    )
    return tx.scalars(of_kind.limit(1)).first() is not None


def enter(tx: Session, team_id: str, given: list[Sign], now: datetime) -> str:
    """Enter a campaign under its strongest sign, and under its name where that is free.

    Two processes may meet it at once; the unique key decides.
    """
    first = given[0]
    campaign = Campaign(
        team_id=team_id, id=new_id(now), name=first.label, created_at=now, changed_at=now
    )
    tx.add(campaign)
    tx.flush()
    alias = CampaignAlias(team_id=team_id, key=first.key, campaign_id=campaign.id)
    if not insert_once(tx, alias):
        tx.delete(campaign)
        tx.flush()
        return tx.get_one(CampaignAlias, (team_id, first.key)).campaign_id
    for sign in given[1:]:
        if sign.kind is Kind.NAME:
            insert_once(tx, CampaignAlias(team_id=team_id, key=sign.key, campaign_id=campaign.id))
    return campaign.id
