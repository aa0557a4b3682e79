"""A lead handed over in Slack: from a message, with /lead new, or by another app's metadata."""

from sqlalchemy import func, select
from sqlmodel import col

from bot.models import Handoff, InboxEvent
from tests.office import BEN, IDA, LEADS, Json, Office, text_of

FORM = "Hand off as lead"
SHORTCUT = "lead:hand_off_message"
STRANGER = "U0HUGO00000"


def typed(**fields: str) -> Json:
    return {name: {"choice": value} for name, value in fields.items()}


def card_of(office: Office, shows: str) -> Json:
    return office.control.message(
        LEADS, lambda message: bool(message.get("blocks")) and shows in text_of(message)
    )


def test_a_message_becomes_a_lead_with_what_it_tells(office: Office) -> None:
    said = "Company: Zebra Ltd\nE-Mail: zoe@zebra.example.org\nWhy: asked for prices"
    ts = office.control.post(IDA, LEADS, said)

    office.control.shortcut(IDA, SHORTCUT, channel=LEADS, ts=ts)
    form = office.modal(IDA, FORM)
    office.control.submit(IDA, form["id"], {"owner": {"choice": BEN}, **typed(campaign="Fair")})

    card = card_of(office, "Zebra Ltd")
    assert "Fair" in text_of(card)
    assert "Why: asked for prices" in text_of(card)
    assert "Ben" in text_of(card)
    assert "zoe@zebra" not in text_of(card)
    assert office.modal(IDA, "Thank you")


def test_the_same_message_twice_is_one_lead(office: Office) -> None:
    ts = office.control.post(IDA, LEADS, "Company: Twice Ltd")
    for _ in range(2):
        office.control.shortcut(IDA, SHORTCUT, channel=LEADS, ts=ts)
        office.control.submit(IDA, office.modal(IDA, FORM)["id"])
        thanks = office.modal(IDA, "Thank you")
        office.control.close(IDA, thanks["id"])

    assert "open already" in text_of({"blocks": thanks["blocks"]})
    card_of(office, "Twice Ltd")
    office.settle()
    cards = [said for said in office.control.messages(LEADS) if "*Twice Ltd*" in text_of(said)]
    assert len(cards) == 1


def test_a_lead_is_handed_over_out_of_the_blue(office: Office) -> None:
    office.control.command(BEN, LEADS, "/lead", "new")
    office.control.submit(BEN, office.modal(BEN, FORM)["id"], typed(company="Azure Blue"))

    assert "In the queue" in text_of(card_of(office, "Azure Blue"))


def test_every_field_that_does_not_fit_is_told_beside_it(office: Office) -> None:
    office.control.command(BEN, LEADS, "/lead", "new")
    form = office.modal(BEN, FORM)

    told = office.control.submit(BEN, form["id"], typed(email="nobody", first_name="Jane"))
    assert "e-mail address" in told["errors"]["email"]

    told = office.control.submit(BEN, form["id"], typed(email="", first_name=""))
    assert "company" in told["errors"]


def test_another_apps_metadata_is_a_handoff_once(office: Office) -> None:
    lead = {"lead_id": "meta-1", "company": "Metal Ltd", "grade": "A", "owner": "ben@example.com"}
    metadata = {"event_type": "lead_handoff", "event_payload": lead}

    office.control.post(IDA, LEADS, "A new lead", bot_name="Forms", metadata=metadata)

    assert "Ben" in text_of(card_of(office, "Metal Ltd"))


def test_metadata_that_is_no_lead_makes_nothing(office: Office) -> None:
    metadata = {"event_type": "lead_handoff", "event_payload": {"company": "No Key Ltd"}}
    before = stored(office)

    office.control.post(IDA, LEADS, "A bad lead", bot_name="Forms", metadata=metadata)
    office.control.until(lambda: handled(office) > 0)

    assert stored(office) == before


def stored(office: Office) -> int:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.execute(select(func.count()).select_from(Handoff)).scalar_one()


def handled(office: Office) -> int:
    """Metadata events that are done."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.execute(
            select(func.count())
            .select_from(InboxEvent)
            .where(
                col(InboxEvent.kind) == "message_metadata_posted",
                col(InboxEvent.processed_at).is_not(None),
            )
        ).scalar_one()
