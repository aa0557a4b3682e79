"""The loop: jump to the next due instant, deliver, run the jobs, let the courier drain, go on."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


LAST_BRIEFS = timedelta(days=4)
"""How long after everything else briefs are still waited for: a week-end, and the day after."""


def play(office: Office, leads: LeadSet, progress: Progress) -> Tally:
    """Through the whole set and to the end of every clock; returns how it was answered."""
    tally = Tally()
    through = 0
    awaited: datetime | None = None
    while True:
        ahead = _ahead(office, leads, through)
        awaited = min(ahead) + LAST_BRIEFS if ahead else awaited
        brief = office.next_brief()
        if brief and awaited and brief <= awaited:
            ahead.append(brief)
        if not ahead:
            return tally
        # What the last tick left over, being too much for one, is for the one right after it.
        instant = office.clock.tick_for(min(ahead))
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


def _ahead(office: Office, leads: LeadSet, through: int) -> list[datetime]:
    """The instants at which something arrives or is due; briefs apart, which come for ever."""
    arriving = leads.arrivals[through].at if through < len(leads.arrivals) else None
    return [at for at in (arriving, office.next_due()) if at]
