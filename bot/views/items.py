"""Action items as people read them: a line, the forms, the pages of all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.origins import Origin
from bot.core.standup import CARRIES
from bot.models import ActionItem, Person
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    day_field,
    escape,
    field,
    foreign,
    line_field,
    modal,
    on_day,
    person_picker,
    radios,
    section,
    text_field,
)
from bot.views.brief import Item

WORDS = 300
DONE_WHEN = 200
REASON = 300
DONE, REDATE, REOWN, DROP = "done", "redate", "reown", "drop"
"""What becomes of an item."""


@dataclass(frozen=True)
class ItemFacts:
    """An action item with what a view of it needs."""

    item: ActionItem
    owner: Person | None
    """None = nobody has it yet."""
    carries: int
    """In how many meetings it stood open until the end, as it is agreed now."""
    origin: str | None = None
    """What it came from, in words: `a flag on Spring webinar`."""


def day(at: date) -> str:
    """`Tue 24 Nov`; with the year where it is not clear."""
    return f"{at:%a} {at.day} {at:%b}"


def line(facts: ItemFacts) -> str:
    """What, who, until when; no word about who let it stand."""
    item = facts.item
    owner = escape(facts.owner.name) if facts.owner else "nobody yet"
    due = f"due {day(item.due_on)}" if item.due_on else "no day yet"
    told = f"*{words_of(item)}*\n{owner} · {due}"
    if item.is_dropped:
        return f"{told} · dropped: {foreign(item.reason or '', REASON)}"
    if item.closed_at:
        return f"{told} · done"
    since = f" · since {on_day(item.created_at)}"
    return told + since + _from(facts) + _carried(facts.carries)


def words_of(item: ActionItem) -> str:
    """What somebody does; a sentence of ours where its words were erased with a lead."""
    return foreign(item.words, WORDS) or "An action item whose words were erased with a lead"


def _from(facts: ItemFacts) -> str:
    return f" · from {foreign(facts.origin, 100)}" if facts.origin else ""


def _opens(facts: ItemFacts) -> Iterator[Block]:
    """The button that opens what it came from."""
    if facts.item.origin:
        source = Origin.of(facts.item.origin).source
        yield button(f"See the {source}", ids.ITEM_ORIGIN, facts.item.id)


def _carried(times: int) -> str:
    if not times:
        return ""
    often = {1: "once", 2: "twice"}.get(times, f"{times} times")
    return f" · carried {often}" + (": decide what becomes of it" if times >= CARRIES else "")


def row(facts: ItemFacts) -> list[Block]:
    """One line with the one button that fits it, and a second where it came from something."""
    first, *more = _button(facts), *_opens(facts)
    if not more:
        return [section(line(facts), first)]
    return [section(line(facts)), actions(f"item:{facts.item.id}", first, *more)]


def _button(facts: ItemFacts) -> Block:
    item = facts.item
    if item.closed_at:
        return button("Undo", ids.ITEM_UNDO, item.id)
    if facts.carries >= CARRIES:
        return button("Decide…", ids.ITEM_DECIDE, item.id, style="primary")
    return button("Done", ids.ITEM_DONE, item.id)


def in_brief(facts: ItemFacts, today: date) -> Item:
    """A line of the reader's own brief."""
    due = facts.item.due_on
    when = "due today" if due == today else f"due {day(due)}" if due else "no day yet"
    text = f"*{words_of(facts.item)}*\n{when}{_from(facts)}{_done_when(facts.item)}"
    buttons = (
        button("Done", ids.ITEM_DONE, facts.item.id),
        button("Another day…", ids.ITEM_DECIDE, facts.item.id),
        *_opens(facts),
    )
    return Item(text, buttons)


def _done_when(item: ActionItem) -> str:
    return f" · done when: {foreign(item.done_when, DONE_WHEN)}" if item.done_when else ""


def form(
    about: str, title: str = "Action item", words: str | None = None, due: date | None = None
) -> View:
    """Owner, day and what done looks like; `about` says where it belongs."""
    blocks = [
        field(ids.ITEM_WORDS, "What will be done?", _words(words)),
        field(ids.ITEM_OWNER, "Who does it?", person_picker(ids.CHOICE, "Choose"), optional=True),
        field(ids.ITEM_DUE, "Until when?", day_field(ids.CHOICE, due), optional=True),
        field(
            ids.ITEM_DONE_WHEN,
            "What does done look like?",
            line_field(ids.CHOICE, most=DONE_WHEN),
            optional=True,
        ),
        context("Without an owner or a day it goes to whoever leads the meeting when it ends."),
    ]
    return modal(ids.ITEM_FORM, title, blocks, submit="Add", about=about)


def _words(words: str | None) -> Block:
    if words:
        return line_field(ids.CHOICE, most=WORDS, initial=words, lines=True)
    return text_field(ids.CHOICE, most=WORDS, hint="Ask for the company size in the form.")


def decide_form(facts: ItemFacts, today: date) -> View:
    """What becomes of it: another day, another owner, dropped with a reason, or done. A day that
    is over is not offered again."""
    item = facts.item
    due = item.due_on if item.due_on and item.due_on >= today else None
    choices = [
        ("It is done", DONE),
        ("Another day", REDATE),
        ("Somebody else does it", REOWN),
        ("Drop it, for the reason below", DROP),
    ]
    reason = text_field(ids.CHOICE, most=REASON, hint="The campaign is over.")
    blocks = [
        section(line(facts)),
        field(ids.ITEM_VERDICT, "What becomes of it?", radios(ids.CHOICE, choices, REDATE)),
        field(ids.ITEM_DUE, "Day", day_field(ids.CHOICE, due), optional=True),
        field(
            ids.ITEM_OWNER,
            "Who does it?",
            person_picker(ids.CHOICE, "Choose", item.owner_id),
            optional=True,
        ),
        field(ids.ITEM_REASON, "Why is it dropped?", reason, optional=True),
    ]
    return modal(ids.ITEM_DECIDE_FORM, "Action item", blocks, submit="Save", about=item.id)


def all_open(key: str, items: Sequence[ItemFacts], count: int, number: int) -> View:
    """One page of all that is open; `number` counts from 0."""
    pages = max(1, -(-count // ids.ITEMS_A_PAGE))
    blocks = [context(f"{counted(count)} open, oldest first · page {number + 1} of {pages}")]
    blocks += [block for facts in items for block in row(facts)]
    turns = []
    if number:
        turns.append(button("Earlier", ids.ITEMS_EARLIER, f"{key}:{number - 1}"))
    if number + 1 < pages:
        turns.append(button("Later", ids.ITEMS_LATER, f"{key}:{number + 1}"))
    if turns:
        blocks.append(actions("pages", *turns))
    return modal(ids.ITEMS_VIEW, "Action items", blocks, submit=None, about=f"{key}:{number}")


def counted(count: int) -> str:
    """`1 action item`, `1,204 action items`."""
    return "1 action item" if count == 1 else f"{count:,} action items"


def own(items: Sequence[ItemFacts], count: int, key: str, total: int, today: date) -> Post:
    """The private answer to `items`: the reader's own, and the way to all of them."""
    lines = [f"You have {counted(count)} open." if count else "You have no action item open."]
    blocks = [section(lines[0])]
    for facts in items:
        item = in_brief(facts, today)
        lines.append(item.text)
        blocks += [section(item.text), actions(f"item:{facts.item.id}", *item.buttons)]
    if count > len(items):
        lines.append(f"These are the first {len(items)}.")
    together = f"together: {counted(total)} open" if total else "have none open"
    lines.append(f"Both teams {together}.")
    blocks.append(context(lines[-1]))
    everything = [button("Show all", ids.ITEMS_ALL, f"{key}:0")] if total else []
    post = [button("Post to channel", ids.ITEMS_POST, key)] if count else []
    if everything or post:
        blocks.append(actions("all", *everything, *post))
    return Post("\n".join(lines), blocks)


def posted(person: Person, items: Sequence[ItemFacts], count: int, today: date) -> Post:
    """The same to a channel, with nothing to press."""
    has = f"has {counted(count)} open" if count else "has no action item open"
    lines = [f"{escape(person.name)} {has}."]
    lines += [in_brief(facts, today).text for facts in items]
    if count > len(items):
        lines.append(f"These are the first {len(items)}.")
    return Post("\n".join(lines), [section(each) for each in lines])


def loose(items: Sequence[ActionItem]) -> Post:
    """To whoever led the meeting: what nobody had is theirs now."""
    count = counted(len(items))
    sentence = f"The stand-up is over, and {count} had no owner or no day: you have them now."
    lines = [
        f"• {words_of(item)}" + (f", due {day(item.due_on)}" if item.due_on else "")
        for item in items
    ]
    how = "`/alignment-standup items` gives them another day or somebody else."
    return Post(
        "\n".join([sentence, *lines, how]), [section("\n".join([sentence, *lines])), context(how)]
    )
