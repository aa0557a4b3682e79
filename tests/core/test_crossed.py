"""The model behind fair flags, against sampling from its own definition."""

from math import exp, log
from random import Random
from time import thread_time

import pytest

from bot.core.crossed import (
    CAMPAIGNS_DOUBT,
    CAMPAIGNS_SPREAD,
    PRIOR_LEVEL,
    RATERS_SPREAD,
    Cell,
    Crossed,
    probability,
)

FEW = [
    Cell("webinar", "ana", 6, 5),
    Cell("webinar", "ben", 4, 3),
    Cell("search", "ana", 7, 3),
    Cell("search", "ben", 8, 2),
    Cell("expo", "ben", 6, 1),
    Cell("expo", "cleo", 5, 3),
]
"""Thirty-six ratings, fifteen of them bad."""


def sampled(cells: list[Cell], draws: int) -> tuple[dict[str, float], float]:
    """Levels, and how likely the webinar's odds are above the others' mean as far as the median's
    are, by importance sampling from the prior: no approximation but chance, about 0.02."""
    chance = Random(7)
    campaigns = sorted({cell.campaign for cell in cells})
    raters = sorted({cell.rater for cell in cells})
    sizes = {c: sum(cell.ratings for cell in cells if cell.campaign == c) for c in campaigns}
    drawn = []
    for _ in range(draws):
        mu = chance.gauss(0, PRIOR_LEVEL)
        su = exp(chance.gauss(log(CAMPAIGNS_SPREAD), CAMPAIGNS_DOUBT))
        sv = abs(chance.gauss(0, RATERS_SPREAD))
        level = {c: mu + chance.gauss(0, su) for c in campaigns}
        severity = {r: chance.gauss(0, sv) for r in raters}
        weight = 1.0
        for cell in cells:
            p = 1 / (1 + exp(-(level[cell.campaign] + severity[cell.rater])))
            weight *= p**cell.bad * (1 - p) ** (cell.ratings - cell.bad)
        drawn.append((weight, level))
    total = sum(weight for weight, _ in drawn)
    levels = {c: sum(w * level[c] for w, level in drawn) / total for c in campaigns}

    def above_others(level: dict[str, float], campaign: str) -> float:
        others = sum(sizes[c] * level[c] for c in campaigns if c != "webinar")
        return level[campaign] - others / sum(sizes[c] for c in campaigns if c != "webinar")

    bar = above_others(levels, "expo") + log(1.25)
    return levels, sum(w for w, level in drawn if above_others(level, "webinar") > bar) / total


def test_levels_and_doubts_are_those_of_the_model_itself() -> None:
    model = Crossed(FEW)
    assert model.typical() == "expo"
    levels, worse = sampled(FEW, 20_000)
    for campaign, level in levels.items():
        assert model.level(campaign) == pytest.approx(level, abs=0.15)
    assert model.contrast("webinar", "expo", 1.25).probability == pytest.approx(worse, abs=0.04)


def test_few_ratings_are_shrunk_towards_the_usual() -> None:
    many = Crossed([*FEW, Cell("call", "ana", 40, 36), Cell("call", "ben", 40, 36)])
    few = Crossed([*FEW, Cell("call", "ana", 2, 2)])
    assert few.level("call") < many.level("call") < log(0.95 / 0.05)


def test_a_severe_rater_explains_the_bad_ratings_they_give_everywhere() -> None:
    cells = [
        Cell(f"campaign {at}", rater, 10, 8 if rater == "ana" else 2)
        for at in range(6)
        for rater in ("ana", "ben", "cleo", "dan")
    ]
    mostly_anas = [Cell("webinar", "ana", 15, 12), Cell("webinar", "ben", 3, 1)]
    model = Crossed([*cells, *mostly_anas])
    assert model.rater("ana") > 1.5 > 0 > model.rater("ben")
    usual = model.typical()
    assert model.contrast("webinar", usual, 1.25).probability < 0.5
    assert model.expected_bad("webinar", usual) == pytest.approx(12.6, abs=0.7)


def test_the_usual_campaign_is_that_of_the_median_rating_and_not_the_median_campaign() -> None:
    tiny = [Cell(f"tiny {at}", "ana", 3, 0) for at in range(13)]
    large = [Cell("search", r, 60, 24) for r in ("ana", "ben")]
    assert Crossed([*tiny, *large]).typical() == "search"


def test_with_one_rater_no_severity_is_fitted() -> None:
    model = Crossed([Cell("webinar", "ana", 10, 9), Cell("search", "ana", 10, 2)])
    assert abs(model.rater("ana")) < 0.01


@pytest.mark.parametrize("bad", [0, 20])
def test_ratings_all_alike_are_no_trouble(bad: int) -> None:
    model = Crossed([Cell(c, r, 20, bad) for c in ("webinar", "search") for r in ("ana", "ben")])
    contrast = model.contrast("webinar", model.typical(), 1.25)
    assert contrast.probability < 0.5
    assert (probability(model.level("webinar")) > 0.5) == (bad > 0)


def test_the_order_of_the_cells_does_not_matter() -> None:
    forth, back = Crossed(FEW), Crossed(reversed(FEW))
    assert [forth.level(c) for c in forth.campaigns] == [back.level(c) for c in forth.campaigns]


def test_two_hundred_campaigns_and_fifty_reps_take_less_than_a_second() -> None:
    chance = Random(3)
    severity = [chance.gauss(0, 1) for _ in range(50)]
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for _ in range(8000):
        campaign, rep = chance.randrange(200), chance.randrange(50)
        n, bad = cells.get((campaign, rep), (0, 0))
        is_bad = chance.random() < probability(severity[rep] - 0.85)
        cells[campaign, rep] = n + 1, bad + is_bad
    begun = thread_time()
    model = Crossed(Cell(f"{c}", f"{r}", n, bad) for (c, r), (n, bad) in cells.items())
    usual = model.typical()
    for name in model.campaigns:
        model.contrast(name, usual, 1.25)
    assert thread_time() - begun < 1
