"""python -m bot import: leads from before Liaison, brought in as history."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
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


def test_a_lead_that_another_process_stores_meanwhile_is_the_one_lead(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["import", file_of(tmp_path, lead(1))])
    look, before_it_was_stored = queries.leads_by_key, [dict[str, queries.KnownLead]()]
    monkeypatch.setattr(
        queries,
        "leads_by_key",
        lambda *asked: before_it_was_stored.pop() if before_it_was_stored else look(*asked),
    )

    main(["import", file_of(tmp_path, lead(1, campaign="Fair"), lead(2, campaign="Fair"))])

    with Session(make_engine(database)) as tx:
        assert {known.lead_key for known in tx.scalars(select(Lead))} == {"id:c-1", "id:c-2"}
    first, again, other = handoffs(database)
    assert first.lead_id == again.lead_id != other.lead_id


def test_rows_of_one_lead_are_one_lead_as_its_first_row_tells_it(
    database: str, tmp_path: Path
) -> None:
    rows = [lead(1), lead(1, company="Acme of old", campaign="Fair"), lead(2, campaign="Fair")]

    main(["import", file_of(tmp_path, *rows)])

    with Session(make_engine(database)) as tx:
        assert sorted(str(known.company) for known in tx.scalars(select(Lead))) == [
            "Acme 1",
            "Acme 2",
        ]
    webinar, fair, also_fair = sorted(handoffs(database), key=lambda one: str(one.campaign))[::-1]
    assert fair.campaign_id == also_fair.campaign_id != webinar.campaign_id


def test_who_asked_to_be_left_alone_is_refused_from_the_first_such_row_on(
    database: str, tmp_path: Path
) -> None:
    asked = {"outcome": "do_not_contact", "campaign": "Fair", "created_at": "2026-03-03"}
    later = asked | {"campaign": "Autumn fair", "created_at": "2026-04-04"}

    main(["import", file_of(tmp_path, lead(1), lead(1, **asked), lead(1, **later), lead(2))])

    with Session(make_engine(database)) as tx:
        since = {known.lead_key: known.do_not_contact_at for known in tx.scalars(select(Lead))}
    assert str(since["id:c-1"])[:10] == "2026-03-02"
    assert since["id:c-2"] is None


def test_a_file_that_is_not_there_is_told_in_one_sentence(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "nothing.csv"]) == 2

    assert capsys.readouterr().err.strip() == (
        "nothing.csv cannot be opened: No such file or directory."
    )


def announced(url: str) -> list[Handoff]:
    return [handoff for handoff in handoffs(url) if handoff.batch_id]


def cards(url: str) -> list[Message]:
    with Session(make_engine(url), expire_on_commit=False) as tx:
        return list(tx.scalars(select(Message)))


def test_announced_leads_are_one_batch_with_one_card(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owners = ["ben@example.com", "chloe@example.com", "nobody@example.com"]
    lines = [lead(number, owner=owners[number % 3]) for number in range(12)]
    file = file_of(tmp_path, *lines, lead(12, outcome="won"))

    assert main(["import", file, "--announce"]) == 0

    told = capsys.readouterr().out
    assert "Announcing 12 leads sends 1 message to #leads and 2 direct messages" in told
    assert "By owner: Ben Cole 4, Chloe Martin 4." in told
    assert "Without an owner we know: 4; they wait in the queue." in told
    assert "one message a second that takes up to 3 seconds." in told
    assert "Announced: 12. " in told
    assert len(announced(database)) == 12
    assert {handoff.batch_id for handoff in announced(database)} == {cards(database)[0].subject_id}
    assert [handoff.outcome for handoff in handoffs(database) if handoff.is_imported] == ["won"]


def test_more_than_fifty_are_announced_only_with_yes(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, *(lead(number) for number in range(51)))

    assert main(["import", file, "--announce"]) == 2

    told = capsys.readouterr()
    assert "Announcing 51 leads sends 1 message to #leads and 1 direct message," in told.out
    assert told.err.strip() == "Nothing was changed. Add --yes to announce them."
    assert handoffs(database) == []
    assert main(["import", file, "--announce", "--yes"]) == 0
    assert len(announced(database)) == 51


def test_a_dry_run_of_an_announcement_only_tells(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", file_of(tmp_path, lead(1)), "--announce", "--dry-run"]) == 0

    assert capsys.readouterr().out.strip().endswith("Nothing was changed.")
    assert handoffs(database) == []


def test_an_announcement_again_announces_nothing_again(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, lead(1), lead(2))
    main(["import", file, "--announce"])
    capsys.readouterr()

    assert main(["import", file, "--announce"]) == 0

    told = capsys.readouterr().out
    assert "There is no lead to announce" in told
    assert "Announced: 0. " in told
    assert len(handoffs(database)) == 2
    assert len(cards(database)) == 1


def test_an_announcement_that_was_cut_off_goes_on_as_the_same_batch(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(tmp_path, *(lead(number) for number in range(5)))
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    announce = imports.announce
    calls = iter([announce, announce])

    def cut_off(*given: Any) -> int:
        return next(calls)(*given)

    monkeypatch.setattr(imports, "announce", cut_off)
    with pytest.raises(StopIteration):
        main(["import", file, "--announce"])
    assert (len(announced(database)), cards(database)) == (4, [])
    monkeypatch.setattr(imports, "announce", announce)

    assert main(["import", file, "--announce"]) == 0

    assert len(announced(database)) == 5
    assert {handoff.batch_id for handoff in announced(database)} == {cards(database)[0].subject_id}


def test_what_a_cut_off_announcement_brought_is_told_though_the_file_was_changed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(imports, "tell", lambda _: None)
        main(["import", file_of(tmp_path, lead(1)), "--announce"])

    main(["import", file_of(tmp_path, lead(1), lead(2)), "--announce"])

    told = {card.subject_id for card in cards(database)}
    assert told == {handoff.batch_id for handoff in announced(database)}
    assert len(told) == 2


def test_a_lead_that_is_open_already_is_not_announced(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", file_of(tmp_path, lead(1)), "--announce"])
    capsys.readouterr()

    main(["import", file_of(tmp_path, lead(1, campaign="Fair")), "--announce"])

    assert "Announced: 0. Announced before, open already, or history: 1." in capsys.readouterr().out
    assert len(handoffs(database)) == 1


def test_history_may_be_announced_later(database: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, lead(1))
    main(["import", file])

    main(["import", file, "--announce"])

    assert len(handoffs(database)) == 2
    assert len(announced(database)) == 1
