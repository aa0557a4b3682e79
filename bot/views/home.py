"""App Home: what is mine by urgency, the queue, and what the playbook says of me."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Absence, Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts, is_listed, sells
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    escape,
    header,
    section,
    when,
)
from bot.views.brief import Item, rows
from bot.views.handoffs import line, why_it_came

PAGE = 10
"""Leads of a section that are shown at once; Home takes 100 blocks."""
LISTED = 5
"""Lines of any other part."""
TAB = "tab"
"""Under which it is kept which tab is open."""


class Section(StrEnum):
    """The parts of a Home that list leads, from top to bottom."""

    OVERDUE = "overdue"
    TODAY = "today"
    QUEUE = "queue"
    REST = "rest"


_TITLES = {
    Section.OVERDUE: "First touch overdue",
    Section.TODAY: "First touch due today",
    Section.QUEUE: "In the queue",
    Section.REST: "Also open with you",
}


@dataclass(frozen=True)
class Shelf:
    """One page of one section. `count` is all there is in it; `page` counts from 0."""

    section: Section
    leads: list[HandoffFacts]
    count: int
    page: int


@dataclass(frozen=True)
class Settings:
    """What is agreed about one person, in the playbook's words."""

    hours: str
    holidays: tuple[str, ...]
    manager: str | None
    away: Absence | None
    """The absence that is now or comes next."""


def home(person: Person, body: list[Block], settings: Settings) -> View:
    return _view([*body, *_settings(person, settings)])


def bar(tabs: Sequence[tuple[str, int]], chosen: int) -> list[Block]:
    """The search, and a tab for each role with how much waits there; one alone needs no button."""
    search = button("Search…", ids.HOME_SEARCH, "search")
    if len(tabs) == 1:
        return [actions(TAB, search)]
    return [
        actions(
            TAB,
            *(_tab(number, *tab, is_open=number == chosen) for number, tab in enumerate(tabs)),
            search,
        )
    ]


def _tab(number: int, label: str, waiting: int, *, is_open: bool) -> Block:
    """The open one says so in words too."""
    counted = f"{label}: {waiting:,}" if waiting else label
    shown = f"{counted} (open)" if is_open else counted
    style = "primary" if is_open else None
    return button(shown, ids.HOME_TABS[number], f"{TAB}:{number}", style=style)


@dataclass(frozen=True)
class Listing:
    """One page of one part. `count` is all there is of it; `page` counts from 0."""

    name: str
    title: str
    items: Sequence[Item]
    count: int
    page: int


def listing(part: Listing) -> list[Block]:
    return [
        header(f"{part.title}: {part.count:,}"),
        *(block for place, item in enumerate(part.items) for block in rows(part.name, place, item)),
        *_pager(part.name, part.page * LISTED, len(part.items), part.count, part.page),
    ]


def nothing(title: str, sentence: str) -> list[Block]:
    """An empty part is one line."""
    return [context(f"*{title}*: {sentence}")]


def shelves(person: Person, shelves: list[Shelf], playbook: Playbook) -> list[Block]:
    """Sections that hold nothing are left out, but that nothing is open is said."""
    blocks = [context(_counts(shelves))]
    if not any(shelf.count for shelf in shelves if shelf.section is not Section.QUEUE):
        blocks.append(section(_nothing(person)))
    for shelf in shelves:
        blocks += _shelf(shelf, person, playbook)
    return blocks


def unlisted(*, is_new: bool = False) -> View:
    """For a member whom the playbook does not name; `is_new`: nobody has agreed on one yet."""
    if not is_new:
        return _view([section(_UNLISTED)])
    begin = button("Set up Liaison", ids.SETUP_HOME, "begin", style="primary")
    return _view([section(_NEW), actions("setup", begin)])


def _view(blocks: list[Block]) -> View:
    return {"type": "home", "blocks": blocks}


def _counts(shelves: list[Shelf]) -> str:
    count = {shelf.section: shelf.count for shelf in shelves}
    mine = count[Section.OVERDUE] + count[Section.TODAY] + count[Section.REST]
    return (
        f"{mine} open with you: {count[Section.OVERDUE]} overdue, {count[Section.TODAY]} due "
        f"today · {count[Section.QUEUE]} in the queue"
    )


def _shelf(shelf: Shelf, person: Person, playbook: Playbook) -> Iterator[Block]:
    if not shelf.count:
        return
    yield header(f"{_TITLES[shelf.section]}: {shelf.count}")
    for facts in shelf.leads:
        yield from _lead(shelf.section, facts, person, playbook)
    first = shelf.page * PAGE
    yield from _pager(shelf.section, first, len(shelf.leads), shelf.count, shelf.page)


def _lead(of: Section, facts: HandoffFacts, person: Person, playbook: Playbook) -> Iterator[Block]:
    text = f"{line(facts, playbook, person)}\n{why_it_came(facts.handoff)}"
    opens = button("Open", ids.OPEN, facts.handoff.id)
    if of is not Section.QUEUE or not sells(person):
        yield section(text, opens)
        return
    yield section(text)
    claim = button("Claim", ids.CLAIM, facts.handoff.id, style="primary")
    yield actions(f"queue:{facts.handoff.id}", claim, opens)


def _pager(name: str, before: int, shown: int, count: int, page: int) -> Iterator[Block]:
    """Nothing where all of it is shown."""
    buttons = []
    if before + shown < count:
        buttons.append(button("Show more", ids.HOME_MORE, f"{name}:{page + 1}"))
    if page:
        buttons.append(button("Back to the first", ids.HOME_FIRST, f"{name}:0"))
    if buttons:
        yield context(f"{before + 1} to {before + shown} of {count}")
        yield actions(f"pages:{name}", *buttons)


def _settings(person: Person, settings: Settings) -> list[Block]:
    roles = " and ".join([", ".join(person.roles[:-1]), *person.roles[-1:]]).removeprefix(" and ")
    managed = f" Your manager is {escape(settings.manager)}." if settings.manager else ""
    holidays = ", ".join(settings.holidays) or "none"
    lines = [
        f"You are {roles} in {person.team}.{managed}",
        f"Your hours: {escape(settings.hours)}, {escape(person.timezone)}. "
        f"Holidays: {escape(holidays)}.",
        _away(settings.away),
    ]
    source = "The zone is yours in Slack unless the playbook says otherwise; the rest is agreed "
    return [
        header("Your settings"),
        section("\n".join(lines)),
        context(source + "in the playbook. Your admin changes it."),
        actions("settings", button("Your messages…", ids.SETTINGS_OPEN, person.id)),
    ]


def _away(away: Absence | None) -> str:
    if away is None:
        return "No absence is noted."
    return f"Away from {when(away.starts_at)} to {when(away.ends_at)}."


def my_list(person: Person, mine: list[HandoffFacts], playbook: Playbook) -> str:
    """What is open with the reader, for a command's private answer."""
    if not mine:
        return _nothing(person)
    return "\n".join(line(facts, playbook, person) for facts in mine)


_NEW = (
    "*Liaison is not set up here yet.* An admin of this workspace does it in about five minutes, "
    "alone and without anybody else being messaged."
)
_UNLISTED = (
    "You can read here, but the playbook does not list you; ask your admin to add your e-mail."
)


def _nothing(person: Person) -> str:
    if not is_listed(person):
        return _UNLISTED
    if sells(person):
        return "Nothing is open. New leads reach you here and as a message."
    return "Leads open with you appear here. You follow yours by their cards in the channel."
