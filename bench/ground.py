"""Databases with so many open hand-offs in them, whose next steps lie ahead.

On the disk of the checkout and not in a temporary folder, which may be memory: a commit has to
reach a disk here, on both sides of every comparison.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, insert, text
from sqlmodel import SQLModel

from bot.clock import wall
from bot.core.lifecycle import Stage
from bot.db import make_engine, migrate, table_of
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Handoff, Lead, Person, Run, Workspace
from bot.playbook import Playbook
from bot.sqlite import empty_log, learn_sizes
from sandbox.people import TEAM_ID, person_id
from tests.postgres import Postgres

HOME = Path("build/bench")
BEN = person_id("ben")
NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
"""A Monday, inside everybody's hours."""
SEED = 1_000
"""Hand-offs that are written one by one; the database makes the others of them."""
KEYS = {"id", "lead_id", "lead_key", "handoff_id"}
PLAYBOOK = """
[[people]]
email = "ben@example.com"
team = "sales"
roles = ["rep"]
"""


def liaison_on(engine: Engine) -> Liaison:
    shelf = Shelf(Playbook.parse(PLAYBOOK))
    return Liaison(TEAM_ID, engine, shelf, Rooms("C0LEADS"), now=lambda: NOW, wall=wall)


@contextmanager
def filled(engine_name: str, handoffs: int) -> Iterator[Liaison]:
    """One on "sqlite" or "postgresql", gone with the block."""
    with ground(engine_name, handoffs) as url:
        engine = make_engine(url)
        try:
            yield liaison_on(engine)
        finally:
            engine.dispose()


@contextmanager
def ground(engine_name: str, handoffs: int) -> Iterator[str]:
    """The URL of one."""
    HOME.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{engine_name}-", dir=HOME.resolve()) as folder:
        if engine_name == "sqlite":
            shutil.copyfile(_file_of(handoffs), f"{folder}/bench.db")
            # What the copy left in memory is not to be written during a measurement.
            os.sync()
            yield f"sqlite:///{folder}/bench.db"
            return
        server = Postgres(Path(folder) / "postgres")
        try:
            url = server.fresh()
            _make(url, handoffs)
            server.keep_for_good()
            yield url
        finally:
            server.stop()


def _file_of(handoffs: int) -> Path:
    """Made once for each schema; `make clean` takes it away."""
    newest = max(path.name for path in Path("migrations/versions").glob("[0-9]*.py"))
    file = HOME / f"{newest[:4]}-{handoffs}.db"
    if not file.exists():
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)
        _make(f"sqlite:///{part}", handoffs)
        part.rename(file)
    return file


def _make(url: str, handoffs: int) -> None:
    engine = make_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        _fill(connection, handoffs)
    if "postgresql" in url:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    learn_sizes(engine)
    empty_log(engine)
    engine.dispose()


def _fill(connection: Connection, handoffs: int) -> None:
    workspace = {"team_id": TEAM_ID, "name": "T", "bot_user_id": "B", "connected_at": NOW}
    connection.execute(insert(table_of(Workspace)), [workspace | {"turns": 0}])
    person = {"team_id": TEAM_ID, "id": BEN, "name": "Ben", "email": "ben@example.com"}
    person |= {"timezone": "Europe/Berlin", "team": "sales"}
    connection.execute(insert(table_of(Person)), [person | {"roles": ["rep"]}])
    seed = range(min(SEED, handoffs))
    for model, make in ((Lead, _lead), (Handoff, _handoff), (Run, _run)):
        if seed:
            connection.execute(insert(table_of(model)), [make(number) for number in seed])
            _multiply(connection, model, handoffs // SEED)


def _multiply(connection: Connection, model: type[SQLModel], times: int) -> None:
    """The rows there are, so many times in all, under keys of their own."""
    table = table_of(model)
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    copied = ", ".join(
        f"\"{column.name}\" || '-' || {{copy}}" if column.name in KEYS else f'"{column.name}"'
        for column in table.columns
    )
    connection.execute(text(f"CREATE TEMP TABLE seed AS SELECT * FROM {table.name}"))
    for copy in range(1, times):
        picked = copied.format(copy=f"'{copy}'")
        connection.execute(text(f"INSERT INTO {table.name} ({columns}) SELECT {picked} FROM seed"))
    connection.execute(text("DROP TABLE seed"))


def id_of(number: int) -> str:
    """Of the first thousand."""
    return f"{number:036d}"


def _lead(number: int) -> dict[str, object]:
    key = {"team_id": TEAM_ID, "id": id_of(number), "lead_key": f"id:{number}"}
    return key | {"company": f"Acme {number}", "created_at": NOW}


def _handoff(number: int) -> dict[str, object]:
    return {
        "team_id": TEAM_ID,
        "id": id_of(number),
        "lead_id": id_of(number),
        "stage": Stage.NEW,
        "owner_id": BEN,
        "actor_id": BEN,
        "grade": "A",
        "handed_at": NOW,
        "received_at": NOW,
        "shown_at": NOW,
        "due_at": NOW + timedelta(minutes=30),
        "runs": 1,
    }


def _run(number: int) -> dict[str, object]:
    return {
        "team_id": TEAM_ID,
        "handoff_id": id_of(number),
        "number": 1,
        "actor_id": BEN,
        "why": "owner",
        "allowance": "1h",
        "started_at": NOW - timedelta(minutes=30),
        "counts_from": NOW - timedelta(minutes=30),
        "due_at": NOW + timedelta(minutes=30),
        "next_step_at": NOW + timedelta(days=1 + number % 300),
    }
