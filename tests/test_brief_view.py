"""However much there is to say, a brief is one message that Slack takes."""

import pytest

from bot.views.blocks import button, escape
from bot.views.brief import BLOCKS, Heading, Item, brief
from sandbox.blockkit import check_message


def heading(name: str, lines: int, *, buttons: int = 1, more: int = 0) -> Heading:
    pressed = tuple(button("Open", f"lead:open{n}", f"{name}{n}") for n in range(buttons))
    items = tuple(Item(f"*{name} {line}*", pressed) for line in range(lines))
    return Heading(name, items, more)


def said(headings: list[Heading]) -> str:
    post = brief(headings)
    assert len(post.blocks) <= BLOCKS
    assert check_message({"channel": "D0BEN000000", "text": post.text, "blocks": post.blocks}) == []
    return post.text


def test_ten_lines_and_then_how_many_more() -> None:
    text = said([heading("Overdue", 10, more=9_990)])

    assert text.startswith("Your brief: 10,000 overdue\n")
    assert "*Overdue 9*\nand 9,990 more" in text


@pytest.mark.parametrize("parts", [1, 4, 9, 12])
@pytest.mark.parametrize("buttons", [0, 1, 3])
def test_every_part_keeps_its_place(parts: int, buttons: int) -> None:
    names = [f"Part{number}" for number in range(parts)]

    text = said([heading(name, 10, buttons=buttons, more=5) for name in names])

    assert [name for name in names if f"\n{name}\n" not in text] == []


def test_a_part_counts_what_it_does_not_show() -> None:
    text = said([heading(f"Part{number}", 10) for number in range(12)])

    assert "and 9 more" in text or "and 8 more" in text


def test_the_longest_names_fit() -> None:
    names = escape("&<>*" * 40)

    text = said([Heading("New", tuple(Item(names) for _ in range(10)))])

    assert len(text) < 40_000
