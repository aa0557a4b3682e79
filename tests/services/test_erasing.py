"""An erased lead is found nowhere: not in the database, not in Slack."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import make_url, select
from sqlmodel import SQLModel, col

from bot.cli import main
from bot.errors import NotAllowed, TooLate
from bot.intake.lead_event import parse
from bot.models import InboxEvent, Lead
from bot.services import byhand, imports
from bot.services.byhand import Told
from bot.services.erasing import erase_by_admin
from bot.sqlite import empty_log
from bot.views import ids
from tests.acts import edits_held, history, record_outcome, why_me
from tests.office import BEN, CHLOE, IDA, LEADS, PIA, PLAYBOOK, SECRET, Json, Office, dm, text_of
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_followups import nudges
from tests.services.test_handoffs import run_of, stored
from tests.services.test_turns import DAY, WEEK_AFTER, touch_with_step

pytestmark = ON_BOTH_ENGINES

PERSON: Json = {
    "lead_id": "quince-77/é",
    "company": "Quincecorp",
    "first_name": "Jolanta",
    "last_name": "Featherstonehaugh",
    "email": "jolanta@quince.example.org",
    "phone": "+1 555 0177",
    "title": "Keeper of Marmalade",
    "country": "Quinceland",
    "message": "My boss must not hear of the marmalade.",
    "reason": "asked for quince jelly",
    "last_activity": "opened the quince list",
    "url": "https://crm.example.com/leads/quince",
    "utm_content": "quince-banner",
    "shelf": {"of": ["quince jars"]},
}
TRACES = ("quince", "jolanta", "featherstonehaugh", "555 0177", "marmalade")


def erase(office: Office, **lead: str) -> Json:
    return office.tell(event="erased", **lead)


def traces(said: object) -> list[str]:
    """Which of the person's traces are in this."""
    written = (said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)).lower()
    return [trace for trace in TRACES if trace in written]


def database(office: Office) -> Iterator[str]:
    """Every value of every table; on SQLite also every byte of its files."""
    assert office.bot
    engine = office.bot.liaison.engine
    with office.bot.liaison.reading() as tx:
        for table in SQLModel.metadata.tables.values():
            for row in tx.execute(select(table)):
                yield f"{table.name}: {[*row]}"
    if engine.dialect.name == "sqlite":
        empty_log(engine)
        file = Path(str(make_url(office.settings.database_url).database))
        for part in file.parent.glob(f"{file.name}*"):
            yield f"{part.name}: {part.read_bytes().decode('latin-1')}"


def slack(office: Office) -> Iterator[str]:
    """Everything the sandbox shows anywhere, private notes and all."""
    office.settle()
    for channel in (LEADS, dm(BEN), dm(CHLOE)):
        messages = office.control.messages(channel)
        yield from (text_of(message) for message in messages if not message["deleted"])


def hand_over(office: Office, **fields: object) -> str:
    return office.hand_over(**PERSON | {"company": "Quincecorp"} | fields)


def test_nothing_of_an_erased_lead_is_left_in_database_or_slack(own_office: Office) -> None:
    office = own_office
    office.open()
    closed = hand_over(office, owner="chloe@example.com")
    record_outcome(
        office, CHLOE, office.dm(CHLOE, closed), closed, "other", "They only want marmalade."
    )
    office.control.advance("1m")
    handoff = hand_over(office, owner="ben@example.com", grade="C")
    first = office.dm(BEN, handoff)
    why_me(office, BEN, first, handoff)
    office.control.advance("1m")
    again = PERSON | {"grade": "A", "last_activity": "asked about quince again"}
    office.tell(**again, occurred_at=office.now().isoformat())
    office.control.advance("31m")
    card = office.dm(BEN, handoff, "first touch due") and office.card(handoff, "has it")
    assert any(traces(value) for value in database(office))
    assert any(traces(said) for said in slack(office))

    assert erase(office, lead_id=PERSON["lead_id"])["handoff"] == handoff

    office.card(handoff, "An erased lead")
    office.card(closed, "An erased lead")
    office.settle()
    assert [said for said in slack(office) if traces(said)] == []
    assert [value[:60] for value in database(office) if traces(value)] == []
    said_to_ben = [said for said in office.dms(BEN) if said["metadata"] and not said["deleted"]]
    about = [said["text"] for said in said_to_ben]
    assert len(about) == 1
    assert about[0].startswith("*An erased lead*: Erased ")
    assert "The lead was erased" in history(office, BEN, card, handoff)


def test_an_open_hand_off_ends_without_a_reminder_and_a_press_is_told_why(office: Office) -> None:
    handoff = office.hand_over(lead_id="open-1")
    told = office.dm(BEN, handoff)
    with edits_held(office):
        erase(office, lead_id="open-1")
        office.press(BEN, ids.ACCEPT, told, dm(BEN), handoff)
    office.whisper(BEN, "This lead was erased")
    office.control.advance("2h")

    assert stored(office, handoff).outcome == "erased"
    assert run_of(office, handoff).next_step_at is None
    assert [said for said in nudges(office, BEN, handoff) if "first touch" in said] == []


@pytest.mark.parametrize(
    "again",
    [
        {"lead_id": "gone-1", "email": None},
        {"lead_id": "gone-2"},
        {"lead_id": None},
        {"lead_id": "gone-3", "event": "updated"},
    ],
    ids=["same id", "same address", "address alone", "any other event"],
)
def test_an_erased_lead_that_is_handed_over_again_is_refused_quietly(
    office: Office, again: Json
) -> None:
    person = {"company": "Gone Ltd", "email": "gone@example.org"}
    office.tell(**person, lead_id="gone-1")
    erase(office, lead_id="gone-1")
    office.settle()
    cards = len(office.control.messages(LEADS))

    event = {key: value for key, value in (person | again).items() if value}
    assert office.tell(**event, note="a new body") == {"handoff": None, "duplicate": False}

    office.settle()
    assert len(office.control.messages(LEADS)) == cards
    assert office.bot
    with office.bot.liaison.reading() as tx:
        bodies = tx.scalars(select(col(InboxEvent.body)).where(col(InboxEvent.body).is_not(None)))
        assert not [body for body in bodies if "gone" in str(body)]


def test_next_steps_and_what_marketing_read_of_several_leads_go_too(own_office: Office) -> None:
    office = own_office
    office.open()
    worked = office.hand_over(lead_id="step-1", company="Steptoe")
    touch_with_step(office, BEN, worked, "2026-11-27", "send Steptoe the price")
    office.card(worked, "is working on it")
    waited = office.hand_over(lead_id="wait-1", company="Waiting Ltd")
    office.dm(BEN, waited)
    office.control.set_clock(WEEK_AFTER)
    office.card(waited, "In the queue")
    office.control.set_clock(WEEK_AFTER + DAY)
    office.control.message(dm(IDA), lambda said: "Waiting Ltd" in text_of(said))

    erase(office, lead_id="step-1")
    erase(office, lead_id="wait-1")

    office.control.message(dm(IDA), lambda said: "An erased lead" in text_of(said))
    office.settle()
    assert not [value for value in database(office) if "Steptoe" in value or "Waiting" in value]


def test_a_brief_that_slack_is_about_to_acknowledge_forgets_the_lead_too(
    own_office: Office,
) -> None:
    office = own_office
    office.open()
    waited = office.hand_over(lead_id="wait-1", company="Waiting Ltd")
    office.dm(BEN, waited)
    office.control.set_clock(WEEK_AFTER)
    office.card(waited, "In the queue")
    office.control.fault("slow", method="chat.postMessage", seconds=0.8)
    office.control.set_clock(WEEK_AFTER + DAY)
    office.control.message(dm(IDA), lambda said: "Waiting Ltd" in text_of(said))

    erase(office, lead_id="wait-1")

    office.control.message(dm(IDA), lambda said: "An erased lead" in text_of(said))


def test_no_other_door_takes_an_erased_lead(office: Office) -> None:
    erase(office, email="door@example.org")
    assert office.bot
    liaison = office.bot.liaison
    told = Told("C1:1.0", {"company": "Door Ltd", "email": "door@example.org"}, None)

    with pytest.raises(NotAllowed, match="erased on request"):
        byhand.hand_over(liaison, told, IDA)
    row = json.dumps({"email": "door@example.org", "company": "Door Ltd"}).encode()
    assert imports.bring_in(liaison, [parse(row, liaison.now())]) == 0


def test_erasing_comes_before_the_hand_over_when_the_crm_tells_it_so(office: Office) -> None:
    assert erase(office, lead_id="early-1") == {"handoff": None, "duplicate": False}

    assert office.tell(lead_id="early-1", company="Early")["handoff"] is None


def test_a_lead_that_was_merged_goes_under_either_key(office: Office) -> None:
    office.hand_over(lead_id="twin-1", company="Twin")
    office.tell(event="merged", lead_id="twin-1", into="twin-2")

    erase(office, lead_id="twin-1")

    for key in ("twin-1", "twin-2"):
        assert office.tell(lead_id=key, company="Twin")["handoff"] is None


def test_others_stay_as_they_are(office: Office) -> None:
    stays = office.hand_over(lead_id="stays-1", company="Staying Ltd")
    goes = office.hand_over(lead_id="goes-1", company="Going Ltd")
    office.card(goes, "Going Ltd")

    erase(office, lead_id="goes-1")

    office.card(goes, "An erased lead")
    assert "Staying Ltd" in text_of(office.card(stays))
    assert stored(office, stays).closed_at is None


@pytest.fixture
def shell(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment of this office's bot, for the command line."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": office.sandbox.api_url,
        "DATABASE_URL": office.settings.database_url,
        "LIAISON_PLAYBOOK": str(PLAYBOOK),
        "LIAISON_WEBHOOK_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("by", ["--lead", "--email"])
def test_the_command_erases_in_slack_too(
    office: Office, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = {"--lead": f"typed{by}", "--email": f"typed{by}@example.org"}
    handoff = office.hand_over(lead_id=lead["--lead"], email=lead["--email"])
    office.card(handoff, "has it")

    assert main(["erase", by, lead[by].upper() if by == "--email" else lead[by], "--yes"]) == 0

    assert capsys.readouterr().out.startswith("Erased: 1.")
    office.card(handoff, "An erased lead")


@pytest.mark.usefixtures("shell")
def test_the_command_asks_first_and_nobody_there_means_no(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handoff = office.hand_over(lead_id="asked-1")
    monkeypatch.setattr("sys.stdin", StringIO(""))

    assert main(["erase", "--lead", "asked-1"]) == 2
    assert main(["erase", "--lead", "nobody"]) == 2

    said = capsys.readouterr()
    assert "Erase 1 lead(s)? This cannot be undone." in said.out
    assert said.err.splitlines()[-2:] == [
        "Nothing was erased.",
        "No lead is known by this; was it erased already?",
    ]
    assert stored(office, handoff).closed_at is None
    assert office.bot
    with office.bot.liaison.reading() as tx:
        lead = tx.get_one(Lead, (office.bot.liaison.team_id, stored(office, handoff).lead_id))
    assert lead.erased_at is None


def open_by_search(office: Office, person: str, company: str, handoff: str) -> Json:
    """Find a lead by `/lead` and open it; gives the modal."""
    office.control.command(person, LEADS, "/lead", company)
    found = office.whisper(person, handoff)
    office.press(person, ids.OPEN, found, LEADS, handoff)
    return office.modal(person, "Lead")


def test_an_admin_erases_what_they_opened_after_reading_what_that_means(office: Office) -> None:
    handoff = office.hand_over(**PERSON | {"lead_id": "by-admin", "company": "Quinceadmin"})
    office.card(handoff, "Quinceadmin")
    opened = open_by_search(office, PIA, "quinceadmin", handoff)
    menu = f"{ids.MORE_ERASE}:{handoff}"
    assert "Erase…" in text_of(opened)

    office.control.click(PIA, ids.MORE, view_id=opened["id"], value=menu)
    form = office.modal(PIA, "Erase lead")
    assert "This cannot be undone." in text_of(form)
    assert traces(text_of(office.card(handoff)))
    office.control.submit(PIA, form["id"])

    office.card(handoff, "An erased lead")
    assert office.control.state(PIA)["views"] == []
    office.settle()
    assert stored(office, handoff).outcome == "erased"
    assert not [value for value in database(office) if "quinceadmin" in value.lower()]


@pytest.mark.parametrize("who", [BEN, IDA])
def test_nobody_else_is_offered_it_or_may_do_it(office: Office, who: str) -> None:
    handoff = office.hand_over(lead_id=f"kept-{who}", company=f"Kept {who}")
    office.card(handoff, "First touch due")

    assert "Erase…" not in text_of(open_by_search(office, who, f"kept {who}", handoff))
    assert office.bot
    with pytest.raises(NotAllowed, match="Only an admin"):
        erase_by_admin(office.bot.liaison, handoff, who)

    assert stored(office, handoff).closed_at is None


def test_an_erased_lead_is_not_erased_again(office: Office) -> None:
    handoff = office.hand_over(lead_id="twice", company="Twice Ltd")
    assert office.bot
    erase_by_admin(office.bot.liaison, handoff, PIA)

    with pytest.raises(TooLate, match="erased already"):
        erase_by_admin(office.bot.liaison, handoff, PIA)
