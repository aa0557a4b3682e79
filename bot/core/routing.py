"""Whose turn it is when a lead comes without an owner.

Everybody has a weight and a place on one line. A turn moves them on by `TURN` divided by their
weight, so whoever has twice the weight moves half as far and comes round twice as often. The pace
is where somebody would stand who got exactly their share. A turn goes to whoever is not ahead of
it, and whose next place is the nearest: while the same people are at work, nobody is a whole lead
over or under their share at any moment.

Whoever is not at work, away or full has no turns and moves with the pace: back again, they stand
to it as they did before. So nobody pays for a holiday, and nobody comes back to a flood.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heapify, heappop, heappush

HEAVIEST = 10
"""The greatest weight."""
TURN = 2520 * 10**6
"""A turn of weight 1: the weights divide it exactly, so that shares never drift apart."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One rep in a round."""

    person_id: str
    at_work_at: datetime
    """Now when they are at work, else their next opening."""
    weight: int = 1
    """How many leads they get where others get one; 1 to `HEAVIEST`."""
    is_free: bool = True
    """False while they are away, or have as many leads as they may."""
    place: int | None = None
    """None = they are new."""
    left_at: int | None = None
    """The pace when they were found to have no turns; None = they had them last time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who gets the lead, and how the round stands then."""

    person_id: str
    seats: tuple[Seat, ...]
    """All of them, also those who had no turn."""
    pace: int


def next_in_turn(seats: Iterable[Seat], pace: int) -> Turn | None:
    """The next turn of a round that stands at `pace`; None when nobody is free.

    It is among those who are at work or, when nobody is, among those who are back soonest.
    """
    everybody = list(seats)
    free = [seat for seat in everybody if seat.is_free]
    if not free:
        return None
    soonest = min(seat.at_work_at for seat in free)
    on_duty = {seat.person_id for seat in free if seat.at_work_at == soonest}
    known = {seat.person_id: seat for seat in _kept_pace(everybody, on_duty, pace)}
    round_ = Round([known[person_id] for person_id in sorted(on_duty)], pace)
    chosen = round_.take()
    known |= {seat.person_id: seat for seat in round_.seats()}
    return Turn(chosen, tuple(known.values()), round_.pace)


def _kept_pace(seats: Iterable[Seat], on_duty: set[str], pace: int) -> Iterator[Seat]:
    """Those who have turns again are brought up to the pace; of the others we note where it was."""
    for seat in seats:
        if seat.person_id not in on_duty:
            yield seat if seat.left_at is not None else replace(seat, left_at=pace)
        elif seat.place is None:
            yield replace(seat, place=pace, left_at=None)
        elif seat.left_at is not None:
            yield replace(seat, place=seat.place + pace - seat.left_at, left_at=None)
        else:
            yield seat


class Round:
    """Turns among people who all have them now; a turn costs little, however many there are."""

    def __init__(self, seats: Iterable[Seat], pace: int) -> None:
        """Each seat has its place."""
        self.pace = pace
        self._seats = {seat.person_id: seat for seat in seats}
        self._places = {seat.person_id: seat.place or 0 for seat in self._seats.values()}
        self._share = TURN // (sum(seat.weight for seat in self._seats.values()) or 1)
        self._ahead = [(place, person_id) for person_id, place in self._places.items()]
        """By their place; some of them may have a turn by now."""
        self._may: list[tuple[int, str]] = []
        """Who may have a turn, by their next place."""
        heapify(self._ahead)

    def take(self) -> str:
        """Whose turn is next; it is theirs. There has to be somebody."""
        while self._ahead and (not self._may or self._ahead[0][0] < self.pace + self._share):
            place, person_id = heappop(self._ahead)
            heappush(self._may, (place + TURN // self._seats[person_id].weight, person_id))
        next_place, person_id = heappop(self._may)
        self._places[person_id] = next_place
        self.pace += self._share
        heappush(self._ahead, (next_place, person_id))
        return person_id

    def seats(self) -> list[Seat]:
        """Everybody, at the place they have now."""
        return [replace(self._seats[one], place=place) for one, place in self._places.items()]
