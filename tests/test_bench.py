"""The table of ratios: its lines say what was asked, what was measured, and whether that holds."""

from dataclasses import replace

from bench.__main__ import told_of
from bench.hours import sums
from bench.line import Line
from bench.page import Measured, page

TICK = Line("tick", "another", "10", 1.4, 1.5, at_least=False, ours="7 µs", theirs="5 µs")


def test_a_line_holds_on_its_side_of_the_bar() -> None:
    assert TICK.is_held
    assert not replace(TICK, ratio=1.6).is_held
    assert replace(TICK, ratio=1.6, at_least=True).is_held
    assert not replace(TICK, ratio=1.4, at_least=True).is_held


def test_what_is_missed_is_said_in_the_table_and_on_the_screen() -> None:
    missed = replace(TICK, ratio=2.0)

    assert "| 7 µs | 5 µs | 2.00 | ≤ 1.5 | **no** | 0.5 |" in page([Measured([missed], 3, 0.5)])
    assert told_of(missed).startswith("MISSED")
    assert "**no**" not in page([Measured([TICK], 3, 0.5)])


def test_working_time_is_measured_against_what_others_use() -> None:
    speed, wrong = sums(10)

    assert speed.ratio > 1
    assert "businesstimedelta" in speed.against
    assert wrong.ratio == 0
