"""The tables that the migrations make are those of the models, on both engines."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from bot.db import BUSY, MIGRATIONS, make_engine, migrate
from tests.conftest import NewDatabase
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES


@pytest.fixture
def engine(new_database: NewDatabase) -> Iterator[Engine]:
    engine = make_engine(new_database(empty=True))
    yield engine
    engine.dispose()


def test_migrated_tables_equal_the_models(engine: Engine) -> None:
    migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_what_alembic_does_not_compare_is_equal_too(
    engine: Engine, new_database: NewDatabase
) -> None:
    migrate(engine)
    by_models = make_engine(new_database(empty=True))
    SQLModel.metadata.create_all(by_models)

    assert fine_print(engine) == fine_print(by_models)
    by_models.dispose()


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    before = fine_print(engine)

    migrate(engine)

    assert fine_print(engine) == before


def test_processes_that_start_at_once_migrate_once(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    engines = [make_engine(url) for _ in range(5)]

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(migrate, engines))

    for each in engines:
        each.dispose()
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    assert [version for (version,) in versions] == [head()]


def test_tables_that_an_earlier_version_took_a_column_from_have_it_again(engine: Engine) -> None:
    """0024 dropped it until a version that still ran beside the new one was found to need it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0035")
        connection.execute(text("ALTER TABLE person DROP COLUMN last_turn"))

    migrate(engine)

    assert "last_turn" in {column["name"] for column in inspect(engine).get_columns("person")}


def test_one_process_may_migrate_several_databases_at_once(new_database: NewDatabase) -> None:
    engines = [make_engine(new_database(empty=True)) for _ in range(4)]

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(migrate, engines))

    assert all(inspect(engine).has_table("handoff") for engine in engines)
    for engine in engines:
        engine.dispose()


def test_a_start_waits_for_one_that_migrates_longer_than_a_click_may(engine: Engine) -> None:
    later = make_engine(engine.url.render_as_string(hide_password=False))
    with engine.connect() as connection, ThreadPoolExecutor(1) as pool:
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtext('liaison migrate'))")
                )
            starting = pool.submit(migrate, later)
            with pytest.raises(TimeoutError):
                starting.result(BUSY + 0.5)
        starting.result()
    later.dispose()


def test_every_key_leads_with_the_team(engine: Engine) -> None:
    migrate(engine)

    found = inspect(engine)
    for table in SQLModel.metadata.tables:
        keys: list[Sequence[str | None]] = [
            [*found.get_pk_constraint(table)["constrained_columns"]],
            *([*key["constrained_columns"]] for key in found.get_foreign_keys(table)),
            *([*key["column_names"]] for key in found.get_unique_constraints(table)),
            *([*index["column_names"]] for index in found.get_indexes(table)),
        ]
        assert {columns[0] for columns in keys} == {"team_id"}, table


def head() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def fine_print(engine: Engine) -> list[tuple[str, ...]]:
    """Where rows wait, and how PostgreSQL is to keep them: partial indexes and storage options."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": (
            "SELECT relname, coalesce(array_to_string(reloptions, ','), '') ||"
            " coalesce(pg_get_indexdef(i.indexrelid), '')"
            " FROM pg_class LEFT JOIN pg_index i ON i.indexrelid = pg_class.oid"
            " WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
            " AND relname NOT LIKE 'alembic%'"
        ),
    }[engine.dialect.name]
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(text(asked)))
