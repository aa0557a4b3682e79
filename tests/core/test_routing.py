"""Whose turn it is."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.routing import Seat, next_in_turn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


def seat(name: str, last_turn: int | None = None, at: datetime = NOW) -> Seat:
    return Seat(name, at, last_turn)


def next_name(*seats: Seat) -> str | None:
    found = next_in_turn(seats)
    return found.person_id if found else None


def test_whoever_waits_longest_for_a_turn_is_next() -> None:
    assert next_name(seat("ben", 7), seat("chloe", 5), seat("hugo", 6)) == "chloe"


def test_somebody_new_comes_first_and_two_of_them_go_by_id() -> None:
    assert next_name(seat("ben", 1), seat("hugo"), seat("chloe")) == "chloe"


def test_somebody_not_at_work_waits_while_anybody_is() -> None:
    assert next_name(seat("ben", 1, LATER), seat("chloe", 9)) == "chloe"


def test_when_nobody_is_at_work_it_goes_to_whoever_is_back_soonest() -> None:
    tomorrow = NOW + timedelta(days=1)
    assert next_name(seat("ben", 1, tomorrow), seat("chloe", 9, LATER)) == "chloe"


def test_without_anybody_there_is_no_turn() -> None:
    assert next_in_turn(()) is None


@given(st.integers(1, 8), st.integers(1, 60))
def test_turns_go_round_so_nobody_is_ever_two_ahead(reps: int, leads: int) -> None:
    seats = {f"rep-{number}": seat(f"rep-{number}") for number in range(reps)}
    given_to: Counter[str] = Counter(dict.fromkeys(seats, 0))

    for turn in range(1, leads + 1):
        found = next_in_turn(seats.values())
        assert found
        given_to[found.person_id] += 1
        seats[found.person_id] = replace(found, last_turn=turn)

    assert max(given_to.values()) - min(given_to.values()) <= 1
