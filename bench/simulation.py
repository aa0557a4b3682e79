"""Campaigns whose quality is known, rated by reps who differ, looked at weekly by several rules.

Every run is a team of its own, drawn from its own seed, so any row of the table can be had again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log
from random import Random

from bench.rules import beta_binomial, naive, wilson
from bot.core.quality import WINDOW, Rating, Verdict, judge

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(days=7)

Counts = Mapping[str, tuple[int, int]]
"""Ratings and bad ones of each campaign."""


@dataclass(frozen=True, slots=True)
class World:
    """What is true, and how it comes to be seen."""

    name: str
    campaigns: int = 20
    bad_campaigns: int = 4
    reps: int = 10
    weeks: int = 26
    per_week: float = 2.0
    """Ratings a campaign gets in a week, on average."""
    base: float = 0.30
    """Share of bad leads of a good campaign, as an average rep sees it."""
    bad: float = 0.60
    severity: float = 1.0
    """Standard deviation of the reps' log-odds."""
    main_share: float = 0.6
    """Of a campaign's leads, to the one rep it mostly goes to; 0 = to all alike."""
    bad_is_told: float = 1.0
    """How many times as often a bad lead is rated as another."""
    good_takes: float = 0.0
    """Weeks until a rating that is not bad is told, on average; a bad one is told at once."""
    starts_within: int = 0
    """Campaigns begin in one of this many first weeks."""
    harsh_rep: float | None = None
    """One rep calls this share of a good campaign's leads bad, and is the main rep of the first
    three campaigns; None = nobody does."""

    def is_bad(self, campaign: int) -> bool:
        """Whether it is one of the bad ones: they are the last."""
        return campaign >= self.campaigns - self.bad_campaigns


@dataclass(slots=True)
class Ever:
    """Which campaigns a rule spoke of in any week of one run, and after how many ratings."""

    flagged: dict[str, int]
    watched: set[str]


def name_of(campaign: int) -> str:
    """As a rule sees it."""
    return f"campaign {campaign:03}"


def ratings_of(world: World, seed: int) -> list[Rating]:
    """All that is ever rated in one run, in order of time."""
    chance = Random(seed)
    severity = [chance.gauss(0, world.severity) for _ in range(world.reps)]
    main = [chance.randrange(world.reps) for _ in range(world.campaigns)]
    if world.harsh_rep is not None:
        severity[0] = _log_odds(world.harsh_rep) - _log_odds(world.base)
        main[:3] = [0, 0, 0]
    rated = []
    for campaign in range(world.campaigns):
        level = _log_odds(world.bad if world.is_bad(campaign) else world.base)
        start = chance.randrange(world.starts_within) if world.starts_within else 0
        for week in range(start, world.weeks):
            for _ in range(_poisson(chance, world.per_week)):
                alike = chance.random() >= world.main_share
                rep = chance.randrange(world.reps) if alike else main[campaign]
                is_bad = chance.random() < _share(level + severity[rep])
                if not is_bad and chance.random() > 1 / world.bad_is_told:
                    continue
                at = BEGIN + (week + chance.random()) * WEEK
                if not is_bad and world.good_takes:
                    at += chance.expovariate(1 / world.good_takes) * WEEK
                rated.append(Rating(name_of(campaign), f"rep {rep:02}", is_bad, at))
    return sorted(rated, key=lambda one: one.at)


def play(world: World, seed: int, every: int = 1) -> dict[str, Ever]:
    """One run: what each rule ever said, looking once in so many weeks."""
    rated = ratings_of(world, seed)
    said: dict[str, Ever] = defaultdict(lambda: Ever({}, set()))
    for week in range(every, world.weeks + 1, every):
        now = BEGIN + week * WEEK
        window = [one for one in rated if now - WINDOW < one.at <= now]
        counts = _counted(window)
        for rule, flags in COUNTING.items():
            for campaign in flags(counts):
                said[rule].flagged.setdefault(campaign, counts[campaign][0])
        for campaign, found in judge(window, {}, now, now.date()).items():
            if found.verdict is Verdict.FLAG:
                said[CROSSED].flagged.setdefault(campaign, found.ratings)
            if found.verdict in (Verdict.FLAG, Verdict.WATCH):
                said[CROSSED].watched.add(campaign)
    return dict(said)


CROSSED = "crossed"
COUNTING: dict[str, Callable[[Counts], Iterator[str]]] = {
    "naive": naive,
    "Wilson": wilson,
    "beta-binomial": beta_binomial,
}
"""Rules that count and do not ask who rated."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a rule did over many runs; shares from 0 to 1."""

    good_flagged: float
    """Of the good campaigns, ever."""
    suspects_flagged: float
    """Of the first three campaigns, which the harsh rep rates most."""
    bad_found: float
    false_of_flagged: float
    ratings_to_flag: float
    """Median over the bad ones that were found."""
    good_watched: float
    bad_watched: float


def figures(world: World, runs: Sequence[Mapping[str, Ever]], rule: str) -> Figures:
    """What many runs say about one rule."""
    bad = {name_of(one) for one in range(world.campaigns) if world.is_bad(one)}
    suspects = {name_of(one) for one in range(3)}
    goods, bads = (world.campaigns - len(bad)) * len(runs), len(bad) * len(runs)
    flagged = [(name, n) for run in runs if rule in run for name, n in run[rule].flagged.items()]
    watched = [name for run in runs if rule in run for name in run[rule].watched]
    found = sorted(n for name, n in flagged if name in bad)
    false = sum(name not in bad for name, _ in flagged)
    return Figures(
        good_flagged=false / goods,
        suspects_flagged=sum(name in suspects for name, _ in flagged) / (3 * len(runs)),
        bad_found=len(found) / bads if bads else 0.0,
        false_of_flagged=false / len(flagged) if flagged else 0.0,
        ratings_to_flag=found[len(found) // 2] if found else 0.0,
        good_watched=sum(name not in bad for name in watched) / goods,
        bad_watched=sum(name in bad for name in watched) / bads if bads else 0.0,
    )


def _counted(ratings: Sequence[Rating]) -> Counts:
    totals = Counter(one.campaign for one in ratings)
    bad = Counter(one.campaign for one in ratings if one.is_bad)
    return {name: (n, bad[name]) for name, n in totals.items()}


def _log_odds(share: float) -> float:
    return log(share / (1 - share))


def _share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def _poisson(chance: Random, mean: float) -> int:
    """Knuth's way: count how many uniform draws fit above e^-mean."""
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
