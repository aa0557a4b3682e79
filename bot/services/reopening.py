"""A hand-off that was closed is open again, and goes to whoever had it."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core import sla
from bot.core.lifecycle import Stage
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.services.clocks import allowance_for, promise
from bot.services.handoffs import give, start_clock
from bot.services.hours import opening_of


def reopen(handoff: Handoff) -> None:
    """As if it had just come; history keeps the rejection, and `outcome_at` says which news from
    the CRM is older than it."""
    handoff.stage = Stage.NEW
    handoff.outcome = handoff.outcome_words = handoff.outcome_by = None
    handoff.outcome_person = handoff.outcome_detail = None
    handoff.closed_at = handoff.touched_at = handoff.due_at = None
    handoff.touch_minutes = None
    handoff.last_touch_at = handoff.follow_up_on = handoff.follow_up_words = None
    handoff.reminded_at = handoff.silent_since = None
    handoff.return_at = handoff.return_announced_at = None
    handoff.actor_id = None


def hand_out(
    tx: Session, liaison: Liaison, handoff: Handoff, last: Person | None, why: str, now: datetime
) -> None:
    """To whoever had it last, or stands in for them; into the queue when nobody does."""
    if last and queries.sells(last):
        if run := give(tx, liaison, handoff, last, why, now):
            start_clock(tx, liaison, handoff, run, now)
            return
    else:
        handoff.owner_id = None
    if allowance := allowance_for(liaison, handoff):
        promise(handoff, sla.due_at(opening_of(tx, liaison, None, now), now, allowance))
