"""When the next turn of a hand-off is due: the rules of `core.turns`, asked with the rows.

Apart from `turns`, which takes the turns, because whoever changes a hand-off plans them.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core import turns
from bot.core.lifecycle import Stage
from bot.core.turns import Contact, Patience, Planned
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.services.clocks import may_start
from bot.services.hours import opening_of


def plan_turn(tx: Session, liaison: Liaison, handoff: Handoff) -> None:
    """Write down when time alone changes this hand-off next; after every change of it."""
    planned = next_turn(tx, liaison, handoff)
    handoff.turns_at = planned.at if planned else None
    tx.add(handoff)


def first_turn(liaison: Liaison, now: datetime) -> datetime:
    """The same of a hand-off that comes now and is not stored yet: nobody's clock runs."""
    return turns.unworked(now, None, patience_of(liaison)).at


def next_turn(tx: Session, liaison: Liaison, handoff: Handoff) -> Planned | None:
    """None when only somebody's act changes it."""
    patience = patience_of(liaison)
    if handoff.closed_at:
        return _of_closed(tx, liaison, handoff)
    if last_at := handoff.last_touch_at:
        contact = Contact(
            last_at,
            handoff.follow_up_on,
            handoff.reminded_at,
            is_silent=handoff.silent_since is not None,
        )
        actor = _person(tx, handoff, handoff.actor_id)
        return turns.worked(contact, opening_of(tx, liaison, actor, last_at), patience)
    run = queries.current_run(tx, handoff)
    # Before a meeting ahead is over, nobody is waited for.
    since = may_start(handoff, handoff.fixed_at or handoff.shown_at or handoff.received_at)
    return turns.unworked(since, run.due_at if run else None, patience)


def patience_of(liaison: Liaison) -> Patience:
    timing = liaison.playbook.timing
    return Patience(timing.silent_days, timing.give_back_days, timing.expire_days)


def _of_closed(tx: Session, liaison: Liaison, handoff: Handoff) -> Planned | None:
    return_at: datetime | None = handoff.return_at
    if handoff.stage is not Stage.RECYCLED or return_at is None:
        return None
    owner = owner_to_return_to(tx, handoff)
    opening = opening_of(tx, liaison, owner, return_at)
    return turns.recycled(return_at, opening, is_announced=handoff.return_announced_at is not None)


def owner_to_return_to(tx: Session, handoff: Handoff) -> Person | None:
    """Whoever had the lead last, when they still sell; None = it returns to the queue."""
    owner = _person(tx, handoff, handoff.owner_id)
    return owner if owner and queries.sells(owner) else None


def _person(tx: Session, handoff: Handoff, person_id: str | None) -> Person | None:
    return tx.get_one(Person, (handoff.team_id, person_id)) if person_id else None
