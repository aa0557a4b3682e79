"""How long the two halves of the way took: ours, and the people's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from bot.core.business_time import elapsed
from bot.models import InboxEvent, MessageKind
from replay.books import Books, Posted, first_post


@dataclass(frozen=True)
class Delay:
    """Of `count` hand-offs; None when there was none."""

    count: int
    median: timedelta | None
    ninetieth: timedelta | None

    @classmethod
    def of(cls, delays: Iterable[timedelta]) -> "Delay":
        seconds = [delay.total_seconds() for delay in delays]
        if not seconds:
            return cls(0, None, None)
        return cls(
            len(seconds), timedelta(seconds=median(seconds)), timedelta(seconds=_ninetieth(seconds))
        )


def _ninetieth(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def system_delay(books: Books) -> Delay:
    """Wall time from a hand-off being stored to its card standing in Slack."""
    cards = _cards(books)
    first: dict[str, InboxEvent] = {}
    for event in sorted(books.events, key=lambda event: event.received_at):
        first.setdefault(event.handoff_id or "", event)
    return Delay.of(
        datetime.fromtimestamp(float(card.ts), UTC) - first[handoff_id].received_at
        for handoff_id, card in cards
    )


def _cards(books: Books) -> Iterator[tuple[str, Posted]]:
    posts = first_post(books)
    for message in books.messages:
        if message.kind is MessageKind.CARD and message.id in posts:
            yield message.subject_id, posts[message.id]


def human_delay(books: Books) -> Delay:
    """The actor's working time from the start of their clock to the first touch."""
    handoffs = books.handoffs_by_id
    return Delay.of(
        elapsed(books.openings[run.actor_id], run.started_at, touched)
        for run in books.runs
        if run.started_at and (touched := handoffs[run.handoff_id].touched_at)
    )
