"""On which days the joint meeting is, what happens when, and what is worth its time."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.standup import (
    MOST_PROBLEMS,
    Problem,
    Slot,
    Step,
    Subject,
    carries,
    choose,
    in_turn,
    next_day,
    plan,
    reminds,
    subjects,
    working_day_before,
)

BERLIN = Slot(1, time(10), "Europe/Berlin", 30)
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 26)}
TUESDAY = date(2026, 11, 24)


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in CHRISTMAS


def on_christmas(day: date) -> bool:
    return day in CHRISTMAS


def never(_day: date) -> bool:
    return False


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_next_one_is_this_weeks_until_it_begins() -> None:
    assert next_day(BERLIN, at("2026-11-23T09:00"), never, works) == TUESDAY
    assert next_day(BERLIN, at("2026-11-24T08:59"), never, works) == TUESDAY
    assert next_day(BERLIN, at("2026-11-24T09:00"), never, works) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 3, 24), "2026-03-24T09:00"),
        (date(2026, 3, 31), "2026-03-31T08:00"),
        (date(2026, 10, 20), "2026-10-20T08:00"),
        (date(2026, 10, 27), "2026-10-27T09:00"),
    ],
)
def test_ten_oclock_is_ten_oclock_in_summer_and_in_winter(day: date, begins: str) -> None:
    assert BERLIN.begins(day) == at(begins)


def test_a_time_that_the_clock_skips_counts_on_past_it() -> None:
    night = Slot(6, time(2, 30), "Europe/Berlin", 30)

    assert night.begins(date(2026, 3, 29)) == at("2026-03-29T01:30")


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Asia/Kathmandu", "2026-11-24T04:15"),
        ("America/New_York", "2026-11-24T15:00"),
        ("Europe/Berlin", "2026-11-24T09:00"),
    ],
)
def test_the_day_is_the_meetings_own_in_every_zone(zone: str, begins: str) -> None:
    slot = Slot(1, time(10), zone, 30)

    assert next_day(slot, at("2026-11-23T20:00"), never, works) == TUESDAY
    assert slot.begins(TUESDAY) == at(begins)


def test_a_holiday_is_left_out_or_moves_to_the_next_working_day() -> None:
    friday = Slot(4, time(10), "Europe/Berlin", 30)
    moving = Slot(4, time(10), "Europe/Berlin", 30, moves=True)
    after = at("2026-12-19T09:00")

    assert next_day(friday, after, on_christmas, works) == date(2027, 1, 1)
    assert next_day(moving, after, on_christmas, works) == date(2026, 12, 28)


def test_whoever_leads_hears_two_working_days_ahead_and_the_agenda_comes_the_day_before() -> None:
    monday = Slot(0, time(10), "Europe/Berlin", 30)

    due = plan(monday, date(2026, 12, 28), works)

    assert due == {
        Step.ROTA: at("2026-12-22T23:00"),
        Step.AGENDA: at("2026-12-24T09:00"),
        Step.START: at("2026-12-28T09:00"),
        Step.CLOSE: at("2026-12-28T09:45"),
    }


def test_without_any_working_day_the_day_before_is_the_day_before() -> None:
    assert working_day_before(TUESDAY, 2, never) == date(2026, 11, 22)


def test_a_carry_is_a_meeting_that_ended_while_the_item_was_open() -> None:
    weeks = [at("2026-11-10T09:00"), at("2026-11-17T09:00"), at("2026-11-24T09:00")]

    assert carries(at("2026-11-09T12:00"), weeks) == 3
    assert carries(at("2026-11-17T09:00"), weeks) == 1
    assert carries(at("2026-11-24T09:10"), weeks) == 0


@pytest.mark.parametrize(
    ("due", "today", "said"),
    [
        ("2026-11-25", "2026-11-23", False),
        ("2026-11-25", "2026-11-24", True),
        ("2026-11-25", "2026-11-25", True),
        ("2026-11-25", "2026-11-26", False),
        ("2026-11-25", "2026-12-01", False),
        ("2026-11-25", "2026-12-02", True),
        ("2026-11-28", "2026-11-27", True),
        ("2026-11-28", "2026-11-30", True),
        ("2026-11-30", "2026-11-27", True),
    ],
)
def test_a_brief_speaks_of_an_item_the_day_before_on_the_day_and_then_weekly(
    due: str, today: str, said: bool
) -> None:
    on = date.fromisoformat(today)
    before, after = on - timedelta(days=1), on + timedelta(days=1)
    while not works(before):
        before -= timedelta(days=1)
    while not works(after):
        after += timedelta(days=1)

    assert reminds(date.fromisoformat(due), before, on, after) is said


def problem(name: str, weight: int) -> Problem:
    return Problem("rejected", name, weight, weight)


FIVE = [problem("a", 5), problem("b", 9), problem("c", 1), problem("d", 7), problem("e", 3)]


def test_the_four_weightiest_problems_fit() -> None:
    chosen = choose(FIVE, [], set())

    assert [each.about for each in chosen.problems] == ["b", "d", "a", "e"]
    assert [each.about for each in chosen.rest] == ["c"]


def test_one_place_is_a_topics_and_topics_fill_what_problems_leave() -> None:
    crowded, quiet = choose(FIVE, ["x", "y"], set()), choose(FIVE[:1], ["x", "y", "z", "w"], set())

    assert [each.about for each in crowded.problems] == ["b", "d", "a"]
    assert (crowded.topics, crowded.waiting) == (("x",), ("y",))
    assert (quiet.topics, quiet.waiting) == (("x", "y", "z"), ("w",))


def test_what_was_parked_comes_first() -> None:
    assert choose(FIVE, [], {"rejected:c"}).problems[0].about == "c"


@given(st.integers(0, 9), st.integers(0, 9))
def test_nothing_is_lost_and_nothing_is_there_twice(problems: int, topics: int) -> None:
    found = [problem(str(n), n) for n in range(problems)]
    asked = [f"topic-{n}" for n in range(topics)]

    chosen = choose(found, asked, set())

    assert len(chosen.problems) + len(chosen.topics) == min(MOST_PROBLEMS, problems + topics)
    assert Counter(chosen.problems + chosen.rest) == Counter(found)
    assert [*chosen.topics, *chosen.waiting] == asked
    assert not topics or chosen.topics


def test_what_is_kept_in_a_row_comes_back_the_same() -> None:
    talked = [*subjects(choose(FIVE, ["x"], set())), Subject(FIVE[0], None, is_parked=True)]

    assert [Subject.of(each.kept()) for each in talked] == talked


def test_whoever_led_longest_ago_is_next_and_somebody_new_comes_first() -> None:
    assert in_turn([("ana", date(2026, 11, 17)), ("ida", date(2026, 11, 10))]) == "ida"
    assert in_turn([("ana", date(2026, 11, 17)), ("olga", None), ("ida", None)]) == "ida"
    assert in_turn([]) is None
