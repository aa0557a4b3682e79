"""Whose turn it is when a lead comes without an owner.

Everybody has a weight and a place on one line. A turn moves them on by `TURN` divided by their
weight, so whoever has twice the weight moves half as far and comes round twice as often. The pace
is where somebody would stand who got exactly their share. A turn goes to whoever is not ahead of
it, and whose next place is the nearest: while the same people are at work, nobody is a whole lead
over or under their share at any moment.

Whoever is not at work, away or full has no turns and moves with the pace: back again, they stand
to it as they did before. So nobody pays for a holiday, and nobody comes back to a flood.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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

    def at(self, place: int | None, left_at: int | None = None) -> "Seat":
        """The same seat at another place."""
        return Seat(self.person_id, self.at_work_at, self.weight, self.is_free, place, left_at)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who gets the lead, and how the round stands then."""

    person_id: str
    seats: tuple[Seat, ...]
    """All of them, also those who had no turn."""
    pace: int


def next_in_turn(seats: Iterable[Seat], pace: int) -> Turn | None:
    """The next turn of a round that stands at `pace`; None when nobody is free."""
    reps = Round.begin(seats, pace)
    if reps is None:
        return None
    person_id = reps.take()
    return Turn(person_id, tuple(reps.seats()), reps.pace)


class Round:
    """Turns among people who all have them now; a turn costs little, however many there are."""

    def __init__(self, seats: Iterable[Seat], pace: int, others: Iterable[Seat] = ()) -> None:
        """Each seat has its place; `others` have no turns."""
        self.pace = pace
        self._others = list(others)
        self._seats = {seat.person_id: seat for seat in seats}
        self._places = {seat.person_id: seat.place or 0 for seat in self._seats.values()}
        self._share = TURN // (sum(seat.weight for seat in self._seats.values()) or 1)
        self._ahead = [(place, person_id) for person_id, place in self._places.items()]
        """By their place; some of them may have a turn by now."""
        self._may: list[tuple[int, str]] = []
        """Who may have a turn, by their next place."""
        heapify(self._ahead)

    @classmethod
    def begin(cls, seats: Iterable[Seat], pace: int) -> "Round | None":
        """Turns are among those who are at work or, when nobody is, among those who are back
        soonest. None when nobody is free.

        Those who have turns again are brought up to the pace; of others we note where it was.
        """
        everybody = list(seats)
        soonest = min((seat.at_work_at for seat in everybody if seat.is_free), default=None)
        if soonest is None:
            return None
        turns = [seat.is_free and seat.at_work_at == soonest for seat in everybody]
        on_duty = [
            _kept_pace(seat, pace) for seat, is_on in zip(everybody, turns, strict=True) if is_on
        ]
        others = [
            seat if seat.left_at is not None else seat.at(seat.place, pace)
            for seat, is_on in zip(everybody, turns, strict=True)
            if not is_on
        ]
        return cls(on_duty, pace, others)

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
        moved = [self._seats[one].at(place) for one, place in self._places.items()]
        return moved + self._others


def _kept_pace(seat: Seat, pace: int) -> Seat:
    if seat.place is None:
        return seat.at(pace)
    return seat if seat.left_at is None else seat.at(seat.place + pace - seat.left_at)
