"""How bad each campaign's leads are, after allowing for who rated them.

The model. A rating of campaign i by rater j is bad with probability p,

    logit p = mu + u_i + v_j,    u_i ~ N(0, su²),    v_j ~ N(0, sv²),

two random effects that cross: a rep rates many campaigns, a campaign is rated by many reps. Both
are shrunk towards the middle, so little evidence says little, and a severe rater explains the bad
ratings they give everywhere, and not the campaign that happened to get many of them.

The approximation is a nested Laplace one (Rue, Martino & Chopin 2009, "Approximate Bayesian
inference for latent Gaussian models", JRSS B 71). For given su and sv the log posterior of
(mu, u, v) is concave; Newton's method finds its mode, and the normal with the curvature there
stands for it. The two spreads themselves are not estimated and then believed: with three raters
nobody knows how much raters differ. They are averaged over a grid, each point weighted by the
likelihood that Laplace's method gives it and by a prior: for raters a half-normal one (Gelman 2006,
"Prior distributions for variance parameters in hierarchical models", Bayesian Analysis 1), for
campaigns what real ones were seen to differ by.

The cost. The curvature is an arrow: campaigns do not touch each other, so they are eliminated, and
a matrix as wide as the number of raters remains. How close it comes is in docs/quality.md.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, log, log1p, sqrt
from operator import mul
from statistics import NormalDist

CAMPAIGNS_SPREAD, CAMPAIGNS_DOUBT = 0.85, 0.6
"""Prior of su: log-normal, median and standard deviation of the logarithm, so that 95 % lie between
0.26 and 2.8. Olist's leads of 2018, won or not, put it at 0.67 over 407 landing pages and at 0.74
over 11 origins; it is wider than that, so that campaigns which hardly differ may say so."""
RATERS_SPREAD = 1.0
"""Scale of the half-normal prior of sv: a standard deviation of one in log-odds, 30 % to 54 %, is
already a lot, and three would be absurd."""
PRIOR_LEVEL = 2.0
"""Standard deviation of mu around zero: the usual campaign is between 2 % and 98 % bad."""
_RATIO = 1.6
_SPREADS = tuple(0.1 * _RATIO**step for step in range(8))
"""0.1 to 2.7. Below a tenth nothing can be seen; far above, the prior has the word."""
_MIDDLE = (3, 3)
_ALONE = (0.01,)
"""With one rater there is nothing to compare them with: no rater effect is fitted."""
_LIGHT = 4.5
"""Where the walk over the grid turns back: log weight below the best point's, one in ninety."""
_HOPELESS = 2 * _LIGHT
"""Where a climb is given up: its end, foreseen from where it is, so far below the best point's."""
_CLOSE = 1e-3
"""Newton's method stops after a step that gains less than this in log posterior."""

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one rater said about one campaign."""

    campaign: str
    rater: str
    ratings: int
    bad: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """One campaign beside the usual one, as an average rater would see both."""

    probability: float
    """That the odds of a bad lead are more than the asked ratio times the usual campaign's."""
    share: float
    usual_share: float

    @property
    def points(self) -> float:
        """How much larger the share of bad leads is, from -1 to 1."""
        return self.share - self.usual_share


def probability(log_odds: float) -> float:
    """The inverse of the logit."""
    return 1 / (1 + exp(-log_odds))


class Crossed:
    """The posterior of all campaigns and raters, given what was rated.

    The order of the cells does not matter, and nothing is drawn at random: the same ratings say the
    same every time.
    """

    def __init__(self, cells: Iterable[Cell], past: Collection[str] = ()) -> None:
        """`past` are campaigns that are no more: they tell of raters, and not of what is usual."""
        held = sorted(
            (cell for cell in cells if cell.ratings), key=lambda one: (one.campaign, one.rater)
        )
        self.campaigns = {name: at for at, name in enumerate(sorted({c.campaign for c in held}))}
        self.raters = {name: at for at, name in enumerate(sorted({c.rater for c in held}))}
        self._rows: list[_Row] = [[] for _ in self.campaigns]
        for cell in held:
            row = self._rows[self.campaigns[cell.campaign]]
            row.append((self.raters[cell.rater] + 1, cell.ratings, cell.bad))
        self._sizes = [
            0 if name in past else sum(n for _, n, _ in row)
            for name, row in zip(self.campaigns, self._rows, strict=True)
        ]
        self._modes = _average(self._rows, len(self.raters)) if held else []
        total = sum(self._sizes) or 1
        weights = [size / total for size in self._sizes]
        self._means = [mode.mean(weights) for _, mode in self._modes]

    def level(self, campaign: str) -> float:
        """The log-odds of a bad lead of this campaign for an average rater."""
        at = self.campaigns[campaign]
        return sum(weight * (mode.side[0] + mode.effects[at]) for weight, mode in self._modes)

    def rater(self, name: str) -> float:
        """How much more severe than the average this rater is, in log-odds."""
        at = self.raters[name] + 1
        return sum(weight * mode.side[at] for weight, mode in self._modes)

    def spreads(self) -> tuple[float, float]:
        """How much campaigns differ and how much raters do: mean standard deviations."""
        campaigns = sum(weight * mode.spreads[0] for weight, mode in self._modes)
        return campaigns, sum(weight * mode.spreads[1] for weight, mode in self._modes)

    def typical(self) -> str:
        """The campaign of the median rating.

        Campaigns in order of their level, each as wide as its ratings. The median *campaign* would
        let a dozen tiny ones make the two that bring most leads look unusual.
        """
        half, counted = sum(self._sizes) / 2, 0
        for name in sorted(self.campaigns, key=self.level):
            counted += self._sizes[self.campaigns[name]]
            if counted >= half:
                return name
        raise ValueError("nothing was rated")

    def contrast(self, campaign: str, typical: str, ratio: float) -> Contrast:
        """How `campaign` compares with the usual one: odds of bad more than `ratio` times as high?

        What is usual is a place among all campaigns, and is known better than the one campaign that
        stands there: its doubt is that of the mean of all others, each as heavy as its ratings.
        """
        one, two = self.campaigns[campaign], self.campaigns[typical]
        if one == two:
            share = sum(
                w * probability(mode.side[0] + mode.effects[one]) for w, mode in self._modes
            )
            return Contrast(0.0, share, share)
        chance = share = usual_share = 0.0
        for (weight, mode), mean in zip(self._modes, self._means, strict=True):
            distance = mode.effects[one] - mode.effects[two]
            doubt = sqrt(mode.variance_from(mean, one)) / (1 - mean.weights[one])
            chance += weight * _STANDARD.cdf((distance - log(ratio)) / doubt)
            share += weight * probability(mode.side[0] + mode.effects[one])
            usual_share += weight * probability(mode.side[0] + mode.effects[two])
        return Contrast(chance, share, usual_share)

    def expected_bad(self, campaign: str, typical: str) -> float:
        """How many of the ratings `campaign` got would be bad, had the same raters, each as often,
        rated leads of the usual one."""
        row = self._rows[self.campaigns[campaign]]
        two = self.campaigns[typical]
        return sum(
            weight * n * probability(mode.side[0] + mode.effects[two] + mode.side[rater])
            for weight, mode in self._modes
            for rater, n, _ in row
        )


_Row = list[tuple[int, int, int]]
"""The cells of one campaign: place of the rater on the side (0 is mu), ratings, bad."""


@dataclass(frozen=True, slots=True)
class _Slope:
    """First and second derivatives of the log posterior that touch one campaign."""

    gradient: float
    own: float
    """Curvature in its own effect."""
    pulls: list[tuple[int, float]]
    """Curvature between its effect and mu (place 0) and each of its raters."""


@dataclass(frozen=True, slots=True)
class _Mean:
    """A weighted mean of the effects."""

    own: float
    """Its variance, if the side were known."""
    weights: list[float]
    pull: list[float]
    """How the side moves it."""


@dataclass(frozen=True, slots=True)
class _Mode:
    """The normal that stands for the posterior at one pair of spreads."""

    spreads: tuple[float, float]
    effects: list[float]
    """u, one for each campaign."""
    side: list[float]
    """mu, then v for each rater."""
    slopes: list[_Slope]
    factor: list[list[float]]
    """Cholesky factor of the curvature of the side, the campaigns eliminated."""
    evidence: float
    """Log of the marginal likelihood, up to a constant, with the prior of the spreads."""

    def mean(self, weights: list[float]) -> _Mean:
        """What there is to know about the weighted mean of all effects."""
        pull = [0.0] * len(self.side)
        for weight, slope in zip(weights, self.slopes, strict=True):
            for place, strength in slope.pulls:
                pull[place] += weight * strength / slope.own
        own = sum(w * w / slope.own for w, slope in zip(weights, self.slopes, strict=True))
        return _Mean(own, weights, pull)

    def variance_from(self, mean: _Mean, campaign: int) -> float:
        """Posterior variance of one effect less that mean."""
        slope = self.slopes[campaign]
        pull = [-strength for strength in mean.pull]
        for place, strength in slope.pulls:
            pull[place] += strength / slope.own
        shared = _forward(self.factor, pull)
        alone = mean.own + (1 - 2 * mean.weights[campaign]) / slope.own
        return alone + sum(x * x for x in shared)


@dataclass(frozen=True, slots=True)
class _Look:
    """The log posterior at one point, with its derivatives."""

    height: float
    slopes: list[_Slope]
    side_gradient: list[float]
    factor: list[list[float]]


def _average(rows: list[_Row], raters: int) -> list[tuple[float, _Mode]]:
    """The modes at all pairs of spreads that matter, with weights that add up to one.

    A walk from the middle of the grid to ever lighter neighbours: many ratings leave a handful of
    points, few leave most of the grid. Each point begins where its neighbour ended.
    """
    sizes = (_SPREADS, _SPREADS if raters > 1 else _ALONE)
    middle = (_MIDDLE[0], min(_MIDDLE[1], len(sizes[1]) - 1))
    start = ([0.0] * len(rows), [0.0] * (raters + 1))
    first = _climb(rows, (sizes[0][middle[0]], sizes[1][middle[1]]), start)
    assert first  # nothing is hopeless without anything better
    found, hopeless = {middle: first}, set[tuple[int, int]]()
    walked: set[tuple[int, int]] = set()
    while True:
        best = max(mode.evidence for mode in found.values())
        ahead = [at for at in found if at not in walked and found[at].evidence > best - _LIGHT]
        if not ahead:
            break
        here = max(ahead, key=lambda at: found[at].evidence)
        walked.add(here)
        for at in set(_neighbours(here, sizes)) - found.keys() - hopeless:
            begin = (found[here].effects, found[here].side)
            mode = _climb(rows, (sizes[0][at[0]], sizes[1][at[1]]), begin, best - _HOPELESS)
            if mode:
                found[at] = mode
            else:
                hopeless.add(at)
    heavy = [mode for mode in found.values() if mode.evidence > best - _LIGHT]
    total = sum(exp(mode.evidence - best) for mode in heavy)
    return [(exp(mode.evidence - best) / total, mode) for mode in heavy]


def _neighbours(
    here: tuple[int, int], sizes: tuple[Sequence[float], Sequence[float]]
) -> Iterator[tuple[int, int]]:
    for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        at = here[0] + step[0], here[1] + step[1]
        if 0 <= at[0] < len(sizes[0]) and 0 <= at[1] < len(sizes[1]):
            yield at


def _climb(
    rows: list[_Row],
    spreads: tuple[float, float],
    start: tuple[list[float], list[float]],
    worth: float = -inf,
) -> _Mode | None:
    """Newton's method, from `start` to the mode; a step that overshoots is halved. None = it will
    end below `worth`, and is not climbed to the end.

    The last step is so short that the curvature is the same at both of its ends.
    """
    effects, side = start
    look = _look(rows, spreads, effects, side)
    while True:
        to_effects, to_side = _step(look)
        gain = _slope_along(look, to_effects, to_side) / 2
        evidence = _evidence(look, spreads) + gain
        if evidence < worth:
            return None
        if gain < _CLOSE:
            effects, side = _moved(effects, to_effects, 1), _moved(side, to_side, 1)
            return _Mode(spreads, effects, side, look.slopes, look.factor, evidence)
        length = 1.0
        while True:
            new_effects, new_side = (
                _moved(effects, to_effects, length),
                _moved(side, to_side, length),
            )
            new = _look(rows, spreads, new_effects, new_side)
            if new.height >= look.height - _CLOSE:
                break
            length /= 2
        effects, side, look = new_effects, new_side, new


def _slope_along(look: _Look, to_effects: list[float], to_side: list[float]) -> float:
    """How fast the log posterior rises along a step."""
    rise: float = sum(map(mul, look.side_gradient, to_side))
    return rise + sum(
        slope.gradient * step for slope, step in zip(look.slopes, to_effects, strict=True)
    )


def _moved(place: list[float], step: list[float], length: float) -> list[float]:
    return [x + length * d for x, d in zip(place, step, strict=True)]


def _look(
    rows: list[_Row], spreads: tuple[float, float], effects: list[float], side: list[float]
) -> _Look:
    tight = [1 / PRIOR_LEVEL**2] + [1 / spreads[1] ** 2] * (len(side) - 1)
    own_tight = 1 / spreads[0] ** 2
    height = -sum(t * x * x for t, x in zip(tight, side, strict=True)) / 2
    height -= own_tight * sum(u * u for u in effects) / 2
    side_gradient = [-t * x for t, x in zip(tight, side, strict=True)]
    curve = [[0.0] * (place + 1) for place in range(len(side))]
    for place, t in enumerate(tight):
        curve[place][place] = t
    slopes = []
    for row, u in zip(rows, effects, strict=True):
        base = side[0] + u
        total, gradient = 0.0, 0.0
        pulls = [(0, 0.0)]
        for place, n, bad in row:
            log_odds = base + side[place]
            odds_against = exp(-log_odds)
            p = 1 / (1 + odds_against)
            height += bad * log_odds - n * (log_odds + log1p(odds_against))
            awaited = n * p
            rest, w = bad - awaited, awaited * (1 - p)
            gradient += rest
            total += w
            side_gradient[place] += rest
            curve[place][0] += w
            curve[place][place] += w
            pulls.append((place, w))
        pulls[0] = (0, total)
        side_gradient[0] += gradient
        curve[0][0] += total
        slopes.append(_Slope(gradient - own_tight * u, total + own_tight, pulls))
        _eliminate(curve, pulls, total + own_tight)
    return _Look(height, slopes, side_gradient, _cholesky(curve))


def _eliminate(curve: list[list[float]], pulls: list[tuple[int, float]], own: float) -> None:
    """Take out of the side's curvature what one campaign's effect explains (a Schur complement)."""
    for at, (place, weight) in enumerate(pulls):
        line, scale = curve[place], weight / own
        for other, other_weight in pulls[: at + 1]:
            line[other] -= scale * other_weight


def _step(look: _Look) -> tuple[list[float], list[float]]:
    """The Newton step: the side first, then each campaign by itself."""
    reduced = list(look.side_gradient)
    for slope in look.slopes:
        for place, weight in slope.pulls:
            reduced[place] -= weight * slope.gradient / slope.own
    to_side = _backward(look.factor, _forward(look.factor, reduced))
    to_effects = [
        (slope.gradient - sum(weight * to_side[place] for place, weight in slope.pulls)) / slope.own
        for slope in look.slopes
    ]
    return to_effects, to_side


def _evidence(look: _Look, spreads: tuple[float, float]) -> float:
    """Laplace's log likelihood of two spreads, and their prior. The grid is even in their
    logarithms, and so are the priors' densities."""
    campaigns, raters = len(look.slopes), len(look.side_gradient) - 1
    curvature = sum(log(slope.own) for slope in look.slopes) / 2
    curvature += sum(log(line[-1]) for line in look.factor)
    prior = -((log(spreads[0] / CAMPAIGNS_SPREAD) / CAMPAIGNS_DOUBT) ** 2) / 2
    prior += log(spreads[1]) - (spreads[1] / RATERS_SPREAD) ** 2 / 2
    norm = campaigns * log(spreads[0]) + raters * log(spreads[1])
    return look.height - norm - curvature + prior


def _cholesky(lower: list[list[float]]) -> list[list[float]]:
    """The factor L of a positive definite matrix, both as rows up to the diagonal."""
    factor: list[list[float]] = []
    for row in lower:
        line: list[float] = []
        for other in factor:
            line.append((row[len(line)] - sum(map(mul, line, other))) / other[-1])
        line.append(sqrt(row[len(line)] - sum(map(mul, line, line))))
        factor.append(line)
    return factor


def _forward(factor: list[list[float]], right: list[float]) -> list[float]:
    """Solve L x = right."""
    solved: list[float] = []
    for line, value in zip(factor, right, strict=True):
        solved.append((value - sum(map(mul, solved, line))) / line[-1])
    return solved


def _backward(factor: list[list[float]], right: list[float]) -> list[float]:
    """Solve L' x = right."""
    left = list(right)
    for place in range(len(factor) - 1, -1, -1):
        line = factor[place]
        left[place] /= line[-1]
        for before in range(place):
            left[before] -= line[before] * left[place]
    return left
