"""What became of a campaign's leads: every number a report shows, and what it counts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.core.lifecycle import DUPLICATE, ERASED, LOST, QUALIFIED, WON

COHORT = timedelta(days=60)
"""A lead counts for a verdict once so long has passed since it was handed over: wins come early and
losses do not come at all, so young leads look too good. Of Olist's wins 77 % came within 60 days.
It decides which leads count, not which wins."""

NO_ANSWER = frozenset({DUPLICATE, ERASED})
"""How a hand-off ends without anybody having answered for it."""
ACCEPTED = frozenset({QUALIFIED, WON, LOST})
"""Outcomes of leads that sales took on; what was won or lost was qualified before."""

Answer = tuple[str, str | None]
"""An outcome's key, and which of its details."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How many hand-offs of one campaign ended alike, and how many of those are touched, rated …"""

    campaign_id: str | None
    """None = no origin."""
    outcome: str | None
    detail: str | None
    handed: int
    closed: int
    """Of these, so many were handed over a cohort ago or longer."""
    touched: int
    rated: int


@dataclass(frozen=True, slots=True)
class Result:
    """The numbers of one campaign, or of several together."""

    handed: int = 0
    touched: int = 0
    rated: int = 0
    answers: Mapping[Answer, int] = field(default_factory=dict)
    """How often each outcome was given, the most frequent first."""
    undecided: int = 0
    """Answers that tell nothing of how good the lead was: already ours, could not reach …"""
    closed: int = 0
    closed_qualified: int = 0
    closed_won: int = 0

    @property
    def answered(self) -> int:
        return sum(self.answers.values())

    @property
    def accepted(self) -> int:
        return sum(count for (outcome, _), count in self.answers.items() if outcome in ACCEPTED)

    @property
    def decided(self) -> int:
        """What acceptance is a share of."""
        return self.answered - self.undecided

    @property
    def reasons(self) -> dict[Answer, int]:
        """Why leads were not taken on."""
        return {answer: n for answer, n in self.answers.items() if answer[0] not in ACCEPTED}


def tally(rows: Iterable[Alike], neutral: Collection[str]) -> Result:
    """Add up. `neutral`: the outcomes that say nothing of how good a lead was."""
    handed = touched = rated = closed = qualified = won = 0
    answers: Counter[Answer] = Counter()
    for row in rows:
        handed, touched, rated = handed + row.handed, touched + row.touched, rated + row.rated
        closed += row.closed
        qualified += row.closed if row.outcome in ACCEPTED else 0
        won += row.closed if row.outcome == WON else 0
        if row.outcome and row.outcome not in NO_ANSWER:
            answers[row.outcome, row.detail] += row.handed
    undecided = sum(count for (outcome, _), count in answers.items() if outcome in neutral)
    return Result(
        handed, touched, rated, dict(answers.most_common()), undecided, closed, qualified, won
    )


def share(part: int, whole: int) -> int | None:
    """A share in whole per cent; None when there is nothing to take it of."""
    if not whole:
        return None
    return int(Decimal(100 * part / whole).quantize(Decimal(1), ROUND_HALF_UP))


def return_on(cost: Decimal | None, revenue: Decimal) -> Decimal | None:
    """(Won revenue less cost) for each unit of cost; None when the cost is not known."""
    if not cost:
        return None
    return ((revenue - cost) / cost).quantize(Decimal("0.01"), ROUND_HALF_UP)


def is_judged(judge_on: date | None, today: date) -> bool:
    """Whether a verdict may be given; before that day numbers are shown and no verdict is."""
    return judge_on is None or judge_on <= today
