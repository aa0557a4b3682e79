"""A backup taken while the bot runs is a database it goes on with."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bot.views import ids
from tests.office import BEN, Office, dm
from tests.postgres import Postgres


def test_sqlites_backup_is_restored_with_all_that_was_in_it(
    own_office: Office, tmp_path: Path
) -> None:
    office = own_office
    office.open()
    handoff = office.hand_over(company="Backed Up Ltd")
    office.dm(BEN, handoff)
    office.settle()
    copy = tmp_path / "liaison-backup.db"
    file = office.settings.database_url.removeprefix("sqlite:///")

    # What `sqlite3 liaison.db ".backup 'liaison-backup.db'"` does.
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    office.hand_over(company="Too Late Ltd")
    office.settle()

    office.reopen(database_url=f"sqlite:///{copy}")
    goes_on(office, handoff)


@pytest.mark.postgres
def test_postgresqls_dump_is_restored_with_all_that_was_in_it(
    own_office: Office, postgres: Postgres, tmp_path: Path
) -> None:
    office = own_office
    office.reopen(database_url=postgres.fresh())
    handoff = office.hand_over(company="Dumped Ltd")
    office.dm(BEN, handoff)
    office.settle()
    dump = tmp_path / "liaison.dump"

    run(postgres, "pg_dump", "--format=custom", f"--file={dump}", office.settings.database_url)
    restored = postgres.fresh()
    run(postgres, "pg_restore", f"--dbname={restored}", str(dump))

    office.reopen(database_url=restored)
    goes_on(office, handoff)


def run(postgres: Postgres, program: str, *arguments: str) -> None:
    subprocess.run([postgres.program(program), *arguments], check=True, env=dict(os.environ))


def goes_on(office: Office, handoff: str) -> None:
    """The lead is there, and the message Slack shows since before can be pressed."""
    told = office.dm(BEN, handoff)
    office.press(BEN, ids.ACCEPT, told, dm(BEN), handoff)
    office.card(handoff, "accepted it")
