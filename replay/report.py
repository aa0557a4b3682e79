"""The reconciliation as people read it: plain aligned lines, and nothing that is not counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot.core.lifecycle import Stage
from bot.delivery.courier import NOT_WANTED
from bot.delivery.outbox import FOLDED
from bot.intake.lead_event import EventKind
from bot.models import MessageKind, Run
from replay.books import Books
from replay.checks import Finding
from replay.delays import Delay, human_delay, system_delay

SHOWN = 5
"""How many offending ids are printed for a promise."""

Line = tuple[str, str]


def told(books: Books, seconds: float, jumps: int) -> Iterator[Line]:
    """What happened: a name and a figure, line by line."""
    yield from _leads(books)
    yield from _messages(books)
    yield from _times(books, seconds, jumps)


def _leads(books: Books) -> Iterator[Line]:
    tally = books.tally
    yield "leads in", f"{books.leads_in:,}"
    yield "  hand-offs", f"{len(books.handoffs):,}"
    yield "  duplicates", f"{tally.duplicates[EventKind.HANDOFF]:,}"
    yield "  refused", f"{tally.refused[EventKind.HANDOFF]:,}"
    stages = Counter(handoff.stage for handoff in books.handoffs)
    yield "hand-offs by stage", f"{sum(stages.values()):,}"
    yield from ((f"  {stage.value}", f"{stages[stage]:,}") for stage in Stage if stages[stage])
    yield "contacts told by the CRM", f"{tally.accepted[EventKind.CONTACTED]:,}"
    yield "outcomes told by the CRM", f"{tally.accepted[EventKind.OUTCOME]:,}"


def _messages(books: Books) -> Iterator[Line]:
    sent = Counter(message.kind for message in books.messages if message.ts)
    yield "messages in Slack", f"{len(books.posted):,}"
    yield from ((f"  {called(kind)}", f"{sent[kind]:,}") for kind in MessageKind if sent[kind])
    why = Counter(message.dropped for message in books.messages if not message.ts)
    yield "messages no longer wanted", f"{why[NOT_WANTED]:,}"
    yield "messages read in the brief instead", f"{why[FOLDED]:,}"
    yield "given back to the queue", f"{sum(_given_back(run) for run in books.runs):,}"
    yield "ladders stopped by an answer", f"{_stopped(books):,} of {_clocks(books):,}"


_KINDS = {
    MessageKind.CARD: "cards",
    MessageKind.LEAD_DM: "direct messages about a new lead",
    MessageKind.NUDGE: "nudges",
    MessageKind.NOTE: "notes",
    MessageKind.BRIEF: "briefs",
    MessageKind.UNREAD: "unread messages of a watched channel",
    MessageKind.OFFER: "offers to a colleague",
    MessageKind.ANYONE: "questions to free colleagues",
    MessageKind.MANAGER_LIST: "managers' lists",
    MessageKind.WON: "wins told in the channel",
    MessageKind.DIGEST: "messages to marketing, collected",
    MessageKind.SUGGESTION: "suggestions to send less",
}


def called(kind: MessageKind) -> str:
    """What the report calls messages of a kind; one that no replay had yet goes by its own name."""
    return _KINDS.get(kind, kind.replace("_", " "))


def _given_back(run: Run) -> bool:
    """A lead without a clock only ever expires."""
    return bool(run.due_at and run.ended_at) and run.answered_at is None


def _clocks(books: Books) -> int:
    return sum(run.due_at is not None for run in books.runs)


def _stopped(books: Books) -> int:
    """Runs with a clock that were answered before their last step."""
    taken = Counter((step.handoff_id, step.run) for step in books.steps)
    return sum(
        run.due_at is not None
        and run.answered_at is not None
        and taken[(run.handoff_id, run.number)] < len(books.ladder)
        for run in books.runs
    )


def _times(books: Books, seconds: float, jumps: int) -> Iterator[Line]:
    yield "system delay, median / 90 %", _spread(system_delay(books))
    yield "human delay, median / 90 %", _spread(human_delay(books))
    yield "business time", f"{jumps:,} instants"
    yield "run time", f"{seconds:,.1f} s"
    arrivals = sum(map(Counter.total, (books.tally.accepted, books.tally.duplicates)))
    arrivals += books.tally.refused.total()
    yield "  deliveries a second", f"{arrivals / seconds:,.1f}"
    shown = sum(message.shown_revision for message in books.messages)
    yield "  messages a second", f"{len(books.posted) / seconds:,.1f}"
    yield "  revisions shown a second", f"{shown / seconds:,.1f}"


def _spread(delay: Delay) -> str:
    if delay.median is None or delay.ninetieth is None:
        return "none"
    return f"{_span(delay.median)} / {_span(delay.ninetieth)}, {delay.count:,} hand-offs"


def _span(length: timedelta) -> str:
    """`31 ms`, `4.2 s`, `18 min`, `6.3 h`."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def aligned(lines: Iterable[Line]) -> str:
    """Names to the left, figures below each other."""
    whole = list(lines)
    width = max((len(name) for name, _ in whole), default=0)
    return "\n".join(f"{name:<{width}}  {figure}" for name, figure in whole)


def verdicts(findings: Sequence[Finding]) -> str:
    """A line for each promise, with the first ids that break it."""
    return aligned((finding.promise, _verdict(finding)) for finding in findings)


def _verdict(finding: Finding) -> str:
    if not finding.offenders:
        return f"yes, {finding.checked:,}"
    named = ", ".join(finding.offenders[:SHOWN])
    more = ", …" if len(finding.offenders) > SHOWN else ""
    return f"NO: {len(finding.offenders):,} of {finding.checked:,}: {named}{more}"
