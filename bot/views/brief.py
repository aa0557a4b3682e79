"""The morning brief: headings of short lines, each with the buttons that answer it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import Block, Post, actions, button, context, header, section, when
from bot.views.handoffs import company, why_it_came

BLOCKS = 50
"""What a message takes."""
MOST_ITEMS = 10
"""Lines under one heading; fewer when there are many headings."""
_FRAME = 2
"""The header above and the note below."""
_HOW = "Open brings a lead's own message, with its buttons, to the end of this conversation."


@dataclass(frozen=True)
class Item:
    """One line of the brief, and what can be pressed about it."""

    text: str
    buttons: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Heading:
    """What one part of the brief says."""

    title: str
    items: tuple[Item, ...]
    more: int = 0
    """How many there are beyond `items`."""
    where: str = "`/lead`"
    """What to type, or where to look, to see those."""

    @property
    def count(self) -> int:
        return len(self.items) + self.more


def brief(headings: Sequence[Heading]) -> Post:
    """The whole brief in one message, however much there is to say."""
    push = "Your brief: " + ", ".join(
        f"{heading.count:,} {heading.title.lower()}" for heading in headings
    )
    most = _that_fits(headings)
    blocks, lines = [header("Your brief")], [push]
    for heading in headings:
        cut = _cut(heading, most)
        blocks += _blocks(cut)
        lines += [cut.title, *(item.text for item in cut.items), *_rest(cut)]
    blocks.append(context(_HOW))
    return Post("\n".join([*lines, _HOW]), blocks)


def over(day: str) -> Post:
    """What is left of a brief when its day is over: no lead stands in it for ever."""
    sentence = f"Your brief of {day} is over. `/lead` lists what is open."
    return Post(sentence, [context(sentence)])


def lead(facts: HandoffFacts) -> Item:
    """A lead of the reader's own: what it is, by when or since when, and Open."""
    due, touched = facts.run.due_at if facts.run else None, facts.handoff.touched_at
    by_when = f": first touch due {when(due)}" if due else ""
    by_when = f": in touch {when(touched)}" if touched else by_when
    text = f"*{company(facts.lead)}*{by_when}\n{why_it_came(facts.handoff)}"
    return Item(text, (button("Open", ids.BRING, facts.handoff.id),))


def waiting(facts: HandoffFacts) -> Item:
    """A lead that nobody has."""
    due = facts.handoff.due_at
    by_when = f": first touch due {when(due)}" if due else ""
    text = f"*{company(facts.lead)}*{by_when}\n{why_it_came(facts.handoff)}"
    return Item(text, (button("Claim", ids.CLAIM, facts.handoff.id),))


def in_channel(playbook: Playbook) -> str:
    """Where the cards of all leads stand."""
    channel = playbook.channels.handoffs
    return channel if channel.startswith("#") else f"<#{channel}>"


def brought_before() -> str:
    return "Its message stands below already: it is the newest about this lead."


def _that_fits(headings: Sequence[Heading]) -> int:
    """How many lines each heading may have, so that all of them fit into one message."""
    for most in range(MOST_ITEMS, 0, -1):
        if _FRAME + sum(len(_blocks(_cut(heading, most))) for heading in headings) <= BLOCKS:
            return most
    return 0


def _cut(heading: Heading, most: int) -> Heading:
    kept = heading.items[:most]
    more = heading.more + len(heading.items) - len(kept)
    return Heading(heading.title, kept, more, heading.where)


def _blocks(heading: Heading) -> list[Block]:
    lines = [
        block
        for place, item in enumerate(heading.items)
        for block in _item(f"{heading.title}:{place}", item)
    ]
    return [section(f"*{heading.title}*"), *lines, *map(context, _rest(heading))]


def _item(block_id: str, item: Item) -> Iterator[Block]:
    """One button stands beside the line, several stand below it."""
    if len(item.buttons) == 1:
        yield section(item.text, item.buttons[0])
        return
    yield section(item.text)
    if item.buttons:
        yield actions(block_id, *item.buttons)


def _rest(heading: Heading) -> list[str]:
    if not heading.more:
        return []
    return [f"and {heading.more:,} {'more' if heading.items else 'of them'}: {heading.where}"]
