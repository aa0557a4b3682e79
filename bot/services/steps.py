"""A run's ladder: when each of its steps comes, and when somebody should look at it next."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.business_time import Opening
from bot.delivery.messages import of_run, reminders
from bot.delivery.outbox import FOLDED
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Run, Snooze
from bot.queries.due import OF_TEAM


@dataclass(frozen=True)
class Reached:
    """Whom a step reached, and by what; see `Step`."""

    recipient_id: str
    message_id: str


NOBODY = Reached("nobody", "")
"""There is nobody to tell; the step counts as taken."""


def plan_next(tx: Session, liaison: Liaison, run: Run, opening: Opening) -> None:
    """Write down when the next step of a run whose clock runs is due; never, once a manager ended
    its ladder. `opening` is its actor's working time around the instant from which it counts."""
    if run.ladder_ended_at:
        run.next_step_at = None
        return
    assert run.counts_from and run.due_at  # a running clock has both
    taken = queries.steps_taken(tx, run)
    plan = sla.plan(opening, run.counts_from, run.due_at, liaison.playbook.ladder, taken)
    run.next_step_at = sla.next_step_at(plan, taken)


def last_warned(tx: Session, run: Run) -> datetime | None:
    """When the actor of a run last read that its first touch is due; None = not yet.

    That was in a reminder, or in the first brief after one that was left to it.
    """
    shown, folded = tx.execute(_read_last(), of_run(run)).one()
    if shown:
        # What a batch shares may have stood already; this run is counted in it since its step.
        return max(shown, min(queries.steps_taken(tx, run).values(), default=shown))
    if folded is None:
        return None
    asked = {"of_team": run.team_id, "reader": run.actor_id, "since": folded}
    return tx.scalar(_first_brief(), asked)


@cache
def _read_last() -> Select[datetime | None, datetime | None]:
    """When the newest reminder was shown, and when the first one was left to a brief."""
    is_shown, is_folded = col(Message.ts).is_not(None), col(Message.dropped) == FOLDED
    shown = func.max(case((is_shown, col(Message.settled_at))))
    folded = func.min(case((is_folded, col(Message.settled_at))))
    return select(shown, folded).where(reminders())


@cache
def _first_brief() -> Select[datetime | None]:
    return select(func.min(col(Message.settled_at))).where(
        col(Message.team_id) == OF_TEAM,
        col(Message.recipient_id) == bindparam("reader"),
        col(Message.kind) == MessageKind.BRIEF,
        col(Message.ts).is_not(None),
        col(Message.settled_at) >= bindparam("since"),
    )


def is_snoozed(tx: Session, run: Run) -> bool:
    """Whether its actor wants no reminder now; the end of the snooze brings one."""
    return tx.scalars(_in_force(), of_run(run)).first() is not None


@cache
def _in_force() -> Select[str]:
    return select(col(Snooze.id)).where(
        col(Snooze.team_id) == OF_TEAM,
        col(Snooze.handoff_id) == bindparam("of_handoff"),
        col(Snooze.run) == bindparam("of_number"),
        col(Snooze.wakes_at).is_not(None),
    )
