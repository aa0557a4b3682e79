"""A lead handed over by a person in Slack, through the same door as a webhook's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot import queries
from bot.delivery.inbox import take_in
from bot.errors import BadFields, NotAllowed, NotListed
from bot.intake.lead_event import InvalidEvent, parse
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.models import Person
from bot.services.deliveries import receive


@dataclass(frozen=True)
class Told:
    """What somebody filled in; `origin` is the message or the form it came from.

    The same origin twice is one hand-off, however often the form is sent off.
    """

    origin: str
    fields: Mapping[str, str]
    """By `LeadEvent`'s names; blank ones count as left out."""
    owner_id: str | None
    """Whose it shall be; None = the queue."""


def may_hand_over(liaison: Liaison, by: str) -> None:
    """Anybody the playbook lists may. Raises `NotListed`."""
    with liaison.reading() as tx:
        if not queries.is_listed(queries.person(tx, liaison.team_id, by)):
            raise NotListed


def hand_over(liaison: Liaison, told: Told, by: str) -> Receipt:
    """Store and apply it. Raises `NotListed`, `BadFields`, `NotSaved`; `NotAllowed` once erased."""
    may_hand_over(liaison, by)
    body = json.dumps(_event(liaison, told, by)).encode()
    try:
        event = parse(body, liaison.now())
    except InvalidEvent as error:
        raise BadFields({fault.field: fault.problem for fault in error.faults}) from error
    delivery = Delivery(f"hand:{told.origin}", event, body)
    receipt = take_in(liaison, [delivery], partial(receive, liaison))[0]
    if receipt.handoff_id is None:
        raise NotAllowed("This lead was erased on request, and is not taken again.")
    return receipt


def _event(liaison: Liaison, told: Told, by: str) -> dict[str, object]:
    event: dict[str, object] = {"source": "Slack", **told.fields}
    if not str(event.get("email") or "").strip():
        # Without an address there is nothing to know the lead by again.
        event["lead_id"] = f"slack:{told.origin}"
    with liaison.reading() as tx:
        owner = told.owner_id and tx.get(Person, (liaison.team_id, told.owner_id))
        handed_by = tx.get_one(Person, (liaison.team_id, by))
    event["owner"] = owner.email if owner else None
    event["custom"] = {"handed over by": handed_by.name}
    return event
