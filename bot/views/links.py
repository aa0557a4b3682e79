"""Who a CRM's owners are: the question to whoever fits, the admins' list and news, the form."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.links import State
from bot.models import Link, Person, PersonChange
from bot.queries import sells
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    field,
    foreign,
    modal,
    person_picker,
    section,
)

PAGE = 20
"""Owners of the list that are shown at once."""
NAMED = 10
"""Owners named in one message to the admins."""
COLUMNS = ("system", "owner", "state", "person", "leads_waiting")
_CRMS = {"": "your CRM", "hubspot": "HubSpot", "salesforce": "Salesforce", "pipedrive": "Pipedrive"}


@dataclass(frozen=True)
class Known:
    """What is known of one owner."""

    link: Link
    state: State
    person: Person | None
    waiting: int
    """Leads of theirs that nobody has yet."""


@dataclass(frozen=True)
class Page:
    """Some of all owners. `number` counts from 0."""

    owners: Sequence[Known]
    number: int
    count: int


@dataclass(frozen=True)
class Moved:
    """Somebody who left, came back or moved to another zone; `open_leads` are with them."""

    change: PersonChange
    person: Person
    open_leads: int


def question(link: Link, reader: Person) -> Post:
    """Are you this owner? Once it is said it may be said otherwise."""
    called = f"*{foreign(link.given, 254)}* in {_crm(link)}"
    yes = button("Yes, that is me", ids.LINK_YES, link.id, style="primary")
    no = button("No", ids.LINK_NO, link.id)
    if link.person_id == reader.id and link.settled_at:
        sentence = f"You are {called}. Leads that name this owner are yours."
        return _with_buttons(sentence, link, button("That is not me", ids.LINK_NO, link.id))
    if link.person_id == reader.id:
        sentence = f"Are you {called}? Leads that name this owner wait in the queue until then."
        why = "Why me? Your name fits."
        if "@" in link.given:
            why = "Why me? Your name fits, and nobody in Slack has this address."
        post = _with_buttons(sentence, link, yes, no)
        return Post(f"{post.text}\n{why}", [*post.blocks, context(why)])
    if reader.id in link.refused and link.person_id is None and not link.is_nobody:
        return _with_buttons(f"You are not {called}. Thank you.", link, _it_is(link))
    sentence = f"You need not say any more whether you are {called}."
    return Post(sentence, [section(sentence)])


def _it_is(link: Link) -> Block:
    return button("It is me after all", ids.LINK_YES, link.id)


def _with_buttons(sentence: str, link: Link, *buttons: Block) -> Post:
    return Post(sentence, [section(sentence), actions(f"link:{link.id}", *buttons)])


def unlinked(owners: Sequence[Known], moved: Sequence[Moved], more: int) -> Post:
    """What the admins hear: owners nobody here is, and who moved or left. `more` are not named."""
    lines = [line(one) for one in owners]
    blocks = [
        section(said, None if one.state is State.LINKED else _set(one))
        for one, said in zip(owners, lines, strict=True)
    ]
    news = [_moved(one) for one in moved]
    news = ["*People moved, left or came back.*", *news] if owners and news else news
    blocks += [section("\n".join(news))] if news else []
    title = _FIND if owners else "*People moved, left or came back.*"
    rest = f"{more} more stand in the list." if more > 0 else ""
    everybody = actions("links", button("All owners", ids.LINKS_ALL, "0"))
    text = "\n".join(filter(None, [title, *lines, *news, rest]))
    blocks += [everybody, *([context(rest)] if rest else [])]
    return Post(text, [section(title), *blocks])


_FIND = (
    "*I cannot find these owners in Slack.* Their leads wait in the queue until they are linked."
)


def _moved(one: Moved) -> str:
    name, change = escape(one.person.name), one.change
    if change.kind == "zone":
        return (
            f"• {name} moved from {change.was} to {change.now}: hours, due times and brief follow."
        )
    if change.kind == "back":
        return f"• {name} is back in Slack."
    left = f"• {name}’s Slack account is closed."
    if not one.open_leads:
        return left
    leads = _leads(one.open_leads)
    return f"{left} {leads} open with them: their manager presses *Reassign…*."


def page(shown: Page) -> View:
    """The list of all owners, for admins."""
    if not shown.count:
        empty = "No lead has named an owner yet. Those your CRM sends stand here, with who it is."
        return modal(ids.LINKS_VIEW, "Owners", [section(empty)], submit=None)
    first = shown.number * PAGE + 1
    last = first + len(shown.owners) - 1
    blocks = [context(f"{first} to {last} of {shown.count} owners that leads named")]
    blocks += [section(line(one), _set(one)) for one in shown.owners]
    pages = []
    if shown.number:
        pages.append(button("Back", ids.LINKS_PAGE_BACK, str(shown.number - 1)))
    if last < shown.count:
        pages.append(button("Show more", ids.LINKS_PAGE, str(shown.number + 1)))
    pages.append(button("CSV", ids.LINKS_CSV, "all"))
    return modal(ids.LINKS_VIEW, "Owners", [*blocks, actions("pages", *pages)], submit=None)


def line(one: Known) -> str:
    """One owner: who it is, and what to do where that is open."""
    waits = f" {_leads(one.waiting)} waiting in the queue." if one.waiting else ""
    of = f" ({_crm(one.link)})" if one.link.system else ""
    return f"• *{foreign(one.link.given, 80)}*{of}: {_who(one)}{waits}"


def _who(one: Known) -> str:
    name = escape(one.person.name) if one.person else ""
    if one.link.is_nobody:
        return "nobody here, as an admin said; leads go to the queue."
    match one.state:
        case State.MISSING:
            known_by = "has this address" if "@" in one.link.given else "is linked to this id"
            return f"nobody in Slack {known_by}."
        case State.DEACTIVATED:
            return f"{name}’s Slack account is closed. Link somebody else."
        case State.GUESSED:
            return f"perhaps {name}, who was asked. Link them if you know."
    if one.person and not sells(one.person):
        return f"{name}, who takes no leads: give them the role rep in the playbook."
    return f"{name}."


def row(one: Known) -> tuple[object, ...]:
    """The same for a spreadsheet."""
    state = "nobody" if one.link.is_nobody else one.state.value
    name = one.person.name if one.person else None
    return (one.link.system, one.link.given, state, name, one.waiting)


def form(one: Known) -> View:
    """Who is this owner? Nobody chosen = nobody here."""
    chosen = one.person.id if one.person else None
    who = person_picker(ids.CHOICE, "Choose a person", chosen)
    hint = "Empty = nobody here: their leads wait in the queue, and you hear no more of them."
    waits = f"{_leads(one.waiting)} waiting in the queue." if one.waiting else ""
    blocks = [
        section(f"*{foreign(one.link.given, 254)}* in {_crm(one.link)}. {waits}".strip()),
        field(ids.LINK_TO, "Who is this owner?", who, optional=True, hint=hint),
    ]
    return modal(ids.LINK_FORM, "Link an owner", blocks, submit="Save", about=one.link.id)


def linked(one: Known, passed: int) -> View:
    """What the form becomes; `passed` leads are with the person from now on."""
    given = foreign(one.link.given, 254)
    if one.person is None:
        sentence = f"*{given}* is nobody here. Leads that name this owner wait in the queue."
    elif not sells(one.person):
        name = escape(one.person.name)
        sentence = f"*{given}* is {name}, who takes no leads: their leads wait in the queue."
    else:
        sentence = f"*{given}* is {escape(one.person.name)}. New leads of this owner are theirs."
        be = "is" if passed == 1 else "are"
        sentence += f" {_leads(passed)} that waited {be} theirs too." if passed else ""
    again = "To undo it, press Change… in the list and choose somebody else, or nobody."
    return modal(ids.TOLD_VIEW, "Linked", [section(sentence), context(again)], submit=None)


def _set(one: Known) -> Block:
    is_done = one.state is State.LINKED or one.link.is_nobody
    return button("Change…" if is_done else "Link…", ids.LINK_SET, one.link.id)


def _crm(link: Link) -> str:
    return _CRMS.get(link.system, escape(link.system))


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count} leads"
