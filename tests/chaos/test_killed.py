"""The short forms of the rows that kill; `make chaos` runs the long ones."""

import pytest

from chaos.rows import ROWS


@pytest.mark.parametrize("row", ["intake", "steps"])
def test_a_killed_bot_keeps_every_promise(row: str) -> None:
    short = ROWS[row].short
    assert short
    assert [finding for finding in short() if not finding.kept] == []
