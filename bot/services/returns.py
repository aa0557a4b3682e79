"""Recycled leads come back as new hand-offs, a few a day, unless marketing says no."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import is_open, local_date, next_morning, next_opening, opening_on
from bot.core.history import Line
from bot.core.lifecycle import Act, Stage, Standing, why_not
from bot.errors import NotAllowed, NotListed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, Lead, Person
from bot.services.handoffs import begin_run, changed, note, pass_on, show
from bot.services.hours import opening_of
from bot.services.schedule import owner_to_return_to

_CARRIED = (
    "grade",
    "grade_given",
    "campaign",
    "campaign_ref",
    "campaign_id",
    "landing_page",
    "utm",
    "source",
    "reason",
    "last_activity",
    "url",
    "score",
    "amount",
    "currency",
)
"""What marketing said of the lead, which its return says again."""


def announce(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """A week ahead the old card says when it returns, and offers to cancel that."""
    handoff.return_announced_at = now
    changed(tx, liaison, handoff)


def cancel_return(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Marketing says the lead need not come back. Raises `TooLate` when that is settled already."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        _authorise(tx, liaison, by)
        if handoff.return_at is None:
            raise TooLate("This lead has no return ahead: it came back, or that was cancelled.")
        handoff.return_at = None
        note(tx, handoff, Line.RETURN_CANCELLED, now, by=by)
        changed(tx, liaison, handoff)


def _authorise(tx: Session, liaison: Liaison, by: str) -> None:
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    standing = Standing(is_listed=True, markets=queries.markets(person))
    if sentence := why_not(Act.CANCEL_RETURN, standing, in_queue=False, is_overdue=False):
        raise NotAllowed(sentence)


def bring_back(tx: Session, liaison: Liaison, old: Handoff, now: datetime) -> None:
    """Hand the lead over again, to whoever had it, or put it off when their day is full."""
    if not _may_return(tx, old):
        old.return_at = None
        note(tx, old, Line.STAYS_AWAY, now)
        changed(tx, liaison, old)
        return
    owner = owner_to_return_to(tx, old)
    if owner and (later := _when_there_is_room(tx, liaison, owner, now)):
        old.return_at = later
        return
    old.return_at = None
    note(tx, old, Line.RETURNED, now)
    changed(tx, liaison, old)
    handoff = _again(liaison, old, now)
    tx.add(handoff)
    tx.flush()
    note(tx, handoff, Line.CAME_AGAIN, now)
    if owner:
        begin_run(tx, liaison, handoff, owner, "return")
    else:
        lead = tx.get_one(Lead, (handoff.team_id, handoff.lead_id))
        pass_on(tx, liaison, lead, handoff, now)
    show(tx, liaison, handoff)


def _may_return(tx: Session, old: Handoff) -> bool:
    """Not one that was erased, must not be contacted, or was handed over anew meanwhile."""
    lead = tx.get_one(Lead, (old.team_id, old.lead_id))
    latest = queries.latest_handoff(tx, old.team_id, old.lead_id)
    return lead.erased_at is None and lead.do_not_contact_at is None and latest is old


def _when_there_is_room(
    tx: Session, liaison: Liaison, owner: Person, now: datetime
) -> datetime | None:
    """When the owner is at work next, or has room again; None = now.

    The owner is locked, so that two processes cannot both take the last place.
    """
    tx.get_one(Person, (owner.team_id, owner.id), with_for_update={"key_share": True})
    opening = opening_of(tx, liaison, owner, now)
    if not is_open(opening, now):
        return next_opening(opening, now)
    today = local_date(opening.zone, now)
    had = tx.scalars(
        select(func.count()).where(
            col(Handoff.team_id) == owner.team_id,
            col(Handoff.owner_id) == owner.id,
            col(Handoff.received_at) >= opening_on(opening, today),
            col(Handoff.returned_from).is_not(None),
        )
    ).one()
    return next_morning(opening, now) if had >= liaison.playbook.timing.returns_a_day else None


def _again(liaison: Liaison, old: Handoff, now: datetime) -> Handoff:
    return Handoff(
        team_id=old.team_id,
        id=new_id(now),
        lead_id=old.lead_id,
        stage=Stage.NEW,
        handed_at=now,
        received_at=now,
        returned_from=old.id,
        returns=old.returns + 1,
        playbook=liaison.shelf.number,
        **{name: getattr(old, name) for name in _CARRIED},
    )
