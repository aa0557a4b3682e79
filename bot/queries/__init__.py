"""Reads that more than one place asks: one function per question, none of them commits.

A module for each thing that is asked about; they are asked for as `queries.facts`.
"""

from bot.queries.away import absence_at, absences, away_of, away_of_team
from bot.queries.handoffs import (
    current_run,
    handoff_to_change,
    handoffs_of,
    hops,
    latest_handoff,
    paused_until,
    steps_taken,
)
from bot.queries.joined import (
    COVER,
    TOGETHER,
    Cover,
    HandoffFacts,
    cover,
    facts,
    facts_of,
    open_of,
    silent_of,
)
from bot.queries.leads import lead_as_told, lead_by_key, lock_lead, who_refused
from bot.queries.lines import history, history_for
from bot.queries.messages import card_of, is_newest_dm, listed_after, waited_for
from bot.queries.people import (
    MARKETING,
    SALES,
    admins,
    decider_for,
    everybody,
    installer,
    is_listed,
    markets,
    must_be_admin,
    names,
    names_of,
    person,
    person_by_email,
    sells,
)

__all__ = [
    "COVER",
    "MARKETING",
    "SALES",
    "TOGETHER",
    "Cover",
    "HandoffFacts",
    "absence_at",
    "absences",
    "admins",
    "away_of",
    "away_of_team",
    "card_of",
    "cover",
    "current_run",
    "decider_for",
    "everybody",
    "facts",
    "facts_of",
    "handoff_to_change",
    "handoffs_of",
    "history",
    "history_for",
    "hops",
    "installer",
    "is_listed",
    "is_newest_dm",
    "latest_handoff",
    "lead_as_told",
    "lead_by_key",
    "listed_after",
    "lock_lead",
    "markets",
    "must_be_admin",
    "names",
    "names_of",
    "open_of",
    "paused_until",
    "person",
    "person_by_email",
    "sells",
    "silent_of",
    "steps_taken",
    "waited_for",
    "who_refused",
]
