"""A rehearsal's clock: it runs ahead, never back, and rests on the next morning."""

from datetime import UTC, datetime, timedelta

from bot.core.walks import MORNING, instant

BEGINS = datetime(2026, 11, 24, 8, tzinfo=UTC)
NEXT = datetime(2026, 11, 25, 8, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return instant(BEGINS, NEXT, timedelta(seconds=seconds))


def test_each_step_of_four_hours_falls_due_within_forty_seconds() -> None:
    shown = after(3)
    assert shown - BEGINS < timedelta(minutes=5)
    for seconds, share in ((12, 0.8), (26, 1.0), (38, 1.5)):
        assert after(seconds) > shown + share * timedelta(hours=4)
        assert after(seconds) < shown + (share + 0.1) * timedelta(hours=4)


def test_then_it_is_morning_and_a_second_is_a_second() -> None:
    assert after(MORNING) == NEXT + timedelta(minutes=1)
    assert after(MORNING + 90) == NEXT + timedelta(minutes=2, seconds=30)


def test_it_never_goes_back_and_nothing_was_before_it_began() -> None:
    shown = [after(tenth / 10) for tenth in range(-50, 700)]

    assert shown == sorted(shown)
    assert shown[0] == BEGINS
