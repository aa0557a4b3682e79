"""The playbook in Slack: read by all, changed by managers, signed by two, in force at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import BadField, NotAllowed
from bot.models import Person
from bot.playbook import Playbook
from bot.services import playbooks
from bot.views import ids
from bot.views.playbooks import Edit
from handlers.playbooks import place_of
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    IDA,
    LEADS,
    MANIFEST,
    PACE,
    PLAYBOOK,
    Json,
    Office,
    settings_for,
    text_of,
)
from tests.services.test_handoffs import run_of

SANDBOX = Playbook.parse(PLAYBOOK.read_text("utf-8"))
CLOCKS = 'A = "{}"\nB = "4h"\nC = "1d"\nD = "none"\n'


@pytest.fixture(scope="module")
def shared_office(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office whose playbook is nobody else's to change."""
    file: Path = tmp_path_factory.mktemp("playbook") / "playbook.toml"
    file.write_text(PLAYBOOK.read_text("utf-8"))
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=file)
        yield office
        office.close()


@pytest.fixture
def office(office: Office) -> Office:
    """With the playbook as it was in the beginning, whatever an earlier test made of it."""
    assert office.bot
    if office.bot.liaison.playbook != SANDBOX:
        assert office.settings.liaison_playbook
        playbooks.bring_in_file(office.bot.liaison, office.settings.liaison_playbook)
        office.control.until(lambda: kept_up(office))
    return office


def kept_up(office: Office) -> bool:
    assert office.bot
    playbooks.keep_up(office.bot.liaison)
    return office.bot.liaison.playbook == SANDBOX


def version(office: Office) -> int:
    assert office.bot
    return office.bot.liaison.shelf.number


def opened(office: Office, person: str) -> Json:
    for view in reversed(office.control.state(person)["views"]):
        office.control.close(person, view["id"])
    office.control.command(person, LEADS, "/liaison", "playbook")
    return office.modal(person, "Playbook")


def sign(office: Office, person: str) -> None:
    office.control.click(person, ids.BOOK_SIGN, view_id=opened(office, person)["id"])


def change(office: Office, person: str, section: str, title: str) -> Json:
    """Press Change… beside a section; gives the form."""
    view, block = opened(office, person), f"{ids.BOOK_SECTION}{section}"
    office.control.click(person, ids.BOOK_EDIT, view_id=view["id"], block_id=block)
    return office.modal(person, title)


def set_clocks(office: Office, person: str, text: str) -> Json:
    form = change(office, person, "sla", "Clocks")
    values = {ids.BOOK_TEXT: {ids.CHOICE: text}}
    return office.control.submit(person, form["id"], values)


def test_everybody_reads_it_and_only_those_who_may_see_buttons(office: Office) -> None:
    seen = shown(office, BEN)
    assert f"Version {version(office)}" in seen
    assert 'A = \\"1h\\"' in seen
    assert "Not signed by sales yet (Ana Ruiz may)." in seen
    assert ids.BOOK_EDIT not in seen
    assert ids.BOOK_SIGN not in seen
    assert ids.BOOK_EDIT in shown(office, ANA)


def test_a_change_is_in_force_at_once_and_old_hand_offs_keep_their_clock(office: Office) -> None:
    assert office.bot
    then = version(office)
    before = office.hand_over()
    office.card(before, "First touch due")

    told = set_clocks(office, ANA, CLOCKS.format("2h"))

    saved = text_of({"blocks": office.modal(ANA, "Saved")["blocks"]})
    assert told["response_action"] == "update"
    assert f"*Version {then + 1} is in force.*" in saved
    assert "sla.A: 1h → 2h" in saved
    after = office.hand_over()
    assert str(office.bot.liaison.playbook.allowance("A")) == "2h"
    office.card(after, "First touch due")
    assert run_of(office, before).allowance == "1h"
    assert run_of(office, after).allowance == "2h"


def test_every_fault_is_told_by_its_key_and_nothing_changes(office: Office) -> None:
    then = version(office)
    told = set_clocks(office, ANA, 'A = "soon"\nE = "1h"\n')

    assert told["response_action"] == "errors"
    sentence = told["errors"][ids.BOOK_TEXT]
    assert "sla.A: " in sentence
    assert "sla.E: " in sentence
    assert version(office) == then


def test_two_who_change_it_at_once_do_not_overwrite_each_other(office: Office) -> None:
    form = change(office, IDA, "sla", "Clocks")
    set_clocks(office, ANA, CLOCKS.format("2h"))

    values = {ids.BOOK_TEXT: {ids.CHOICE: CLOCKS.format("3h")}}
    office.control.submit(IDA, form["id"], values)

    refused = office.modal(IDA, "Not saved")
    assert "Ana Ruiz changed the playbook since you opened it" in text_of(refused)


@pytest.mark.parametrize(("typed", "place"), [("1", 0), (" 3 ", 2), ("", None), (None, None)])
def test_a_place_in_a_list_is_counted_from_one_by_people(
    typed: str | None, place: int | None
) -> None:
    assert place_of(typed) == place


@pytest.mark.parametrize("typed", ["0", "-1", "first", "1.5"])
def test_a_place_that_is_none_is_told_beside_its_field(typed: str) -> None:
    with pytest.raises(BadField, match="Write a number: 1 for the first"):
        place_of(typed)


def test_both_heads_sign_and_a_change_makes_both_signatures_void(office: Office) -> None:
    then = version(office)
    for head in (ANA, IDA):
        sign(office, head)
    office.control.until(lambda: "Signed for marketing by Ida Berg" in shown(office, BEN))
    assert "Signed for sales by Ana Ruiz" in shown(office, BEN)

    set_clocks(office, ANA, CLOCKS.format("2h"))

    seen = shown(office, BEN)
    assert f"Version {then + 1}" in seen
    assert "Not signed by sales yet" in seen
    assert "Not signed by marketing yet" in seen
    assert f"Since both sides signed version {then}" in seen
    assert "sla.A: 1h → 2h" in seen


def shown(office: Office, person: str) -> str:
    return text_of({"blocks": opened(office, person)["blocks"]})


@pytest.mark.parametrize(
    ("person", "act", "sentence"),
    [
        (BEN, "edit", "Only managers and admins change the playbook"),
        (BEN, "sign", "Only the head of sales and the head of marketing sign"),
        ("U0PIA000000", "sign", "Only the head of sales and the head of marketing sign"),
    ],
)
def test_whoever_may_not_is_told_so_on_the_server(
    office: Office, person: str, act: str, sentence: str
) -> None:
    assert office.bot
    liaison, then = office.bot.liaison, version(office)
    with pytest.raises(NotAllowed, match=sentence):
        if act == "sign":
            playbooks.sign(liaison, person, then)
        else:
            playbooks.edit(liaison, person, Edit("sla", None, then, CLOCKS.format("2h")))
    assert version(office) == then


def test_somebody_listed_in_slack_may_press_at_once(office: Office) -> None:
    assert office.bot
    nadia = office.control.join("nadia", real_name="Nadia Haddad")
    liaison = office.bot.liaison
    office.control.until(lambda: person_row(office, nadia))
    entry = 'email = "nadia@example.com"\nteam = "sales"\nroles = ["rep"]\n'

    choice = change(office, ANA, "people", "People")
    new = str(len(liaison.playbook.people))
    office.control.submit(ANA, choice["id"], {ids.BOOK_ENTRY: {ids.CHOICE: new}})
    form = office.control.until(
        lambda: next(
            (
                one
                for one in office.control.state(ANA)["views"]
                if one["callback_id"] == ids.BOOK_FORM
            ),
            None,
        )
    )
    office.control.submit(ANA, form["id"], {ids.BOOK_TEXT: {ids.CHOICE: entry}})

    office.modal(ANA, "Saved")
    row = person_row(office, nadia)
    assert row
    assert (row.team, row.roles) == ("sales", ["rep"])


def person_row(office: Office, person: str) -> Person | None:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get(Person, (office.bot.liaison.team_id, person))


def test_the_last_editor_cannot_be_taken_out(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    alone = Playbook.parse(
        '[[people]]\nemail = "ana@example.com"\nteam = "sales"\nrole = "manager"'
    )
    liaison.shelf.playbook = alone
    with pytest.raises(BadField, match="Leave at least one manager or admin"):
        playbooks.edit(liaison, ANA, Edit("people", 0, version(office), ""))
    liaison.shelf.playbook = SANDBOX


def test_a_file_brought_in_beside_a_running_bot_is_taken_over(
    office: Office, tmp_path: Path
) -> None:
    assert office.bot
    liaison = office.bot.liaison
    file = tmp_path / "new.toml"
    file.write_text(PLAYBOOK.read_text("utf-8").replace('A = "1h"', 'A = "30m"', 1))
    then = version(office)

    made = playbooks.bring_in_file(liaison, file)

    assert made.number == then + 1
    office.control.advance("1m")
    assert playbooks.keep_up(liaison) == 0
    assert str(liaison.playbook.allowance("A")) == "30m"


def test_an_old_file_does_not_undo_what_was_changed_in_slack(office: Office) -> None:
    set_clocks(office, ANA, CLOCKS.format("2h"))
    then = version(office)

    office.reopen()

    assert office.bot
    assert str(office.bot.liaison.playbook.allowance("A")) == "2h"
    assert version(office) == then
