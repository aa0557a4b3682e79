"""Who sees what: contact data for the actor alone, nobody blamed, foreign text harmless."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from bot.views import ids
from tests.acts import history, log_touch, press, record_outcome, shrunk, why_me
from tests.bot_process import BotProcess
from tests.office import BEN, CHLOE, IDA, LEADS, MONDAY_TEN, Json, Office, dm, text_of

PRIVATE = {
    "last_name": "Featherstonehaugh",
    "email": "secret.address@example.org",
    "phone": "+1 555 0199",
    "message": "My boss must not hear of this.",
    "budget_holder": "Cruella",
}
"""What only the actor may see, and the database keep."""

BLAME = re.compile(r"\b(late|lateness|overdue|bad|breach\w*|missed|failed|slow)\b", re.IGNORECASE)

HOSTILE = (
    "<!channel> <@U0BEN000000> <http://evil.example|here> *bold* _it_ ~no~ `run` & \u202egnol\u202c"
)
OUR_OWN = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]+>|<https?://[^<>|\s]+\|Open in the CRM>"
)
"""The markup we write ourselves: an instant, and the link to the lead's page."""
LIVE_MARKS = re.compile(r"\*bold|_it_|~no~|`run`")


def test_contact_data_and_the_leads_own_words_reach_nobody_but_the_actor(
    own_office: Office, tmp_path: Path
) -> None:
    office, control, log = own_office, own_office.control, tmp_path / "log"
    with BotProcess(office.settings, log) as bot:
        lead = {"lead_id": "1", "company": "Globex", "grade": "A", **PRIVATE}
        handoff = bot.deliver("a", lead | {"owner": "ben@example.com"})["handoff"]
        card, told = office.card(handoff, "First touch due"), office.dm(BEN, handoff)
        assert all(PRIVATE[key] in text_of(told) for key in ("last_name", "email", "phone"))

        bot.deliver("b", lead | {"reason": "came back"})
        office.press(IDA, ids.TOUCH, card, LEADS, handoff)
        office.whisper(IDA, "Only sales")
        history(office, IDA, card, handoff)
        control.command(CHLOE, LEADS, "/lead")
        control.home(CHLOE)
        control.advance("2h")
        nudge = office.dm(BEN, handoff, "first touch due")
        record_outcome(office, BEN, nudge, handoff, "wrong_data")
        office.card(handoff, "*Wrong or missing data*")

        with pytest.raises(HTTPError, match="422"):
            bot.deliver("c", lead | {"email": PRIVATE["phone"], "grade": PRIVATE["email"]})
        control.fault("error", method="chat.postMessage", times=1, error="invalid_blocks")
        bot.deliver("d", lead | {"lead_id": "2", "owner": PRIVATE["email"]})
        control.until(lambda: "Slack answers invalid_blocks" in log.read_text("utf-8"))

    said = [said_by_us(call) for call in control.traffic() if not is_for(BEN, call)]
    assert any("Globex" in words for words in said)
    notes = [text_of(m) for m in control.messages(LEADS)]
    for private in PRIVATE.values():
        assert not [words for words in said + notes if private in words]
        assert private not in log.read_text("utf-8")


def test_no_word_in_the_channel_blames_anybody(office: Office) -> None:
    before = len(office.control.traffic())
    ignored = office.hand_over()
    rejected = office.hand_over()
    told = office.dm(BEN, rejected)
    for step in ("2h", "next_working_day", "1d"):
        office.control.advance(step)
    record_outcome(office, BEN, office.dm(BEN, rejected), rejected, "not_a_fit")
    shrunk(office, BEN, told, "as you said")
    office.tell(event="outcome", lead_id=office.lead_of(ignored), kind="wrong_data")
    office.card(ignored, "says the CRM")

    calls = office.control.traffic(before)
    in_channel = [said_by_us(call) for call in calls if call["body"].get("channel") == LEADS]

    assert len(in_channel) >= 4
    assert [words for words in in_channel if BLAME.search(words)] == []


@pytest.fixture(scope="module")
def hostile(shared_office: Office) -> Iterator[list[Json]]:
    """Every message, modal and Home that a lead full of hostile text leads to."""
    office, control = shared_office, shared_office.control
    control.set_clock(MONDAY_TEN)
    before = len(control.traffic())
    longest = (HOSTILE * 100)[:5_000]
    handoff = office.hand_over(
        first_name=HOSTILE,
        last_name=HOSTILE,
        company=HOSTILE,
        title=HOSTILE,
        country=HOSTILE,
        campaign=HOSTILE,
        source=HOSTILE,
        phone=HOSTILE[:50],
        last_activity=HOSTILE * 4,
        reason=longest[:1_000],
        message=longest,
        url="https://crm.example/?" + "<!channel>|&*bold*" * 100,
        **{HOSTILE: longest},
    )
    card, told = office.card(handoff, "First touch due"), office.dm(BEN, handoff)
    control.advance("31m")
    nudge = office.dm(BEN, handoff, "first touch due")
    why_me(office, BEN, nudge, handoff)
    history(office, BEN, card, handoff)
    control.home(BEN)
    control.command(BEN, LEADS, "/lead")
    log_touch(office, BEN, nudge, handoff, "spoke")
    record_outcome(office, BEN, nudge, handoff, "other", longest[:500])
    shrunk(office, BEN, told, "as you said")
    office.card(handoff, "*Other*")
    calls = [call["body"] for call in control.traffic(before) if call["direction"] == "in"]
    notes = [m for m in control.messages(LEADS) if m["ephemeral_to"] == BEN]
    yield [*calls, *notes]


def test_hostile_text_mentions_links_and_formats_nothing(hostile: list[Json]) -> None:
    texts = [OUR_OWN.sub("", text) for each in hostile for text in marked_up(each)]

    assert len([text for text in texts if "&lt;!channel&gt;" in text]) > 20
    assert [text for text in texts if "<" in text] == []
    assert [text for text in texts if LIVE_MARKS.search(text)] == []


def test_hostile_text_does_not_turn_the_direction_of_reading(hostile: list[Json]) -> None:
    told = [json.dumps(each, ensure_ascii=False) for each in hostile]
    assert [words for words in told if re.search("[\u202a-\u202e]", words)] == []


def test_what_is_too_long_is_cut_and_says_so(hostile: list[Json]) -> None:
    texts = [text for each in hostile for text in marked_up(each)]

    assert [text for text in texts if len(text) > 500 and "…" not in text] == []


def test_a_cut_leaves_no_half_of_an_escaped_character(office: Office) -> None:
    handoff = office.hand_over(
        company="&" * 200, title="&" * 200, reason="&" * 1_000, last_activity="&" * 500
    )

    section = office.card(handoff)["blocks"][0]["text"]["text"]

    assert len(section) <= 3_000
    assert section.endswith("…")
    assert not re.search("&(?!amp;)", section)


@pytest.mark.parametrize(
    ("fields", "push"),
    [
        ({}, "Call Globex: asked for a demo, due 11:00"),
        ({"phone": None}, "E-mail Globex: asked for a demo, due 11:00"),
        ({"phone": None, "email": None}, "Look up Globex: asked for a demo, due 11:00"),
        ({"reason": None}, "Call Globex, due 11:00"),
        ({"reason": "two\nlines"}, "Call Globex: two lines, due 11:00"),
        ({"grade": "B"}, "Call Globex: asked for a demo, due 14:00"),
        ({"grade": "C"}, "Call Globex: asked for a demo, due Tue 10:00"),
        ({"grade": "D"}, "Call Globex: asked for a demo"),
        ({"company": None}, "Call Jane: asked for a demo, due 11:00"),
    ],
)
def test_a_push_says_what_to_do_with_whom_and_by_when(
    office: Office, fields: Json, push: str
) -> None:
    handoff = office.hand_over(**({"company": "Globex"} | fields))

    told = office.dm(BEN, handoff)

    assert told["text"].splitlines()[0] == push


def test_the_longest_push_still_fits_a_phone(office: Office) -> None:
    handoff = office.hand_over(company="Meridian Freight Lines " * 5, reason="word " * 60)
    told = office.dm(BEN, handoff)
    office.control.advance("31m")
    nudge = office.dm(BEN, handoff, "first touch")

    for message in (told, nudge):
        push = message["text"].splitlines()[0]
        assert push.startswith("Call Meridian Freight Lines")
        assert push.endswith("due 11:00")
        assert len(push) <= 90


def test_the_text_of_a_message_says_all_that_its_blocks_say(office: Office) -> None:
    handoff = office.hand_over(
        company="Globex",
        last_activity="Opened the price list",
        message="Call me.\nBefore noon.",
        country=None,
        url="https://crm.example/1",
    )
    told = office.dm(BEN, handoff)
    office.card(handoff, "First touch due")
    queued = office.hand_over(owner="nobody@example.com", title=None)
    office.card(queued, "First touch due")
    office.control.advance("31m")
    office.dm(BEN, handoff, "first touch")
    shrunk(office, BEN, told)

    messages = office.control.messages(LEADS) + office.dms(BEN)
    with_blocks = [message for message in messages if message.get("blocks")]
    assert len(with_blocks) >= 4
    for message in with_blocks:
        assert missing_from_the_text(message) == set()


def test_no_message_has_more_than_three_buttons_and_a_menu(office: Office) -> None:
    handoff = office.hand_over()
    told = office.dm(BEN, handoff)
    assert buttons(told) == ["Accept", "Log touch", "Outcome…", "menu"]
    assert buttons(office.card(handoff, "First touch due")) == ["Log touch", "Outcome…", "menu"]
    press(office, BEN, ids.ACCEPT, told, handoff)
    accepted = office.dm(BEN, handoff, "accepted")
    assert buttons(accepted) == ["Log touch", "Outcome…", "Undo", "menu"]
    queued = office.hand_over(owner=None)
    assert buttons(office.card(queued)) == ["Claim", "menu"]


def test_a_direct_message_takes_six_lines_at_most(office: Office) -> None:
    handoff = office.hand_over(
        message="One.\n\nTwo.\nThree.", last_activity="Opened\nit", reason="a\nb\nc"
    )

    told = office.dm(BEN, handoff)

    texts = [words(block) for block in told["blocks"] if block["type"] != "actions"]
    assert len("\n".join(texts).splitlines()) <= 6


def said_by_us(call: Json) -> str:
    """All that one call to Slack says."""
    return str(call["body"]) if call["direction"] == "in" else ""


def is_for(person: str, call: Json) -> bool:
    return bool(call["body"].get("channel") == dm(person))


def marked_up(value: object) -> Iterator[str]:
    """Every text below that Slack reads as mrkdwn: `text` of a message, and mrkdwn objects."""
    if isinstance(value, list):
        for each in value:
            yield from marked_up(each)
    elif isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str) and value.get("type") != "plain_text":
            yield text
        for each in value.values():
            yield from marked_up(each)


def words(block: Json) -> str:
    """What a block says, buttons aside."""
    if block["type"] == "context":
        return "\n".join(str(element["text"]) for element in block["elements"])
    return str(block["text"]["text"])


def missing_from_the_text(message: Json) -> set[str]:
    """Words that the blocks of a message say and its text does not."""
    plain = re.compile(r"[\w@.+-]+")
    blocks = [words(block) for block in message["blocks"] if block["type"] != "actions"]
    return set(plain.findall("\n".join(blocks))) - set(plain.findall(message["text"]))


def buttons(message: Json) -> list[str]:
    """The labels of a message's buttons in order; a menu is "menu"."""
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [
        "menu" if element["type"] == "overflow" else str(element["text"]["text"])
        for row in rows
        for element in row["elements"]
    ]
