"""A problem in words: what is so, why it is talked about, what should come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.standup import Problem
from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import View, context, escape, foreign, modal, on_day, section
from bot.views.handoffs import campaign_and_grade, company


@dataclass(frozen=True)
class Wording:
    """`says` is the headline; the others are one short sentence each."""

    says: Callable[[Problem, Playbook], str]
    purpose: str
    outcome: str
    action: str


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"


def _overdue(problem: Problem, _playbook: Playbook) -> str:
    waits = "waits" if problem.leads == 1 else "wait"
    return f"{_leads(problem.leads)} {waits} for a first touch past the agreed time"


def _silent(problem: Problem, playbook: Playbook) -> str:
    days = playbook.timing.silent_days
    has = "has" if problem.leads == 1 else "have"
    return f"{_leads(problem.leads)} {has} heard nothing for {days} working days"


def _rejected(problem: Problem, playbook: Playbook) -> str:
    outcome, _, campaign = problem.about.partition(":")
    of = f" of {foreign(campaign, 60)}" if campaign else " without a campaign"
    label = foreign(playbook.outcome_label(outcome), 60)
    was = "was" if problem.leads == 1 else "were"
    return f"{_leads(problem.leads)}{of} {was} turned down: {label}"


def _asked(problem: Problem, _playbook: Playbook) -> str:
    one = problem.leads == 1
    return f"{'1 question' if one else f'{problem.leads:,} questions'} to marketing {_is(one)} open"


def _disputed(problem: Problem, _playbook: Playbook) -> str:
    one = problem.leads == 1
    return f"{'1 outcome' if one else f'{problem.leads:,} outcomes'} {_is(one)} contested"


def _concerns(problem: Problem, _playbook: Playbook) -> str:
    day, _, campaign = problem.about.partition(":")
    launch = date.fromisoformat(day)
    many = "1 concern" if problem.leads == 1 else f"{problem.leads:,} concerns"
    name = foreign(campaign, 60)
    return f"{name}, launch {launch:%a} {launch.day} {launch:%b}: {many} of sales open"


def _flagged(problem: Problem, _playbook: Playbook) -> str:
    _, _, campaign = problem.about.partition(":")
    return f"{foreign(campaign, 60)} is flagged; {_leads(problem.leads)} in 90 days"


def _is(one: bool) -> str:  # noqa: FBT001  # a verb for one or for many
    return "is" if one else "are"


WORDINGS = {
    "overdue": Wording(
        _overdue,
        "Leads cool down while they wait.",
        "Each of them has somebody who calls today.",
        "Free reps claim from the list; agree what to change where there were too many.",
    ),
    "silent": Wording(
        _silent,
        "A lead that was reached once is the cheapest one to win.",
        "Each has a next step with a date, or an outcome.",
        "Go through the list by campaign; marketing offers something new to say.",
    ),
    "rejected": Wording(
        _rejected,
        "The same answer several times is about the source, not about a lead.",
        "One change to the campaign, its audience or its form.",
        "Look at three of them together; marketing says what changes and from when.",
    ),
    "asked": Wording(
        _asked,
        "Sales waits with the lead until it knows.",
        "Every question has an answer, or somebody who gets it.",
        "Marketing answers the oldest now.",
    ),
    "disputed": Wording(
        _disputed,
        "Both sides read the same rule differently.",
        "One sentence in the playbook that both sides read alike.",
        "The liaison says which rule it is about; each dispute is settled in private.",
    ),
    "concerns": Wording(
        _concerns,
        "What sales cannot stand behind, it does not follow up.",
        "Marketing says what changes, or both agree that it goes out as it is.",
        "Whoever raised it says it in a sentence; one change, or another day of launch.",
    ),
    "flagged": Wording(
        _flagged,
        "Time spent on leads that lead nowhere is missing elsewhere.",
        "What marketing changes, and from when.",
        "Look at three of them together; Say what changed… on the flag closes it.",
    ),
}
"""By source."""


def headline(problem: Problem, playbook: Playbook) -> str:
    """One line; nobody is named in it."""
    wording = WORDINGS.get(problem.source)
    return wording.says(problem, playbook) if wording else f"{_leads(problem.leads)}"


def lead_list(title: str, leads: Sequence[HandoffFacts], count: int, reader: Person) -> View:
    """The leads behind a number. Who has one is shown to that person and their manager."""
    blocks = [section(f"*{title}*")]
    blocks += [section(_line(facts, reader)) for facts in leads]
    if not leads:
        blocks.append(section("None of them is open any more."))
    if count > len(leads):
        blocks.append(context(f"The first {len(leads)} of {count:,}, longest waiting first."))
    blocks.append(context("Who has a lead is shown to that person and their manager."))
    return modal(ids.LEADS_VIEW, "Leads", blocks, submit=None)


def word_list(title: str, words: Sequence[str]) -> View:
    """What people wrote that stands behind a problem; who wrote it is not said."""
    blocks = [section(f"*{title}*"), *(section(f"“{foreign(each, 300)}”") for each in words)]
    if not words:
        blocks.append(section("None of them is open any more."))
    return modal(ids.LEADS_VIEW, "In their words", blocks, submit=None)


def _line(facts: HandoffFacts, reader: Person) -> str:
    handoff, actor = facts.handoff, facts.actor
    mine = actor is not None and reader.id in {actor.id, actor.manager_id}
    whose = (
        f" · {'you have it' if actor.id == reader.id else escape(actor.name)}"
        if (mine and actor)
        else ""
    )
    return (
        f"*{company(facts.lead)}*{whose}\n{campaign_and_grade(handoff)} · "
        f"handed over {on_day(handoff.received_at)}"
    )
