"""What a webhook tells, by kind."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.intake.lead_event import EventKind, LeadEvent
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.services.erased import forget_body, is_erased
from bot.services.erasing import erased_told
from bot.services.followups import contacted, outcome_told
from bot.services.handoffs import hand_over
from bot.services.meetings import take_meeting
from bot.services.merged import merged
from bot.services.updated import updated

KINDS: dict[EventKind, Callable[[Session, Liaison, LeadEvent, datetime], Receipt]] = {
    EventKind.HANDOFF: hand_over,
    EventKind.CONTACTED: contacted,
    EventKind.OUTCOME: outcome_told,
    EventKind.UPDATED: updated,
    EventKind.MERGED: merged,
    EventKind.ERASED: erased_told,
}


def receive(liaison: Liaison, tx: Session, delivery: Delivery, now: datetime) -> Receipt:
    """Apply one delivery inside the transaction that stores it."""
    event = delivery.event
    if event.event is EventKind.ERASED or is_erased(tx, liaison, event):
        forget_body(tx, liaison, delivery.key)
    receipt = KINDS[event.event](tx, liaison, event, now)
    if receipt.handoff_id and (event.meeting_at or event.meeting_is_off):
        take_meeting(tx, liaison, receipt.handoff_id, event, now)
    return receipt
