"""App Home: what is mine by urgency, the queue, and what the playbook says of me."""

from collections.abc import Iterator
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
from bot.views.handoffs import line, why_it_came

PAGE = 10
"""Leads of a section that are shown at once; Home takes 100 blocks."""


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


def home(
    person: Person,
    shelves: list[Shelf],
    todo: list[Block],
    settings: Settings,
    playbook: Playbook,
) -> View:
    """Sections that hold nothing are left out, but that nothing is open is said. `todo` is about
    the person's action items."""
    blocks = [context(_counts(shelves))]
    if not any(shelf.count for shelf in shelves if shelf.section is not Section.QUEUE):
        blocks.append(section(_nothing(person)))
    for shelf in shelves:
        blocks += _shelf(shelf, person, playbook)
    return _view([*blocks, *todo, *_settings(person, settings)])


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
    if shelf.count > PAGE:
        yield from _pager(shelf)


def _lead(of: Section, facts: HandoffFacts, person: Person, playbook: Playbook) -> Iterator[Block]:
    text = f"{line(facts, playbook, person)}\n{why_it_came(facts.handoff)}"
    opens = button("Open", ids.OPEN, facts.handoff.id)
    if of is not Section.QUEUE or not sells(person):
        yield section(text, opens)
        return
    yield section(text)
    claim = button("Claim", ids.CLAIM, facts.handoff.id, style="primary")
    yield actions(f"queue:{facts.handoff.id}", claim, opens)


def _pager(shelf: Shelf) -> Iterator[Block]:
    first = shelf.page * PAGE + 1
    last = first + len(shelf.leads) - 1
    buttons = []
    if last < shelf.count:
        buttons.append(button("Show more", ids.HOME_MORE, f"{shelf.section}:{shelf.page + 1}"))
    if shelf.page:
        buttons.append(button("Back to the first", ids.HOME_FIRST, f"{shelf.section}:0"))
    yield context(f"{first} to {last} of {shelf.count}")
    yield actions(f"pages:{shelf.section}", *buttons)


def _settings(person: Person, settings: Settings) -> list[Block]:
    roles = " and ".join(person.roles)
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
