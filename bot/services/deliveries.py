"""What a webhook, or another app's message, tells: by kind."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.inbox import take_in
from bot.intake.lead_event import EventKind, InvalidEvent, LeadEvent, parse
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.services.erased import forget_body, is_erased
from bot.services.erasing import erased_told
from bot.services.followups import contacted
from bot.services.handoffs import hand_over
from bot.services.meetings import take_meeting
from bot.services.merged import merged
from bot.services.outcomes import outcome_told
from bot.services.updated import updated

log = logging.getLogger(__name__)

METADATA = "lead_handoff"
"""The metadata's type with which another app's message hands a lead over."""

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


def receive_metadata(liaison: Liaison, event: Mapping[str, Any]) -> None:
    """Apply what another app put into its message's metadata; it is shaped as the webhook's body.

    Nobody is there to hear of faults, so they are logged by field.
    """
    metadata = event.get("metadata") or {}
    if metadata.get("event_type") != METADATA:
        return
    body = json.dumps(metadata.get("event_payload")).encode()
    try:
        told = parse(body, liaison.now())
    except InvalidEvent as error:
        fields = ", ".join(fault.field for fault in error.faults)
        log.warning("metadata of the app %s is no lead: %s", event.get("app_id"), fields)
        return
    key = f"metadata:{event['channel_id']}:{event['message_ts']}"
    take_in(liaison, [Delivery(key, told, body)], partial(receive, liaison))
