"""Marketing's side of the board: what it hands over, and what it owes sales."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.results import share


class Number(StrEnum):
    """A number of marketing's side; its value is what stands in buttons."""

    TOP = "top"
    """Leads of grade A: whoever calls every lead hot has no hot leads."""
    DATA = "data"
    """Leads turned down for wrong or missing data."""
    UPHELD = "upheld"
    """Disputes in which marketing was right."""
    ASKS_LATE = "asks_late"
    FLAGS_LATE = "flags_late"


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many."""

    count: int = 0
    of: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.count + other.count, self.of + other.of)

    @property
    def missed(self) -> int:
        """The others."""
        return self.of - self.count

    @property
    def share(self) -> int | None:
        """In whole per cent; None when there is nothing to take it of."""
        return share(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Side:
    """What marketing did over a while, each number beside what it is a part of."""

    top: Part
    """Of all that was handed over."""
    data: Part
    """Of what was answered."""
    upheld: Part
    """Of what was settled."""
    asks_late: Part
    """Of the questions that were answered, or should be by now."""
    flags_late: Part
    """Of the flags that were answered or ended, or should be answered by now."""
    top_before: Part | None = None
    """In a while as long, right before; None = nothing is before."""

    def part(self, number: Number) -> Part:
        parts = {
            Number.TOP: self.top,
            Number.DATA: self.data,
            Number.UPHELD: self.upheld,
            Number.ASKS_LATE: self.asks_late,
            Number.FLAGS_LATE: self.flags_late,
        }
        return parts[number]

    @property
    def top_change(self) -> int | None:
        """Points that the share of grade A rose by; None when there is nothing to compare."""
        before = self.top_before.share if self.top_before else None
        return None if before is None or self.top.share is None else self.top.share - before
