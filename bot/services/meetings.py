"""A meeting with the lead stops the clock until it is over; called off, the clock runs again."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Handoff, Lead
from bot.services.clocks import has_clock, may_start, set_clock
from bot.services.handoffs import changed, note
from bot.services.lead_fields import newest


def take_meeting(
    tx: Session, liaison: Liaison, handoff_id: str, event: LeadEvent, now: datetime
) -> None:
    """Take over the meeting an event tells of, unless something newer was told of it."""
    handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
    lead = tx.get_one(Lead, (liaison.team_id, handoff.lead_id))
    told = (event.meeting_at, event.meeting_ends_at)
    is_newest = newest(lead, {"meeting_at": told}, event.occurred_at)
    if not is_newest or told == (handoff.meeting_at, handoff.meeting_ends_at):
        return
    was_stopped = may_start(handoff, now) > now
    handoff.meeting_at, handoff.meeting_ends_at = told
    _set_clock(tx, liaison, handoff, now, was_stopped=was_stopped)
    note(tx, handoff, Line.MEETING_SET if event.meeting_at else Line.MEETING_OFF, now)
    changed(tx, liaison, handoff)


def _set_clock(
    tx: Session, liaison: Liaison, handoff: Handoff, now: datetime, *, was_stopped: bool
) -> None:
    """Count the whole allowance anew: after the meeting, or from now when there is none ahead.

    A meeting that was over before we heard of it changes nothing.
    """
    starts = may_start(handoff, now)
    run = queries.current_run(tx, handoff)
    if run and has_clock(handoff, run) and (was_stopped or starts > now):
        set_clock(tx, liaison, run, starts)
