"""What a search finds: by `/lead acme`, or from App Home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.models import Campaign, Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    button,
    context,
    escape,
    field,
    foreign,
    header,
    line_field,
    modal,
    section,
)
from bot.views.brief import opens
from bot.views.handoffs import line, why_it_came

MOST = 10


@dataclass(frozen=True)
class Found:
    """What fits some words: of each kind up to one more than is shown."""

    words: str
    reader: Person
    leads: Sequence[HandoffFacts]
    campaigns: Sequence[Campaign]
    people: Sequence[Person]
    more: bool
    """Whether there are more leads."""


def form() -> View:
    words = line_field(ids.CHOICE, most=80)
    hint = "A company, a campaign, a colleague; leads of your own by name or e-mail too."
    blocks = [field(ids.SEARCH_WORDS, "What are you looking for?", words, hint=hint)]
    return modal(ids.SEARCH_FORM, "Search", blocks, submit="Search")


def results(of: Found, playbook: Playbook) -> View:
    """Leads, campaigns and people that fit, each with what opens it."""
    blocks = [*_leads(of, playbook), *_campaigns(of), *_people(of)]
    if not blocks:
        sentence = f"Nothing fits “{foreign(of.words, 80)}”. Try a shorter part of the name."
        blocks = [section(sentence)]
    return modal(ids.SEARCH_VIEW, "Search", blocks, submit=None)


def _leads(of: Found, playbook: Playbook) -> Iterator[Block]:
    if of.leads:
        yield header("Leads")
    for facts in of.leads:
        yield section(
            f"{line(facts, playbook, of.reader)}\n{why_it_came(facts.handoff)}", opens(facts)
        )
    if of.more:
        yield _too_many("leads")


def _campaigns(of: Found) -> Iterator[Block]:
    if of.campaigns:
        yield header("Campaigns")
    for campaign in of.campaigns[:MOST]:
        show = button("Show", ids.CAMPAIGN_SHOW, campaign.id)
        yield section(f"*{foreign(campaign.name, 80)}*", show)
    if len(of.campaigns) > MOST:
        yield _too_many("campaigns")


def _people(of: Found) -> Iterator[Block]:
    if of.people:
        yield header("People")
    for person in of.people[:MOST]:
        yield section(f"*{escape(person.name)}*: {' and '.join(person.roles)} in {person.team}")
    if len(of.people) > MOST:
        yield _too_many("people")


def _too_many(what: str) -> Block:
    return context(f"These are the first {MOST} {what}; type more of the name to see others.")


def found(
    person: Person, leads: list[HandoffFacts], words: str, playbook: Playbook, *, more: bool
) -> str | Post:
    """One line for each lead, with Open; what to try when there is none, or are too many."""
    if not leads:
        return (
            f"No lead matches “{foreign(words, 80)}”. Try a shorter part of the company's name; "
            "leads of your own are found by a person's name or e-mail too."
        )
    lines = [f"{line(facts, playbook, person)} {why_it_came(facts.handoff)}" for facts in leads]
    blocks = [section(text, opens(facts)) for text, facts in zip(lines, leads, strict=True)]
    if more:
        rest = f"These are the first {len(leads)}; type more of the name to see others."
        lines.append(rest)
        blocks.append(context(rest))
    return Post("\n".join(lines), blocks)
