"""python -m bot import: leads from before Liaison, brought in as history."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.cli import main
from bot.config import Settings
from bot.core.lifecycle import Stage
from bot.db import make_engine
from bot.models import Handoff, Lead, Message
from bot.services import imports
from sandbox.server import Sandbox
from tests.office import MANIFEST, PLAYBOOK

HEADER = ["id", "company", "email", "campaign", "owner", "outcome", "created_at"]
Line = list[str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(manifest=MANIFEST, pace=100) as sandbox:
        yield sandbox


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox) -> str:
    """Settings in the environment for an empty database; gives its URL."""
    url = f"sqlite:///{tmp_path / 'liaison.db'}"
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": sandbox.api_url,
        "LIAISON_PLAYBOOK": str(PLAYBOOK),
        "DATABASE_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    return url


def lead(number: int, **told: str) -> Line:
    values = {
        "id": f"c-{number}",
        "company": f"Acme {number}",
        "email": f"jane{number}@example.org",
        "campaign": "Spring webinar",
        "owner": "ben@example.com",
        "outcome": "",
        "created_at": "2026-03-02",
    } | told
    return [values[name] for name in HEADER]


def file_of(folder: Path, *lines: Line) -> str:
    path = folder / "leads.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *lines])
    return str(path)


def handoffs(url: str) -> list[Handoff]:
    with Session(make_engine(url), expire_on_commit=False) as tx:
        return list(tx.scalars(select(Handoff).order_by(col(Handoff.id))))


def test_leads_come_in_as_history_and_nobody_is_told(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, lead(1, outcome="won"), lead(2, outcome="Not a fit"), lead(3))

    assert main(["import", file]) == 0

    assert "Imported as history, without cards and clocks: 3. " in capsys.readouterr().out
    rows = handoffs(database)
    assert sorted(row.stage for row in rows) == [Stage.EXPIRED, Stage.REJECTED, Stage.WON]
    assert all(row.is_imported and row.closed_at and row.owner_id for row in rows)
    with Session(make_engine(database)) as tx:
        assert tx.scalar(select(func.count()).select_from(Message)) == 0


def test_the_same_file_twice_brings_nothing_twice(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, lead(1), lead(2), lead(1))
    main(["import", file])
    capsys.readouterr()

    assert main(["import", file]) == 0

    assert "clocks: 0. Here already: 3." in capsys.readouterr().out
    assert len(handoffs(database)) == 2


def test_an_import_that_was_cut_off_goes_on_where_it_was(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    main(["import", file_of(tmp_path, lead(1), lead(2))])

    main(["import", file_of(tmp_path, *(lead(number) for number in range(1, 6)))])

    assert len(handoffs(database)) == 5


def test_every_fault_is_told_by_its_line_and_nothing_comes_in(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [lead(2, email="nobody"), lead(3, outcome="vanished"), lead(4, created_at="soon")]

    assert main(["import", file_of(tmp_path, lead(1), *bad)]) == 2

    told = capsys.readouterr().err
    assert "line 3: email: Must be one e-mail address" in told
    assert "line 4: outcome: There is no outcome vanished" in told
    assert "line 5: created_at: Must be ISO 8601" in told
    assert "3 of 4 lines have faults" in told
    assert handoffs(database) == []


def test_the_good_lines_of_a_bad_file_come_in_when_asked_to(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, lead(1), lead(2, email="nobody"))

    assert main(["import", file, "--skip-faults"]) == 0

    assert "clocks: 1. Here already: 0. Left out: 1." in capsys.readouterr().out
    assert len(handoffs(database)) == 1


def test_a_dry_run_shows_the_mapping_and_changes_nothing(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, lead(1))

    assert main(["import", file, "--dry-run", "--map", "campaign=source"]) == 0

    told = capsys.readouterr().out
    assert "campaign    -> source" in told
    assert "can be imported as history: 1." in told
    assert handoffs(database) == []


def test_an_old_file_changes_nothing_a_live_event_told(database: str, tmp_path: Path) -> None:
    main(["import", file_of(tmp_path, lead(1))])

    main(["import", file_of(tmp_path, lead(1, company="Acme of old", campaign="Fair"))])

    with Session(make_engine(database)) as tx:
        assert [known.company for known in tx.scalars(select(Lead))] == ["Acme 1"]
    assert len(handoffs(database)) == 2


def test_a_file_that_is_not_there_is_told_in_one_sentence(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "nothing.csv"]) == 2

    assert capsys.readouterr().err.strip() == (
        "nothing.csv cannot be opened: No such file or directory."
    )
