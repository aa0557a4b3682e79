"""What a CRM also sends: the same delivery twice, a lead that is here already, nonsense."""

import json
from collections.abc import Iterator

from bot.core.lifecycle import OPEN
from bot.intake.lead_event import EventKind
from replay.chance import SLOT
from replay.leadset import Arrival, LeadSet

EVERY = 50
_NONSENSE = (
    {"grade": "Z"},
    {"lead_id": "", "email": ""},
    {"occurred_at": "yesterday"},
    {"owner": "the one with the hat"},
)


def with_mishaps(leads: LeadSet) -> LeadSet:
    """The set with three mishaps for every fifty leads that stay open; how any lead ends stays.

    Only open leads, because a lead that comes back after its end is a hand-off of its own.
    """
    handed = [
        arrival
        for arrival in leads.arrivals
        if arrival.kind is EventKind.HANDOFF and leads.stages[arrival.lead_id] in OPEN
    ]
    return LeadSet.of(leads.name, [*leads.arrivals, *_mishaps(handed)], leads.stages)


def _mishaps(handed: list[Arrival]) -> Iterator[Arrival]:
    for again in handed[7::EVERY]:
        yield _like(again, again.body)
    for returned in handed[19::EVERY]:
        yield _like(returned, _with(returned, {"last_activity": "Came to the webinar"}))
    for number, garbled in enumerate(handed[31::EVERY]):
        yield _like(garbled, _with(garbled, _NONSENSE[number % len(_NONSENSE)]))


def _like(first: Arrival, body: bytes) -> Arrival:
    return Arrival(first.at + SLOT, first.kind, first.lead_id, body)


def _with(first: Arrival, changes: dict[str, str]) -> bytes:
    return json.dumps(json.loads(first.body) | changes).encode()
