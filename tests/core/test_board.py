"""Parts of the two-way board: what is on target, what a median is, which weeks there are."""

from datetime import UTC, date, datetime

import pytest

from bot.core.board import Number, Standing, Tally, median, standing, weeks_until
from bot.core.marketing import Part

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part(9, 10), Standing.ON_TARGET),
        (Part(8, 10), Standing.BELOW),
        (Part(899, 1000), Standing.BELOW),
        (Part(0, 4), Standing.TOO_FEW),
        (Part(0, 0), Standing.NOTHING),
    ],
)
def test_a_number_stands_to_its_target_by_its_counts(part: Part, expected: Standing) -> None:
    assert standing(part, 0.9) is expected


def test_a_share_that_rounds_up_to_the_target_is_still_below_it() -> None:
    part = Part(179, 200)
    assert (part.share, standing(part, 0.9)) == (90, Standing.BELOW)


@pytest.mark.parametrize(
    ("minutes", "middle"),
    [
        ([(5, 1), (20, 1), (90, 1)], 20),
        ([(5, 2), (None, 2)], 5),
        ([(5, 2), (None, 3)], None),
        ([(90, 1), (5, 1)], 5),
        ([(None, 3)], None),
        ([], None),
    ],
)
def test_whoever_was_never_touched_took_longer_than_anybody(
    minutes: list[tuple[int | None, int]], middle: int | None
) -> None:
    assert median(minutes) == middle


def test_weeks_begin_on_mondays_where_the_team_is() -> None:
    weeks = weeks_until("Europe/Berlin", TUESDAY)

    assert (len(weeks), weeks[0][0], weeks[-1][0]) == (12, date(2026, 9, 7), date(2026, 11, 23))
    assert weeks[-1][1] == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert weeks[0][1] == datetime(2026, 9, 6, 22, tzinfo=UTC)  # before the clock went back


def test_a_row_counts_in_its_week_and_in_the_period_only_where_it_is_of_both() -> None:
    tally = Tally()
    tally.add(Number.ASKS, 11, Part(1, 2), in_period=True)
    tally.add(Number.ASKS, 11, Part(2, 2), in_period=False)
    tally.add(Number.ASKS, -1, Part(3, 3), in_period=True)

    assert tally.whole()[Number.ASKS] == Part(4, 5)
    assert tally.week(11)[Number.ASKS] == Part(3, 4)
    assert tally.whole()[Number.FLAGS] == Part()
