"""Whose turn it is when a lead comes without an owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """One rep in the round."""

    person_id: str
    at_work_at: datetime
    """Now when they are at work, else their next opening."""
    last_turn: int | None
    """The number of the last turn they had, counted over all reps; None = they never had one."""


def next_in_turn(seats: Iterable[Seat]) -> Seat | None:
    """Who gets the next lead; None when nobody is there.

    Of those who are at work soonest, whoever waits longest for a turn: turns are compared, not
    totals, so somebody new or back from a holiday gets one lead next and not all of them. Two who
    never had a turn go by id.
    """
    waiting = list(seats)
    if not waiting:
        return None
    soonest = min(seat.at_work_at for seat in waiting)
    on_duty = [seat for seat in waiting if seat.at_work_at == soonest]
    return min(on_duty, key=lambda seat: (seat.last_turn or 0, seat.person_id))
