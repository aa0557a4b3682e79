"""The two-way board: what each side kept of what it owes the other, and whether that is enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.business_time import local_date, start_of_day
from bot.core.marketing import Part

WEEKS = 12
FEW = 5
"""Of fewer nothing is said to be below target: one answer would decide."""


class Number(StrEnum):
    """What is counted of a side; the value stands in buttons and in the playbook."""

    IN_TIME = "in_time"
    TOUCHED = "touched"
    REASONS = "reasons"
    COMPLETE = "complete"
    ASKS = "asks"
    FLAGS = "flags"
    DISPUTES = "disputes"


SALES = (Number.IN_TIME, Number.TOUCHED, Number.REASONS)
MARKETING = (Number.COMPLETE, Number.ASKS, Number.FLAGS, Number.DISPUTES)


class Standing(StrEnum):
    """How a number stands to its target."""

    ON_TARGET = "on target"
    BELOW = "below target"
    TOO_FEW = "too few to say"
    NOTHING = "nothing to count"


def standing(part: Part, target: float) -> Standing:
    """`target` is a share: 0.9. By the counts, not by the rounded per cent that is shown."""
    if not part.of:
        return Standing.NOTHING
    if part.of < FEW:
        return Standing.TOO_FEW
    return Standing.ON_TARGET if part.count >= target * part.of else Standing.BELOW


Parts = Mapping[Number, Part]


@dataclass(frozen=True)
class Board:
    """Both sides over a while, and week by week."""

    parts: Parts
    weeks: Mapping[date, Parts]
    """By the Monday it begins with, the oldest first; the last one goes on."""
    handed: int = 0
    top: int = 0
    """Of these, so many of grade A: whoever calls every lead hot has no hot leads."""
    median_minutes: int | None = None
    """Working minutes from the card to the first touch; None = more than half are untouched, or
    there is nothing to count."""


class Tally:
    """What is added up while rows are read: a row is of a week or of the time before them, and in
    the period or not."""

    def __init__(self) -> None:
        self._whole: dict[Number, Part] = {}
        self._weeks: dict[tuple[int, Number], Part] = {}

    def add(self, number: Number, week: int, part: Part, *, in_period: bool) -> None:
        """`week` counts from 0, the oldest; -1 = before all of them."""
        place = (week, number)
        self._weeks[place] = self._weeks.get(place, Part()) + part
        if in_period:
            self._whole[number] = self._whole.get(number, Part()) + part

    def whole(self) -> Parts:
        return {number: self._whole.get(number, Part()) for number in Number}

    def week(self, week: int) -> Parts:
        """The parts of one week."""
        return {number: self._weeks.get((week, number), Part()) for number in Number}


def weeks_until(zone: str, now: datetime) -> list[tuple[date, datetime]]:
    """The Mondays of the last weeks and the instant each begins at, this week's last."""
    today = local_date(zone, now)
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    return [(day, start_of_day(zone, day)) for day in days]


def median(minutes: Iterable[tuple[int | None, int]]) -> int | None:
    """The middle of (minutes, how many), of an even number the lower one. Whoever was never touched
    (None) took longer than anybody: None = the middle is one of them."""
    counted = dict(minutes)
    middle = (sum(counted.values()) + 1) // 2
    reached = 0
    for value in sorted(value for value in counted if value is not None):
        reached += counted[value]
        if middle and reached >= middle:
            return value
    return None
