"""The table of ratios: its lines say what was asked, what was measured, and whether that holds."""

import subprocess
import sys
from dataclasses import replace

import pytest

from bench.__main__ import told_of
from bench.hours import sums
from bench.line import Line
from bench.memory import peak
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts it so")
def test_a_process_is_not_charged_with_the_memory_of_whoever_started_it() -> None:
    held = b"x" * 128 * 1024**2
    told = subprocess.run(
        [sys.executable, "-c", "from bench.memory import peak; print(peak())"],
        stdout=subprocess.PIPE,
        check=True,
    )

    assert peak() > len(held) / 1024**2
    assert float(told.stdout) < 64
