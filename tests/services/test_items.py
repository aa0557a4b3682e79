"""No sequence of what people do with action items loses one, or has one twice.

Played through the use cases on a database of its own, without Slack: thousands of steps a second
would be too many for a wire.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, func, select
from sqlmodel import col

from bot.core.standup import AHEAD, CARRIES, State
from bot.db import make_engine, migrate
from bot.errors import Refused
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import ActionItem, ActionItemLine, Message, Occurrence, Person, Workspace
from bot.playbook import Playbook
from bot.services import agenda, item_lists, items, minutes, running, standup
from bot.services.items import Verdict, Wish
from bot.services.occurrences import ahead
from bot.views.items import ItemFacts
from tests.conftest import NewDatabase

TEAM, ANA, BEN, IDA = "T1", "U1", "U2", "U3"
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PLAYBOOK = Playbook.parse("""
[channels]
standup = "#standup"

[[people]]
email = "ana@example.com"
team = "sales"
role = "manager"

[[people]]
email = "ben@example.com"
team = "sales"
role = "rep"
manager = "ana@example.com"

[[people]]
email = "ida@example.com"
team = "marketing"
role = "manager"
""")


@dataclass
class Clock:
    """Business time that only goes forward."""

    now: datetime = FRIDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Entry:
    """What became of one item by what people did."""

    owner: str | None
    due: date | None
    is_open: bool = True


Book = dict[str, Entry]
"""By the item's id, kept beside the database: what the agendas are checked against."""


@dataclass
class Teams:
    """Two teams and a meeting, and the two books about their action items."""

    liaison: Liaison
    clock: Clock
    book: Book = field(default_factory=dict)

    def add(self, owner: str | None, *, dated: bool) -> None:
        due = (self.clock.now + 3 * DAY).date() if dated else None
        wish = Wish(f"Item {len(self.book)}", owner, due.isoformat() if due else None)
        running = self._running()
        added = items.add(self.liaison, "standup", ANA, wish, running.id if running else None)
        self.book[added] = Entry(owner, due)

    def tick(self, item: str) -> None:
        with self._refused_if(not self.book[item].is_open):
            items.done(self.liaison, item, ANA)
            self.book[item].is_open = False

    def reopen(self, item: str) -> None:
        with self._refused_if(self.book[item].is_open):
            items.reopen(self.liaison, item, ANA)
            self.book[item].is_open = True

    def drop(self, item: str) -> None:
        verdict = Verdict("drop", reason="The campaign is over.")
        with self._refused_if(not self.book[item].is_open):
            items.decide(self.liaison, item, ANA, verdict)
            self.book[item].is_open = False

    def redate(self, item: str, days: int) -> None:
        entry, due = self.book[item], (self.clock.now + days * DAY).date()
        with self._refused_if(not entry.is_open or entry.due == due):
            items.decide(self.liaison, item, ANA, Verdict("redate", due=due.isoformat()))
            entry.due = due

    def reown(self, item: str, owner: str) -> None:
        entry = self.book[item]
        with self._refused_if(not entry.is_open or entry.owner == owner):
            items.decide(self.liaison, item, ANA, Verdict("reown", owner=owner))
            entry.owner = owner

    def skip(self) -> None:
        """Leave the next meeting out, unless it runs."""
        standup.take_due_standups(self.liaison)
        with self._refused_if(self._running() is not None):
            agenda.skip(self.liaison, "C2", ANA, "Everybody is at the fair")

    def leave(self, person_id: str) -> None:
        """Somebody is gone: what they have is Ana's, who manages them or runs the meeting."""
        with self.liaison.transaction() as tx:
            tx.get_one(Person, (TEAM, person_id)).is_active = False
        standup.take_due_standups(self.liaison)
        with self.liaison.transaction() as tx:
            tx.get_one(Person, (TEAM, person_id)).is_active = True
        for entry in self.book.values():
            if entry.is_open and entry.owner == person_id:
                entry.owner = ANA

    def pass_days(self, days: int) -> None:
        """Time goes on from one due step to the next; nobody presses anything."""
        until = self.clock.now + days * DAY
        standup.take_due_standups(self.liaison)
        while (due := self._next_step()) and due <= until:
            self.clock.now = max(self.clock.now, due)
            standup.take_due_standups(self.liaison)
        self.clock.now = until

    def begin(self) -> None:
        """Go on to the next meeting, and turn a page; it runs from now on."""
        for _ in range(14):
            found = self._running()
            if found:
                running.turn(self.liaison, found.id, found.page, ANA)
                return
            standup.take_due_standups(self.liaison)
            self.clock.now = max(self.clock.now, self._next_step() or self.clock.now)
            standup.take_due_standups(self.liaison)

    def end(self) -> None:
        """End the meeting, if one runs."""
        if found := self._running():
            standup.end(self.liaison, found.id, ANA)

    def hold(self) -> None:
        self.begin()
        self.check_agenda()
        self.end()

    def _next_step(self) -> datetime | None:
        with self.liaison.reading() as tx:
            return tx.scalar(select(func.min(col(Occurrence.next_at))))

    def _running(self) -> Occurrence | None:
        with self.liaison.reading() as tx:
            current = ahead(tx, self.liaison, "standup")
        return current if current and current.state is State.RUNNING else None

    @staticmethod
    @contextmanager
    def _refused_if(is_refused: bool) -> Iterator[None]:
        """What is inside is refused in these cases, and in no other."""
        try:
            yield
        except Refused:
            assert is_refused
        else:
            assert not is_refused

    def check_agenda(self) -> None:
        """Every open item stands on the agenda once, in part one or among what is new."""
        with self.liaison.reading() as tx:
            current = ahead(tx, self.liaison, "standup")
            if current is None or current.state not in AHEAD:
                return
            shown, count = item_lists.on_agenda(tx, self.liaison, current, most=1000)
            added = item_lists.added_in(tx, self.liaison, current)
            paged: list[str] = []
            while len(paged) < len(self.book):
                found, _ = item_lists.open_items(tx, self.liaison, "standup", skipped=len(paged))
                paged += [facts.item.id for facts in found]
                if not found:
                    break
        open_now = {item for item, entry in self.book.items() if entry.is_open}
        standing = [f.item.id for f in (*shown, *added) if f.item.closed_at is None]
        assert Counter(standing) == Counter(open_now)
        assert Counter(paged) == Counter(open_now)
        assert count == len([f for f in shown if f.item.closed_at is None])
        assert all(facts.carries >= 0 for facts in shown)

    def check_rows(self) -> None:
        """Nothing that was ever added is gone, nothing is there that was not added, and each is
        whose and for when people said; what nobody had is somebody's once a meeting is over."""
        with self.liaison.reading() as tx:
            rows = {row.id: row for row in tx.scalars(select(ActionItem))}
            given = tx.scalars(
                select(col(ActionItemLine.item_id)).where(col(ActionItemLine.kind) == "given")
            ).all()
        assert rows.keys() == self.book.keys()
        for item, entry in self.book.items():
            row = rows[item]
            if item in given:
                assert row.owner_id
                assert row.due_on
                entry.owner, entry.due = entry.owner or row.owner_id, entry.due or row.due_on
            told = Entry(row.owner_id, row.due_on, row.closed_at is None)
            assert told == entry


@pytest.fixture(scope="module")
def engine(new_database: NewDatabase) -> Engine:
    engine = make_engine(new_database())
    migrate(engine)
    # Nothing here has to survive a power cut, and every act is a commit.
    event.listen(engine, "checkout", lambda raw, *_: raw.execute("PRAGMA synchronous=OFF"))
    return engine


def teams(engine: Engine) -> Teams:
    """Two teams on the database, in which there is nothing yet."""
    clock = Clock()
    liaison = Liaison(
        team_id=TEAM,
        engine=engine,
        shelf=Shelf(PLAYBOOK),
        rooms=Rooms("C1", {"standup": "C2"}),
        now=clock,
        wall=clock,
        something_to_tell=Event(),
    )
    with liaison.transaction() as tx:
        for table in (ActionItemLine, ActionItem, Message, Occurrence, Person, Workspace):
            tx.execute(delete(table))
        tx.add(Workspace(team_id=TEAM, name="T", bot_user_id="B", connected_at=FRIDAY))
        for person_id, name, team, role in (
            (ANA, "ana", "sales", "manager"),
            (BEN, "ben", "sales", "rep"),
            (IDA, "ida", "marketing", "manager"),
        ):
            tx.add(
                Person(
                    team_id=TEAM,
                    id=person_id,
                    name=name,
                    email=f"{name}@example.com",
                    timezone="UTC",
                    team=team,
                    roles=[role],
                    manager_id=ANA if person_id == BEN else None,
                )
            )
    return Teams(liaison, clock)


WHICH = st.integers(0, 20)
ACTS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from([ANA, BEN, IDA, None]), st.booleans()),
    st.tuples(st.just("tick"), WHICH),
    st.tuples(st.just("reopen"), WHICH),
    st.tuples(st.just("drop"), WHICH),
    st.tuples(st.just("redate"), WHICH, st.integers(1, 30)),
    st.tuples(st.just("reown"), WHICH, st.sampled_from([ANA, BEN, IDA])),
    st.tuples(st.just("begin")),
    st.tuples(st.just("end")),
    st.tuples(st.just("skip")),
    st.tuples(st.just("leave"), st.sampled_from([BEN, IDA])),
    st.tuples(st.just("pass"), st.integers(1, 8)),
)


EACH_ACT: list[tuple[object, ...]] = [
    ("add", BEN, True), ("reown", 0, IDA), ("drop", 0), ("reopen", 0), ("redate", 0, 5),
    ("tick", 0), ("begin",), ("end",),
]  # fmt: skip
MORE_THAN_A_PAGE: list[tuple[object, ...]] = [("begin",), *[("add", BEN, True)] * 12]


@example(EACH_ACT)
@example(MORE_THAN_A_PAGE)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ACTS, max_size=12))
def test_no_sequence_loses_an_item_or_has_one_twice(
    engine: Engine, acts: list[tuple[object, ...]]
) -> None:
    played = teams(engine)
    for act in acts:
        play(played, act)
        played.check_agenda()
        played.check_rows()


def play(played: Teams, act: tuple[object, ...]) -> None:
    items_so_far = list(played.book)
    match act:
        case ("add", owner, dated):
            played.add(owner if isinstance(owner, str) else None, dated=bool(dated))
        case ("begin",):
            played.begin()
        case ("end",):
            played.end()
        case ("skip",):
            played.skip()
        case ("leave", str(person_id)):
            played.leave(person_id)
        case ("pass", int(days)):
            played.pass_days(days)
        case (str(change), int(which), *rest) if items_so_far:
            getattr(played, change)(items_so_far[which % len(items_so_far)], *rest)


def test_a_new_day_or_owner_counts_the_carries_anew_and_a_tick_taken_back_does_not(
    engine: Engine,
) -> None:
    played = teams(engine)
    played.add(BEN, dated=True)
    played.hold()
    played.hold()
    (item,) = played.book
    carried = look(played, item)
    items.done(played.liaison, item, ANA)
    items.reopen(played.liaison, item, ANA)
    again = look(played, item)

    items.decide(played.liaison, item, ANA, Verdict("reown", owner=IDA))

    assert (carried.carries, again.carries) == (CARRIES, CARRIES)
    assert look(played, item).carries == 0


def test_a_meeting_nobody_pressed_anything_in_carries_nothing(engine: Engine) -> None:
    played = teams(engine)
    played.add(BEN, dated=True)
    played.pass_days(14)
    (item,) = played.book

    assert look(played, item).carries == 0


def test_minutes_that_are_told_anew_count_what_the_meeting_left_open(engine: Engine) -> None:
    played = teams(engine)
    played.add(BEN, dated=True)
    played.hold()
    (item,) = played.book
    then = minutes.last(played.liaison, "C2", IDA).text
    played.clock.now += DAY
    items.done(played.liaison, item, ANA)

    assert "1 action item open" in then
    assert minutes.last(played.liaison, "C2", IDA).text == then


def test_a_form_names_all_that_is_wrong_at_once(engine: Engine) -> None:
    played = teams(engine)
    yesterday = (FRIDAY.date() - DAY).isoformat()

    with pytest.raises(Refused) as refused:
        items.add(played.liaison, "standup", ANA, Wish("", "U9", yesterday))

    assert str(refused.value) == (
        "Write what somebody does. Choose somebody the playbook lists. "
        "Choose a day from today on, within a year."
    )


def test_somebody_elses_item_is_ticked_by_them_their_manager_or_whoever_runs_it(
    engine: Engine,
) -> None:
    played = teams(engine)
    played.add(IDA, dated=True)
    (item,) = played.book

    with pytest.raises(Refused):
        items.done(played.liaison, item, BEN)

    assert items.done(played.liaison, item, ANA).closed_by == ANA
    with pytest.raises(Refused) as again:
        items.done(played.liaison, item, IDA)
    assert str(again.value) == "ana ticked this one already."


def look(played: Teams, item: str) -> ItemFacts:
    return items.look(played.liaison, item, ANA)[0]
