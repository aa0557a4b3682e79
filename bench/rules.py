"""Three ways to call a campaign bad that do not ask who rated it."""

from collections.abc import Iterator, Mapping
from math import exp, lgamma, log, log1p, sqrt

from bot.core.quality import ENOUGH_RATINGS, FLAG, WORSE

_TWO_SIDED = 1.959964
"""The standard normal's 97.5 % point."""


def naive(counts: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """More than half of at least five ratings are bad."""
    return (name for name, (n, bad) in counts.items() if n >= 5 and bad > n / 2)


def wilson(counts: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """The lower end of Wilson's 95 % interval lies above the mean of all campaigns."""
    mean = _mean(counts)
    return (
        name
        for name, (n, bad) in counts.items()
        if n >= ENOUGH_RATINGS and _wilson_lower(n, bad) > mean
    )


def beta_binomial(counts: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """Shares shrunk towards their mean by a beta prior fitted to all campaigns (empirical Bayes);
    flagged at the same probability and the same ratio of odds to the mean as ours."""
    mean = _mean(counts)
    if not 0 < mean < 1:
        return
    strength = _prior_strength(counts, mean)
    odds = WORSE * mean / (1 - mean)
    limit = odds / (1 + odds)
    for name, (n, bad) in counts.items():
        above = 1 - beta_cdf(limit, mean * strength + bad, (1 - mean) * strength + n - bad)
        if n >= ENOUGH_RATINGS and above >= FLAG.probability:
            yield name


def _mean(counts: Mapping[str, tuple[int, int]]) -> float:
    ratings = sum(n for n, _ in counts.values())
    return sum(bad for _, bad in counts.values()) / ratings if ratings else 0.0


def _wilson_lower(n: int, bad: int) -> float:
    share, z2 = bad / n, _TWO_SIDED**2
    middle = share + z2 / (2 * n)
    return (middle - _TWO_SIDED * sqrt(share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)


def _prior_strength(counts: Mapping[str, tuple[int, int]], mean: float) -> float:
    """a + b of the beta prior by moments; at most 200, which is a prior nobody can move."""
    sizes = [n for n, _ in counts.values()]
    total, noise = sum(sizes), mean * (1 - mean)
    between = sum(n * (bad / n - mean) ** 2 for n, bad in counts.values())
    effective = total - sum(n * n for n in sizes) / total
    spread = (between - (len(sizes) - 1) * noise) / effective if effective else 0.0
    return min(max(noise / spread - 1, 1.0), 200.0) if spread > 0 else 200.0


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction (Numerical Recipes
    6.4)."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    value, c, d = 1.0, 1.0, 0.0
    for step in range(400):
        m = step // 2
        if step == 0:
            factor = 1.0
        elif step % 2 == 0:
            factor = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            factor = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + factor * d)
        c = 1 + factor / c
        value *= c * d
        if abs(1 - c * d) < 1e-12:
            break
    return front * (value - 1)
