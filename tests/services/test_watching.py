"""A channel where a form posts leads: chosen, looked at, corrected, and from then on read."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.intake.spellings import FIELDS
from bot.models import InboxEvent, WatchedChannel
from bot.views.watching import FIELDS_OF_A_LEAD
from tests.office import ANA, BEN, LEADS, Json, Office, dm, text_of

STANDUP = "C0STANDUP00"
LEAD = "New lead!\nCompany: {company}\nMail: {company}@example.org\nKlasse: A\nTopic: prices"


def post(office: Office, company: str, poster: str = "Forms", **more: str) -> str:
    said = LEAD.format(company=company)
    return office.control.post(BEN, STANDUP, said, bot_name=poster, **more)  # type: ignore[arg-type]


def set_up(office: Office, **corrections: str) -> Json:
    """Ana watches #standup for what Forms posts there; gives the form that was confirmed."""
    office.control.command(ANA, STANDUP, "/liaison", "watch")
    form = office.modal(ANA, "Watch a channel")
    office.control.submit(ANA, form["id"], {"watch_channel": {"choice": STANDUP}})
    form = office.modal(ANA, "Watch a channel")
    poster = next(
        option["value"]
        for block in form["blocks"]
        if block.get("block_id") == "watch_poster"
        for option in block["element"]["options"]
        if option["text"]["text"] == "Forms"
    )
    office.control.submit(ANA, form["id"], {"watch_poster": {"choice": poster}})
    form = office.modal(ANA, "Watch a channel")
    values = {
        block["block_id"]: {"choice": field}
        for block in form["blocks"]
        for label, field in corrections.items()
        if f"“{label}”" in block.get("label", {}).get("text", "")
    }
    office.control.submit(ANA, form["id"], values)
    office.control.close(ANA, office.modal(ANA, "Watching")["id"])
    return form


def card_of(office: Office, company: str) -> Json:
    return office.control.message(LEADS, lambda message: f"*{company}*" in text_of(message))


@pytest.fixture
def watched(office: Office) -> Office:
    office.control.command(ANA, STANDUP, "/liaison", "watch off")
    post(office, "seen-before")
    set_up(office, Klasse="grade")
    return office


def test_what_was_read_is_shown_before_anything_is_watched(office: Office) -> None:
    post(office, "shown-first")
    form = set_up(office)

    told = text_of(form)
    assert "company: shown-first" in told
    assert "email: shown-first@example.org" in told
    assert "“Klasse” is" in told


def test_a_new_message_is_a_handoff_with_the_corrected_fields(watched: Office) -> None:
    post(watched, "zebra")

    assert "grade A" in text_of(card_of(watched, "zebra"))


def test_a_message_from_before_and_one_of_somebody_else_are_none(watched: Office) -> None:
    watched.control.post(BEN, STANDUP, LEAD.format(company="by-hand"))
    post(watched, "other-app", poster="Weather")
    post(watched, "after-all")

    card_of(watched, "after-all")
    cards = " ".join(map(text_of, watched.control.messages(LEADS)))
    assert "seen-before" not in cards
    assert "by-hand" not in cards
    assert "other-app" not in cards


def test_what_is_said_elsewhere_is_not_kept(watched: Office) -> None:
    watched.control.post(BEN, LEADS, "Lunch?")
    post(watched, "kept")
    card_of(watched, "kept")

    assert watched.bot
    with watched.bot.liaison.reading() as tx:
        bodies = tx.scalars(select(InboxEvent.body)).all()  # type: ignore[call-overload]
    assert not any("Lunch?" in (body or "") for body in bodies)


def test_a_message_that_is_no_lead_is_told_once_a_day_to_who_set_it_up(watched: Office) -> None:
    for words in ("Good morning", "Good evening"):
        watched.control.post(BEN, STANDUP, words, bot_name="Forms")

    watched.control.message(dm(ANA), lambda said: "could not be read" in text_of(said))
    watched.settle()
    told = [said for said in watched.dms(ANA) if "could not be read" in text_of(said)]
    assert len(told) == 1


def test_watching_ends_where_it_is_ended(watched: Office) -> None:
    watched.control.command(ANA, STANDUP, "/liaison", "watch off")
    post(watched, "too-late")
    watched.hand_over(company="sentinel")
    card_of(watched, "sentinel")

    assert not any("too-late" in text_of(said) for said in watched.control.messages(LEADS))
    assert watched.bot
    with watched.bot.liaison.reading() as tx:
        left = select(func.count()).select_from(WatchedChannel)
        assert tx.execute(left.where(col(WatchedChannel.channel_id) == STANDUP)).scalar_one() == 0


def test_a_rep_is_told_who_can_choose(office: Office) -> None:
    office.control.command(BEN, LEADS, "/liaison", "watch")

    office.whisper(BEN, "Only a manager or an admin")


def test_every_field_that_is_offered_is_one() -> None:
    assert set(FIELDS_OF_A_LEAD) <= FIELDS
