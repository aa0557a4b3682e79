"""The rows of chaos are played next to each other, and one of them may fall."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chaos.__main__ import side_by_side
from chaos.play import Found


def play(row: str) -> Found:
    if row == "falls":
        raise TimeoutError("nothing came")
    return {"at": "now", "seconds": 1, "findings": []}


def test_a_row_that_breaks_off_is_said_and_keeps_no_other_from_running(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with ThreadPoolExecutor(1) as pool:
        ended = [name for name, _ in side_by_side(pool, play, ["stands", "falls", "goes on"])]

    assert sorted(ended) == ["goes on", "stands"]
    assert "falls: BROKEN OFF" in capsys.readouterr().out
