"""How often somebody tried to reach a lead, and when that is enough."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import compile_opening
from bot.core.attempts import Agreed, Attempt, Channel, Missing, channel_of, missing

OPENING = compile_opening(
    "Europe/Berlin",
    "Mo-Fr 09:00-17:00",
    (),
    (),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2028, 1, 1, tzinfo=UTC),
)
SHOWN = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""Monday, ten in the morning there."""
PHONE, EMAIL, MESSAGE = Channel.PHONE, Channel.EMAIL, Channel.MESSAGE


def tried(*attempts: tuple[Channel, float]) -> list[Attempt]:
    """By channel, and hours since the lead was shown."""
    return [Attempt(SHOWN + timedelta(hours=hours), channel) for channel, hours in attempts]


def lacking(
    attempts: list[Attempt], hours: float, agreed: int = 3, channels: int = 2
) -> Missing | None:
    now = SHOWN + timedelta(hours=hours)
    return missing(attempts, Agreed(agreed, channels, days=10), OPENING, SHOWN, now)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("no_answer", PHONE),
        ("emailed", EMAIL),
        ("messaged", MESSAGE),
        ("call", PHONE),
        ("sms", MESSAGE),
        ("spoke", None),
        ("met", None),
        ("automated_email", None),
        ("", None),
    ],
)
def test_what_reached_somebody_or_was_automated_is_no_attempt(
    kind: str, channel: Channel | None
) -> None:
    assert channel_of(kind) is channel


def test_enough_attempts_over_enough_channels_are_enough() -> None:
    assert lacking(tried((PHONE, 0), (EMAIL, 1), (PHONE, 4)), 5) is None


def test_five_calls_in_one_morning_are_one_attempt() -> None:
    morning = lacking(tried(*[(PHONE, minute / 60) for minute in range(0, 50, 10)]), 1)

    assert morning
    assert (morning.counted, morning.agreed) == (1, 3)
    assert morning.used == {PHONE}
    assert morning.next_at == datetime(2026, 11, 23, 12, tzinfo=UTC), "13:00 in Berlin"


def test_after_an_afternoons_attempt_the_next_counts_from_the_next_opening() -> None:
    friday = tried((PHONE, 4 * 24 + 5))

    found = lacking(friday, 4 * 24 + 6)

    assert found and found.next_at == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_all_by_one_channel_is_not_enough() -> None:
    by_phone = tried((PHONE, 0), (PHONE, 4), (PHONE, 24), (PHONE, 28))

    found = lacking(by_phone, 30)

    assert found and found.counted > found.agreed
    assert found.tried == {PHONE}
    assert lacking([*by_phone, *tried((MESSAGE, 29))], 30) is None


def test_one_attempt_cannot_be_asked_for_over_two_channels() -> None:
    assert lacking(tried((EMAIL, 0)), 1, agreed=1) is None


def test_after_ten_working_days_no_attempt_is_wanted() -> None:
    two_weeks = 14 * 24

    still = lacking([], two_weeks - 0.1)

    assert still and still.opens_at == SHOWN + timedelta(weeks=2)
    assert lacking([], two_weeks) is None


def test_a_half_day_ends_at_one_where_the_actor_is() -> None:
    around_one = tried((PHONE, 2.9), (PHONE, 3.1))

    found = lacking(around_one, 4)

    assert found and found.counted == 2


hours = st.floats(0, 24 * 13, allow_nan=False)
attempts = st.lists(st.builds(lambda c, h: tried((c, h))[0], st.sampled_from(Channel), hours))


@given(attempts, attempts, hours, st.integers(1, 20), st.integers(1, 3))
def test_another_attempt_never_sets_back(
    some: list[Attempt], more: list[Attempt], at: float, agreed: int, channels: int
) -> None:
    before, after = (lacking(each, at, agreed, channels) for each in (some, some + more))

    if before is None:
        assert after is None
    elif after:
        assert after.counted >= before.counted
        assert after.tried >= before.tried


@given(attempts, hours)
def test_an_attempt_counts_again_when_it_is_said_to(some: list[Attempt], at: float) -> None:
    now = SHOWN + timedelta(hours=at)
    past = [attempt for attempt in some if attempt.at <= now]
    found = lacking(past, at, agreed=20, channels=3)
    assert found

    for channel in found.used:
        assert counted([*past, Attempt(now, channel)]) == found.counted
        assert counted([*past, Attempt(found.next_at, channel)]) == found.counted + 1


def counted(attempts: list[Attempt]) -> int:
    found = lacking(attempts, 0, agreed=20, channels=3)
    return found.counted if found else 20
