"""Flags: a warning about a campaign, raised by hand or by its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.business_time import local_date, start_of_day
from bot.db import insert_once
from bot.delivery import homes
from bot.delivery.messages import revise_those
from bot.delivery.sayings import Tale, say_to, say_to_person
from bot.errors import BadField, NotListed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import (
    Batch,
    Campaign,
    Flag,
    FlagKind,
    Handoff,
    Message,
    MessageKind,
    Person,
    Severity,
)
from bot.services.asks import ANSWERED_WITHIN, speaker_for
from bot.services.campaigns import called, members, owner, roots
from bot.services.hours import back_at_work, opening_of
from bot.services.wording import worded
from bot.views import flags as views
from bot.views import ids
from bot.views.blocks import foreign, when

MOST_CHOICES = 100
"""Campaigns a menu of Slack's can hold."""


@dataclass(frozen=True)
class Raising:
    """What somebody filled in to flag a campaign."""

    campaign_id: str
    issue: str | None
    severity: str
    until: date | None


def look_to_raise(
    liaison: Liaison, by: str, handoff_id: str | None = None, name: str = ""
) -> tuple[list[Campaign], str | None]:
    """The campaigns that may be flagged, newest leads first, and the one of this hand-off or name.

    Raises `NoSuchCampaign`.
    """
    with liaison.reading() as tx:
        check_listed(tx, liaison, by)
        found = roots(tx, liaison.team_id)
        handoff = tx.get(Handoff, (liaison.team_id, handoff_id)) if handoff_id else None
        chosen = found.get(handoff.campaign_id or "") if handoff else None
        chosen = called(tx, liaison.team_id, name) if name else chosen
        latest = (
            select(col(Handoff.campaign_id))
            .where(col(Handoff.team_id) == liaison.team_id, col(Handoff.campaign_id).is_not(None))
            .group_by(col(Handoff.campaign_id))
            .order_by(func.max(col(Handoff.handed_at)).desc())
            .limit(MOST_CHOICES)
        )
        listed = {found[each].id: found[each] for each in tx.scalars(latest) if each in found}
        first = {chosen.id: chosen} if chosen else {}
        campaigns = list((first | listed).values())[:MOST_CHOICES]
        return campaigns, chosen.id if chosen else None


def shown_by(liaison: Liaison, origin: str) -> str | None:
    """The hand-off that a message of ours shows, by `<channel>:<ts>`; None = it shows none."""
    channel, _, ts = origin.partition(":")
    with liaison.reading() as tx:
        return tx.scalars(
            select(col(Handoff.id))
            .join(
                Message,
                (col(Message.team_id) == Handoff.team_id)
                & (col(Message.subject_id) == col(Handoff.id)),
            )
            .where(
                col(Message.team_id) == liaison.team_id,
                col(Message.channel) == channel,
                col(Message.ts) == ts,
            )
        ).first()


def check_listed(tx: Session, liaison: Liaison, by: str) -> Person:
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def raise_by_hand(liaison: Liaison, raising: Raising, by: str) -> tuple[str, str]:
    """Flag a campaign: its owner reads it at their next opening, cards show it, and whoever has
    open leads of it hears once. Gives the names of the campaign and of who is to answer."""
    issue = worded(
        raising.issue, ids.FLAG_ISSUE, "Write what is wrong with its leads.", views.WORDS
    )
    if raising.severity not in {*Severity}:
        raise BadField(ids.FLAG_SEVERITY, "Choose how bad it is.")
    now = liaison.now()
    with liaison.transaction() as tx:
        person = check_listed(tx, liaison, by)
        campaign = roots(tx, liaison.team_id).get(raising.campaign_id)
        if campaign is None:
            raise BadField(ids.FLAG_CAMPAIGN, "Choose a campaign.")
        ends_at = _end_of(raising.until, person, now)
        flag = new_flag(tx, liaison, campaign, FlagKind.HAND, now)
        flag.raised_by, flag.issue, flag.severity = by, issue, Severity(raising.severity)
        flag.until, flag.ends_at = raising.until, ends_at
        if not put(tx, liaison, flag, now):
            raise TooLate(_already(tx, flag))
        show_on_cards(tx, liaison, campaign)
        for actor in _with_open_leads(tx, campaign):
            if actor.id != by:
                held = back_at_work(tx, liaison, actor, now)
                say_to_person(
                    tx, liaison, actor.id, MessageKind.FLAG_HINT, flag.id, hold_until=held
                )
        return campaign.name, tx.get_one(Person, (flag.team_id, flag.receiver_id)).name


def _end_of(until: date | None, person: Person, now: datetime) -> datetime | None:
    """The end of that day where the one who flags is."""
    if until is None:
        return None
    if until < local_date(person.timezone, now):
        raise BadField(ids.FLAG_UNTIL, "Choose today or a later day.")
    return start_of_day(person.timezone, until + timedelta(days=1))


def _already(tx: Session, flag: Flag) -> str:
    first = raised(tx, flag.team_id, [flag.campaign_id], FlagKind.HAND)[0]
    words = foreign(first.issue or "", 100)
    return f"It is flagged already, {when(first.raised_at)}: “{words}”. Marketing has it."


def new_flag(
    tx: Session, liaison: Liaison, campaign: Campaign, kind: FlagKind, now: datetime
) -> Flag:
    """A flag for the campaign's owner to answer within two of their working days; not stored."""
    receiver = speaker_for(tx, liaison, owner(tx, liaison, campaign))
    due_at = sla.due_at(opening_of(tx, liaison, receiver, now), now, ANSWERED_WITHIN)
    return Flag(
        team_id=liaison.team_id,
        id=new_id(now),
        campaign_id=campaign.id,
        kind=kind,
        raised_at=now,
        receiver_id=receiver.id,
        due_at=due_at,
        late_check_at=due_at,
    )


def put(tx: Session, liaison: Liaison, flag: Flag, now: datetime) -> bool:
    """Store a flag and tell who is to answer; False when one of its kind is raised already."""
    if not insert_once(tx, flag):
        return False
    tell(tx, liaison, flag, flag.receiver_id, now)
    homes.note_for_all(tx, liaison, flag.id)
    return True


def tell(tx: Session, liaison: Liaison, flag: Flag, person_id: str, now: datetime) -> None:
    person = tx.get_one(Person, (flag.team_id, person_id))
    tale = Tale(MessageKind.FLAG, flag.id, flag.id, "late" if flag.late_at else "")
    say_to(tx, liaison, tale, person.id, hold_until=back_at_work(tx, liaison, person, now))


def show_on_cards(tx: Session, liaison: Liaison, campaign: Campaign) -> None:
    """The cards of its open leads, and of the batches they are in, are due for an edit."""
    of_leads = select(col(Handoff.id)).where(*open_leads(tx, campaign))
    of_batches = select(col(Handoff.batch_id)).where(*open_leads(tx, campaign))
    subject = col(Message.subject_id)
    lead_cards = (col(Message.kind) == MessageKind.CARD) & subject.in_(of_leads)
    batch_cards = (col(Message.kind) == MessageKind.BATCH_CARD) & subject.in_(of_batches)
    revise_those(tx, liaison, lead_cards | batch_cards)


def _with_open_leads(tx: Session, campaign: Campaign) -> list[Person]:
    having = select(col(Handoff.actor_id)).where(*open_leads(tx, campaign))
    people = select(Person).where(
        col(Person.team_id) == campaign.team_id, col(Person.id).in_(having), col(Person.is_active)
    )
    return list(tx.scalars(people.order_by(col(Person.id))))


def open_leads(tx: Session, campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Handoff.team_id) == campaign.team_id,
        col(Handoff.campaign_id).in_(members(tx, campaign)),
        col(Handoff.closed_at).is_(None),
    )


def raised(tx: Session, team_id: str, campaign_ids: Iterable[str], kind: FlagKind) -> list[Flag]:
    """Flags of a kind that are not closed, oldest first."""
    return list(
        tx.scalars(
            select(Flag)
            .where(
                col(Flag.team_id) == team_id,
                col(Flag.campaign_id).in_(list(campaign_ids)),
                col(Flag.kind) == kind,
                col(Flag.closed_at).is_(None),
            )
            .order_by(col(Flag.id))
        )
    )


def on_card(tx: Session, handoff: Handoff) -> Flag | None:
    """The flag by hand that the card of a hand-off shows; None = there is none."""
    if handoff.campaign_id is None or handoff.closed_at:
        return None
    return _raised_of(tx, handoff.team_id, [handoff.campaign_id])


def on_batch(tx: Session, batch: Batch) -> Flag | None:
    """The same for the card of a batch, while one of its leads is open."""
    of_batch = select(col(Handoff.campaign_id)).where(
        col(Handoff.team_id) == batch.team_id,
        col(Handoff.batch_id) == batch.id,
        col(Handoff.campaign_id).is_not(None),
        col(Handoff.closed_at).is_(None),
    )
    return _raised_of(tx, batch.team_id, tx.scalars(of_batch.distinct()).all())


def _raised_of(tx: Session, team_id: str, campaign_ids: Sequence[str | None]) -> Flag | None:
    """The first flag by hand of one of these campaigns, or of what they were merged into."""
    standing = tx.scalars(_standing(), {"team_id": team_id}).all()
    if not standing:
        return None
    found = roots(tx, team_id)
    flagged = {found[each].id for each in campaign_ids if each}
    return next((flag for flag in standing if flag.campaign_id in flagged), None)


@cache
def _standing() -> Select[Flag]:
    """Built once: every card asks it. Few campaigns are flagged at a time."""
    is_standing = (col(Flag.kind) == FlagKind.HAND) & col(Flag.closed_at).is_(None)
    return select(Flag).where(col(Flag.team_id) == bindparam("team_id"), is_standing)
