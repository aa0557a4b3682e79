"""What is typed behind a command finds its use case, however it is written."""

import pytest

from bot.views.blocks import Post
from handlers.command import Command, Menu

MENU = Menu(
    help="how",
    bare=lambda _: "bare()",
    words={"away": lambda command: f"away({command.words})"},
)
SEARCHING = Menu(help="how", bare=MENU.bare, other=lambda command: f"find({command.words})")


def answer(menu: Menu, typed: str) -> str | Post | None:
    word, rest = menu.chosen(typed)
    return word(Command(None, "U1", "C1", rest, "trigger", None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("", "bare()"),
        ("   ", "bare()"),
        ("away", "away()"),
        ("AWAY  1 Dec", "away(1 Dec)"),
        ("help", "how"),
        ("<what?> now", "There is no “&lt;what?&gt;” here. This is what it knows:\nhow"),
    ],
)
def test_a_word_is_known_by_itself_and_anything_else_is_named_above_the_help(
    typed: str, answered: str
) -> None:
    assert answer(MENU, typed) == answered


@pytest.mark.parametrize(("typed", "answered"), [("Acme Corp", "find(Acme Corp)"), ("help", "how")])
def test_what_is_no_word_is_searched_for_where_there_is_a_search(typed: str, answered: str) -> None:
    assert answer(SEARCHING, typed) == answered
