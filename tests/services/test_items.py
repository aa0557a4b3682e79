"""No sequence of what people do with action items loses one, or has one twice.

Played through the use cases on a database of its own, without Slack: thousands of steps a second
would be too many for a wire.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, func, select
from sqlmodel import col

from bot.core.standup import AHEAD, CARRIES, State
from bot.db import make_engine, migrate
from bot.errors import Refused
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import ActionItem, ActionItemLine, Message, Occurrence, Person, Workspace
from bot.playbook import Playbook
from bot.services import agenda, items, standup
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
class Expected:
    """What people did, kept beside the database: the book that the agendas are checked against."""

    is_open: dict[str, bool] = field(default_factory=dict)


@dataclass
class Teams:
    """Two teams and a meeting, and the two books about their action items."""

    liaison: Liaison
    clock: Clock
    book: Expected = field(default_factory=Expected)

    def add(self, owner: str | None, *, dated: bool) -> None:
        due = (self.clock.now + 3 * DAY).date().isoformat() if dated else None
        wish = Wish(f"Item {len(self.book.is_open)}", owner, due)
        running = self._running()
        added = items.add(self.liaison, "standup", ANA, wish, running.id if running else None)
        self.book.is_open[added] = True

    def tick(self, which: int) -> None:
        self._change(which, lambda item: items.done(self.liaison, item, ANA), opens=False)

    def reopen(self, which: int) -> None:
        self._change(which, lambda item: items.reopen(self.liaison, item, ANA), opens=True)

    def drop(self, which: int) -> None:
        verdict = Verdict("drop", reason="The campaign is over.")
        self._change(
            which, lambda item: items.decide(self.liaison, item, ANA, verdict), opens=False
        )

    def redate(self, which: int, days: int) -> None:
        due = (self.clock.now + days * DAY).date().isoformat()
        verdict = Verdict("redate", due=due)
        self._change(which, lambda item: items.decide(self.liaison, item, ANA, verdict))

    def reown(self, which: int, owner: str) -> None:
        verdict = Verdict("reown", owner=owner)
        self._change(which, lambda item: items.decide(self.liaison, item, ANA, verdict))

    def pass_days(self, days: int) -> None:
        """Time goes on from one due step to the next; nobody presses anything."""
        until = self.clock.now + days * DAY
        standup.take_due_standups(self.liaison)
        while (due := self._next_step()) and due <= until:
            self.clock.now = max(self.clock.now, due)
            standup.take_due_standups(self.liaison)
        self.clock.now = until

    def hold(self) -> None:
        """Go on to the next meeting, turn a page, and end it."""
        for _ in range(14):
            running = self._running()
            if running:
                agenda.turn(self.liaison, running.id, running.page, ANA)
                self.check_agenda()
                standup.end(self.liaison, running.id, ANA)
                return
            standup.take_due_standups(self.liaison)
            self.clock.now = max(self.clock.now, self._next_step() or self.clock.now)
            standup.take_due_standups(self.liaison)

    def _next_step(self) -> datetime | None:
        with self.liaison.reading() as tx:
            return tx.scalar(select(func.min(col(Occurrence.next_at))))

    def _running(self) -> Occurrence | None:
        with self.liaison.reading() as tx:
            current = ahead(tx, self.liaison, "standup")
        return current if current and current.state is State.RUNNING else None

    def _change(
        self, which: int, act: Callable[[str], object], *, opens: bool | None = None
    ) -> None:
        if not self.book.is_open:
            return
        item = list(self.book.is_open)[which % len(self.book.is_open)]
        try:
            act(item)
        except Refused:
            return
        if opens is not None:
            self.book.is_open[item] = opens

    def check_agenda(self) -> None:
        """Every open item stands on the agenda once, in part one or among what is new."""
        with self.liaison.reading() as tx:
            current = ahead(tx, self.liaison, "standup")
            if current is None or current.state not in AHEAD:
                return
            shown, count = items.on_agenda(tx, self.liaison, current, most=1000)
            added = items.added_in(tx, self.liaison, current)
            paged: list[str] = []
            while len(paged) < len(self.book.is_open):
                found, _ = items.open_items(tx, self.liaison, "standup", skipped=len(paged))
                paged += [facts.item.id for facts in found]
                if not found:
                    break
        open_now = {item for item, is_open in self.book.is_open.items() if is_open}
        standing = [f.item.id for f in (*shown, *added) if f.item.closed_at is None]
        assert Counter(standing) == Counter(open_now)
        assert Counter(paged) == Counter(open_now)
        assert count == len([f for f in shown if f.item.closed_at is None])
        assert all(facts.carries >= 0 for facts in shown)

    def check_owners(self) -> None:
        """Nothing that was ever added is gone, and nothing is there that was not added."""
        with self.liaison.reading() as tx:
            rows = tx.scalars(select(ActionItem)).all()
        assert {row.id: row.closed_at is None for row in rows} == self.book.is_open


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
    st.tuples(st.just("hold")),
    st.tuples(st.just("pass"), st.integers(1, 8)),
)


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
        played.check_owners()


def play(played: Teams, act: tuple[object, ...]) -> None:
    match act:
        case ("add", owner, dated):
            played.add(owner if isinstance(owner, str) else None, dated=bool(dated))
        case ("tick", int(which)):
            played.tick(which)
        case ("reopen", int(which)):
            played.reopen(which)
        case ("drop", int(which)):
            played.drop(which)
        case ("redate", int(which), int(days)):
            played.redate(which, days)
        case ("reown", int(which), str(owner)):
            played.reown(which, owner)
        case ("hold",):
            played.hold()
        case ("pass", int(days)):
            played.pass_days(days)


def test_a_new_day_or_owner_counts_the_carries_anew_and_a_tick_taken_back_does_not(
    engine: Engine,
) -> None:
    played = teams(engine)
    played.add(BEN, dated=True)
    played.hold()
    played.hold()
    (item,) = played.book.is_open
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
    (item,) = played.book.is_open

    assert look(played, item).carries == 0


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
    (item,) = played.book.is_open

    with pytest.raises(Refused):
        items.done(played.liaison, item, BEN)

    assert items.done(played.liaison, item, ANA).closed_by == ANA
    with pytest.raises(Refused) as again:
        items.done(played.liaison, item, IDA)
    assert str(again.value) == "ana ticked this one already."


def look(played: Teams, item: str) -> ItemFacts:
    return items.look(played.liaison, item, ANA)[0]
