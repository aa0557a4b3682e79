"""Whose turn it is: shares by weight, at every moment, whoever comes and goes."""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.routing import HEAVIEST, TURN, Round, Seat, next_in_turn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
WEIGHTS = st.lists(st.integers(1, HEAVIEST), min_size=1, max_size=8)


@dataclass
class Table:
    """A round that remembers what it gave to whom."""

    weights: Sequence[int]
    pace: int = 0
    seats: dict[str, Seat] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    fair: dict[str, float] = field(default_factory=dict)
    """What each would have by now if a lead could be shared out."""

    def __post_init__(self) -> None:
        names = [f"rep-{number}" for number in range(len(self.weights))]
        self.seats = {
            name: Seat(name, NOW, weight) for name, weight in zip(names, self.weights, strict=True)
        }

    def lead(self, there: Collection[str] | None = None) -> str | None:
        """Give one lead to whoever is next of those who are there; None = all are."""
        free = self.seats.keys() if there is None else there
        seats = [replace(seat, is_free=name in free) for name, seat in self.seats.items()]
        turn = next_in_turn(seats, self.pace)
        if turn is None:
            return None
        self.pace, self.seats = turn.pace, {seat.person_id: seat for seat in turn.seats}
        self.given[turn.person_id] += 1
        share = sum(self.seats[name].weight for name in free)
        for name in free:
            self.fair[name] = self.fair.get(name, 0) + self.seats[name].weight / share
        return turn.person_id

    def furthest_off(self) -> float:
        return max(abs(self.given[name] - self.fair.get(name, 0)) for name in self.seats)


def test_two_who_never_had_a_turn_go_by_id() -> None:
    table = Table((1, 1, 1))

    assert [table.lead() for _ in range(4)] == ["rep-0", "rep-1", "rep-2", "rep-0"]


def test_a_heavy_weight_comes_round_often_and_not_all_at_once() -> None:
    table = Table((2, 1, 1))

    assert "".join(str(table.lead())[-1] for _ in range(8)) == "01020102"


def test_somebody_not_at_work_waits_while_anybody_is() -> None:
    turn = next_in_turn([Seat("ben", LATER), Seat("chloe", NOW)], 0)

    assert turn
    assert turn.person_id == "chloe"


def test_when_nobody_is_at_work_it_goes_to_whoever_is_back_soonest() -> None:
    turn = next_in_turn([Seat("ben", NOW + timedelta(days=1)), Seat("chloe", LATER)], 0)

    assert turn
    assert turn.person_id == "chloe"


def test_when_nobody_is_free_there_is_no_turn() -> None:
    assert next_in_turn((), 0) is None
    assert next_in_turn([Seat("ben", NOW, is_free=False)], 0) is None


def test_who_comes_back_from_a_holiday_goes_on_at_the_pace_of_the_others() -> None:
    table = Table((1, 1, 1, 1))
    there = ["rep-0", "rep-1", "rep-2"]
    for _ in range(4):
        table.lead()
    for _ in range(60):
        table.lead(there)
    before = table.given["rep-3"]

    since = [table.lead() for _ in range(12)]

    assert before == 1
    assert since.count("rep-3") == 3
    assert since[:2].count("rep-3") <= 1


def test_somebody_new_takes_their_place_and_no_flood() -> None:
    table = Table((1, 1, 1))
    for _ in range(30):
        table.lead(["rep-0", "rep-1"])

    assert [table.lead() for _ in range(9)].count("rep-2") == 3


@settings(max_examples=40)
@given(WEIGHTS, st.integers(1, 150))
def test_nobody_is_ever_a_whole_lead_over_or_under_their_share(
    weights: list[int], leads: int
) -> None:
    table = Table(weights)

    for _ in range(leads):
        table.lead()
        assert table.furthest_off() < 1


@settings(max_examples=40)
@given(WEIGHTS, st.data())
def test_who_comes_and_goes_has_their_share_of_the_leads_they_were_there_for(
    weights: list[int], data: st.DataObject
) -> None:
    table = Table(weights)
    some = st.sets(st.sampled_from(sorted(table.seats)), min_size=1)
    for there in data.draw(st.lists(some, max_size=60)):
        assert table.lead(there) in there
    assert table.furthest_off() < 2


@settings(max_examples=40)
@given(WEIGHTS, st.integers(1, 5), st.integers(1, 40))
def test_a_cap_is_never_exceeded_and_the_rest_goes_to_others_or_nobody(
    weights: list[int], cap: int, leads: int
) -> None:
    table = Table(weights)

    for _ in range(leads):
        table.lead([name for name in table.seats if table.given[name] < cap])

    assert max(table.given.values()) <= cap
    assert table.given.total() == min(leads, cap * len(weights))


def test_who_is_there_for_one_lead_a_day_only_does_not_starve() -> None:
    table = Table((1,) * 10)
    others = [name for name in table.seats if name != "rep-9"]
    for _ in range(100):
        for _ in range(7):
            table.lead(others)
        table.lead()

    assert table.given["rep-9"] in {9, 10, 11}


def test_every_weight_divides_a_turn() -> None:
    assert [TURN % weight for weight in range(1, HEAVIEST + 1)] == [0] * HEAVIEST


def test_ten_thousand_leads_among_two_hundred_reps_take_a_moment() -> None:
    reps = Round([Seat(f"rep-{number}", NOW, 1 + number % 3, place=0) for number in range(200)], 0)

    began = time.process_time()
    given_to = Counter(reps.take() for _ in range(10_000))

    assert time.process_time() - began < 1
    assert {given_to[f"rep-{number}"] for number in (0, 3, 198)} <= {25, 26}
