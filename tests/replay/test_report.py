"""What a replay tells at its end."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.lifecycle import Stage
from bot.models import MessageKind
from bot.progress import Bar
from replay import report
from replay.checks import Finding
from replay.clock import ReplayClock
from replay.delays import Delay, human_delay, system_delay
from replay.figures import agree, campaigns_agree, olist_figures
from tests.replay.ledger import MONDAY_NINE, TOUCHED_AT, books


def test_a_broken_promise_names_the_first_who_break_it() -> None:
    broken = Finding("nobody is doubled", 40, tuple(f"m{number}" for number in range(7)))

    assert report.verdicts([broken]) == "nobody is doubled  NO: 7 of 40: m0, m1, m2, m3, m4, …"
    assert report.verdicts([Finding("all is well", 3, ())]) == "all is well  yes, 3"


def test_figures_stand_below_each_other() -> None:
    assert report.aligned([("a", "1"), ("longer", "22")]) == "a       1\nlonger  22"


def test_the_report_counts_the_books() -> None:
    told = dict(report.told(books(), seconds=2.0, jumps=4))

    assert told["leads in"] == "3"
    assert told["  working"] == "1"
    assert told["  nudges"] == "2"
    assert told["ladders stopped by an answer"] == "0 of 1"
    assert told["system delay, median / 90 %"] == "3.0 s / 3.0 s, 1 hand-offs"
    assert told["human delay, median / 90 %"] == "7.0 h / 7.0 h, 1 hand-offs"
    assert told["  deliveries a second"] == "2.0"


def test_the_human_delay_is_counted_in_working_time() -> None:
    told = books()
    told.handoffs[0].touched_at = TOUCHED_AT + timedelta(days=1)

    assert human_delay(told).median == timedelta(hours=15)


@pytest.mark.parametrize("kind", MessageKind)
def test_messages_of_every_kind_have_a_name(kind: MessageKind) -> None:
    assert report.called(kind).islower()


def test_without_a_card_there_is_no_system_delay() -> None:
    told = books()
    told.messages[0].id = "unknown"

    assert system_delay(told) == Delay(0, None, None)


def test_figures_that_differ_from_the_published_are_named() -> None:
    told = books()
    told.handoffs[0].stage, told.handoffs[0].outcome_at = Stage.WON, TOUCHED_AT
    figures = olist_figures(told)

    assert agree(told, figures).offenders == ()
    assert agree(told, figures | {"won": 2}).offenders == ("won: 1, published 2",)


def test_campaigns_are_held_against_what_is_published_of_each_origin() -> None:
    told = replace(books(), campaigns={"social": (3, 1), "unknown": (2, 1), None: (1, 0)})
    published = {"by_origin": {"social": [3, 1], "unknown": [2, 1], "(missing)": [1, 0]}}

    assert campaigns_agree(told, published).offenders == ()
    published["by_origin"]["(missing)"] = [2, 0]
    assert campaigns_agree(told, published).offenders == ("(missing): [1, 0], published [2, 0]",)


def test_no_bar_is_drawn_where_there_is_no_terminal() -> None:
    out = io.StringIO()
    bar = Bar(10, "deliveries", out)

    bar.show(5)
    bar.clear()

    assert out.getvalue() == ""


def test_a_bar_on_a_terminal_shows_how_far_it_is() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    Bar(10, "deliveries", out).show(5)

    assert out.getvalue().endswith("5 of 10 deliveries")
    assert out.getvalue().count("█") == out.getvalue().count("·")


def test_the_clock_stands_still_and_only_jumps_ahead() -> None:
    clock = ReplayClock(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    clock.jump(MONDAY_NINE)

    assert clock.now() == MONDAY_NINE
    with pytest.raises(ValueError, match="stands still"):
        clock.jump(MONDAY_NINE)


def test_a_message_belongs_to_the_instant_its_ts_falls_in() -> None:
    walls = iter(datetime.fromtimestamp(second, UTC) for second in (100, 200))
    clock = ReplayClock(lambda: next(walls))
    clock.jump(MONDAY_NINE)
    clock.jump(TOUCHED_AT)

    assert clock.instant_of("199.999999") == MONDAY_NINE
    assert clock.instant_of("200.000001") == TOUCHED_AT
    with pytest.raises(LookupError):
        clock.instant_of("99.000000")


def test_jumps_land_on_the_ticks_of_the_timetable() -> None:
    clock = ReplayClock(lambda: datetime(2026, 1, 1, tzinfo=UTC))

    assert clock.tick_for(MONDAY_NINE) == MONDAY_NINE
    assert clock.tick_for(MONDAY_NINE + timedelta(seconds=1)) == MONDAY_NINE + timedelta(seconds=5)


def test_what_a_tick_left_over_is_for_the_next_one() -> None:
    clock = ReplayClock(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    clock.jump(MONDAY_NINE)

    assert clock.tick_for(MONDAY_NINE) == MONDAY_NINE + timedelta(seconds=5)
