"""The numbers of all campaigns and of one, counted from the hand-offs as they are now.

Every number is read from `ix_handoff_report`, which holds all that is counted, so a report costs a
walk over that index and grows with the hand-offs in it: `docs/campaigns.md` says how fast.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, case, cast, func, select, true
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.core.results import COHORT, Alike, Result, tally
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Rating, RatingValue
from bot.playbook import Playbook
from bot.services import campaigns

USUAL_DAYS = 180
WORDS_SHOWN = 5


@dataclass(frozen=True)
class Window:
    """Which hand-offs are counted: those of the last so many days; None = all."""

    days: int | None = USUAL_DAYS

    @classmethod
    def parse(cls, text: str) -> "Window | None":
        """Reads `all` and `90d`; None for anything else."""
        word = text.strip().lower()
        if word == "all":
            return cls(None)
        number = word.removesuffix("d")
        is_days = word.endswith("d") and number.isdecimal() and 0 < len(number) <= 4
        return cls(int(number)) if is_days and int(number) else None

    def __str__(self) -> str:
        return f"{self.days}d" if self.days else "all"

    def since(self, now: datetime) -> datetime | None:
        return now - timedelta(days=self.days) if self.days else None


Ratings = Mapping[RatingValue, int]


@dataclass(frozen=True)
class Row:
    """One campaign's numbers. `campaign` None = leads that told nothing of where they came from."""

    campaign: Campaign | None
    result: Result
    ratings: Ratings = field(default_factory=dict)
    """One for each hand-off and rater, the latest."""
    revenue: Mapping[str, Decimal] = field(default_factory=dict)
    """What the won leads of the closed cohort are worth, by currency; "" = none was told."""
    median_minutes: int | None = None
    """Working minutes from the card to the first touch; half of the touched ones took longer."""


@dataclass(frozen=True)
class Told:
    """What reps wrote about one lead, which nobody is named with."""

    outcome: str
    detail: str | None
    words: str


@dataclass(frozen=True)
class Scope:
    """Which hand-offs a question is about."""

    team_id: str
    since: datetime | None
    """Handed over then or later; None = ever."""
    closing: datetime
    """Handed over by then counts as closed."""
    campaigns: Sequence[str | None] | None = None
    """Ids; `[None]` = without origin; None = of all campaigns."""
    until: datetime | None = None
    """Handed over before then; None = up to now."""

    @classmethod
    def of(
        cls,
        liaison: Liaison,
        window: Window,
        now: datetime,
        campaigns: Sequence[str | None] | None = None,
    ) -> "Scope":
        return cls(liaison.team_id, window.since(now), now - COHORT, campaigns)

    def before(self, now: datetime) -> "Scope | None":
        """As long a while, right before this one; None = this one has no beginning."""
        if self.since is None:
            return None
        return replace(
            self, since=self.since - ((self.until or now) - self.since), until=self.since
        )

    @property
    def handoffs(self) -> ColumnElement[bool]:
        """As a condition on hand-offs."""
        counted = (col(Handoff.team_id) == self.team_id) & self.within(col(Handoff.handed_at))
        return counted & self.in_campaigns(col(Handoff.campaign_id))

    @property
    def ratings(self) -> ColumnElement[bool]:
        """As a condition on ratings that are in force."""
        counted = (col(Rating.team_id) == self.team_id) & col(Rating.ended_at).is_(None)
        return (
            counted
            & self.within(col(Rating.handed_at))
            & self.in_campaigns(col(Rating.campaign_id))
        )

    @property
    def is_closed(self) -> ColumnElement[bool]:
        return col(Handoff.handed_at) <= self.closing

    def within(self, at: Mapped[datetime]) -> ColumnElement[bool]:
        """As a condition on a moment."""
        since = at >= self.since if self.since else true()
        return since & (at < self.until) if self.until else since

    def in_campaigns(self, campaign_id: Mapped[str] | Mapped[str | None]) -> ColumnElement[bool]:
        """As a condition on a campaign's id."""
        if self.campaigns is None:
            return true()
        if None in self.campaigns:
            return campaign_id.is_(None)
        return campaign_id.in_(self.campaigns)

    def about(self, handoff_id: Mapped[str]) -> ColumnElement[bool]:
        """As a condition on what is about one hand-off, whenever that was handed over."""
        if self.campaigns is None:
            return true()
        of_these = (col(Handoff.team_id) == self.team_id) & self.in_campaigns(
            col(Handoff.campaign_id)
        )
        return handoff_id.in_(select(col(Handoff.id)).where(of_these))


def table(liaison: Liaison, window: Window) -> list[Row]:
    """All campaigns that have hand-offs in the window, the largest first, no origin last."""
    with liaison.reading() as tx:
        found = rows(tx, liaison.playbook, Scope.of(liaison, window, liaison.now()))
    return sorted(found, key=lambda row: (row.campaign is None, -row.result.handed))


def of_campaign(tx: Session, playbook: Playbook, campaign: Campaign | None, scope: Scope) -> Row:
    """One campaign's numbers, with the median; `scope` is of its own hand-offs."""
    found = rows(tx, playbook, scope) or [Row(campaign, Result())]
    return replace(found[0], median_minutes=median_minutes(tx, scope))


def last_words(tx: Session, scope: Scope) -> list[Told]:
    """The last things that were written about the leads of one campaign, or without origin."""
    told = (col(Handoff.outcome), col(Handoff.outcome_detail), col(Handoff.outcome_words))
    newest: list[Any] = []
    for campaign_id in scope.campaigns or ():
        # One by one, because each walks its own end of the index.
        of_one = replace(scope, campaigns=[campaign_id])
        newest += tx.execute(
            select(col(Handoff.outcome_at), *told)
            .where(of_one.handoffs, col(Handoff.outcome_words).is_not(None))
            .order_by(col(Handoff.outcome_at).desc())
            .limit(WORDS_SHOWN)
        )
    newest.sort(key=lambda row: row[0], reverse=True)
    return [Told(outcome, detail, words) for _, outcome, detail, words in newest[:WORDS_SHOWN]]


def neutral_outcomes(playbook: Playbook) -> frozenset[str]:
    """Outcomes that say nothing of how good a lead was."""
    return frozenset(reason.key for reason in playbook.reasons if reason.counts_as == "none")


def rows(tx: Session, playbook: Playbook, scope: Scope) -> list[Row]:
    """The campaigns of these hand-offs with their numbers, without medians."""
    roots = campaigns.roots(tx, scope.team_id)
    alike: dict[str | None, list[Alike]] = defaultdict(list)
    for row in _alike(tx, scope):
        alike[_root_id(roots, row.campaign_id)].append(row)
    ratings, revenue = _ratings(tx, scope, roots), _revenue(tx, scope, roots)
    neutral = neutral_outcomes(playbook)
    return [
        Row(
            roots[campaign_id] if campaign_id else None,
            tally(those, neutral),
            ratings[campaign_id],
            revenue[campaign_id],
        )
        for campaign_id, those in alike.items()
    ]


def _root_id(roots: Mapping[str, Campaign], campaign_id: str | None) -> str | None:
    return roots[campaign_id].id if campaign_id else None


def _alike(tx: Session, scope: Scope) -> Iterator[Alike]:
    """Grouped in the index's own order, so that no database has to sort."""
    campaign_id, outcome = col(Handoff.campaign_id), col(Handoff.outcome)
    detail = col(Handoff.outcome_detail)
    rows = tx.execute(
        select(
            campaign_id,
            outcome,
            detail,
            func.count(),
            func.sum(case((scope.is_closed, 1), else_=0)),
            func.count(col(Handoff.touched_at)),
            func.count(col(Handoff.rated_at)),
        )
        .where(scope.handoffs)
        .group_by(campaign_id, col(Handoff.stage), outcome, detail)
    )
    return (Alike(*row) for row in rows)


def _ratings(
    tx: Session, scope: Scope, roots: Mapping[str, Campaign]
) -> dict[str | None, Counter[RatingValue]]:
    campaign_id, value = col(Rating.campaign_id), col(Rating.value)
    rows = tx.execute(
        select(campaign_id, value, func.count()).where(scope.ratings).group_by(campaign_id, value)
    )
    found: dict[str | None, Counter[RatingValue]] = defaultdict(Counter)
    for of_campaign_id, rating, count in rows:
        found[_root_id(roots, of_campaign_id)][rating] += count
    return found


def _revenue(
    tx: Session, scope: Scope, roots: Mapping[str, Campaign]
) -> dict[str | None, dict[str, Decimal]]:
    campaign_id, currency = col(Handoff.campaign_id), col(Handoff.currency)
    rows = tx.execute(
        select(campaign_id, currency, func.sum(cast(col(Handoff.amount), Numeric(18, 2))))
        .where(
            scope.handoffs,
            scope.is_closed,
            col(Handoff.stage) == Stage.WON,
            col(Handoff.amount).is_not(None),
        )
        .group_by(campaign_id, currency)
    )
    found: dict[str | None, dict[str, Decimal]] = defaultdict(dict)
    for of_campaign_id, told, total in rows:
        amounts = found[_root_id(roots, of_campaign_id)]
        amounts[told or ""] = amounts.get(told or "", Decimal(0)) + total
    return found


def median_minutes(tx: Session, scope: Scope) -> int | None:
    """The one in the middle, found by its place; of an even number the lower of the two."""
    minutes = col(Handoff.touch_minutes)
    touched = scope.handoffs & minutes.is_not(None)
    count = tx.scalars(select(func.count()).select_from(Handoff).where(touched)).one()
    middle = select(minutes).where(touched).order_by(minutes).offset(max(count - 1, 0) // 2)
    return tx.scalars(middle.limit(1)).first()
