"""App Home with 10,000 open hand-offs: how many statements, by which indexes, how much slower."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    String,
    Table,
    case,
    cast,
    column,
    event,
    insert,
    literal,
    select,
    text,
)
from sqlmodel import SQLModel

from bot.core.lifecycle import Stage
from bot.db import make_engine
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Handoff, Lead, Person, Run
from bot.playbook import Playbook
from bot.playbook.sections import Role
from bot.services import home
from bot.sqlite import learn_sizes
from bot.views.home import TAB
from tests.conftest import NewDatabase
from tests.office import MONDAY_TEN
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

TEAM, BEN = "T1", "U1"
MOST = 0.3
"""Seconds a Home may take."""
OTHER_TABS = (1, 2, 3)
MOST_STATEMENTS = {0: 9, 1: 9, 2: 5, 3: 27}
"""By tab: leads, team, disputes, set-up, which looks at every part of the app."""
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
    if engine.dialect.name == "postgresql":  # its autovacuum would do it, but later
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    learn_sizes(engine)
    shelf, rooms = Shelf(Playbook()), Rooms("C1")
    return Liaison(TEAM, engine, shelf, rooms, lambda: MONDAY_TEN, lambda: MONDAY_TEN)


def fill(connection: Connection, leads: int) -> None:
    """Made by the database itself, which is many times faster than row by row."""
    person = Person(team_id=TEAM, id=BEN, name="Ben", email=None, timezone="UTC")
    person.team, person.roles, person.manager_id = "sales", [*Role], BEN
    connection.execute(insert(Person), [person.model_dump()])
    made(connection, Lead, LEAD | {"id": text_of("l"), "lead_key": text_of("id:")}, leads)
    own = NUMBER % 2 == 1
    changes = {"id": text_of("h"), "lead_id": text_of("l"), "due_at": due()}
    given = {"actor_id": case((own, BEN)), "runs": case((own, 1), else_=0)}
    made(connection, Handoff, HANDOFF | changes | given, leads)
    ran = {"handoff_id": text_of("h"), "started_at": MONDAY_TEN, "due_at": due()}
    made(connection, Run, RUN | ran, leads, own)


NUMBER: ColumnClause[int] = column("n", Integer)


def made(
    connection: Connection,
    table: type[SQLModel],
    values: dict[str, object],
    most: int,
    which: ColumnElement[bool] | None = None,
) -> None:
    """A row for each number, or for those wanted."""
    first = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < most - 1))
    of = table_of(table)
    columns = [
        literal(value, of.c[name].type) if not isinstance(value, ColumnElement) else value
        for name, value in values.items()
    ]
    wanted = select(*columns).select_from(numbers)
    if which is not None:
        wanted = wanted.where(which)
    connection.execute(insert(of).from_select([*values], wanted))


def text_of(prefix: str) -> ColumnElement[str]:
    return literal(prefix) + cast(NUMBER, String)


def due() -> ColumnElement[datetime]:
    """From two days ago to two days ahead."""
    at = [MONDAY_TEN + timedelta(hours=hours) for hours in range(-48, 49, 6)]
    kind = table_of(Handoff).c.due_at.type
    return case({n: literal(when, kind) for n, when in enumerate(at)}, value=NUMBER % len(at))


def table_of(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


LEAD = Lead(team_id=TEAM, id="", lead_key="", company="Acme", created_at=MONDAY_TEN).model_dump()
HANDOFF = Handoff(
    team_id=TEAM, id="", lead_id="", stage=Stage.NEW, grade="A",
    handed_at=MONDAY_TEN, received_at=MONDAY_TEN,
).model_dump()  # fmt: skip
RUN = Run(
    team_id=TEAM, handoff_id="", number=1, actor_id=BEN, why="owner", allowance="1h"
).model_dump()


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


def seconds(liaison: Liaison, tab: int = 0) -> float:
    """The median of some renderings, after one that warms up."""
    took = []
    for _ in range(8):
        began = perf_counter()
        with liaison.reading() as tx:
            home.render(liaison, tx, BEN, {TAB: tab}, MONDAY_TEN)
        took.append(perf_counter() - began)
    return median(took[1:])


def test_with_a_hundred_times_the_leads_a_home_stays_fast(few: Liaison, many: Liaison) -> None:
    small, large = seconds(few), seconds(many)

    assert large < MOST
    assert large / small < 10, f"{large / small:.1f} times as long for 100 times the leads"


@pytest.mark.parametrize("tab", OTHER_TABS)
def test_every_other_tab_is_as_fast(many: Liaison, tab: int) -> None:
    assert seconds(many, tab) < MOST


@pytest.mark.parametrize("tab", MOST_STATEMENTS)
def test_the_number_of_statements_does_not_grow(few: Liaison, many: Liaison, tab: int) -> None:
    counts = []
    for liaison in (few, many):
        asked = Asked(liaison.engine).listen()
        with liaison.reading() as tx:
            home.render(liaison, tx, BEN, {TAB: tab, "queue": 1}, MONDAY_TEN)
        counts.append(len(asked.statements))

    assert counts[0] == counts[1] <= MOST_STATEMENTS[tab]


def test_every_statement_goes_by_an_index(many: Liaison) -> None:
    asked = Asked(many.engine).listen()
    for tab in (0, 1, 2):
        with many.reading() as tx:
            home.render(many, tx, BEN, {TAB: tab}, MONDAY_TEN)

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
