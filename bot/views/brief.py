"""The morning brief: headings of short lines, each with the buttons that answer it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    foreign,
    header,
    modal,
    section,
    when,
)
from bot.views.handoffs import company, return_lines, status_line, why_it_came

BLOCKS = 50
"""What a message takes."""
MOST_ITEMS = 10
"""Lines under one heading; fewer when there are many headings."""
PAGE = 40
"""Lines of one page of a heading opened by itself: at two blocks each, with pages to turn, they fit
into the 100 blocks of a modal."""
_FRAME = 2
"""The header above, and the note below: what the buttons do, and why it comes."""
OPEN = "Open shows a lead as it is now, with its buttons."


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
    push: str = ""
    """How the first line says it, where a number and the title do not read."""
    hint: str = ""
    """What its buttons do, said once below everything."""
    address: str = ""
    """Where the rest can be asked for: the brief's id and the part's name."""

    @property
    def counted(self) -> str:
        return self.push or f"{len(self.items) + self.more:,} {self.title.lower()}"


def brief(headings: Sequence[Heading]) -> Post:
    """The whole brief in one message, however much there is to say."""
    push = "Your brief: " + ", ".join(heading.counted for heading in headings)
    most = _that_fits(headings)
    blocks, lines = [header("Your brief")], [push]
    for heading in headings:
        cut = _cut(heading, most)
        blocks += _blocks(cut)
        lines += [cut.title, *(item.text for item in cut.items), *_rest(cut)]
    hints = " ".join(dict.fromkeys(heading.hint for heading in headings if heading.hint))
    if hints:
        blocks.append(context(hints))
        lines.append(hints)
    return Post("\n".join(lines), blocks)


def over(day: str) -> Post:
    """What is left of a brief when its day is over: no lead stands in it for ever."""
    sentence = f"Your brief of {day} is over. `/lead` lists what is open."
    return Post(sentence, [context(sentence)])


def done(day: str) -> Post:
    """What is left of a brief on its own day when nothing of it waits any more."""
    sentence = f"Your brief of {day}: all of it is done."
    return Post(sentence, [context(sentence)])


def page(heading: Heading, skip: int) -> View:
    """One part of a brief by itself: the lines after the first `skip`, and pages to turn."""
    blocks = [block for item in enumerate(heading.items) for block in rows(heading.title, *item)]
    if not blocks:
        blocks = [section("Nothing of it waits any more.")]
    last = skip + len(heading.items)
    buttons = []
    if heading.more:
        buttons.append(_shows("Show more", heading, last, ids.BRIEF_NEXT))
    if skip:
        buttons.append(_shows("Back to the first", heading, 0, ids.BRIEF_FIRST))
    if buttons:
        blocks.append(context(f"{skip + 1:,} to {last:,} of {last + heading.more:,}"))
        blocks.append(actions("pages", *buttons))
    about = f"{heading.address}:{skip}"
    return modal(ids.BRIEF_VIEW, heading.title, blocks, submit=None, about=about)


def leads(title: str, found: Sequence[HandoffFacts], more: int) -> Heading | None:
    """A heading of leads of the reader's own; None when there is none."""
    items = tuple(lead(facts) for facts in found)
    return Heading(title, items, more, hint=OPEN) if items else None


def lead(facts: HandoffFacts) -> Item:
    """A lead of the reader's own: what it is, by when or since when, and Open."""
    due, touched = facts.run.due_at if facts.run else None, facts.handoff.touched_at
    by_when = f": first touch due {when(due)}" if due else ""
    by_when = f": in touch {when(touched)}" if touched else by_when
    text = f"*{company(facts.lead)}*{by_when}\n{why_it_came(facts.handoff)}"
    return Item(text, (opens(facts),))


def waiting(facts: HandoffFacts) -> Item:
    """A lead that nobody has."""
    due = facts.handoff.due_at
    by_when = f": first touch due {when(due)}" if due else ""
    text = f"*{company(facts.lead)}*{by_when}\n{why_it_came(facts.handoff)}"
    return Item(text, (button("Claim", ids.CLAIM, facts.handoff.id),))


def back_again(facts: HandoffFacts, playbook: Playbook) -> Item:
    """A lead that comes back or has come back, and why it was put off last time."""
    if facts.handoff.returned_from:
        own = lead(facts)
        return Item("\n".join([own.text, *return_lines(facts, playbook)]), own.buttons)
    reason = status_line(facts, playbook, facts.actor)
    text = f"*{company(facts.lead)}* comes back today\nLast time: {reason}"
    return Item(text, (opens(facts),))


def campaign(name: str, key: str, endings: Counter[str]) -> Item:
    """How leads of one campaign ended, the most frequent first, and the button that shows all of
    it; a number and no name."""
    ended = " · ".join(f"{escape(label)} {count:,}" for label, count in endings.most_common())
    shown = button("Show", ids.CAMPAIGN_SHOW, key)
    return Item(f"*{foreign(name, 80)}*: {ended}", (shown,))


def week(due: int, in_time: int, qualified: int, changed: Sequence[str]) -> list[Item]:
    """What went well: a line of counts, and one for campaigns that changed after the reader's
    ratings. Empty when there is nothing to be glad of."""
    counts = [
        f"{in_time:,} of {due:,} answered in time" if in_time else "",
        f"{qualified:,} qualified" if qualified else "",
    ]
    items = [Item(", ".join(each for each in counts if each))] if in_time or qualified else []
    if changed:
        names = ", ".join(f"*{foreign(name, 60)}*" for name in changed[:5])
        items.append(Item(f"Your ratings count: marketing changed {names} since."))
    return items


def opens(facts: HandoffFacts) -> Block:
    """The button that shows a lead."""
    return button("Open", ids.OPEN, facts.handoff.id)


def _that_fits(headings: Sequence[Heading]) -> int:
    """How many lines each heading may have, so that all of them fit into one message."""
    for most in range(MOST_ITEMS, 0, -1):
        if _FRAME + sum(len(_blocks(_cut(heading, most))) for heading in headings) <= BLOCKS:
            return most
    return 0


def _cut(heading: Heading, most: int) -> Heading:
    kept = heading.items[:most]
    more = heading.more + len(heading.items) - len(kept)
    return replace(heading, items=kept, more=more)


def _blocks(heading: Heading) -> list[Block]:
    lines = [block for item in enumerate(heading.items) for block in rows(heading.title, *item)]
    rest = [
        section(sentence, _shows("Show more", heading, len(heading.items), ids.BRIEF_MORE))
        for sentence in _rest(heading)
    ]
    return [section(f"*{heading.title}*"), *lines, *rest]


def rows(part: str, place: int, item: Item) -> Iterator[Block]:
    """One button stands beside the line, several stand below it."""
    if len(item.buttons) == 1:
        yield section(item.text, item.buttons[0])
        return
    yield section(item.text)
    if item.buttons:
        yield actions(f"{part}:{place}", *item.buttons)


def _shows(label: str, heading: Heading, skip: int, action_id: str) -> Block:
    return button(label, action_id, f"{heading.address}:{skip}")


def _rest(heading: Heading) -> list[str]:
    if not heading.more:
        return []
    return [f"and {heading.more:,} {'more' if heading.items else 'of them'}"]
