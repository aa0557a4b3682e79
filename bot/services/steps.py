"""A run's ladder: when each of its steps comes, and when somebody should look at it next."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot import queries
from bot.core import sla
from bot.liaison import Liaison
from bot.models import Person, Run
from bot.services.hours import opening_of


@dataclass(frozen=True)
class Reached:
    """Whom a step reached, and by what; see `Step`."""

    recipient_id: str
    message_id: str


NOBODY = Reached("nobody", "")
"""There is nobody to tell; the step counts as taken."""


def plan_of(tx: Session, liaison: Liaison, run: Run) -> tuple[sla.PlannedStep, ...]:
    """All steps of a run whose clock runs, in its actor's working time."""
    actor = tx.get_one(Person, (run.team_id, run.actor_id))
    assert run.counts_from and run.due_at  # a running clock has both
    opening = opening_of(tx, liaison, actor, run.counts_from)
    taken = queries.steps_taken(tx, run)
    return sla.plan(opening, run.counts_from, run.due_at, liaison.playbook.ladder, taken)


def plan_next(tx: Session, liaison: Liaison, run: Run) -> None:
    """Write down when the next step of a run is due; never, once a manager ended its ladder."""
    if run.ladder_ended_at:
        run.next_step_at = None
        return
    plan = plan_of(tx, liaison, run)
    run.next_step_at = sla.next_step_at(plan, queries.steps_taken(tx, run))
