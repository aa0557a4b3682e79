"""The rules never broken, over made-up teams, calendars and weeks: see `rules.Watch`."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from bot.db import make_engine, migrate
from bot.models import MessageKind
from bot.services import followups, handoffs, hands
from tests.promises.acts import ACTS, Act, Story
from tests.promises.floor import Colleague, Floor
from tests.promises.rules import Watch

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")
HOURS = (
    "Mo-Fr 09:00-17:00",
    "Mo-Th 08:00-12:00,13:00-16:30",
    "Tu-Sa 14:00-22:00",
    "Mo-Fr 22:00-06:00",
)
STARTS = (
    datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    datetime(2026, 10, 23, 12, 0, tzinfo=UTC),  # clocks change on the next two Sundays
    datetime(2026, 3, 6, 15, 0, tzinfo=UTC),
)
CLOSED = ("2026-11-24", "2026-11-26", "2026-10-26", "2026-03-09")
GAPS = (0, 0, 3, 20, 31, 50, 65, 130, 300, 700, 1440, 4320)
"""Minutes between two acts."""
PLAYBOOKS = (
    "",
    "[attention]\ncap = 1",
    "[routing]\nround_robin = true",
    '[routing]\nround_robin = true\n[[routing.rules]]\ngrade = "D"\nto = "queue"',
    "[attention]\nbrief = false",
)

_numbers = count()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One file for all stories. Nobody cuts the power here, so it need not be flushed."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('promises') / 'liaison.db'}")
    event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF")
    )
    migrate(engine)
    yield engine
    engine.dispose()


@st.composite
def teams(draw: st.DrawFn) -> list[Colleague]:
    """Two or three reps and, mostly, a manager; marketing's manager; an admin."""
    manager = draw(st.sampled_from(["ANA", "ANA", None]))

    def one(name: str, team: str, role: str, above: str | None = None) -> Colleague:
        closed = draw(st.lists(st.sampled_from(CLOSED), max_size=2, unique=True))
        zone, hours = draw(st.sampled_from(ZONES)), draw(st.sampled_from(HOURS))
        return Colleague(name, team, role, zone, hours, tuple(sorted(closed)), above)

    reps = ["BEN", "CHLOE", "DEV"][: draw(st.integers(2, 3))]
    managers = [one(manager, "sales", "manager")] if manager else []
    others = [one("IDA", "marketing", "manager"), one("PIA", "marketing", "admin")]
    return [*(one(rep, "sales", "rep", manager) for rep in reps), *managers, *others]


acts = st.builds(
    Act,
    after=st.sampled_from(GAPS).map(lambda minutes: timedelta(minutes=minutes)),
    is_asleep=st.sampled_from([False, False, False, True]),
    what=st.sampled_from([*ACTS, *["hand_over"] * 6, *["touch", "slack_down"] * 2]),
    who=st.integers(0, 5),
    lead=st.integers(0, 5),
    how=st.integers(0, 11),
)


def put_off_first(how: int, minutes: int) -> list[Act]:
    """A lead that is hot, snoozed for hours before its first reminder is due, and then one act
    more: left to chance that is too rare to show whether a snooze keeps anything back."""
    at_once, later = timedelta(0), timedelta(minutes=minutes)
    return [
        Act(at_once, False, "hand_over", 0, 0, how=how - how % 4),
        Act(at_once, False, "put_off", 0, lead=-1, how=1),
        Act(later, False, "accept", 0, lead=-1, how=1),
    ]


episodes = st.one_of(
    *[acts.map(lambda act: [act])] * 5,
    st.builds(put_off_first, how=st.integers(0, 7), minutes=st.sampled_from(GAPS)),
)


@given(
    team=teams(),
    start=st.sampled_from(STARTS),
    more=st.sampled_from(PLAYBOOKS),
    what_happens=st.lists(episodes, min_size=4, max_size=14),
)
@settings(
    max_examples=int(os.environ.get("STORIES", "25")),
    derandomize="STORIES" not in os.environ,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@pytest.mark.timeout(0 if "STORIES" in os.environ else 300)
def test_whatever_happens_every_promise_is_kept(
    engine: Engine, team: list[Colleague], start: datetime, more: str, what_happens: list[list[Act]]
) -> None:
    """`make promises STORIES=500` makes up other stories, and more of them."""
    floor = new_floor(engine, team, start, more)
    watch = Watch(floor)
    story = Story(floor, watch)
    for act in chain.from_iterable(what_happens):
        story.play(act)
        assert watch.broken == []
    watch.end()
    assert watch.broken == []


BEN = Colleague("BEN", "sales", "rep", "Europe/Berlin", "Mo-Fr 09:00-17:00")
IDA = Colleague("IDA", "marketing", "manager", "Europe/Berlin", "Mo-Fr 09:00-17:00")
MONDAY_EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def hand_over(floor: Floor, number: int, owner: str | None) -> str:
    receipt = floor.tell(
        lead_id=f"lead-{number}",
        company=f"Acme {number}",
        grade="A",
        owner=owner,
        occurred_at=floor.now.isoformat(),
    )
    floor.carry()
    assert receipt.handoff_id
    return receipt.handoff_id


def told(floor: Floor, kind: MessageKind) -> list[datetime]:
    return [posted.at for posted in floor.posted if posted.kind is kind]


def test_an_answer_that_slack_takes_hours_later_waits_for_its_readers_morning(
    engine: Engine,
) -> None:
    floor = new_floor(engine, [BEN, IDA], MONDAY_EVENING)
    handoff = hand_over(floor, 101, None)
    floor.slack.is_down = True
    handoffs.claim(floor.liaison, handoff, "BEN")
    floor.advance(MONDAY_EVENING + timedelta(hours=3))

    floor.slack.is_down = False
    floor.tick()
    assert told(floor, MessageKind.LEAD_DM) == []
    floor.advance(TUESDAY_NINE + timedelta(minutes=1))

    assert told(floor, MessageKind.LEAD_DM) == [TUESDAY_NINE]


def test_what_slack_takes_only_after_hours_waits_for_the_morning(engine: Engine) -> None:
    floor = new_floor(engine, [BEN, IDA], TUESDAY_NINE + timedelta(hours=7, minutes=20))
    hand_over(floor, 101, BEN.email)
    floor.slack.is_down = True
    floor.advance(TUESDAY_NINE + timedelta(hours=7, minutes=55))
    assert [row.hold_until for row in floor.messages() if row.kind is MessageKind.NUDGE] == [None]
    floor.advance(TUESDAY_NINE + timedelta(hours=9))

    floor.slack.is_down = False
    floor.tick()
    assert told(floor, MessageKind.NUDGE) == []
    floor.advance(TUESDAY_NINE + timedelta(days=1))

    assert told(floor, MessageKind.NUDGE) == [TUESDAY_NINE + timedelta(days=1)]


def test_free_colleagues_are_asked_only_after_the_brief_that_warns_was_read(
    engine: Engine,
) -> None:
    floor = new_floor(engine, [BEN, IDA], TUESDAY_NINE, "[attention]\ncap = 1")
    hand_over(floor, 101, None)
    floor.advance(TUESDAY_NINE + timedelta(hours=1))
    for number in (102, 103):
        hand_over(floor, number, BEN.email)

    floor.advance(TUESDAY_NINE + timedelta(hours=7))
    assert told(floor, MessageKind.NUDGE) == told(floor, MessageKind.ANYONE) == []

    wednesday_nine = TUESDAY_NINE + timedelta(days=1)
    floor.advance(wednesday_nine + timedelta(minutes=40))
    assert wednesday_nine in told(floor, MessageKind.BRIEF)
    assert len(told(floor, MessageKind.ANYONE)) == 2
    assert min(told(floor, MessageKind.ANYONE)) >= wednesday_nine + timedelta(minutes=30)


def test_what_was_one_too_many_today_stands_in_tomorrows_brief(engine: Engine) -> None:
    chloe = Colleague("CHLOE", "sales", "rep", "Europe/Berlin", "Mo-Fr 09:00-17:00")
    cap = "[attention]\ncap = 1"
    floor = new_floor(engine, [BEN, chloe, IDA], TUESDAY_NINE + timedelta(hours=1), cap)
    handoff = hand_over(floor, 101, BEN.email)
    hands.offer(floor.liaison, handoff, "BEN", "CHLOE", None)
    hands.take(floor.liaison, handoff, "CHLOE")
    followups.log_touch(floor.liaison, handoff, "CHLOE", "spoke")
    floor.carry()
    assert told(floor, MessageKind.NOTE) == []

    floor.advance(TUESDAY_NINE + timedelta(days=1))

    briefs = [posted.text for posted in floor.posted if posted.kind is MessageKind.BRIEF]
    assert any("Acme 101*: Chloe took it over." in text for text in briefs)


def new_floor(engine: Engine, team: list[Colleague], start: datetime, more: str = "") -> Floor:
    """A workspace of its own in the one database."""
    return Floor(engine, f"T{next(_numbers):09}", team, start, more)
