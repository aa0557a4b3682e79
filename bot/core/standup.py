"""The joint meeting: on which days it is, what happens when, and what is worth its time."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from bot.core.business_time import DAY, local_date, on_day

MOST_PROBLEMS = 4
"""Problems that fit twenty minutes; one of them makes room for what people want to talk about."""
CARRIES = 2
"""How often an action item is carried over before somebody decides what becomes of it."""
CLOSES_AFTER = timedelta(minutes=15)
GAP = timedelta(days=14)
"""After so long without a meeting the liaison is told, once."""
LATE = timedelta(minutes=5)
ROTA_DAYS = 2
"""Working days ahead on which whoever leads the meeting hears of it."""
WEEK = timedelta(days=7)
_FAR = 60
"""Weeks looked ahead for a day that is no holiday."""

Works = Callable[[date], bool]
"""Whether a local date is a working day."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When a meeting takes place every week. `weekday` counts from Monday = 0."""

    weekday: int
    at: time
    zone: str
    minutes: int
    moves: bool = False
    """On a holiday it moves to the next working day; otherwise that week has none."""

    def begins(self, day: date) -> datetime:
        """The instant at which it begins on a local date; a time the clock skips counts on past
        it, one that comes twice is the first."""
        return on_day(self.zone, day, self.at)

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=self.minutes)


def day_in_week(slot: Slot, monday: date, is_holiday: Works, works: Works) -> date | None:
    """The local date of the meeting in the week of `monday`; None when that week has none."""
    day = monday + timedelta(days=slot.weekday)
    if not is_holiday(day):
        return day
    if not slot.moves:
        return None
    ahead = (day + timedelta(days=n) for n in range(1, 7))
    return next((moved for moved in ahead if works(moved)), None)


def next_day(slot: Slot, after: datetime, is_holiday: Works, works: Works) -> date | None:
    """The first local date whose meeting begins later than `after`; None within a year."""
    today = local_date(slot.zone, after)
    monday = today - timedelta(days=today.weekday()) - WEEK
    for week in range(_FAR):
        day = day_in_week(slot, monday + week * WEEK, is_holiday, works)
        if day and slot.begins(day) > after:
            return day
    return None


def working_day_before(day: date, count: int, works: Works) -> date:
    """The working day `count` working days before a date; where none is, that many days."""
    earlier = (day - timedelta(days=n) for n in range(1, 60))
    found = list(islice(filter(works, earlier), count))
    return found[-1] if len(found) == count else day - timedelta(days=count)


class State(StrEnum):
    """Where one meeting of one day stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    """Its agenda stands in the channel."""
    RUNNING = "running"
    CLOSED = "closed"
    SKIPPED = "skipped"
    MISSED = "missed"
    """Its time went by while the bot was not running, and the next one was near already."""


AHEAD = (State.PLANNED, State.ANNOUNCED, State.RUNNING)
"""It is still to come, or takes place now."""


class Step(StrEnum):
    """What time does to a meeting, in this order."""

    ROTA = "rota"
    AGENDA = "agenda"
    START = "start"
    CLOSE = "close"
    LOOK_BACK = "look_back"
    """After one that did not take place: was there any lately?"""


def plan(slot: Slot, day: date, works: Works) -> dict[Step, datetime]:
    """When each step of the meeting of that local date is due."""
    begins = slot.begins(day)
    told = working_day_before(day, ROTA_DAYS, works)
    return {
        Step.ROTA: on_day(slot.zone, told, time()),
        Step.AGENDA: min(slot.begins(working_day_before(day, 1, works)), begins),
        Step.START: begins,
        Step.CLOSE: begins + slot.lasts + CLOSES_AFTER,
    }


def carries(counts_from: datetime, held: Sequence[datetime]) -> int:
    """In how many meetings an action item stood open until the end. `held`: when those that are
    over began, sorted; one that began before the item was there does not count."""
    return len(held) - bisect_right(held, counts_from)


def reminds(due: date, before: date, today: date, following: date) -> bool:
    """Whether the brief of `today` speaks of an item by itself: on the working day before it is
    due, on the day, and from then on weekly. `before` and `following` are the working days around
    today; what falls on a day off is said on the next working day."""
    if today < due <= following:
        return True
    days = (before + n * DAY for n in range(1, (today - before).days + 1))
    return any(day >= due and (day - due).days % WEEK.days == 0 for day in days)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something worth talking about, as a number of leads. The key is its source and what it is
    about, `rejected:not_a_fit:Spring webinar`."""

    source: str
    about: str
    leads: int
    weight: int
    """Leads times how much each matters; sorts problems of different kinds."""

    @property
    def key(self) -> str:
        return f"{self.source}:{self.about}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into the twenty minutes, and what does not."""

    problems: tuple[Problem, ...]
    topics: tuple[str, ...]
    """Ids of what people want to talk about."""
    rest: tuple[Problem, ...]
    waiting: tuple[str, ...]


def choose(problems: Iterable[Problem], topics: Sequence[str], parked: Collection[str]) -> Chosen:
    """The weightiest problems, those parked last time first; one place is a topic's as soon as
    there is one, and topics, oldest first, fill what problems leave."""
    by_weight = sorted(problems, key=lambda each: (each.key not in parked, -each.weight, each.key))
    room = MOST_PROBLEMS - bool(topics)
    chosen, rest = by_weight[:room], by_weight[room:]
    fits = MOST_PROBLEMS - len(chosen)
    return Chosen(tuple(chosen), tuple(topics[:fits]), tuple(rest), tuple(topics[fits:]))


def in_turn(people: Iterable[tuple[str, date | None]]) -> str | None:
    """Who does it next: whoever did it longest ago, never comes first; two go by id. None when
    nobody is there."""
    waiting = sorted(people, key=lambda each: (each[1] or date.min, each[0]))
    return waiting[0][0] if waiting else None


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing the meeting talks about: a problem, or a topic by its id."""

    problem: Problem | None
    topic_id: str | None = None
    is_parked: bool = False
    """Put off to the next meeting."""

    @property
    def key(self) -> str:
        return self.problem.key if self.problem else f"topic:{self.topic_id}"

    def kept(self) -> dict[str, object]:
        """As it is kept in a row."""
        problem = self.problem
        about: dict[str, object] = (
            {}
            if problem is None
            else {
                "source": problem.source,
                "about": problem.about,
                "leads": problem.leads,
                "weight": problem.weight,
            }
        )
        return {"topic": self.topic_id, "parked": self.is_parked} | about

    @classmethod
    def of(cls, kept: Mapping[str, object]) -> "Subject":
        """What `kept` gave."""
        topic, is_parked = kept.get("topic"), bool(kept.get("parked"))
        if "source" not in kept:
            return cls(None, str(topic), is_parked)
        numbers = int(str(kept["leads"])), int(str(kept["weight"]))
        return cls(Problem(str(kept["source"]), str(kept["about"]), *numbers), None, is_parked)


def subjects(chosen: Chosen) -> list[Subject]:
    """Problems first, then topics."""
    return [
        *(Subject(problem) for problem in chosen.problems),
        *(Subject(None, topic) for topic in chosen.topics),
    ]
