"""How long `/alignment-standup` takes with a million hand-offs and ten thousand open action items.

python -m bench.standup [hand-offs] [action items]

Every use case behind the command is timed twenty times, on a SQLite file and on PostgreSQL. Then a
bot is started on each, and a person in the sandbox types: from the Enter to the answer, and to
Slack's acknowledgement.
"""

import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlmodel import SQLModel

from bot.core.lifecycle import Stage
from bot.db import make_engine, migrate
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import ActionItem, Handoff, Lead, Person, Run, Workspace
from bot.playbook import Playbook
from bot.services import agenda, item_lists, items, minutes, standup, topics
from bot.sqlite import learn_sizes
from sandbox.people import TEAM_ID
from sandbox.server import Sandbox
from tests.office import ANA, MANIFEST, PACE, Office, settings_for
from tests.office import PLAYBOOK as OFFICE_PLAYBOOK
from tests.postgres import Postgres

TEAM, CHANNEL, KEY = TEAM_ID, "C0STANDUP00", 9
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPEN_SHARE, TIMES, BASE, LIMIT = 20, 20, 10_000, 3.0
REASONS = ("not_a_fit", "wrong_data", "no_need", "no_budget", "no_response")
PLAYBOOK = Playbook.parse('[channels]\nstandup = "#standup"\n')
TYPED = ("", "items", "minutes", "decisions form", "add why do trials stop?")
TYPED_TIMES = 5


def main() -> int:
    """The exit code says whether something took longer than Slack waits."""
    logging.disable(logging.ERROR)  # two hundred people are in the database and not in Slack
    handoffs, todo = (int(given) for given in (*sys.argv[1:3], "1000000", "10000")[:2])
    slowest = 0.0
    with _databases() as urls:
        for name, url in urls.items():
            engine = make_engine(url)
            migrate(engine)
            began = time.perf_counter()
            _fill(engine, handoffs, todo)
            took = time.perf_counter() - began
            print(f"{name}: {handoffs:,} hand-offs, {todo:,} open action items, in {took:.0f} s")
            slowest = max(slowest, _measure(_liaison(engine)))
            engine.dispose()
            slowest = max(slowest, _type(url))
    return int(slowest > LIMIT)


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """An empty one of each kind, which goes again."""
    with TemporaryDirectory(prefix="liaison-") as folder:
        server = Postgres(Path(folder) / "postgres")
        try:
            yield {"SQLite": f"sqlite:///{folder}/bench.db", "PostgreSQL": server.fresh()}
        finally:
            server.stop()


def _type(url: str) -> float:
    """The longest that a person waits for an answer, over the wire."""
    slowest = 0.0
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(NOW)
        settings = replace(settings_for(sandbox, url), liaison_playbook=OFFICE_PLAYBOOK)
        office = Office(sandbox, settings)
        office.open()
        try:
            for words in TYPED:
                waited = [_wait(office, words) for _ in range(TYPED_TIMES)]
                answered = sorted(each[0] for each in waited)
                acked = max(each[1] for each in waited)
                slowest = max(slowest, answered[-1])
                _tell(f"typed: {words or '(bare)'}", answered, f"acknowledged in {acked:.0f} ms")
        finally:
            office.close()
    return slowest


def _wait(office: Office, words: str) -> tuple[float, float]:
    """Seconds to the answer, milliseconds to the acknowledgement."""
    control = office.control
    before = {message["ts"] for message in control.messages(CHANNEL)}
    began = time.perf_counter()
    answer = control.command(ANA, CHANNEL, "/alignment-standup", words)
    control.message(CHANNEL, lambda m: m["ephemeral_to"] == ANA and m["ts"] not in before)
    return time.perf_counter() - began, float(answer["ms"])


def _tell(name: str, seconds: list[float], more: str = "") -> None:
    """`seconds` are sorted."""
    median, slowest = statistics.median(seconds) * 1000, seconds[-1] * 1000
    print(f"{name:34} median {median:8.1f} ms, slowest {slowest:8.1f} ms {more}".rstrip())


def _liaison(engine: Engine) -> Liaison:
    return Liaison(
        team_id=TEAM,
        engine=engine,
        shelf=Shelf(PLAYBOOK),
        rooms=Rooms("C1", {"standup": CHANNEL}),
        now=lambda: NOW,
        wall=lambda: NOW,
    )


def _measure(liaison: Liaison) -> float:
    standup.take_due_standups(liaison)
    asked: dict[str, Callable[[], object]] = {
        "the draft of the agenda": lambda: agenda.for_command(liaison, CHANNEL, "U0"),
        "own items": lambda: item_lists.of_person(liaison, CHANNEL, "U1"),
        "all items, last page": lambda: item_lists.page(liaison, "standup", 10**6),
        "add a topic": lambda: topics.add_topic(liaison, "standup", "U1", "why?"),
        "add an item": lambda: items.add(liaison, "standup", "U1", items.Wish("Do it", "U1")),
        "decisions": lambda: minutes.search(liaison, CHANNEL, "U1", "form"),
        "a tick of the clock": lambda: standup.take_due_standups(liaison),
    }
    slowest = 0.0
    for name, ask in asked.items():
        took = sorted(_seconds(ask) for _ in range(TIMES))
        slowest = max(slowest, took[-1])
        _tell(name, took)
    return slowest


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _fill(engine: Engine, handoffs: int, todo: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(Workspace),
            {"team_id": TEAM, "name": "T", "bot_user_id": "B", "connected_at": NOW, "turns": 0},
        )
        for number in range(200):
            role = "manager" if number == 0 else "rep"
            person = Person(
                team_id=TEAM, id=f"U{number}", name=f"Person {number}", email=f"p{number}@x.org",
                timezone="UTC", team="sales", roles=[role],
            )  # fmt: skip
            connection.execute(insert(Person), person.model_dump())
    base = min(BASE, handoffs)
    with engine.begin() as connection:
        for table, make in ((Lead, _lead), (Handoff, _handoff), (Run, _run)):
            connection.execute(insert(table), [make(n).model_dump() for n in range(base)])
        connection.execute(insert(ActionItem), [_item(n).model_dump() for n in range(todo)])
    for copy in range(1, handoffs // base):
        with engine.begin() as connection:
            for table in (Lead, Handoff, Run):
                _multiply(connection, table, copy, base)
    if not learn_sizes(engine):
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def _multiply(connection: Connection, table: type[SQLModel], copy: int, base: int) -> None:
    """The first rows once more, under keys of their own."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel sets it, untyped
    keys = {"id", "lead_id", "lead_key", "handoff_id"}
    copied = [column + f"-{copy}" if column.name in keys else column for column in columns]
    key = columns["handoff_id" if table is Run else "id"]
    first = (key < f"{base:09}") & (func.length(key) == KEY)
    connection.execute(
        insert(table).from_select(list(columns.keys()), select(*copied).where(first))
    )


def _at(number: int) -> datetime:
    """Spread over three years until now."""
    return NOW - timedelta(minutes=(number * 7919) % (3 * 365 * 24 * 60) + 1)


def _lead(number: int) -> Lead:
    key = f"{number:09}"
    return Lead(team_id=TEAM, id=key, lead_key=f"id:{key}", company=f"C {key}", created_at=NOW)


def _is_open(number: int) -> bool:
    return number % OPEN_SHARE == 0


def _handoff(number: int) -> Handoff:
    came, key = _at(number), f"{number:09}"
    handoff = Handoff(
        team_id=TEAM, id=key, lead_id=key, stage=Stage.NEW, owner_id=f"U{number % 200}",
        actor_id=f"U{number % 200}", grade="B", campaign=f"Campaign {number % 60}", handed_at=came,
        received_at=came, shown_at=came, runs=1,
    )  # fmt: skip
    if _is_open(number):
        handoff.silent_since = came if number % (3 * OPEN_SHARE) == 0 else None
        return handoff
    handoff.stage = Stage.REJECTED
    handoff.outcome = REASONS[number % len(REASONS)]
    handoff.closed_at = handoff.outcome_at = handoff.touched_at = came
    return handoff


def _run(number: int) -> Run:
    came = _at(number)
    run = Run(
        team_id=TEAM, handoff_id=f"{number:09}", number=1, actor_id=f"U{number % 200}",
        why="owner", allowance="4h", started_at=came, due_at=came + timedelta(hours=4),
    )  # fmt: skip
    if not _is_open(number):
        run.answered_at = run.ended_at = came
    return run


def _item(number: int) -> ActionItem:
    at = NOW - timedelta(minutes=number)
    return ActionItem(
        team_id=TEAM, id=f"{number:09}", meeting="standup", words=f"Item {number}",
        owner_id=f"U{number % 200}", due_on=at.date(), created_at=at, created_by="U0",
        counts_from=at,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
