"""The short forms of the rows in which something around the bot fails; see `make chaos`."""

import pytest

from chaos.rows import ROWS


@pytest.mark.postgres
@pytest.mark.parametrize("row", ["database", "clock", "away", "overdue"])
def test_bad_weather_breaks_no_promise(row: str) -> None:
    short = ROWS[row].short
    assert short
    assert [finding for finding in short() if not finding.kept] == []
