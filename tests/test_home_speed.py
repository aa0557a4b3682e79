"""App Home with 10,000 open hand-offs: how many statements, by which indexes, how much slower."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import Connection, Engine, event, insert, text

from bot.core.lifecycle import Stage
from bot.db import make_engine
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Handoff, Lead, Person, Run
from bot.playbook import Playbook
from bot.services import home
from tests.conftest import NewDatabase
from tests.office import MONDAY_TEN
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

TEAM, BEN = "T1", "U1"
MOST = 0.3
"""Seconds a Home may take."""
FEW, MANY = 100, 10_000


@dataclass
class Asked:
    """The statements that ran while it was listening."""

    engine: Engine
    statements: list[tuple[str, object]] = field(default_factory=list)

    def listen(self) -> "Asked":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def _note(
        self, _c: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            self.statements.append((statement, values))


def liaison_with(url: str, leads: int) -> Liaison:
    """A workspace in which half the open hand-offs are Ben's and half are in the queue."""
    engine = make_engine(url)
    with engine.begin() as connection:
        fill(connection, leads)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    shelf, rooms = Shelf(Playbook()), Rooms("C1")
    return Liaison(TEAM, engine, shelf, rooms, lambda: MONDAY_TEN, lambda: MONDAY_TEN)


def fill(connection: Connection, leads: int) -> None:
    person = Person(team_id=TEAM, id=BEN, name="Ben", email=None, timezone="UTC")
    person.team, person.roles = "sales", ["rep"]
    connection.execute(insert(Person), [person.model_dump()])
    every = range(leads)
    connection.execute(insert(Lead), [LEAD | {"id": f"l{n}", "lead_key": f"id:{n}"} for n in every])
    connection.execute(insert(Handoff), [handoff(n) for n in every])
    connection.execute(insert(Run), [run(n) for n in every if n % 2])


LEAD = Lead(team_id=TEAM, id="", lead_key="", company="Acme", created_at=MONDAY_TEN).model_dump()
HANDOFF = Handoff(
    team_id=TEAM, id="", lead_id="", stage=Stage.NEW, grade="A",
    handed_at=MONDAY_TEN, received_at=MONDAY_TEN,
).model_dump()  # fmt: skip
RUN = Run(
    team_id=TEAM, handoff_id="", number=1, actor_id=BEN, why="owner", allowance="1h"
).model_dump()


def handoff(n: int) -> dict[str, object]:
    mine = {"actor_id": BEN, "runs": 1} if n % 2 else {}
    return HANDOFF | {"id": f"h{n:05}", "lead_id": f"l{n}", "due_at": due(n)} | mine


def run(n: int) -> dict[str, object]:
    return RUN | {"handoff_id": f"h{n:05}", "started_at": MONDAY_TEN, "due_at": due(n)}


def due(n: int) -> datetime:
    """From two days ago to two days ahead."""
    return MONDAY_TEN + timedelta(minutes=(n * 7) % 5760 - 2880)


@pytest.fixture(scope="module")
def few(new_database: NewDatabase) -> Iterator[Liaison]:
    liaison = liaison_with(new_database(), FEW)
    yield liaison
    liaison.engine.dispose()


@pytest.fixture(scope="module")
def many(new_database: NewDatabase) -> Iterator[Liaison]:
    liaison = liaison_with(new_database(), MANY)
    yield liaison
    liaison.engine.dispose()


def seconds(liaison: Liaison) -> float:
    """The median of some renderings, after one that warms up."""
    took = []
    for _ in range(8):
        began = perf_counter()
        with liaison.reading() as tx:
            home.render(liaison, tx, BEN, {}, MONDAY_TEN)
        took.append(perf_counter() - began)
    return median(took[1:])


def test_with_a_hundred_times_the_leads_a_home_stays_fast(few: Liaison, many: Liaison) -> None:
    small, large = seconds(few), seconds(many)

    assert large < MOST
    assert large / small < 10, f"{large / small:.1f} times as long for 100 times the leads"


def test_the_number_of_statements_does_not_grow(few: Liaison, many: Liaison) -> None:
    counts = []
    for liaison in (few, many):
        asked = Asked(liaison.engine).listen()
        with liaison.reading() as tx:
            home.render(liaison, tx, BEN, {"queue": 1}, MONDAY_TEN)
        counts.append(len(asked.statements))

    assert counts[0] == counts[1] <= 9


def test_every_statement_goes_by_an_index(many: Liaison) -> None:
    asked = Asked(many.engine).listen()
    with many.reading() as tx:
        home.render(many, tx, BEN, {}, MONDAY_TEN)

    is_sqlite = many.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    scan = r"SCAN (?!CONSTANT)\S+" if is_sqlite else r"Seq Scan on \S+"
    for statement, values in list(asked.statements):
        with many.engine.connect() as connection:
            if not is_sqlite:
                # It rightly reads all of a table when half of it is asked for, or when it is tiny.
                connection.execute(text("SET enable_seqscan = off"))
            plan = connection.exec_driver_sql(explain + statement, values).all()  # type: ignore[arg-type]
        told = "\n".join(str(row[-1]) for row in plan)
        assert not re.search(scan, told), f"{statement}\n{told}"
