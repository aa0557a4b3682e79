"""What a set of leads becomes before it is played: arrivals in order, and how each lead ends."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.core.lifecycle import Stage
from bot.intake.lead_event import EventKind

Row = dict[str, str]


@dataclass(frozen=True)
class Arrival:
    """One webhook delivery, and the business instant at which it reaches us."""

    at: datetime
    kind: EventKind
    lead_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class LeadSet:
    """A set made ready; `arrivals` are in order of time."""

    name: str
    arrivals: tuple[Arrival, ...]
    stages: Mapping[str, Stage]
    """Where each lead stands in the end, told by the set alone: what the bot must arrive at."""

    @classmethod
    def of(cls, name: str, arrivals: Iterable[Arrival], stages: Mapping[str, Stage]) -> "LeadSet":
        """At one instant a hand-off comes before what is told about it."""
        order = list(EventKind)
        in_order = sorted(arrivals, key=lambda arrival: (arrival.at, order.index(arrival.kind)))
        return cls(name, tuple(in_order), stages)

    @property
    def first_contacts(self) -> dict[str, datetime]:
        """When somebody was first in touch with a lead, by its own id, where somebody ever was."""
        first: dict[str, datetime] = {}
        for arrival in self.arrivals:
            if arrival.kind is EventKind.CONTACTED:
                first.setdefault(arrival.lead_id, arrival.at)
        return first

    @property
    def leads_in(self) -> int:
        """How often a lead is handed over, valid or not, again or not."""
        return sum(arrival.kind is EventKind.HANDOFF for arrival in self.arrivals)


def arrival(at: datetime, event: EventKind, lead_id: str, /, **fields: object) -> Arrival:
    """A flat event as a CRM would send it; it happened `at` unless `occurred_at` says otherwise."""
    told = {"event": event.value, "lead_id": lead_id, "occurred_at": at.isoformat()} | fields
    given = {name: value for name, value in told.items() if value not in (None, "")}
    return Arrival(at, event, lead_id, json.dumps(given).encode())


def rows(file: Path) -> Iterator[Row]:
    """The rows of a CSV file with a header. Raises OSError when it cannot be read."""
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
