"""Text that means harm, in every field a stranger fills: neutral wherever anybody reads it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.views import ids
from tests.acts import log_touch, record_outcome
from tests.office import ANA, BEN, IDA, LEADS, MONDAY_TEN, Json, Office, dm

WORDS = {
    "mention of all": "<!channel> <!here> <!everyone>",
    "mention of one": "<@U0HOSTILE00> <!subteam^S0HOSTILE|x>",
    "masked link": "<http://evil.example|your bank> [bank](http://evil.example)",
    "date": "<!date^1^{date}^http://evil.example|now>",
    "very long": "A" * 1900 + "<!channel>",
    "right to left": "\u202egnp.exe\u202c \u2066x\u2069 \u05d0\u05d1\u05d2 \u200f",
    "unseen": "Ac\u200bme \ufeff\u2028\u0007",
    "emoji": "👩‍👩‍👧‍👦 🏴‍☠️ :boom: ﷽",
    "formula": '=HYPERLINK("http://evil.example","x") +1 -1 @SUM(1)',
    "half a tag": "< <! <@ & &amp; &lt;!channel&gt; > *_~`",
}
LIVE = re.compile(
    r"<!(?:channel|here|everyone|subteam)|<[@#][UCS]0HOSTILE|<!date\^1\^|<https?://evil|<mailto:evil"
)
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""As in views; the marks of direction that Hebrew and Arabic need stay."""
FIELDS = (
    "company", "first_name", "last_name", "title", "campaign", "reason", "last_activity",
    "message", "source", "country",
)  # fmt: skip


@pytest.mark.parametrize("kind", WORDS)
def test_hostile_words_are_neutral_in_every_message_and_view(office: Office, kind: str) -> None:
    after = newest(office)
    words = WORDS[kind]
    fields = {field: words[:100] for field in FIELDS} | {"message": words}
    handoff = office.hand_over(**fields, custom={words[:60]: words[:200]})

    everybody_looks(office, handoff, WORDS[kind])

    said = list(strings(office, after))
    assert len(said) > 50
    assert [text for text in said if UNSEEN.search(text)] == []
    assert [text for text in said if LIVE.search(text)] == []


def everybody_looks(office: Office, handoff: str, words: str) -> None:
    """Card, DM, nudge, list, search, Home, history, touch, question, outcome: all that shows it."""
    told = office.dm(BEN, handoff)
    card = office.card(handoff)
    for text in ("", "acme", words[:50]):
        office.control.command(BEN, LEADS, "/lead", text)
    office.control.home(BEN)
    office.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_HISTORY}:{handoff}")
    office.control.close(BEN, office.modal(BEN, "History")["id"])
    office.control.set_clock(MONDAY_TEN + timedelta(minutes=31))
    told = office.dm(BEN, handoff)
    log_touch(office, BEN, told, handoff, "spoke")
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, "other", words[:300])
    office.control.home(ANA)
    office.control.command(IDA, LEADS, "/lead", "")
    office.settle()


def newest(office: Office) -> int:
    return max((call["n"] for call in office.control.traffic()), default=0)


def strings(office: Office, after: int) -> Iterator[str]:
    """Every text that Slack would read as markup, or show."""
    for call in office.control.traffic(after):
        if call["direction"] == "in":
            yield from _within(call["body"])


def _within(part: object) -> Iterator[str]:
    if isinstance(part, str):
        if part[:1] in "[{":
            try:
                yield from _within(json.loads(part))
                return
            except ValueError:
                pass
        yield part
    elif isinstance(part, list):
        for each in part:
            yield from _within(each)
    elif isinstance(part, dict):
        yield from _of(part)


def _of(part: Json) -> Iterator[str]:
    # Slack shows a plain_text, an input's value and a private_metadata exactly as they are.
    if part.get("type") == "plain_text":
        return
    for name, value in part.items():
        if name not in {"initial_value", "private_metadata", "value"}:
            yield from _within(value)


def test_the_check_knows_harm_when_it_sees_it() -> None:
    for text in ("<!channel>", "<@U0HOSTILE00>", "<http://evil.example|x>", "<!subteam^S|x>"):
        assert LIVE.search(text)
    assert dm(BEN)
