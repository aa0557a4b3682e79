"""What a webhook, or another app's message, tells: by kind."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.inbox import take_in
from bot.intake.lead_event import EventKind, InvalidEvent, LeadEvent, parse
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.services import newcomers
from bot.services.erased import forget_body, is_erased, keys_of
from bot.services.erasing import erased_told
from bot.services.followups import contacted
from bot.services.handover import hand_over
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


def receive(
    liaison: Liaison, tx: Session, deliveries: Sequence[Delivery], now: datetime
) -> list[Receipt]:
    """Apply deliveries in their order, inside the transaction that stores them."""
    receipts: list[Receipt] = []
    for together in _together(deliveries):
        told = [each.event for each in together if each.event.event is EventKind.HANDOFF]
        new = newcomers.strangers(tx, liaison, told) if told else set()
        marked = [(each.event.lead_key in new, each) for each in together]
        for is_new, some in groupby(marked, key=itemgetter(0)):
            take = _take_new if is_new else _take_in_turn
            receipts += take(liaison, tx, [each for _, each in some], now)
    return receipts


def _take_in_turn(
    liaison: Liaison, tx: Session, deliveries: Sequence[Delivery], now: datetime
) -> list[Receipt]:
    return [receive_one(liaison, tx, each, now) for each in deliveries]


def _take_new(
    liaison: Liaison, tx: Session, deliveries: Sequence[Delivery], now: datetime
) -> list[Receipt]:
    taken = newcomers.take_over(tx, liaison, [each.event for each in deliveries], now)
    receipts = []
    for each in deliveries:
        receipt = taken.get(each.event.lead_key)
        if receipt:
            _take_meeting(tx, liaison, each.event, receipt, now)
        receipts.append(receipt or receive_one(liaison, tx, each, now))
    return receipts


def _together(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Hand-offs of different people that follow each other, else one at a time: what is told of one
    person is taken in the order in which it came."""
    stretch: list[Delivery] = []
    people: set[str] = set()
    for delivery in deliveries:
        keys = keys_of(delivery.event)
        is_handoff = delivery.event.event is EventKind.HANDOFF
        if stretch and not (is_handoff and people.isdisjoint(keys)):
            yield stretch
            stretch, people = [], set()
        if is_handoff:
            stretch.append(delivery)
            people |= keys
        else:
            yield [delivery]
    if stretch:
        yield stretch


def receive_one(liaison: Liaison, tx: Session, delivery: Delivery, now: datetime) -> Receipt:
    """Apply one delivery inside the transaction that stores it."""
    event = delivery.event
    if event.event is EventKind.ERASED or is_erased(tx, liaison, event):
        forget_body(tx, liaison, delivery.key)
    receipt = KINDS[event.event](tx, liaison, event, now)
    _take_meeting(tx, liaison, event, receipt, now)
    return receipt


def _take_meeting(
    tx: Session, liaison: Liaison, event: LeadEvent, receipt: Receipt, now: datetime
) -> None:
    if receipt.handoff_id and (event.meeting_at or event.meeting_is_off):
        take_meeting(tx, liaison, receipt.handoff_id, event, now)


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
