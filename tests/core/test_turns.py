"""What time alone does to a hand-off, and when. Berlin, nine to five, around Monday 23 November."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.calendars import Calendars
from bot.core.turns import NOTICE, Contact, Patience, Planned, Turn, recycled, unworked, worked

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = Calendars().opening("Europe/Berlin", "Mo-Fr 09:00-17:00", (), (), MONDAY_TEN)
PATIENCE = Patience(silent_days=5, give_back_days=7, expire_days=21)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_lead_nobody_touched_goes_back_seven_days_after_its_clock_ended() -> None:
    due = MONDAY_TEN + HOUR

    assert unworked(MONDAY_TEN, due, PATIENCE) == Planned(Turn.GIVE_BACK, due + 7 * DAY)


def test_a_lead_nobody_has_expires_after_three_weeks() -> None:
    assert unworked(MONDAY_TEN, None, PATIENCE) == Planned(Turn.EXPIRE, MONDAY_TEN + 21 * DAY)


def test_a_lead_claimed_late_expires_at_its_day_and_is_not_given_back_first() -> None:
    due = MONDAY_TEN + 20 * DAY

    assert unworked(MONDAY_TEN, due, PATIENCE) == Planned(Turn.EXPIRE, MONDAY_TEN + 21 * DAY)


def test_a_clock_that_still_runs_is_waited_for() -> None:
    due = MONDAY_TEN + 22 * DAY

    assert unworked(MONDAY_TEN, due, PATIENCE) == Planned(Turn.EXPIRE, due)


def test_silence_is_five_of_the_actors_working_days_after_the_last_touch() -> None:
    next_monday = MONDAY_TEN + 7 * DAY

    assert worked(Contact(MONDAY_TEN), BERLIN, PATIENCE) == Planned(Turn.SILENT, next_monday)


def test_days_on_which_the_actor_is_away_are_no_silence() -> None:
    away = (MONDAY_TEN + DAY, MONDAY_TEN + 8 * DAY)
    opening = Calendars().opening("Europe/Berlin", "Mo-Fr 09:00-17:00", (), (away,), MONDAY_TEN)

    planned = worked(Contact(MONDAY_TEN), opening, PATIENCE)

    # Tuesday until ten is worked, then a week is not; the fifth working day is a Monday.
    assert planned == Planned(Turn.SILENT, MONDAY_TEN + 14 * DAY - 3 * DAY)


def test_who_is_silent_already_has_no_turn_ahead() -> None:
    assert worked(Contact(MONDAY_TEN, is_silent=True), BERLIN, PATIENCE) is None


@pytest.mark.parametrize(
    ("day", "morning"),
    [
        (date(2026, 11, 27), datetime(2026, 11, 27, 8, 0, tzinfo=UTC)),
        (date(2026, 11, 28), datetime(2026, 11, 30, 8, 0, tzinfo=UTC)),
    ],
    ids=["Friday", "Saturday, so Monday"],
)
def test_a_next_step_is_reminded_of_at_the_opening_of_its_day(day: date, morning: datetime) -> None:
    contact = Contact(MONDAY_TEN, follow_up_on=day)

    assert worked(contact, BERLIN, PATIENCE) == Planned(Turn.FOLLOW_UP, morning)


def test_a_date_far_ahead_is_no_silence() -> None:
    contact = Contact(MONDAY_TEN, follow_up_on=date(2027, 2, 1))

    planned = worked(contact, BERLIN, PATIENCE)

    assert planned and planned.turn is Turn.FOLLOW_UP


def test_after_the_reminder_silence_is_counted_from_it() -> None:
    reminded = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    contact = Contact(MONDAY_TEN, date(2026, 11, 27), reminded)

    assert worked(contact, BERLIN, PATIENCE) == Planned(Turn.SILENT, reminded + 7 * DAY)


def test_a_return_is_announced_a_week_before() -> None:
    planned = recycled(MONDAY_TEN, BERLIN, is_announced=False)

    assert planned == Planned(Turn.ANNOUNCE, MONDAY_TEN - NOTICE)


def test_a_lead_returns_at_an_opening() -> None:
    sunday = MONDAY_TEN - DAY

    planned = recycled(sunday, BERLIN, is_announced=True)

    assert planned == Planned(Turn.RETURN, MONDAY_TEN - HOUR)
