"""The clock of a run: what is due when, and the steps planned by it."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core import meetings, sla
from bot.liaison import Liaison
from bot.models import Handoff, Person, Run
from bot.services.hours import opening_of
from bot.services.steps import plan_next


def set_clock(tx: Session, liaison: Liaison, run: Run, counts_from: datetime) -> None:
    """Count the run's allowance from this instant, in its actor's working time.

    Steps that were taken stay taken. Without an allowance there is no clock, and nothing happens.
    """
    if run.allowance is None:
        return
    actor = tx.get_one(Person, (liaison.team_id, run.actor_id))
    opening = opening_of(tx, liaison, actor, counts_from)
    run.counts_from = counts_from
    run.due_at = sla.due_at(opening, counts_from, sla.Allowance.parse(run.allowance))
    plan_next(tx, liaison, run, opening)


def has_clock(handoff: Handoff, run: Run | None) -> bool:
    """Whether a first touch is still awaited of somebody who was shown the lead."""
    return (
        run is not None
        and run.started_at is not None
        and run.answered_at is None
        and run.ended_at is None
        and handoff.touched_at is None
        and handoff.closed_at is None
    )


def may_start(handoff: Handoff, now: datetime) -> datetime:
    """From when an allowance counts that is given now: not before a meeting ahead is over."""
    return meetings.counts_from(now, meetings.ends_at(handoff.meeting_at, handoff.meeting_ends_at))


def allowance_for(liaison: Liaison, handoff: Handoff) -> sla.Allowance | None:
    """The time to the first touch that is agreed for a lead like this; None = no clock."""
    in_batch = handoff.batch_id is not None
    return liaison.playbook.allowance(handoff.grade, in_batch=in_batch)


def bring_forward(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """A grade was told: its allowance counts from now, where the first touch is due earlier so."""
    run = queries.current_run(tx, handoff)
    allowance = allowance_for(liaison, handoff)
    if run and run.started_at is None:
        run.allowance = str(allowance) if allowance else None
    if allowance is None or handoff.touched_at or handoff.shown_at is None:
        return
    starts = may_start(handoff, now)
    actor = tx.get_one(Person, (liaison.team_id, run.actor_id)) if run else None
    due_at = sla.due_at(opening_of(tx, liaison, actor, starts), starts, allowance)
    if run and has_clock(handoff, run) and (run.due_at is None or due_at < run.due_at):
        run.allowance = str(allowance)
        set_clock(tx, liaison, run, starts)
    promise(handoff, due_at)


def promise(handoff: Handoff, due_at: datetime) -> None:
    """What marketing was promised may come earlier and never moves later."""
    handoff.due_at = min(handoff.due_at or due_at, due_at)
