"""Both sides say apart what makes a lead qualified, see the difference, and agree on one text."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotAllowed, TooLate
from bot.liaison import Shelf
from bot.playbook import Definition
from bot.services import definitions, playbooks
from bot.views import ids
from bot.views.definitions import Meaning
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    PLAYBOOK,
    Json,
    Office,
    dm,
    settings_for,
    text_of,
)
from tests.services.test_handoffs import stored
from tests.services.test_playbooks import opened, shown, sign

SALES = (
    "A need we can name, and a budget",
    "Students, agencies",
    "The rep, after a call",
)
MARKETING = ("50 people or more; asked for a demo", "Students, agencies!", "Marketing, by score")
ASK = "What makes a lead “qualified”? Please say it for"


@pytest.fixture(scope="module")
def shared_office(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office whose playbook is nobody else's to change."""
    file: Path = tmp_path_factory.mktemp("definitions") / "playbook.toml"
    file.write_text(PLAYBOOK.read_text("utf-8"))
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(liaison_playbook=file)
        yield office
        office.close()


def told(office: Office, person: str, shows: str) -> Json:
    return office.control.message(dm(person), lambda message: shows in message["text"])


def question_of(message: Json) -> str:
    return str(message["blocks"][-1]["elements"][0]["value"])


def filled(parts: tuple[str, str, str]) -> Json:
    fields = (ids.DEFINITION_MUST, ids.DEFINITION_NOT, ids.DEFINITION_WHO)
    return {name: {ids.CHOICE: text} for name, text in zip(fields, parts, strict=True)}


def ask(office: Office, word: str) -> str:
    """Ask from the playbook; gives the question's id."""
    view = opened(office, ANA)
    office.control.click(ANA, ids.DEFINITION_ASK, view_id=view["id"])
    form = office.modal(ANA, "Ask both sides")
    office.control.submit(ANA, form["id"], {ids.DEFINITION_WORD: {ids.CHOICE: word}})
    assert "Ana Ruiz for sales and Ida Berg for marketing" in text_of(office.modal(ANA, "Asked"))
    return question_of(told(office, IDA, f"What makes a lead “{word}”?"))


def answer(office: Office, person: str, word: str, parts: tuple[str, str, str]) -> None:
    message = told(office, person, f"“{word}”")
    office.press(person, ids.DEFINITION_ANSWER, message, dm(person), question_of(message))
    form = office.modal(person, "What does it mean?")
    office.control.submit(person, form["id"], filled(parts))


def test_answers_are_hidden_until_both_are_in_then_compared_agreed_and_signed(
    office: Office,
) -> None:
    assert office.bot
    liaison = office.bot.liaison
    for head in (ANA, IDA):
        sign(office, head)
    old, then = office.hand_over(), liaison.shelf.number
    question = ask(office, "qualified")
    assert "you head marketing" in text_of(told(office, IDA, f"{ASK} marketing."))

    answer(office, IDA, "qualified", MARKETING)
    waiting = told(office, IDA, "Ida Berg said for marketing")
    assert "demo" not in text_of(waiting)
    with pytest.raises(TooLate, match="has not answered yet"):
        definitions.look_to_agree(liaison, question, ANA)
    assert "demo" not in text_of(told(office, ANA, f"{ASK} sales."))
    answer(office, ANA, "qualified", SALES)

    both = told(office, ANA, "Both sides have said what “qualified” means: ")
    assert "one part of three is the same." in both["text"]
    told(office, IDA, "Both sides have said what “qualified” means: ")
    office.press(ANA, ids.DEFINITION_COMPARE, both, dm(ANA), question)
    form = office.modal(ANA, "Compare and agree")
    side_by_side = text_of({"blocks": form["blocks"]})
    assert f"*Sales*\\n{SALES[0]}" in side_by_side
    assert f"*Marketing*\\n{MARKETING[0]}" in side_by_side
    assert "*What rules it out?* Both say the same." in side_by_side
    assert "*Who decides?* They differ." in side_by_side

    office.control.submit(ANA, form["id"], filled(("A need, 50 people", SALES[1], "The rep")))

    saved = text_of({"blocks": office.modal(ANA, "Saved")["blocks"]})
    assert f"*Version {then + 1} is in force.*" in saved
    assert "definitions[qualified].must_have: — → A need, 50 people" in saved
    agreed = Definition(
        word="qualified",
        must_have="A need, 50 people",
        must_not_have=SALES[1],
        who_decides="The rep",
    )
    assert liaison.playbook.definitions == (agreed,)
    seen = shown(office, BEN)
    assert "Not signed by sales yet" in seen
    assert "Not signed by marketing yet" in seen
    assert "definitions[qualified].who_decides: — → The rep" in seen
    told(office, IDA, f"version {then + 1} of the playbook has it, for both heads to sign.")
    new = office.hand_over()
    assert [stored(office, each).playbook for each in (old, new)] == [then, then + 1]
    with pytest.raises(TooLate, match="Ana Ruiz has written down what was agreed"):
        definitions.agree(liaison, question, IDA, Meaning(*SALES))


def test_a_word_is_asked_about_once_and_only_by_managers(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    definitions.ask(liaison, IDA, "Sales-ready")

    with pytest.raises(TooLate, match="being asked about “sales-READY” already"):
        definitions.ask(liaison, ANA, "sales-READY")
    with pytest.raises(NotAllowed, match="Only managers and admins"):
        definitions.ask(liaison, BEN, "hot")
    question = question_of(told(office, ANA, "“sales-ready”"))
    with pytest.raises(NotAllowed, match="A manager of sales or of marketing answers"):
        definitions.answer(liaison, question, BEN, Meaning(*SALES))


def test_what_is_agreed_undoes_no_change_that_came_meanwhile(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    definitions.ask(liaison, ANA, "handed over")
    question = question_of(told(office, ANA, "“handed over”"))
    for head, said in ((ANA, SALES), (IDA, MARKETING)):
        definitions.answer(liaison, question, head, Meaning(*said))
    with liaison.transaction() as tx:
        made = playbooks.adopt(tx, liaison, IDA, liaison.playbook)
    other = replace(liaison, shelf=Shelf(liaison.playbook, made.number - 1))

    # A process that has not taken the new version over yet.
    with pytest.raises(TooLate, match="Ida Berg changed the playbook since you opened it"):
        definitions.agree(other, question, ANA, Meaning(*SALES))
    office.control.until(lambda: liaison.shelf.number == made.number or playbooks.keep_up(liaison))
    definitions.agree(liaison, question, ANA, Meaning(*SALES))


def test_an_answer_without_its_first_part_is_told_so(office: Office) -> None:
    ask(office, "worked")
    message = told(office, IDA, "“worked”")
    office.press(IDA, ids.DEFINITION_ANSWER, message, dm(IDA), question_of(message))
    form = office.modal(IDA, "What does it mean?")

    answered = office.control.submit(IDA, form["id"], filled(("  ", "", "The rep")))

    assert answered["errors"] == {ids.DEFINITION_MUST: "Write what it has to have."}
    office.control.close(IDA, form["id"])


def test_the_glossary_says_what_a_word_means_and_which_is_near(office: Office) -> None:
    assert "real contact by a human" in typed(office, "glossary touch", "*touch*")
    near = typed(office, "glossary tuch", "not in the glossary")
    assert "did you mean `/liaison glossary touch`?" in near
    everything = typed(office, "glossary", "*hand-off*")
    assert "*action item*: what somebody does until a date" in everything


def typed(office: Office, words: str, shows: str) -> str:
    office.control.command(BEN, LEADS, "/liaison", words)
    return text_of(office.whisper(BEN, shows))
