"""A campaign is shown to sales before its launch: OK or a concern, until 48 hours before it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.errors import NotAllowed, TooLate
from bot.models import Campaign, Preview, PreviewAnswer, PreviewVoice
from bot.services import previews
from bot.services.previews import close_previews
from bot.services.problems import Span, problems, words_behind
from bot.views import ids
from bot.views.problems import headline, word_list
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    IDA,
    LEADS,
    PIA,
    Json,
    Office,
    dm,
    playbook_with,
    text_of,
    without_standup,
)
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_campaigns import told

pytestmark = ON_BOTH_ENGINES

JONAS = "U0JONAS0000"
LAUNCH = "2026-12-04"
CLOSED = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
"""Wednesday 10:00 in Berlin; Friday's launch closes its preview at midnight before it."""
WORDS, CHANGE = "Nobody can answer for the discount.", "The discount is gone from the offer."
BRIEF = {
    ids.AUDIENCE: "Heads of procurement, 200 to 2,000 people",
    ids.CAMPAIGN_OFFER: "A free audit of their suppliers",
    ids.FOLLOW_UP: "Call within the day",
    ids.TALK_TRACK: "Ask what their last audit found",
}


def opened(office: Office, person: str, name: str) -> Json:
    office.control.command(person, LEADS, "/campaign", f"preview {name}")
    return office.modal(person, "Preview")


def send(office: Office, person: str, form: Json, **changes: object) -> Json:
    filled = {**BRIEF, ids.STARTS_ON: LAUNCH, **changes}
    values = {field: {ids.CHOICE: value} for field, value in filled.items()}
    return office.control.submit(person, form["id"], values)


def put(office: Office, name: str, asked: tuple[str, ...] = (BEN, CHLOE), by: str = JONAS) -> str:
    """Put a campaign to sales; gives the preview's id."""
    send(office, by, opened(office, by, name), **{ids.PREVIEW_ASKED: [*asked]})
    office.control.close(by, office.modal(by, "Preview")["id"])
    return stored(office, name).id


def stored(office: Office, name: str) -> Preview:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(
            select(Preview)
            .join(Campaign, col(Campaign.id) == col(Preview.campaign_id))
            .where(col(Campaign.name) == name)
        ).one()


def voice(office: Office, preview_id: str, person: str) -> PreviewVoice:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(PreviewVoice, (office.bot.liaison.team_id, preview_id, person))


def said(office: Office, person: str, shows: str) -> Json:
    return office.control.message(dm(person), lambda message: shows in text_of(message))


def press(office: Office, person: str, action_id: str, message: Json) -> Json:
    value = next(
        element["value"]
        for block in message["blocks"]
        for element in [*block.get("elements", ()), block.get("accessory", {})]
        if element.get("action_id") == action_id
    )
    return office.press(person, action_id, message, dm(person), value)


def raise_concern(office: Office, person: str, name: str, words: str = WORDS) -> Json:
    press(office, person, ids.PREVIEW_CONCERN, said(office, person, f"is {name} ready"))
    form = office.modal(person, "Concern")
    return office.control.submit(person, form["id"], {ids.PREVIEW_WORDS: {ids.CHOICE: words}})


def deal(office: Office, person: str, message: Json) -> Json:
    press(office, person, ids.PREVIEW_SETTLE, message)
    form = office.modal(person, "Dealt with")
    return office.control.submit(person, form["id"], {ids.PREVIEW_CHANGE: {ids.CHOICE: CHANGE}})


def agenda(office: Office) -> list[str]:
    assert office.bot
    liaison, now = office.bot.liaison, office.now()
    with liaison.reading() as tx:
        found = problems(tx, liaison, Span(now, now))
    return [headline(each, liaison.playbook) for each in found if each.source == "concerns"]


def test_each_who_is_asked_reads_the_brief_in_six_lines(office: Office) -> None:
    put(office, "Six lines")

    asked = said(office, BEN, "is Six lines ready")
    first, *told = asked["text"].split("\n")
    assert first == "Jonas Weber asks: is Six lines ready to launch on Fri 4 Dec?"
    assert told[:4] == [
        "For: Heads of procurement, 200 to 2,000 people",
        "Offer: A free audit of their suppliers",
        "Follow-up: Call within the day",
        "Talk track: Ask what their last audit found",
    ]
    assert told[4].startswith("Silence does not count as OK · please answer by <!date^1796166000")
    assert len(told) == 5
    assert said(office, CHLOE, "is Six lines ready")
    state = said(office, JONAS, "Preview of Six lines")
    assert "0 OK, 2 no answer yet" in state["text"]


def test_the_owner_reads_answers_as_they_come_in_one_message(office: Office) -> None:
    put(office, "Living", (BEN, CHLOE, DEV))
    ts = said(office, JONAS, "Preview of Living: 0 OK, 3 no answer yet")["ts"]

    press(office, BEN, ids.PREVIEW_OK, said(office, BEN, "is Living ready"))
    raise_concern(office, CHLOE, "Living")

    state = said(office, JONAS, "Preview of Living: 1 OK, 1 concern, 1 no answer yet")
    assert state["ts"] == ts
    assert f"Chloe Martin: “{WORDS}”" in state["text"]
    assert "Dev" not in text_of(state), "nobody is named for being silent"
    office.control.message(
        dm(BEN),
        lambda m: "is Living ready" in m["text"] and "You said *OK* · may be changed" in m["text"],
    )


def test_an_answer_can_be_changed_until_it_closes(office: Office) -> None:
    preview_id = put(office, "Changing", (BEN,))
    raise_concern(office, BEN, "Changing")
    said(office, JONAS, "Preview of Changing: 0 OK, 1 concern")

    press(office, BEN, ids.PREVIEW_OK, said(office, BEN, "Your concern: "))

    state = said(office, JONAS, "Preview of Changing: 1 OK")
    assert WORDS not in text_of(state)
    office.control.set_clock(CLOSED)
    said(office, BEN, "the preview is closed; you said *OK*.")
    with pytest.raises(TooLate, match=r"closed .*; tell Jonas Weber directly"):
        previews.answer(office.bot.liaison, preview_id, BEN, PreviewAnswer.OK)  # type: ignore[union-attr]
    office.settle()
    assert not [m for m in office.dms(JONAS) if "Changing is to launch" in text_of(m)]


def test_silence_is_no_answer(office: Office) -> None:
    put(office, "Silent", (BEN, CHLOE))
    said(office, BEN, "is Silent ready")
    office.control.set_clock(CLOSED)

    assert said(office, JONAS, "Preview of Silent, closed: 0 OK, 2 no answer")
    assert said(office, BEN, "Silent*: the preview is closed; there is no answer of yours.")


def test_an_open_concern_alerts_the_owner_and_enters_the_stand_up(office: Office) -> None:
    put(office, "Alarmed", (BEN, CHLOE))
    raise_concern(office, BEN, "Alarmed")
    said(office, JONAS, "Preview of Alarmed: 0 OK, 1 concern")
    headed = "Alarmed, launch Fri 4 Dec: 1 concern of sales open"
    assert headed not in agenda(office), "the deadline has not come"

    office.control.set_clock(CLOSED)
    alert = said(office, JONAS, "Alarmed is to launch on Fri 4 Dec with 1 open concern of sales")
    assert f"Ben Cole: “{WORDS}”" in alert["text"]
    assert headed in agenda(office)
    assert close_previews(office.bot.liaison) == 0, "closed once"  # type: ignore[union-attr]

    deal(office, JONAS, alert)
    news = said(office, BEN, "Alarmed*: Jonas Weber dealt with your concern.")
    assert f"What changed: “{CHANGE}”\nYou wrote: “{WORDS}”" in news["text"]
    assert said(office, JONAS, "Alarmed*, launch Fri 4 Dec: every concern of sales is dealt with.")
    assert headed not in agenda(office)


def test_the_stand_ups_list_has_the_words_and_no_names(office: Office) -> None:
    put(office, "Listed", (BEN,))
    raise_concern(office, BEN, "Listed")
    said(office, JONAS, "Preview of Listed: 0 OK, 1 concern")
    office.control.set_clock(CLOSED)
    said(office, JONAS, "Listed is to launch")

    assert office.bot
    with office.bot.liaison.reading() as tx:
        words = words_behind(tx, office.bot.liaison, "concerns:2026-12-04:Listed")
        assert words_behind(tx, office.bot.liaison, "overdue:") is None
    assert words == [WORDS]
    shown = text_of({"blocks": word_list("Listed", words)["blocks"]})
    assert WORDS in shown and "Ben" not in shown


def test_a_concern_that_is_dealt_with_in_time_alerts_nobody(office: Office) -> None:
    put(office, "Mended", (BEN,))
    raise_concern(office, BEN, "Mended")
    deal(office, JONAS, said(office, JONAS, "Preview of Mended: 0 OK, 1 concern"))

    assert said(office, JONAS, "Preview of Mended: 0 OK, 1 concern dealt with")
    assert "is Mended ready" in said(office, BEN, f"Your concern is dealt with: “{CHANGE}”")["text"]
    office.control.set_clock(CLOSED)
    said(office, JONAS, "Preview of Mended, closed")
    office.settle()
    assert not [m for m in office.dms(JONAS) if "Mended is to launch" in text_of(m)]


def test_another_concern_after_that_is_open_again(office: Office) -> None:
    put(office, "Again", (BEN,))
    raise_concern(office, BEN, "Again")
    deal(office, JONAS, said(office, JONAS, "Preview of Again: 0 OK, 1 concern"))
    said(office, JONAS, "Preview of Again: 0 OK, 1 concern dealt with")

    raise_concern(office, BEN, "Again", "And who calls them in August?")
    office.control.set_clock(CLOSED)
    alert = said(office, JONAS, "Again is to launch on Fri 4 Dec with 1 open concern of sales")
    assert "And who calls them in August?" in alert["text"] and CHANGE not in alert["text"]


def test_the_campaigns_owner_reads_it_whoever_put_it(office: Office) -> None:
    office.hand_over(campaign="Owned")
    liaison = office.bot.liaison  # type: ignore[union-attr]
    with liaison.transaction() as tx:
        tx.scalars(select(Campaign).where(col(Campaign.name) == "Owned")).one().owner_id = IDA
    put(office, "Owned", (BEN,))

    assert said(office, IDA, "Preview of Owned: 0 OK, 1 no answer yet")
    office.settle()
    assert not [m for m in office.dms(JONAS) if "Preview of Owned" in text_of(m)]


def edit_launch(office: Office, name: str, day: str | None) -> Json:
    """Send the campaign's form off with another first day."""
    answer = told(office, JONAS, name)
    menu = next(
        element
        for block in answer["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == ids.CAMPAIGN_MORE
    )
    value = menu["options"][0]["value"]
    office.control.click(JONAS, ids.CAMPAIGN_MORE, channel=LEADS, ts=answer["ts"], value=value)
    form = office.modal(JONAS, "Campaign")
    filled = {ids.CAMPAIGN_NAME: name, ids.STARTS_ON: day}
    sent = office.control.submit(JONAS, form["id"], {k: {ids.CHOICE: v} for k, v in filled.items()})
    for view in office.control.state(JONAS)["views"]:
        office.control.close(JONAS, view["id"])
    return sent


def test_a_launch_that_moves_moves_the_deadline_and_says_so(office: Office) -> None:
    put(office, "Moving", (BEN,))
    said(office, BEN, "is Moving ready to launch on Fri 4 Dec")

    edit_launch(office, "Moving", "2026-12-11")

    assert said(office, BEN, "Moving* now launches on Fri 11 Dec")
    assert said(office, BEN, "is Moving ready to launch on Fri 11 Dec")
    assert said(office, JONAS, "launch Fri 11 Dec")
    office.control.set_clock(CLOSED)
    assert close_previews(office.bot.liaison) == 0  # type: ignore[union-attr]
    office.control.set_clock(CLOSED + timedelta(days=7))
    assert said(office, BEN, "Moving*: the preview is closed")


def test_a_launch_moves_to_a_day_that_leaves_time_to_answer(office: Office) -> None:
    put(office, "Hurried", (BEN,))
    said(office, BEN, "is Hurried ready")

    sentence = (
        "Sales is asked about it until 48 hours before: choose Thu 26 Nov or later, "
        "or call off its preview first."
    )
    for day in ("2026-11-24", None):
        assert edit_launch(office, "Hurried", day)["errors"] == {ids.STARTS_ON: sentence}
    assert stored(office, "Hurried").launches_on.isoformat() == LAUNCH


def test_calling_it_off_says_a_word_to_those_who_are_asked(office: Office) -> None:
    put(office, "Dropped", (BEN,))
    said(office, BEN, "is Dropped ready")
    press(office, JONAS, ids.PREVIEW_OFF, said(office, JONAS, "Preview of Dropped"))
    form = office.modal(JONAS, "Call off the preview")
    why = "It moves to spring."
    office.control.submit(JONAS, form["id"], {ids.PREVIEW_OFF_WORDS: {ids.CHOICE: why}})

    assert said(office, BEN, f"Dropped*: Jonas Weber called off the preview. “{why}”")
    assert said(office, BEN, f"Dropped*: the preview was called off. “{why}”")
    office.settle()
    assert not [m for m in office.dms(BEN) if "is Dropped ready" in text_of(m)]


def test_whoever_was_not_asked_yet_hears_nothing_of_its_end(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    preview_id = put(office, "Overnight", (BEN,))
    previews.call_off(office.bot.liaison, preview_id, JONAS, "Not now.")  # type: ignore[union-attr]
    office.control.set_clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    office.settle()
    assert not [m for m in office.dms(BEN) if "Overnight" in text_of(m)]


def test_the_form_knows_the_campaign_and_keeps_its_brief(office: Office) -> None:
    office.hand_over(campaign="Known fair")
    put(office, "Known fair", (BEN,))
    office.control.command(JONAS, LEADS, "/campaign", "known")
    answer = office.whisper(JONAS, "Known fair, the last 180 days")
    assert "*Preview* with sales until" in answer["text"]
    assert "0 OK, 1 no answer yet" in answer["text"]

    with office.bot.liaison.reading() as tx:  # type: ignore[union-attr]
        campaign = tx.scalars(select(Campaign).where(col(Campaign.name) == "Known fair")).one()
    assert campaign.audience == BRIEF[ids.AUDIENCE]
    assert str(campaign.starts_on) == LAUNCH
    office.control.command(JONAS, LEADS, "/campaign", "preview known")
    assert office.whisper(JONAS, "“Known fair” is with sales already, until")


def test_whoever_is_asked_answers_beside_the_campaign_too(office: Office) -> None:
    put(office, "Looked up", (BEN,))
    office.control.command(BEN, LEADS, "/campaign", "looked up")
    answer = office.whisper(BEN, "Looked up, the last 180 days")
    value = stored(office, "Looked up").id
    office.press(BEN, ids.PREVIEW_OK, answer, LEADS, value)

    assert office.whisper(BEN, "Noted: OK.")
    assert said(office, JONAS, "Preview of Looked up: 1 OK")


def test_a_campaign_without_leads_is_made_and_its_first_lead_finds_it(office: Office) -> None:
    form = opened(office, JONAS, "Brand new")
    assert "No campaign is called that yet" in text_of({"blocks": form["blocks"]})
    asked = form["blocks"][6]["element"]["initial_users"]
    assert {BEN, CHLOE, DEV} <= {*asked} and ANA not in asked
    send(office, JONAS, form, **{ids.PREVIEW_ASKED: [BEN]})
    office.control.close(JONAS, office.modal(JONAS, "Preview")["id"])

    office.hand_over(campaign="Brand new")
    with office.bot.liaison.reading() as tx:  # type: ignore[union-attr]
        named = tx.scalars(select(Campaign).where(col(Campaign.name) == "Brand new")).all()
    assert [campaign.owner_id for campaign in named] == [JONAS]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            ids.STARTS_ON,
            "2026-11-25",
            "A preview closes 48 hours before the launch: choose Thu 26 Nov or later.",
        ),
        (
            ids.STARTS_ON,
            "2026-11-02",
            "A preview closes 48 hours before the launch: choose Thu 26 Nov or later.",
        ),
        (ids.PREVIEW_ASKED, [IDA], "Choose reps and managers of sales alone."),
        (ids.CAMPAIGN_NAME, "No origin", "Write a name of at most 150 characters."),
        (ids.CAMPAIGN_OFFER, "   ", "Write what it offers."),
    ],
)
def test_bad_input_gets_one_sentence(
    office: Office, field: str, value: object, sentence: str
) -> None:
    form = opened(office, JONAS, "Faulty")
    answer = send(office, JONAS, form, **{ids.PREVIEW_ASKED: [BEN], field: value})
    assert answer["errors"] == {field: sentence}
    office.control.close(JONAS, form["id"])


def test_only_marketing_puts_a_campaign_to_sales(office: Office) -> None:
    office.control.command(BEN, LEADS, "/campaign", "preview Mine")
    assert office.whisper(BEN, "Only marketing can press this.")
    office.control.command(PIA, LEADS, "/campaign", "preview Mine")
    assert office.whisper(PIA, "Only marketing can press this.")
    office.control.command(JONAS, LEADS, "/campaign", "preview")
    assert office.whisper(JONAS, "Write the campaign's name too")


def test_only_those_who_are_asked_answer(office: Office) -> None:
    put(office, "Guarded", (BEN,))
    preview_id, liaison = stored(office, "Guarded").id, office.bot.liaison  # type: ignore[union-attr]
    with pytest.raises(NotAllowed, match="Others are asked this time; tell Jonas Weber"):
        previews.answer(liaison, preview_id, DEV, PreviewAnswer.OK)
    with pytest.raises(NotAllowed, match="Only marketing"):
        previews.call_off(liaison, preview_id, BEN, "no")
    assert voice(office, preview_id, BEN).answer is None


def test_what_comes_overnight_is_asked_in_the_brief_and_answered_there(own_office: Office) -> None:
    office = own_office
    office.settings = replace(office.settings, liaison_playbook=without_standup())
    office.open()
    office.control.set_clock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    put(office, "Folded", (BEN,))
    office.control.set_clock(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))

    brief = office.brief(BEN, "is Folded ready to launch")
    assert "Campaigns to look at" in text_of(brief)
    office.settle()
    assert len([m for m in office.dms(BEN) if "is Folded ready" in text_of(m)]) == 1
    press(office, BEN, ids.PREVIEW_OK, brief)
    assert said(office, JONAS, "Preview of Folded: 1 OK")


def test_beyond_the_cap_it_waits_for_the_brief(own_office: Office) -> None:
    office = own_office
    capped = playbook_with("[attention]\ncap = 2\n", leave_out='standup = "#standup"\n')
    office.settings = replace(office.settings, liaison_playbook=capped)
    office.open()
    for number in range(3):
        put(office, f"Capped {number}", (BEN,))
        office.settle()
    assert len([m for m in office.dms(BEN) if "ready to launch" in text_of(m)]) <= 2

    office.control.set_clock(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    assert "is Capped 2 ready to launch" in text_of(office.brief(BEN, "Campaigns to look at"))
