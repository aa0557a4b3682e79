"""Runs whose time has come: the steps of the ladder, each at most once."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from time import monotonic

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core import sla
from bot.core.business_time import add
from bot.core.history import Line
from bot.delivery.messages import send_after_all
from bot.delivery.sayings import nudge_of
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Handoff, Run
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services import batch_steps
from bot.services.colleagues import ask_around
from bot.services.due import in_batches
from bot.services.escalations import escalate
from bot.services.handoffs import line_of
from bot.services.ladder_rows import DueRun, LadderRows, due_runs
from bot.services.steps import Reached, is_snoozed, last_warned

AT_ONCE = 500
"""Runs whose steps are taken in one transaction, at most."""
HOLDS = 0.3
"""Seconds after which a transaction takes no further run: whoever presses a button waits for its
end, and to ask who read a warning costs twenty times what a reminder does."""
PUT_OFF = timedelta(hours=1)


def take_due_steps(liaison: Liaison) -> int:
    """Take the steps that are due now, and queue their nudges; says for how many runs."""
    return in_batches(liaison, partial(_take_batch, liaison, liaison.now()))


def _take_batch(liaison: Liaison, now: datetime) -> int:
    """The next due runs, in one transaction. Any number of processes may do this at once.

    A run that cannot be worked on is put off by an hour before its error goes on to the log, so
    that one bad row does not hold up everybody's reminders.
    """
    if not _is_any_due(liaison, now):
        return 0
    at_hand: tuple[str, int] | None = None
    try:
        with liaison.transaction() as tx:
            due = due_runs(tx, liaison.team_id, now, AT_ONCE)
            rows = LadderRows.of(tx, liaison, due, now)
            ends = monotonic() + HOLDS
            taken = 0
            for run in due:
                at_hand = (run.handoff_id, run.number)
                _take_steps(tx, rows, run, now)
                taken += 1
                if monotonic() > ends:
                    break
            at_hand = None
            rows.put(tx)
            return taken
    except NotSaved:
        at_hand = None
        raise
    finally:
        if at_hand:
            _put_off(liaison, *at_hand, now + PUT_OFF)


def _is_any_due(liaison: Liaison, now: datetime) -> bool:
    """Asked first, because an idle tick should not take the writers' lock."""
    with liaison.reading() as tx:
        asked = asking(liaison.team_id, now)
        return tx.execute(due_now(), asked).first() is not None


@cache
def due_now() -> Select[int]:
    """Built once: every tick asks it."""
    due = (col(Run.team_id) == OF_TEAM) & (col(Run.next_step_at) <= NOW)
    return select(col(Run.number)).where(due).limit(1)


def _put_off(liaison: Liaison, handoff_id: str, number: int, until: datetime) -> None:
    with liaison.transaction() as tx:
        run = tx.get_one(Run, (liaison.team_id, handoff_id, number))
        run.next_step_at = until


def _take_steps(tx: Session, rows: LadderRows, run: DueRun, now: datetime) -> None:
    """The steps of one run; those that fell due together share the nudge of the last."""
    if run.rests_until:
        rows.take_next(run, run.rests_until)
        return
    taken, plan = rows.taken_by(run), rows.plan(run)
    steps = sla.due_steps(plan, taken, now)
    if steps and (may_go := _after_a_warning(tx, rows, run, steps[-1], now)):
        rows.take_next(run, may_go)
        return
    if steps:
        last = steps[-1]
        reached = _REACH[last.step.to](tx, rows, run, last.number, now)
        rows.steps.extend(_step(run, step, reached, now) for step in steps)
        taken |= {step.number: now for step in steps}
        if sla.hears_of(plan, last):
            plan = rows.plan(run)
    rows.take_next(run, None if run.ladder_ended_at else sla.next_step_at(plan, taken))


def _after_a_warning(
    tx: Session, rows: LadderRows, due: DueRun, step: sla.PlannedStep, now: datetime
) -> datetime | None:
    """Until when a step upward waits, because its actor has not read a warning, or only just.

    None = it may be taken. A warning that nobody read, because it was put off or left to a brief
    still to come, counts from when it is shown.
    """
    if step.step.to is sla.Recipient.ACTOR:
        return None
    run = due.whole(tx)
    warned_at = last_warned(tx, run)
    if warned_at is None and not is_snoozed(tx, run):
        send_after_all(tx, rows.liaison, run)
    may_go = add(rows.opening(run.actor_id, now), warned_at or now, sla.STEP_GAP)
    return may_go if may_go > now else None


def _step(run: DueRun, step: sla.PlannedStep, reached: Reached, now: datetime) -> dict[str, object]:
    return {
        "team_id": run.team_id,
        "handoff_id": run.handoff_id,
        "run": run.number,
        "number": step.number,
        "recipient_id": reached.recipient_id,
        "planned_at": step.at,
        "taken_at": now,
        "message_id": reached.message_id,
    }


def _nudge(tx: Session, rows: LadderRows, run: DueRun, step: int, now: datetime) -> Reached:
    """Queue the reminder of one step, inside its recipient's hours."""
    if run.batch_id:
        handoff = tx.get_one(Handoff, (run.team_id, run.handoff_id))
        return batch_steps.nudge(tx, rows.liaison, handoff, run.whole(tx), step, now)
    message = nudge_of(rows.liaison, run, step, hold_until=rows.opens_at(run.actor_id))
    facts = {"step": str(step), "to": run.actor_id}
    rows.nudges.append(message)
    rows.lines.append(line_of(run.team_id, run.handoff_id, Line.NUDGED, now, facts=facts))
    return Reached(run.actor_id, str(message["id"]))


def _ask(tx: Session, rows: LadderRows, due: DueRun, step: int, now: datetime) -> Reached:
    run = due.whole(tx)
    if due.batch_id:
        handoff = tx.get_one(Handoff, (run.team_id, run.handoff_id))
        return batch_steps.ask_around(tx, rows.liaison, handoff, run, now)
    return ask_around(tx, rows.liaison, run, step, now)


def _escalate(tx: Session, rows: LadderRows, run: DueRun, _step: int, now: datetime) -> Reached:
    return escalate(tx, rows.liaison, run.whole(tx), now)


_REACH: Mapping[sla.Recipient, Callable[[Session, LadderRows, DueRun, int, datetime], Reached]] = {
    sla.Recipient.ACTOR: _nudge,
    sla.Recipient.COLLEAGUES: _ask,
    sla.Recipient.MANAGER: _escalate,
}
"""How a step reaches whom it is for."""
