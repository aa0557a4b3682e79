"""A lead turned down for its data comes back, put right, once, as the same hand-off."""

import pytest

from bot.core.lifecycle import Stage
from bot.models import Lead
from bot.views import ids
from tests.acts import history, record_outcome, why_me
from tests.office import BEN, CHLOE, IDA, LEADS, Json, Office, text_of
from tests.services.test_handoffs import run_of, stored

JONAS = "U0JONAS0000"


def rejected(office: Office, outcome: str = "wrong_data", **fields: object) -> str:
    handoff = office.hand_over(**fields)
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, outcome)
    office.card(handoff, "says Ben Cole")
    return handoff


def open_form(office: Office, person: str, handoff: str) -> None:
    for left in reversed(office.control.state(person)["views"]):
        office.control.close(person, left["id"])
    value = f"{ids.MORE_FIXED}:{handoff}"
    office.press(person, ids.MORE, office.card(handoff), LEADS, value)


def send_back(office: Office, person: str, handoff: str, **fixed: str) -> Json:
    open_form(office, person, handoff)
    form = office.modal(person, "Send back fixed")
    values = {name: {ids.CHOICE: words} for name, words in fixed.items()}
    return office.control.submit(person, form["id"], values)


def test_it_comes_back_to_its_last_actor_with_an_allowance_of_its_own(office: Office) -> None:
    handoff = rejected(office, company="Fixable Ltd", phone=None)
    office.control.advance("3h")

    send_back(office, JONAS, handoff, phone="+1 555 0177", title="Head of Sales")

    told = office.dm(BEN, handoff, "+1 555 0177")
    assert told["text"].startswith("Call Fixable Ltd: asked for a demo, due 14:00")
    assert "Head of Sales" in text_of(office.card(handoff, "Ben Cole has it"))
    again, run = stored(office, handoff), run_of(office, handoff, 2)
    assert (again.stage, again.outcome, again.touched_at) == (Stage.NEW, None, None)
    assert (run.why, run.due_at) == ("fixed", again.due_at)
    assert "marketing put its data right" in why_me(office, BEN, told, handoff)
    assert history(office, CHLOE, office.card(handoff), handoff)[-2:] == [
        "Ben Cole said: wrong data",
        "Jonas Weber put its data right and sent it back",
    ]


def test_only_once(office: Office) -> None:
    handoff = rejected(office)
    open_form(office, IDA, handoff)
    form = office.modal(IDA, "Send back fixed")
    send_back(office, JONAS, handoff, title="CEO")
    office.card(handoff, "Ben Cole has it")

    office.control.submit(IDA, form["id"], {"title": {ids.CHOICE: "CTO"}})
    assert "It was sent back once already." in text_of(office.modal(IDA, "Not saved"))

    record_outcome(office, BEN, office.dm(BEN, handoff, "CEO"), handoff, "wrong_data")
    assert ids.MORE_FIXED + ":" not in text_of(office.card(handoff, "says Ben Cole"))


def test_a_lead_turned_down_for_something_else_is_not_sent_back(office: Office) -> None:
    handoff = rejected(office, "not_a_fit")

    assert ids.MORE_FIXED + ":" not in text_of(office.card(handoff))


def test_sales_cannot_send_back(office: Office) -> None:
    handoff = rejected(office)

    open_form(office, CHLOE, handoff)

    office.whisper(CHLOE, "Only marketing can press this.")
    assert stored(office, handoff).stage is Stage.REJECTED


@pytest.mark.parametrize(
    ("fixed", "errors"),
    [
        ({}, {"company": "Fill in what was wrong or missing."}),
        ({"email": "nobody"}, {"email": "Write an address such as jane@example.org."}),
    ],
)
def test_what_does_not_help_is_told_beside_the_field(
    office: Office, fixed: dict[str, str], errors: dict[str, str]
) -> None:
    handoff = rejected(office)

    assert send_back(office, IDA, handoff, **fixed)["errors"] == errors
    assert stored(office, handoff).stage is Stage.REJECTED


def test_the_form_shows_marketing_no_contact_data(office: Office) -> None:
    handoff = rejected(office, email="private@example.org", phone="+1 555 0188")
    open_form(office, IDA, handoff)

    form = text_of(office.modal(IDA, "Send back fixed"))

    assert "Now: Head of Procurement" in form
    assert not [said for said in ("private@", "0188", "Doe") if said in form]


def test_a_lead_handed_over_again_since_is_not_opened_twice(office: Office) -> None:
    handoff = rejected(office, lead_id="again and again")
    open_form(office, IDA, handoff)
    form = office.modal(IDA, "Send back fixed")
    office.card(office.hand_over(lead_id="again and again"))

    office.control.submit(IDA, form["id"], {"title": {ids.CHOICE: "CTO"}})

    assert "handed over again since" in text_of(office.modal(IDA, "Not saved"))


def test_without_an_actor_it_goes_back_to_the_queue(office: Office) -> None:
    handoff = office.hand_over(owner=None)
    office.card(handoff, "In the queue")
    office.tell(event="outcome", lead_id=office.lead_of(handoff), kind="wrong_data")
    office.card(handoff, "says the CRM")

    send_back(office, IDA, handoff, company="Right Ltd")

    office.card(handoff, "In the queue: nobody has it yet. First touch due")
    assert office.bot
    with office.bot.liaison.reading() as tx:
        lead_id = stored(office, handoff).lead_id
        assert tx.get_one(Lead, (office.bot.liaison.team_id, lead_id)).company == "Right Ltd"
