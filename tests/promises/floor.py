"""A sales floor without the wire: the real services on a real database, a courier that writes down.

Everything runs in one thread and in simulated time, so that hundreds of stories take seconds. All
stories share one database file, each as a workspace of its own.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Engine, Select, bindparam, func, select, union_all
from sqlmodel import SQLModel, col

from bot.calendars import Calendars
from bot.delivery import outbox
from bot.delivery.courier import Courier
from bot.delivery.inbox import take_in
from bot.delivery.pacing import Pace
from bot.errors import SlackUnavailable
from bot.identity import new_id
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import (
    Absence,
    Ask,
    Escalation,
    Handoff,
    Message,
    MessageKind,
    Person,
    Run,
    Snooze,
    Undo,
    Workspace,
)
from bot.playbook import Playbook
from bot.services import people
from bot.services.brief_plan import NOT_PLANNED
from bot.services.deliveries import receive
from bot.services.tellings import tellings
from bot.slack import Member, Slack
from bot.views.blocks import Block, Post
from jobs import TIMETABLE, UPKEEP, look
from tests.core.walk import MINUTE, Place, walk

CHANNEL = "C0LEADS"
LEASE = timedelta(seconds=60)
AGAIN = timedelta(seconds=6)
"""What Slack did not take is tried again by then."""
TEAM_HOURS = "Mo-Fr 09:00-17:00"
CALENDARS = Calendars(size=4096)
"""Compiled once for all stories."""
LINES = [tick for tick in (*TIMETABLE, *UPKEEP) if tick.every < timedelta(hours=1)]
"""What is due by the minute; retention has tests of its own."""


Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Colleague:
    """Somebody in the playbook. `closed` are ISO dates on which they have a holiday."""

    id: str
    team: str
    role: str
    zone: str
    hours: str
    closed: tuple[str, ...] = ()
    manager: str | None = None

    @property
    def email(self) -> str:
        return f"{self.id.lower()}@example.com"

    def entry(self) -> str:
        """Their lines in the playbook."""
        lines = [
            "[[people]]",
            f'email = "{self.email}"',
            f'team = "{self.team}"',
            f'roles = ["{self.role}"]',
            f'timezone = "{self.zone}"',
            f'open = "{self.hours}"',
            f"holidays = {[*self.closed]}",
        ]
        if self.manager:
            lines.append(f'manager = "{self.manager.lower()}@example.com"')
        return "\n".join(lines)


@dataclass(frozen=True)
class Posted:
    """A message as it was first shown: when, what, to whom."""

    at: datetime
    id: str
    kind: MessageKind
    subject: str
    run: int | None
    step: int | None
    reader: str | None
    """None = the hand-off channel."""
    is_answer: bool
    text: str


@dataclass(frozen=True)
class Said:
    """What Slack was told to show, edits too."""

    channel: str
    text: str
    blocks: list[Block]

    @property
    def to(self) -> str:
        """The person whose DM it is."""
        return self.channel.removeprefix("D")


class Notebook(Slack):
    """A Slack that writes down what it is shown, and may be out of reach."""

    def __init__(self, floor: "Floor") -> None:
        self._floor = floor
        self.is_down = False
        self._ts = 0

    def open_dm(self, person_id: str) -> str:
        self._answer()
        return f"D{person_id}"

    def post(
        self,
        channel: str,
        post: Post,
        mark: str,
        thread_ts: str | None = None,
        *,
        aloud: bool = True,
    ) -> str:
        self._answer()
        self._floor.note(mark.partition(".")[0], post.text)
        self._floor.said.append(Said(channel, post.text, post.blocks))
        self._ts += 1
        return f"{self._ts}.0"

    def edit(self, channel: str, ts: str, post: Post) -> None:
        self._answer()
        self._floor.said.append(Said(channel, post.text, post.blocks))

    def delete(self, channel: str, ts: str) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.is_down:
            raise SlackUnavailable("Slack is out of reach.")


class Hand(Courier):
    """The courier without its threads: carries all there is, and comes back."""

    def carry(self) -> None:
        liaison = self._liaison
        while True:
            lease = new_id(liaison.wall())
            claims, _ = outbox.claim(liaison, lease=lease, lasts=LEASE, most=16, pace=self._pace)
            if not claims:
                return
            self._write_down([(claimed, self._send(claimed)) for claimed in claims])


@dataclass
class Floor:
    """One team in one workspace, at one instant; `note` keeps all that people are told."""

    engine: Engine
    team_id: str
    team: Sequence[Colleague]
    now: datetime
    more: str = ""
    """What else the playbook says."""
    posted: list[Posted] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    watch: Callable[[Posted], None] | None = None
    """Told of each message at the moment it is shown."""
    hours: dict[str, str] = field(default_factory=dict)
    """Who set hours of their own."""
    zones: dict[str, str] = field(default_factory=dict)
    """Who moved to another zone."""

    def __post_init__(self) -> None:
        self._ahead = timedelta(0)
        hours = f'[hours]\nopen = "{TEAM_HOURS}"\ntimezone = "Europe/Berlin"'
        text = "\n".join([hours, self.more, *(one.entry() for one in self.team)])
        self.liaison = Liaison(
            self.team_id,
            self.engine,
            Shelf(Playbook.parse(text)),
            Rooms(CHANNEL),
            now=lambda: self.now,
            wall=self._tick_wall,
            calendars=CALENDARS,
        )
        self.slack = Notebook(self)
        self._hand = Hand(
            self.liaison, self.slack, tellings(self.liaison), pace=Pace(1e6), lease=LEASE
        )
        with self.liaison.transaction() as tx:
            tx.add(Workspace(team_id=self.team_id, name="", bot_user_id="", connected_at=self.now))
        people.refresh(self.liaison, [self.member(one) for one in self.team])
        self.tick()

    def _tick_wall(self) -> datetime:
        """Ids and leases go by it, so it never stands still."""
        self._ahead += timedelta(milliseconds=1)
        return self.now + self._ahead

    def member(self, one: Colleague) -> Member:
        return Member(one.id, one.id.title(), one.email, one.zone, is_active=True)

    def tick(self) -> None:
        """All that is due now happens, and is told."""
        found = look(self.liaison, LINES)
        for tick in LINES:
            done = tick.job(self.liaison)
            assert tick.id in found or not done, f"{tick.id} was not found to be due"
            found = look(self.liaison, LINES) if done else found
        self.carry()

    def carry(self) -> None:
        self._ahead += AGAIN
        self._hand.carry()

    def advance(self, until: datetime, *, asleep: bool = False) -> None:
        """Go on to an instant, from one due instant to the next; asleep, nothing runs till then."""
        while not asleep and (due := self.next_due()) and due < until:
            self.now = max(due, self.now + timedelta(seconds=5))
            self.tick()
        self.now = max(until, self.now)
        self.tick()

    def next_due(self) -> datetime | None:
        """When something happens by itself next."""
        with self.liaison.reading() as tx:
            found = tx.scalars(_due_instants(), {"team": self.team_id}).all()
        return min((at for at in found if at is not None), default=None)

    def tell(self, **event: object) -> Receipt:
        """What a CRM would tell by webhook."""
        body = json.dumps(event).encode()
        delivery = Delivery(f"test:{new_id(self._tick_wall())}", parse(body, self.now), body)
        return take_in(self.liaison, [delivery], partial(receive, self.liaison))[0]

    def note(self, message_id: str, text: str) -> None:
        with self.liaison.reading() as tx:
            row = tx.get_one(Message, (self.team_id, message_id))
        told = Posted(
            self.now,
            row.id,
            row.kind,
            row.subject_id,
            row.run,
            row.step,
            row.recipient_id,
            row.is_answer,
            text,
        )
        self.posted.append(told)
        if self.watch:
            self.watch(told)

    def is_at_work(self, person_id: str) -> bool:
        """By walking the calendar, not by the product's tables."""
        one = next(each for each in self.team if each.id == person_id)
        with self.liaison.reading() as tx:
            rows = tx.scalars(
                select(Absence).where(
                    col(Absence.team_id) == self.team_id, col(Absence.person_id) == person_id
                )
            )
            away = tuple((row.starts_at, row.ends_at) for row in rows)
        place = Place(
            self.zones.get(one.id, one.zone), self.hours.get(one.id, one.hours), one.closed, away
        )
        return next(walk(place, self.now, self.now + MINUTE))[1]

    def is_team_at_work(self) -> bool:
        """By the playbook's own hours."""
        place = Place("Europe/Berlin", TEAM_HOURS)
        return next(walk(place, self.now, self.now + MINUTE))[1]

    def handoffs(self) -> list[Handoff]:
        """All there are, oldest first."""
        return self._all(select(Handoff).where(col(Handoff.team_id) == self.team_id))

    def messages(self) -> list[Message]:
        return self._all(select(Message).where(col(Message.team_id) == self.team_id))

    def runs(self) -> list[Run]:
        return self._all(select(Run).where(col(Run.team_id) == self.team_id))

    def asks(self) -> list[Ask]:
        return self._all(select(Ask).where(col(Ask.team_id) == self.team_id))

    def row(self, table: type[Row], row_id: str | None) -> Row:
        with self.liaison.reading() as tx:
            return tx.get_one(table, (self.team_id, row_id))

    def _all(self, rows: Select[Any]) -> list[Any]:
        with self.liaison.reading() as tx:
            return list(tx.scalars(rows))


@cache
def _due_instants() -> CompoundSelect[datetime | None]:
    """The soonest of each kind of thing that happens by itself."""
    columns: tuple[tuple[type[SQLModel], Any], ...] = (
        (Run, Run.next_step_at),
        (Message, Message.hold_until),
        (Person, Person.brief_at),
        (Absence, Absence.turn_at),
        (Handoff, Handoff.turns_at),
        (Snooze, Snooze.wakes_at),
        (Ask, Ask.late_check_at),
        (Escalation, Escalation.list_at),
        (Undo, Undo.until),
    )
    return union_all(
        *(
            select(func.min(col(column))).where(
                col(table.team_id) == bindparam("team"),  # type: ignore[attr-defined]
                col(column) > NOT_PLANNED,
            )
            for table, column in columns
        )
    )
