"""What a playbook would have made of leads that came already: whose each was, what its clock said,
and how many messages a day that meant.

Nothing is known of how people would have worked by other rules, so a lead is taken to be touched
when it was touched. Messages are those the app starts with whoever has the lead: the lead itself
where its grade is told at once, one list for a batch, a reminder for each step to them that fell
due untouched, and the brief of a morning that has something to say, up to the cap.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from bot.core.business_time import Opening, day_number, next_opening
from bot.core.matching import Traits
from bot.core.pools import Desk, Rep, Rules
from bot.core.sla import Allowance, LadderStep, Recipient, Via, due_at, plan

HOT = frozenset("AB")
WEEK = timedelta(days=7)
"""About when a lead nobody touches goes back to the queue, and is in no brief any more."""


@dataclass(frozen=True)
class Book:
    """What a playbook says of who gets a lead, by when, and what they hear."""

    rules: Rules
    allowance: Callable[[str, bool], Allowance | None]
    """By grade, and whether it came in a batch."""
    at_once: frozenset[str]
    """Grades whose leads are a message of their own."""
    ladder: Sequence[LadderStep]
    brief: bool
    cap: int

    @cached_property
    def to_actor(self) -> Sequence[LadderStep]:
        """The ladder up to its last step to whoever has the lead."""
        last = max(
            (n for n, step in enumerate(self.ladder, 1) if step.to is Recipient.ACTOR), default=0
        )
        return self.ladder[:last]

    @cached_property
    def earliest(self) -> float:
        """The share of a clock before which nothing happens."""
        return min([1.0, *(min(step.at, step.at_short or step.at) for step in self.ladder)])


@dataclass(frozen=True, slots=True)
class Past:
    """A lead that came."""

    at: datetime
    grade: str
    traits: Traits
    owner: str | None = None
    """The address it came with."""
    batch: str | None = None
    touched_at: datetime | None = None
    closed_at: datetime | None = None

    def answered_at(self, until: datetime) -> datetime:
        """When nothing was awaited of anybody any more."""
        return min(self.touched_at or until, self.closed_at or until, until)


@dataclass
class Share:
    """What one person would have had."""

    leads: int = 0
    hot: int = 0
    """Grade A or B."""
    messages: Counter[int] = field(default_factory=Counter)
    """By local date, as its ordinal."""
    mornings: set[int] = field(default_factory=set)
    """The dates whose brief had something to say of their leads."""
    lists: set[str] = field(default_factory=set)
    """The batches they had a list of."""

    def a_day(self, book: Book, working: Sequence[int]) -> list[int]:
        """How many messages each day with any had, the brief among them, up to the cap.

        `working` are the dates that have an opening; a brief waits for the next of them.
        """
        places = (bisect_left(working, day) for day in self.mornings if book.brief)
        briefs = {working[place] for place in places if place < len(working)}
        counts = [self.messages[day] + (day in briefs) for day in self.messages.keys() | briefs]
        return [min(count, book.cap) for count in counts] if book.brief else counts


@dataclass
class Replayed:
    """What would have become of all of them."""

    shares: dict[str, Share] = field(default_factory=dict)
    """By address; whoever had nothing is missing."""
    queue: int = 0
    late: set[int] = field(default_factory=set)
    """Which leads were not touched by their due time, by their place."""


def working_days(opening: Opening, since: datetime, until: datetime) -> list[int]:
    """The local dates of the openings that reach into this span, as ordinals, in order."""
    first = bisect_right(opening.ends, since.timestamp())
    last = bisect_right(opening.starts, until.timestamp())
    begins = (datetime.fromtimestamp(at, UTC) for at in opening.starts[first:last])
    return sorted({day_number(opening.zone, at) for at in begins})


Clocks = dict[tuple[int, int], "_Clock"]
"""What is known already of a lead, by its place, in somebody's working time."""


def replay(
    book: Book, leads: Sequence[Past], until: datetime, show: Callable[[int], None], clocks: Clocks
) -> Replayed:
    """Take all leads through the book, oldest first; `show` hears how many are through.

    Books with the same clocks may share `clocks`, as long as their reps' openings live.
    """
    desk, replayed = Desk(book.rules), Replayed()
    for number, lead in enumerate(leads):
        show(number)
        rep = desk.take(lead.at, lead.traits, lead.owner, lead.closed_at)
        if rep is None:
            replayed.queue += 1
            continue
        share = replayed.shares.setdefault(rep.address, Share())
        share.leads += 1
        share.hot += lead.grade in HOT
        _tell(book, rep, lead, share, until)
        key = (number, id(rep.opening))
        clock = clocks[key] = clocks.get(key) or _clock(book, rep.opening, lead, until)
        for day, via in clock.reminders:
            if via is Via.DM or not book.brief:
                share.messages[day] += 1
            else:
                share.mornings.add(day)
        share.mornings.update(clock.mornings)
        if clock.is_late:
            replayed.late.add(number)
    return replayed


def _tell(book: Book, rep: Rep, lead: Past, share: Share, until: datetime) -> None:
    """Count what says that the lead is there, unless its reader is not at work before the end."""
    starts = next_opening(rep.opening, lead.at)
    if starts >= until:
        return
    day = day_number(rep.opening.zone, starts)
    if lead.batch is None and lead.grade not in book.at_once and book.brief:
        share.mornings.add(day if starts > lead.at else day + 1)
    elif lead.batch is None:
        share.messages[day] += 1
    elif lead.batch not in share.lists:
        share.lists.add(lead.batch)
        share.messages[day] += 1


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the clock of one lead came to, with whoever had it."""

    reminders: tuple[tuple[int, Via], ...] = ()
    """The local date of each, and how it comes."""
    mornings: range = range(0)
    """The dates whose brief has it as overdue."""
    is_late: bool = False


_ON_TIME = _Clock()


def _clock(book: Book, opening: Opening, lead: Past, until: datetime) -> _Clock:
    allowance = book.allowance(lead.grade, lead.batch is not None)
    answered = lead.answered_at(until)
    # Working time is never more than time: many leads are touched before anything is due.
    if allowance is None or answered <= lead.at + allowance.worked * book.earliest:
        return _ON_TIME
    due = due_at(opening, lead.at, allowance)
    reminders = {
        step.at: step.step.via
        for step in plan(opening, lead.at, due, book.to_actor)
        if step.step.to is Recipient.ACTOR and step.at < answered
    }
    days = tuple((day_number(opening.zone, at), via) for at, via in reminders.items())
    if answered <= due:
        return _Clock(days)
    last = min(answered, due + WEEK)
    first, end = (day_number(opening.zone, at) + 1 for at in (due, last))
    return _Clock(days, range(first, end), is_late=True)
