"""Hand-offs that time alone changes: reminded, silent, back in the queue, expired, back again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Stage
from bot.core.turns import Turn
from bot.delivery.sayings import remind
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.digests import tell_marketing
from bot.services.due import in_batches
from bot.services.handoffs import changed, end_run, note
from bot.services.hours import back_at_work
from bot.services.returns import announce, bring_back
from bot.services.schedule import next_turn, patience_of, plan_turn

AT_ONCE = 100
"""Hand-offs whose turns are taken in one transaction."""
PUT_OFF = timedelta(hours=1)


def take_due_turns(liaison: Liaison) -> int:
    """Take every turn that is due now; says for how many hand-offs."""
    return in_batches(liaison, partial(_take_batch, liaison, liaison.now()))


def _take_batch(liaison: Liaison, now: datetime) -> int:
    """The next due hand-offs, in one transaction. Any number of processes may do this at once.

    One that cannot be worked on is put off by an hour before its error goes on to the log, so that
    it does not hold up the others.
    """
    if not _is_any_due(liaison, now):
        return 0
    at_hand: str | None = None
    try:
        with liaison.transaction() as tx:
            due = tx.scalars(_due(liaison.team_id, now)).all()
            for handoff in due:
                at_hand = handoff.id
                _take(tx, liaison, handoff, now)
            at_hand = None
            return len(due)
    except NotSaved:
        at_hand = None
        raise
    finally:
        if at_hand:
            _put_off(liaison, at_hand, now + PUT_OFF)


def _is_any_due(liaison: Liaison, now: datetime) -> bool:
    """Asked first, because an idle tick should not take the writers' lock."""
    with liaison.reading() as tx:
        asked = asking(liaison.team_id, now)
        return tx.execute(due_now(), asked).first() is not None


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    own = col(Handoff.team_id) == OF_TEAM
    return select(col(Handoff.id)).where(own, col(Handoff.turns_at) <= NOW).limit(1)


def _due(team_id: str, now: datetime) -> Select[Handoff]:
    return (
        select(Handoff)
        .where(col(Handoff.team_id) == team_id, col(Handoff.turns_at) <= now)
        .order_by(col(Handoff.turns_at), col(Handoff.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )


def _put_off(liaison: Liaison, handoff_id: str, until: datetime) -> None:
    with liaison.transaction() as tx:
        queries.handoff_to_change(tx, liaison.team_id, handoff_id).turns_at = until


def _take(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """Ask once more what is due, because hours may have changed since it was planned."""
    planned = next_turn(tx, liaison, handoff)
    if planned and planned.at <= now:
        _ACTS[planned.turn](tx, liaison, handoff, now)
    plan_turn(tx, liaison, handoff)


def _remind(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """The next step falls today: its actor is told once."""
    handoff.reminded_at = now
    run = queries.current_run(tx, handoff)
    if run is None or handoff.follow_up_on is None:
        return
    actor = tx.get_one(Person, (liaison.team_id, run.actor_id))
    held = back_at_work(tx, liaison, actor, now)
    remind(tx, liaison, run, handoff.follow_up_on, hold_until=held)
    note(tx, handoff, Line.NUDGED, now, facts={"to": actor.id})


def _fall_silent(_tx: Session, _liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """Said by nobody at once: briefs and agendas ask `queries.silent_of`."""
    handoff.silent_since = now


def _give_back(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """The ladder is over: anybody who sells may claim it now, and marketing hears of it.

    Whose it was stays in the history's facts, and is told to nobody.
    """
    end_run(tx, handoff, now)
    had = {"owner": handoff.owner_id or "", "actor": handoff.actor_id or ""}
    handoff.owner_id = handoff.actor_id = None
    line = note(tx, handoff, Line.GIVEN_BACK, now, facts=had)
    changed(tx, liaison, handoff)
    tell_marketing(tx, liaison, line, now)


def _expire(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    end_run(tx, handoff, now)
    handoff.stage, handoff.closed_at = Stage.EXPIRED, now
    days = str(patience_of(liaison).expire_days)
    line = note(tx, handoff, Line.EXPIRED, now, facts={"days": days})
    changed(tx, liaison, handoff)
    tell_marketing(tx, liaison, line, now)


_ACTS: dict[Turn, Callable[[Session, Liaison, Handoff, datetime], None]] = {
    Turn.FOLLOW_UP: _remind,
    Turn.SILENT: _fall_silent,
    Turn.GIVE_BACK: _give_back,
    Turn.EXPIRE: _expire,
    Turn.ANNOUNCE: announce,
    Turn.RETURN: bring_back,
}
