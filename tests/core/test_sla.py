from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.business_time import Opening, add, elapsed, next_opening
from bot.core.sla import (
    DEFAULT_LADDER,
    STEP_GAP,
    Allowance,
    LadderStep,
    Recipient,
    Via,
    due_at,
    due_steps,
    hears_of,
    next_step_at,
    plan,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

# The rules' tests take no second; a profile with more examples gives these more as well.
quickly = settings(deadline=None, max_examples=settings().max_examples // 3)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nine_to_five(days: int) -> Opening:
    """From Monday 2026-06-01 on, in UTC, weekends off."""
    monday = utc("2026-06-01 00:00")
    working = (monday + day * DAY for day in range(days) if day % 7 < 5)
    seconds = [int(day.timestamp()) for day in working]
    hours = [(day + 9 * 3600, day + 17 * 3600) for day in seconds]
    return Opening.of("UTC", monday, monday + days * DAY, hours)


WEEKS = nine_to_five(28)
WARNINGS = DEFAULT_LADDER[:2]
"""The steps to the actor."""


def times(started: str, allowed: str, *ladder: LadderStep) -> list[str]:
    """When the steps come for a clock of nine to five."""
    due = due_at(WEEKS, utc(started), Allowance.parse(allowed))
    steps = plan(WEEKS, utc(started), due, ladder or WARNINGS)
    return [step.at.strftime("%a %H:%M") for step in steps]


def to_actor(at: float, at_short: float | None = None) -> LadderStep:
    return LadderStep(at, at_short, Recipient.ACTOR, Via.DM)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1h", Allowance(worked=HOUR)),
        ("90m", Allowance(worked=1.5 * HOUR)),
        ("1h30m", Allowance(worked=1.5 * HOUR)),
        ("15m", Allowance(worked=HOUR / 4)),
        ("240h", Allowance(worked=240 * HOUR)),
        ("1d", Allowance(days=1)),
        ("30d", Allowance(days=30)),
    ],
)
def test_an_allowance_is_read_as_people_write_it(text: str, meant: Allowance) -> None:
    assert Allowance.parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "1",
        "1 h",
        "1h 30m",
        "30m1h",
        "-1h",
        "1.5h",
        "1H",
        "1w",
        "1d4h",
        "none",
        "١h",
        "1h\n",
    ],
)
def test_what_is_no_allowance_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        Allowance.parse(text)


@pytest.mark.parametrize("text", ["0h", "0m", "0d", "241h", "240h1m", "31d", "99999m"])
def test_an_allowance_of_nothing_or_of_months_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between"):
        Allowance.parse(text)


@quickly
@given(st.integers(1, 240 * 60) | st.integers(1, 30).map(lambda days: -days))
def test_an_allowance_survives_being_written_down(size: int) -> None:
    minutes = Allowance(worked=size * timedelta(minutes=1))
    allowance = minutes if size > 0 else Allowance(days=-size)

    assert Allowance.parse(str(allowance)) == allowance


def test_hours_are_working_time_and_days_keep_the_time_of_day() -> None:
    friday = utc("2026-06-05 16:30")

    assert due_at(WEEKS, friday, Allowance.parse("1h")) == utc("2026-06-08 09:30")
    assert due_at(WEEKS, friday, Allowance.parse("1d")) == utc("2026-06-08 16:30")


def test_the_actor_is_warned_at_four_fifths_and_told_at_the_end() -> None:
    assert times("2026-06-01 09:00", "4h") == ["Mon 12:12", "Mon 13:00"]


def test_a_clock_of_one_hour_or_less_warns_at_the_half() -> None:
    assert times("2026-06-01 09:00", "1h") == ["Mon 09:30", "Mon 10:00"]
    assert times("2026-06-01 09:00", "61m", to_actor(0.5, 0.1)) == ["Mon 09:30"]


def test_a_short_clock_without_a_share_of_its_own_keeps_the_usual_one() -> None:
    assert times("2026-06-01 09:00", "1h", to_actor(0.75)) == ["Mon 09:45"]


def test_steps_count_the_actors_working_time_only() -> None:
    assert times("2026-06-05 16:30", "1h") == ["Mon 09:00", "Mon 09:30"]
    assert times("2026-06-05 15:00", "4h") == ["Mon 10:12", "Mon 11:00"]


def test_a_step_that_lands_on_closing_waits_for_the_next_opening() -> None:
    assert times("2026-06-05 16:00", "1h") == ["Fri 16:30", "Mon 09:00"]


def test_steps_stay_thirty_working_minutes_apart() -> None:
    assert times("2026-06-01 09:00", "15m") == ["Mon 09:07", "Mon 09:37"]
    assert times("2026-06-01 16:30", "20m") == ["Mon 16:40", "Tue 09:10"]


def test_every_later_step_is_put_off_with_the_one_before_it() -> None:
    ladder = to_actor(1.0), to_actor(1.1), to_actor(1.2)

    assert times("2026-06-01 09:00", "1h", *ladder) == ["Mon 10:00", "Mon 10:30", "Mon 11:00"]


def test_the_ladder_goes_on_after_the_due_time() -> None:
    assert times("2026-06-01 09:00", "4h", to_actor(1.5)) == ["Mon 15:00"]
    assert times("2026-06-01 09:00", "1d", to_actor(2.0)) == ["Wed 09:00"]


def test_a_clock_with_no_working_time_left_takes_its_steps_at_the_next_opening() -> None:
    saturday = utc("2026-06-06 12:00")
    steps = plan(WEEKS, saturday, saturday + HOUR, WARNINGS)

    assert [step.at for step in steps] == [utc("2026-06-08 09:00"), utc("2026-06-08 09:30")]


def test_after_the_warnings_come_free_colleagues_and_then_the_manager() -> None:
    assert times("2026-06-01 09:00", "4h", *DEFAULT_LADDER)[2:] == ["Mon 15:00", "Mon 15:30"]
    assert times("2026-06-01 09:00", "15m", *DEFAULT_LADDER)[2:] == ["Mon 10:07", "Mon 10:37"]


def test_steps_to_others_go_one_by_one_and_never_with_a_warning() -> None:
    started, late = utc("2026-06-01 09:00"), utc("2026-06-03 09:00")
    due, taken = utc("2026-06-01 10:00"), dict[int, datetime]()
    gone = []
    for now in (late, late + 29 * MINUTE, late + 30 * MINUTE, late + HOUR):
        steps = due_steps(plan(WEEKS, started, due, DEFAULT_LADDER, taken), taken, now)
        taken |= {step.number: now for step in steps}
        gone.append([step.number for step in steps])

    assert gone == [[1, 2], [], [3], [4]]


def test_a_warning_given_late_still_leaves_time_to_act_on_it() -> None:
    started, due = utc("2026-06-01 09:00"), utc("2026-06-01 10:00")
    friday_evening = utc("2026-06-05 16:50")

    steps = plan(WEEKS, started, due, DEFAULT_LADDER, {1: friday_evening, 2: friday_evening})

    assert steps[2].at == utc("2026-06-08 09:20")


def test_only_a_step_upward_counts_from_when_the_one_before_it_was_taken() -> None:
    steps = plan(WEEKS, utc("2026-06-01 09:00"), utc("2026-06-01 10:00"), DEFAULT_LADDER)

    upward = [step.step.to is not Recipient.ACTOR for step in steps[1:]]
    assert [hears_of(steps, step) for step in steps] == [*upward, False]


def test_an_empty_ladder_plans_nothing() -> None:
    assert plan(WEEKS, utc("2026-06-01 09:00"), utc("2026-06-01 10:00"), ()) == ()
    assert next_step_at((), ()) is None


PLAN = plan(WEEKS, utc("2026-06-01 09:00"), utc("2026-06-01 10:00"), WARNINGS)


def test_a_step_is_due_from_its_minute_on() -> None:
    assert due_steps(PLAN, (), utc("2026-06-01 09:29:59")) == ()
    assert due_steps(PLAN, (), utc("2026-06-01 09:30")) == PLAN[:1]
    assert due_steps(PLAN, (), utc("2026-06-02 09:00")) == PLAN


def test_a_step_that_was_taken_is_not_due_again() -> None:
    assert due_steps(PLAN, {1}, utc("2026-06-01 10:00")) == PLAN[1:]
    assert due_steps(PLAN, {1, 2}, utc("2026-06-01 10:00")) == ()


def test_the_next_step_is_the_earliest_not_taken() -> None:
    assert next_step_at(PLAN, ()) == utc("2026-06-01 09:30")
    assert next_step_at(PLAN, {1}) == utc("2026-06-01 10:00")
    assert next_step_at(PLAN, {2}) == utc("2026-06-01 09:30")
    assert next_step_at(PLAN, {1, 2}) is None


def test_steps_are_numbered_from_one_in_the_order_of_the_ladder() -> None:
    assert [(step.number, step.step) for step in PLAN] == list(enumerate(WARNINGS, start=1))


@quickly
@given(
    st.integers(0, 7 * 1440 - 1),
    st.sampled_from(["15m", "45m", "1h", "3h20m", "9h", "1d", "2d"]),
    st.lists(st.floats(0.01, 2.0), max_size=5).map(sorted),
)
def test_steps_are_inside_hours_and_apart_whenever_the_clock_starts(
    minute: int, allowed: str, shares: list[float]
) -> None:
    started = utc("2026-06-01 00:00") + timedelta(minutes=minute)
    due = due_at(WEEKS, started, Allowance.parse(allowed))
    steps = plan(WEEKS, started, due, [to_actor(share) for share in shares])

    for step in steps:
        assert step.at.weekday() < 5
        assert 9 <= step.at.hour < 17
        assert step.at >= started
    for one, following in pairwise(steps):
        assert elapsed(WEEKS, one.at, following.at) >= STEP_GAP


def in_words(
    started: datetime, due: datetime, ladder: Sequence[LadderStep], taken: dict[int, datetime]
) -> list[datetime]:
    """As docs and product say it, instant by instant: each a share of the clock after the start,
    half an hour of work after the one before it, never outside hours."""
    clock, steps = elapsed(WEEKS, started, due), list[datetime]()
    for number, step in enumerate(ladder, start=1):
        at = add(WEEKS, started, clock * step.at)
        if steps:
            is_upward = step.to is not Recipient.ACTOR
            heard = taken.get(number - 1, steps[-1]) if is_upward else steps[-1]
            at = max(at, add(WEEKS, heard, STEP_GAP))
        steps.append(next_opening(WEEKS, at))
    return steps


@quickly
@given(
    st.integers(0, 7 * 1440 - 1),
    st.sampled_from(["1h", "3h20m", "9h", "2d"]),
    st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=5).map(sorted),
    st.dictionaries(st.integers(1, 5), st.integers(0, 7 * 1440), max_size=3),
)
def test_a_plan_counted_in_work_is_the_one_counted_in_instants(
    minute: int, allowed: str, rungs: list[tuple[int, bool]], taken: dict[int, int]
) -> None:
    monday = utc("2026-06-01 00:00")
    started = monday + timedelta(minutes=minute)
    due = due_at(WEEKS, started, Allowance.parse(allowed))
    to = {False: Recipient.ACTOR, True: Recipient.COLLEAGUES}
    ladder = [LadderStep(at / 4, None, to[is_up], Via.DM) for at, is_up in rungs]
    then = {number: monday + timedelta(minutes=at) for number, at in taken.items()}

    steps = plan(WEEKS, started, due, ladder, then)

    assert [step.at for step in steps] == in_words(started, due, ladder, then)
