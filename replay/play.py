"""The loop: jump to the next due instant, deliver, run the jobs, let the courier drain, go on."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from bot.intake.lead_event import EventKind
from bot.intake.webhook import Receipt
from replay.leadset import Arrival, LeadSet
from replay.office import Office

Progress = Callable[[int], None]
"""Told how many arrivals are through."""


@dataclass
class Tally:
    """How the webhook answered, by the kind of event."""

    accepted: Counter[EventKind] = field(default_factory=Counter)
    duplicates: Counter[EventKind] = field(default_factory=Counter)
    refused: Counter[EventKind] = field(default_factory=Counter)
    of_no_handoff: list[str] = field(default_factory=list)
    """Leads that were contacted, or ended, without having been handed over."""

    def note(self, arrival: Arrival, receipt: Receipt | None) -> None:
        if receipt is None:
            self.refused[arrival.kind] += 1
        elif receipt.duplicate:
            self.duplicates[arrival.kind] += 1
        else:
            self.accepted[arrival.kind] += 1
        if receipt and receipt.handoff_id is None:
            self.of_no_handoff.append(arrival.lead_id)


def play(office: Office, leads: LeadSet, progress: Progress) -> Tally:
    """Through the whole set and to the end of every clock; returns how it was answered."""
    tally = Tally()
    through = 0
    while (instant := _next_instant(office, leads, through)) is not None:
        office.clock.jump(instant)
        upto = bisect_right(leads.arrivals, instant, lo=through, key=attrgetter("at"))
        arriving = leads.arrivals[through:upto]
        receipts = office.take([arrival.body for arrival in arriving])
        for arrival, receipt in zip(arriving, receipts, strict=True):
            tally.note(arrival, receipt)
        office.tick()
        office.drain()
        through = upto
        progress(through)
    return tally


def _next_instant(office: Office, leads: LeadSet, through: int) -> datetime | None:
    """The tick at which something arrives or is due; None when there is nothing ahead any more.

    What the last tick left over, because it was too much for one, is for the one right after it.
    """
    arriving = leads.arrivals[through].at if through < len(leads.arrivals) else None
    ahead = [at for at in (arriving, office.next_due()) if at]
    return office.clock.tick_for(min(ahead)) if ahead else None
