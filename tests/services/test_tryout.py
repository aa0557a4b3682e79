"""A change of the playbook is tried on the leads that came already, and nothing is changed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import cli
from bot.errors import NotAllowed
from bot.models import History, Message, PlaybookVersion, TurnOrder
from bot.services import playbooks
from bot.views import ids
from bot.views import tryout as views
from bot.views.playbooks import Edit
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Json,
    Office,
    playbook_without_a_cap,
    settings_for,
    text_of,
)
from tests.services.test_playbooks import change

RULE = 'country = ["DE"]\nto = "hugo@example.com"\n'


@pytest.fixture(scope="module")
def shared_office(new_database: NewDatabase) -> Iterator[Office]:
    """An office that had six leads of Ben's, and four that wait in the queue."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN - timedelta(hours=1))
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.open()
        for number in range(10):
            office.hand_over(country="DE", owner="ben@example.com" if number < 6 else None)
        office.settle()
        yield office
        office.close()


def counts(office: Office) -> list[int]:
    """Rows of what a rehearsal might leave behind."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        tables = (PlaybookVersion, Message, History, TurnOrder)
        return [tx.scalars(select(func.count()).select_from(each)).one() for each in tables]


def rule_form(office: Office, text: str) -> Json:
    """A new routing rule as it is typed, not saved."""
    choice = change(office, ANA, "routing.rules", "Routing rules")
    office.control.submit(ANA, choice["id"], {ids.BOOK_ENTRY: {ids.CHOICE: "0"}})
    form = office.control.until(
        lambda: next(
            (v for v in office.control.state(ANA)["views"] if v["callback_id"] == ids.BOOK_FORM),
            None,
        )
    )
    typed = {ids.BOOK_TEXT: {ids.CHOICE: text}}
    office.control.click(ANA, ids.BOOK_TRY, view_id=form["id"], values=typed)
    return dict(form)


def test_the_form_shows_who_would_have_had_what_and_writes_nothing(office: Office) -> None:
    before = counts(office)

    form = rule_form(office, RULE)

    shown = office.control.until(lambda: tried(office, "Of the 10 leads"))
    assert "left in the queue: 4 → 0." in shown
    assert "*Hugo Lind*: 0 → 4 leads, A and B 0 → 4" in shown
    assert "*Ben Cole*: 6 leads, A and B 6" in shown
    assert "Nothing was changed." in shown
    assert counts(office) == before
    # What was typed is still there to be saved.
    office.control.close(ANA, office.modal(ANA, "What would change")["id"])
    office.control.submit(ANA, form["id"], {ids.BOOK_TEXT: {ids.CHOICE: ""}})


def test_many_people_are_shown_a_page_at_a_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_A_PAGE", 1)
    rule_form(office, RULE)
    office.control.until(lambda: tried(office, "Page 1 of 2, those whose lot changes most first"))
    first = office.modal(ANA, "What would change")
    assert "*Hugo Lind*" in text_of(first)

    office.control.click(ANA, ids.TRYOUT_NEXT, view_id=first["id"])
    second = office.control.until(lambda: tried(office, "Page 2 of 2"))
    assert "*Hugo Lind*" not in second
    assert "*Ben Cole*" in second

    office.control.click(ANA, ids.TRYOUT_BACK, view_id=first["id"])
    office.control.until(lambda: tried(office, "Page 1 of 2"))


def tried(office: Office, shows: str) -> str | None:
    told = text_of(office.modal(ANA, "What would change"))
    return told if shows in told else None


def test_a_fault_is_told_before_anything_is_tried(office: Office) -> None:
    rule_form(office, 'contry = "DE"\nto = "hugo@example.com"\n')

    told = text_of(office.modal(ANA, "Please note"))
    assert 'routing.rules[0].contry: This key is not known; did you mean \\"country\\"?' in told


def test_the_command_line_compares_a_file_with_what_is_in_force(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert office.bot
    file = tmp_path / "other.toml"
    text = playbook_without_a_cap().read_text("utf-8").replace('A = "1h"', 'A = "1m"', 1)
    file.write_text(f"{text}\n[[routing.rules]]\n{RULE}")
    monkeypatch.setattr(cli, "_settings", lambda: office.settings)
    monkeypatch.setattr(cli, "wall", office.bot.liaison.now)
    before = counts(office)
    office.control.advance("2h")

    assert cli.main(["playbook", "try", str(file)]) == cli.OK

    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines() if line.startswith(("Ben", "Hugo"))]
    assert "first touches after their due time: 6 → 10" in told
    assert lines[1][:4] == ["Ben", "Cole", "6", "6"]
    assert lines[0][0] == "Hugo"
    assert lines[0][2:5] == ["0", "→", "4"]
    assert counts(office)[0] == before[0]


def test_only_who_may_change_the_playbook_may_try_it(office: Office) -> None:
    assert office.bot
    with pytest.raises(NotAllowed):
        playbooks.draft(office.bot.liaison, BEN, Edit("routing.rules", 0, 0, RULE))
