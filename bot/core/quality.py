"""Whether a campaign brings worse leads than usual, said only when the ratings can carry it.

A campaign is compared with the usual one as an average rater would see both (`bot.core.crossed`),
so that a severe rep is not taken for a bad campaign. Three answers: it is flagged; it is watched,
and a second rep is asked; or there is nothing to say, perhaps because too little was rated so far.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.crossed import Cell, Contrast, Crossed

WINDOW = timedelta(days=90)
"""Ratings older than this speak for nobody any more."""
WORSE = 1.25
"""Odds of a bad lead this many times the usual campaign's: less is not worth a message."""
ENOUGH_RATINGS = 8
ENOUGH_RATERS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """What has to be true before something is said."""

    probability: float
    """That the odds of a bad lead are more than `WORSE` times the usual campaign's."""
    points: float
    """How much larger its share of bad leads is estimated to be, from 0 to 1."""

    def met_by(self, contrast: Contrast) -> bool:
        """Whether a comparison reaches both."""
        return contrast.probability >= self.probability and contrast.points >= self.points


FLAG = Bar(probability=0.95, points=0.10)
WATCH = Bar(probability=0.80, points=0.05)


OTHERS_SEE = WATCH.points
"""A flag needs the campaign to be so much worse without the ratings of whoever rated most: what one
person says of it never flags it while the others do not see it too."""


class Verdict(StrEnum):
    """What the ratings of a campaign say about it."""

    FLAG = "flag"
    WATCH = "watch"
    """A second rep is asked: that tells a rep from a campaign."""
    TOO_FEW = "too_few"
    TOO_EARLY = "too_early"
    """Both teams agreed on a day before which it is not judged."""
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's latest word about one lead of a campaign."""

    campaign: str
    rater: str
    is_bad: bool
    """False for good and for so-so."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed about a campaign."""

    changed_at: datetime | None = None
    """When it was changed last; it is judged by what was rated since."""
    judge_on: date | None = None
    """The first day on which it may be flagged or watched; what was counted is shown before too."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A campaign as its ratings show it."""

    verdict: Verdict
    ratings: int
    bad: int
    raters: tuple[str, ...]
    """Who rated it, most ratings first."""
    expected_bad: float
    """How many of as many leads of the usual campaign the same raters would call bad."""
    probability: float
    """That it is worse than usual by more than a trifle (`WORSE`)."""
    points: float
    """The share of bad leads above the usual campaign's, from -1 to 1."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """How much of a campaign as it is now was rated in the last 90 days."""

    ratings: int = 0
    raters: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether it could be flagged."""
        return self.ratings >= ENOUGH_RATINGS and self.raters >= ENOUGH_RATERS


LOWEST_ACCEPTANCE = 0.30
FALL_OF_ACCEPTANCE = 0.15
ENOUGH_DECIDED = 10


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How many leads of a campaign sales took on, of those it answered for."""

    accepted: int
    decided: int
    """In the last seven days; `*_before` are the four weeks before those."""
    accepted_before: int
    decided_before: int

    @property
    def before(self) -> float | None:
        """The mean of the four weeks before; None where too little was answered to have one."""
        if self.decided_before < ENOUGH_DECIDED:
            return None
        return self.accepted_before / self.decided_before


def is_low(acceptance: Acceptance) -> bool:
    """Below 30 %, or 15 points below its own mean of four weeks; never of fewer than ten leads."""
    if acceptance.decided < ENOUGH_DECIDED:
        return False
    share, before = acceptance.accepted / acceptance.decided, acceptance.before
    # Counted in whole leads, so that a fall of exactly 15 points is one.
    fell = before is not None and round(before - share, 9) >= FALL_OF_ACCEPTANCE
    return share < LOWEST_ACCEPTANCE or fell


@dataclass(slots=True)
class _Tally:
    ratings: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Version:
    """A campaign before its last change, or as it is now."""

    campaign: str
    is_present: bool


def judge(
    ratings: Iterable[Rating], terms: Mapping[str, Terms], now: datetime, today: date
) -> dict[str, Judgement]:
    """Every campaign that was rated in the last 90 days, since it was changed last.

    `today` is the date where marketing works. What was rated before a change counts as a campaign
    of its own: it says nothing about the campaign as it is now, and still shows how severe a rater
    is.
    """
    tallies = _tallied(ratings, terms, now)
    if not tallies:
        return {}
    model = _fitted(tallies)
    usual = model.typical()
    found = {
        key: _judgement(
            model, key, tally, usual, is_early=_is_early(terms.get(key.campaign), today)
        )
        for key, tally in tallies.items()
        if key.is_present
    }
    return {key.campaign: _unless_alone(found[key], tallies, key) for key in found}


def so_far(
    ratings: Iterable[tuple[str, str, datetime]], terms: Mapping[str, Terms], now: datetime
) -> dict[str, SoFar]:
    """Of (campaign, rater, when): what a verdict could be given on."""
    counted: Counter[str] = Counter()
    raters: dict[str, set[str]] = {}
    for campaign, rater, at in ratings:
        if _counts(at, now) and _is_present(terms.get(campaign), at):
            counted[campaign] += 1
            raters.setdefault(campaign, set()).add(rater)
    return {campaign: SoFar(n, len(raters[campaign])) for campaign, n in counted.items()}


def _counts(at: datetime, now: datetime) -> bool:
    return now - WINDOW < at <= now


def _is_present(terms: Terms | None, at: datetime) -> bool:
    """Whether what was rated then is about the campaign as it is now."""
    changed_at = terms.changed_at if terms else None
    return changed_at is None or at >= changed_at


def _fitted(tallies: Mapping[_Version, _Tally], but: tuple[_Version, str] | None = None) -> Crossed:
    """The model of all ratings, `but` what this rater said of this campaign."""
    cells = (
        Cell(_label(key), rater, n, tally.bad[rater])
        for key, tally in tallies.items()
        for rater, n in tally.ratings.items()
        if (key, rater) != but
    )
    return Crossed(cells, past={_label(key) for key in tallies if not key.is_present})


def _unless_alone(found: Judgement, tallies: Mapping[_Version, _Tally], key: _Version) -> Judgement:
    """A flag becomes a watch when it hangs on the one who rated most."""
    if found.verdict is not Verdict.FLAG:
        return found
    model = _fitted(tallies, but=(key, found.raters[0]))
    without = model.contrast(_label(key), model.typical(), WORSE)
    return found if without.points >= OTHERS_SEE else replace(found, verdict=Verdict.WATCH)


def _tallied(
    ratings: Iterable[Rating], terms: Mapping[str, Terms], now: datetime
) -> dict[_Version, _Tally]:
    tallies: dict[_Version, _Tally] = {}
    for rating in ratings:
        if not _counts(rating.at, now):
            continue
        key = _Version(rating.campaign, _is_present(terms.get(rating.campaign), rating.at))
        tally = tallies.setdefault(key, _Tally())
        tally.ratings[rating.rater] += 1
        tally.bad[rating.rater] += rating.is_bad
    return tallies


def _label(key: _Version) -> str:
    return f"{'now' if key.is_present else 'before'}:{key.campaign}"


def _is_early(terms: Terms | None, today: date) -> bool:
    return terms is not None and terms.judge_on is not None and today < terms.judge_on


def _judgement(
    model: Crossed, key: _Version, tally: _Tally, usual: str, *, is_early: bool
) -> Judgement:
    label = _label(key)
    contrast = model.contrast(label, usual, WORSE)
    ratings = tally.ratings.total()
    raters = tuple(sorted(tally.ratings, key=lambda one: (-tally.ratings[one], one)))
    return Judgement(
        verdict=_verdict(contrast, ratings, len(raters), is_early=is_early),
        ratings=ratings,
        bad=tally.bad.total(),
        raters=raters,
        expected_bad=model.expected_bad(label, usual),
        probability=contrast.probability,
        points=contrast.points,
    )


def _verdict(contrast: Contrast, ratings: int, raters: int, *, is_early: bool) -> Verdict:
    is_enough = SoFar(ratings, raters).is_enough
    if is_early:
        return Verdict.TOO_EARLY
    if is_enough and FLAG.met_by(contrast):
        return Verdict.FLAG
    if WATCH.met_by(contrast):
        return Verdict.WATCH
    return Verdict.USUAL if is_enough else Verdict.TOO_FEW
