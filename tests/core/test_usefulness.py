"""Whether a message was of use: what its reader did within a working hour."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.usefulness import Count, Fate, Kind, fate, least_useful

SHOWN = datetime(2026, 11, 23, 9, tzinfo=UTC)
UNTIL = SHOWN + timedelta(hours=1)
REMINDER, LEAD = Kind("nudge", 1, "C"), Kind("lead_dm", None, "A")


@pytest.mark.parametrize(
    ("acts", "snoozes", "means"),
    [
        ([10], [], Fate.ACTED),
        ([60], [], Fate.ACTED),
        ([61], [], Fate.IGNORED),
        ([-1], [], Fate.IGNORED),
        ([], [5], Fate.SNOOZED),
        ([50], [5], Fate.ACTED),
        ([], [], Fate.IGNORED),
    ],
)
def test_what_its_reader_did_in_time_counts(
    acts: list[int], snoozes: list[int], means: Fate
) -> None:
    done, put_off = ([SHOWN + timedelta(minutes=n) for n in each] for each in (acts, snoozes))
    assert fate(SHOWN, UNTIL, done, put_off) is means


def test_of_the_poor_kinds_the_one_most_often_ignored_is_named() -> None:
    week = {REMINDER: Count(20, 4, 1), LEAD: Count(40, 19, 0)}
    assert least_useful(week, week, ()) == LEAD
    assert least_useful(week, week, {LEAD}) == REMINDER
    assert least_useful(week, week, {LEAD, REMINDER}) is None


def test_two_poor_weeks_and_twenty_messages_are_needed() -> None:
    poor, good = {REMINDER: Count(10, 4)}, {REMINDER: Count(10, 5)}

    assert least_useful(poor, poor, ()) == REMINDER
    assert least_useful(poor, good, ()) is None
    assert least_useful(good, poor, ()) is None
    assert least_useful({REMINDER: Count(9, 4)}, poor, ()) is None
    assert least_useful({}, {REMINDER: Count(40, 0)}, ()) is None
