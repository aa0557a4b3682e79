"""The table of ratios: its lines say what was asked, what was measured, and whether that holds."""

from dataclasses import replace

from bench.__main__ import page, told_of
from bench.clock import sums
from bench.line import Line

TICK = Line("tick", "another", "10", 1.4, 1.5, at_least=False, measured="7 µs, 5 µs")


def test_a_line_holds_on_its_side_of_the_bar() -> None:
    assert TICK.is_held
    assert not replace(TICK, ratio=1.6).is_held
    assert replace(TICK, ratio=1.6, at_least=True).is_held
    assert not replace(TICK, ratio=1.4, at_least=True).is_held


def test_what_is_missed_is_said_in_the_table_and_on_the_screen() -> None:
    missed = replace(TICK, ratio=2.0)

    assert "| 2.00 | ≤ 1.5, missed | 7 µs, 5 µs |" in page([missed])
    assert told_of(missed).startswith("MISSED")
    assert "missed" not in page([TICK])


def test_working_time_is_measured_against_what_others_use() -> None:
    [line] = sums(10)

    assert line.ratio > 1
    assert "businesstimedelta" in line.against
