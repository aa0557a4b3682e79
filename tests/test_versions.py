"""Replicas are replaced one after the other: two versions run side by side on one database."""

from inspect import getsource
from types import ModuleType

import pytest
from alembic.script import ScriptDirectory

from bot.db import MIGRATIONS

TAKES_AWAY = ("drop_column", "drop_table", "rename_table", "new_column_name")


@pytest.mark.parametrize(
    "migration",
    [each.module for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()],
    ids=lambda module: module.revision,
)
def test_nothing_is_taken_from_the_version_that_still_runs(migration: ModuleType) -> None:
    """What nobody asks for any more goes a version later."""
    upgrade = getsource(migration.upgrade)

    assert not [away for away in TAKES_AWAY if away in upgrade]
