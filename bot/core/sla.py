"""The promise to marketing: how long an actor has, and when they are reminded.

One clock runs per holding of a hand-off. It is counted in the actor's own working time, so nobody
is late for hours in which they were not at work.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple

from bot.core.business_time import (
    Opening,
    add,
    goes_on,
    microseconds,
    next_working_day,
    worked_by,
)

_SHORT = microseconds(timedelta(hours=1))
"""The longest clock for which a step's `at_short` stands."""
STEP_GAP = timedelta(minutes=30)
"""Working time between two reminders: a person needs a while to act on the first."""
_GAP = microseconds(STEP_GAP)

LONGEST = timedelta(hours=240)
MOST_DAYS = 30

_DAYS = re.compile(r"([0-9]{1,3})d")
_CLOCK = re.compile(r"(?=[0-9])(?:([0-9]{1,3})h)?(?:([0-9]{1,5})m)?")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Time from being shown a lead to the first touch: working time, or else working days."""

    worked: timedelta = timedelta(0)
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Allowance":
        """Reads `1h`, `90m`, `1h30m` or `2d`; raises ValueError with what to write instead."""
        if match := _DAYS.fullmatch(text):
            allowance = cls(days=int(match[1]))
        elif match := _CLOCK.fullmatch(text):
            hours, minutes = (int(part or 0) for part in match.groups())
            allowance = cls(worked=timedelta(hours=hours, minutes=minutes))
        else:
            raise ValueError(f'"{text}" is no time allowed; write "90m", "4h", "1h30m" or "1d".')
        if allowance == cls() or allowance.worked > LONGEST or allowance.days > MOST_DAYS:
            raise ValueError(f'"{text}" must be between "1m" and "240h", or "1d" and "30d".')
        return allowance

    def __str__(self) -> str:
        if self.days:
            return f"{self.days}d"
        hours, minutes = divmod(self.worked // timedelta(minutes=1), 60)
        return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")


def due_at(opening: Opening, started_at: datetime, allowance: Allowance) -> datetime:
    """When the allowance ends. Days keep the local time of day, so a lead shown at ten is due
    at ten; working time would drift with lunch breaks and short Fridays."""
    if allowance.days:
        return next_working_day(opening, started_at, allowance.days)
    return add(opening, started_at, allowance.worked)


class Recipient(StrEnum):
    """Whom a ladder step reaches. Colleagues and managers come only after the actor was warned."""

    ACTOR = "actor"
    COLLEAGUES = "colleagues"
    MANAGER = "manager"


class Via(StrEnum):
    """How a ladder step arrives: a direct message, the hand-off channel, or the morning brief."""

    DM = "dm"
    CHANNEL = "channel"
    BRIEF = "brief"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One reminder. `at` is a fraction of the clock: 1.0 is the due time, 1.5 half as long again.

    `at_short` takes its place when the clock is one hour of working time or less: 80 % of an hour
    would leave twelve minutes to react. None keeps `at`.
    """

    at: float
    at_short: float | None
    to: Recipient
    via: Via


DEFAULT_LADDER = (
    LadderStep(at=0.8, at_short=0.5, to=Recipient.ACTOR, via=Via.DM),
    LadderStep(at=1.0, at_short=None, to=Recipient.ACTOR, via=Via.DM),
    LadderStep(at=1.5, at_short=None, to=Recipient.COLLEAGUES, via=Via.CHANNEL),
    LadderStep(at=1.5, at_short=None, to=Recipient.MANAGER, via=Via.BRIEF),
)


class PlannedStep(NamedTuple):
    """A step of one run with its instant. `number` is 1 for the lowest and never changes."""

    number: int
    at: datetime
    step: LadderStep


NONE_TAKEN: Mapping[int, datetime] = MappingProxyType({})


def plan(
    opening: Opening,
    started_at: datetime,
    due_at: datetime,
    ladder: Sequence[LadderStep],
    taken: Mapping[int, datetime] = NONE_TAKEN,
) -> tuple[PlannedStep, ...]:
    """When each step is taken, in the actor's working hours and in the ladder's order.

    A step too close to the one before it is put off, and one that falls at or after a closing waits
    for the next opening; none is dropped. `taken` says when a step was really taken, by its number:
    a step upward leaves the actor a while to act on a warning that went out hours after its time.
    """
    # In microseconds of work, where nothing is ever closed.
    began = earliest = worked_by(opening, started_at)
    clock = worked_by(opening, due_at) - began
    planned: list[PlannedStep] = []
    for number, step in enumerate(ladder, start=1):
        if step.to is not Recipient.ACTOR and number - 1 in taken:
            earliest = worked_by(opening, taken[number - 1]) + _GAP
        earliest = max(earliest, began + round(clock * _fraction(step, clock)))
        planned.append(PlannedStep(number, goes_on(opening, earliest), step))
        earliest += _GAP
    return tuple(planned)


def due_steps(
    plan: Sequence[PlannedStep], taken: Collection[int], now: datetime
) -> tuple[PlannedStep, ...]:
    """The steps to take now, lowest first, all of them to the same recipient.

    After an outage there may be several to the actor; the last of them says all the earlier ones
    would. A step upward goes alone: the one before it has to be heard first.
    """
    due = [step for step in plan if step.at <= now and step.number not in taken]
    if due and due[0].step.to is not Recipient.ACTOR:
        return (due[0],)
    return tuple(takewhile(lambda planned: planned.step.to is Recipient.ACTOR, due))


def hears_of(plan: Sequence[PlannedStep], taken: PlannedStep) -> bool:
    """Whether the step after `taken` counts from when that one was really taken; see `plan`."""
    following = plan[taken.number : taken.number + 1]
    return bool(following) and following[0].step.to is not Recipient.ACTOR


def next_step_at(plan: Sequence[PlannedStep], taken: Collection[int]) -> datetime | None:
    """When the next step not yet taken is due, past or future; None when the ladder is climbed."""
    return min((step.at for step in plan if step.number not in taken), default=None)


def _fraction(step: LadderStep, clock: int) -> float:
    if step.at_short is not None and clock <= _SHORT:
        return step.at_short
    return step.at
