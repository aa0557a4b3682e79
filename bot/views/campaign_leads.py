"""The leads behind a number of a campaign, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.marketing import Number
from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids, marketing
from bot.views.blocks import View, actions, button, escape, foreign, modal, on_day, section
from bot.views.handoffs import RATINGS, company

PAGE = 10


_CALLED = {
    "handed": "Handed over",
    "answered": "Answered",
    "touched": "Touched",
    "accepted": "Taken on",
    "decided": "Decided",
    "closed": "Closed, in all",
    "closed_qualified": "Closed, qualified",
    "closed_won": "Closed, won",
}


def number_called(number: str, playbook: Playbook) -> str:
    """What a number is called, by its key."""
    name, _, rest = number.partition(":")
    if name == "rated":
        return f"Rated {RATINGS[rest]}"
    if name == "outcome":
        outcome, _, detail = rest.partition(":")
        return playbook.outcome_label(outcome, detail or None)
    return marketing.CALLED[Number(name)] if name in {*Number} else _CALLED[name]


@dataclass(frozen=True)
class Behind:
    """A page of the leads behind a number."""

    title: str
    count: int
    page: int
    """Counted from 0."""
    leads: Sequence[HandoffFacts]
    about: str
    """Campaign, window and number: what another page is asked by."""


_PAGES = (ids.CAMPAIGN_PAGE_BACK, ids.CAMPAIGN_PAGE)


def leads_behind(
    behind: Behind, reader: Person, playbook: Playbook, turns: tuple[str, str] = _PAGES
) -> View:
    """Who had a lead is told to nobody but them and their manager. `turns`: the action ids of
    back and next."""
    back, following = turns
    first = behind.page * PAGE
    shown = f"{first + 1:,}–{first + len(behind.leads):,} of {behind.count:,}"
    blocks = [
        section(
            f"*{foreign(behind.title, 100)}*: {shown if behind.count > PAGE else behind.count}"
        ),
        *(section(_lead(facts, reader, playbook)) for facts in behind.leads),
    ]
    pages = []
    if behind.page:
        pages.append(button("Back", back, f"{behind.page - 1}:{behind.about}"))
    if first + PAGE < behind.count:
        pages.append(button("Next", following, f"{behind.page + 1}:{behind.about}"))
    if pages:
        blocks.append(actions("pages", *pages))
    return modal(ids.CAMPAIGN_LEADS_VIEW, "Leads", blocks, submit=None)


def _lead(facts: HandoffFacts, reader: Person, playbook: Playbook) -> str:
    handoff = facts.handoff
    outcome = handoff.outcome and playbook.outcome_label(handoff.outcome, handoff.outcome_detail)
    words = f" “{foreign(handoff.outcome_words, 150)}”" if handoff.outcome_words else ""
    stage = f"{escape(outcome)}{words}" if outcome else handoff.stage.value.capitalize()
    mine = facts.actor and reader.id in {facts.actor.id, facts.actor.manager_id}
    who = f" · {escape(facts.actor.name)}" if facts.actor and mine else ""
    given = f"grade {handoff.grade}, handed over {on_day(handoff.handed_at)}"
    return f"*{company(facts.lead)}* · {given}{who}\n{stage}"
