"""Every kind of line says of itself what it means for an answer given before it, and to people."""

from bot.core.history import Line
from bot.views.handoffs import TOLD


def test_what_was_only_said_or_noted_stands_in_nobodys_way() -> None:
    assert {line.value for line in Line if not line.changes} == {
        *("shown", "nudged", "asked_around", "escalated", "ask_open", "rated", "stays"),
        *("older_act", "older_outcome", "refused", "gathered", "outcome_stands"),
    }


def test_every_line_has_a_sentence() -> None:
    assert {*TOLD} == {*Line}
