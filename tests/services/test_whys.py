"""Every message that reaches a person answers "Why me?" in one sentence."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Message, MessageKind
from bot.playbook import Playbook
from bot.services import whys
from bot.views import ids
from bot.views.blocks import Post, actions, button, context, section
from bot.views.whys import decides, is_a_rest, of_a_brief, with_why
from tests.office import Json, Office, dm
from tests.services.test_report import week as lived_through

week = lived_through


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_message_answers_in_exactly_one_way(kind: MessageKind) -> None:
    ways = (whys.IN_A_CHANNEL, whys.BY_A_BUTTON, whys.BY_ITSELF, whys.IN_WORDS)

    assert sum(kind in way for way in ways) == 1


def test_the_sentence_stands_above_the_buttons_and_in_the_text() -> None:
    row = actions("row", button("Answer", ids.ANSWER, "1"))
    told = with_why(Post("Acme", [section("Acme"), row]), "you asked")

    assert told.blocks == [section("Acme"), context("Why you: you asked."), row]
    assert told.text == "Acme\nWhy you: you asked."


def test_it_stands_on_the_line_of_the_note_where_there_is_one() -> None:
    told = with_why(Post("Acme\nby noon", [section("Acme"), context("by noon")]), "you asked")

    assert told.blocks[1:] == [context("by noon · Why you: you asked.")]
    assert told.text == "Acme\nby noon · Why you: you asked."


def test_what_is_left_of_a_message_that_is_over_says_nothing_more() -> None:
    assert is_a_rest(Post("Done.", [context("Done.")]))
    assert not is_a_rest(Post("News.", [section("News.")]))


def test_a_sentence_names_the_value_both_teams_agreed_on() -> None:
    assert "beyond 9 messages a day" in of_a_brief(9)
    manager = next(step for step in Playbook().ladder if step.to == "manager")
    assert "from 150 % of its clock" in decides(round(100 * manager.at))


def test_each_message_of_a_week_answers_why_it_reached_its_reader(week: Office) -> None:
    assert week.bot
    with week.bot.liaison.reading() as tx:
        sent = (col(Message.recipient_id).is_not(None)) & col(Message.ts).is_not(None)
        rows = tx.scalars(select(Message).where(sent)).all()
    seen = {}
    for row in rows:
        shown = next(
            m for m in week.control.messages(dm(row.recipient_id or "")) if m["ts"] == row.ts
        )
        if len(shown["blocks"]) > 1:
            seen[row.kind] = answers_why(shown)

    assert seen, "nothing was told"
    assert [kind for kind, answers in seen.items() if not answers] == []
    assert {MessageKind.BRIEF, MessageKind.NUDGE, MessageKind.FLAG} <= {*seen}


def answers_why(message: Json) -> bool:
    """By a line, or by a button or an entry of a menu."""
    elements = [one for block in message["blocks"] for one in block.get("elements", [])]
    entries = [o["text"]["text"] for one in elements for o in one.get("options", [])]
    buttons = [one["text"]["text"] for one in elements if one["type"] == "button"]
    return "Why you: " in message["text"] or "Why me?" in [*entries, *buttons]
