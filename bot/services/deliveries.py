"""What a webhook tells, by kind."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.intake.lead_event import EventKind, LeadEvent
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.services.followups import contacted
from bot.services.handoffs import hand_over
from bot.services.outcomes import outcome_told

KINDS: dict[EventKind, Callable[[Session, Liaison, LeadEvent, datetime], Receipt]] = {
    EventKind.HANDOFF: hand_over,
    EventKind.CONTACTED: contacted,
    EventKind.OUTCOME: outcome_told,
}


def receive(liaison: Liaison, tx: Session, delivery: Delivery, now: datetime) -> Receipt:
    """Apply one delivery inside the transaction that stores it."""
    return KINDS[delivery.event.event](tx, liaison, delivery.event, now)
