"""The form for an outcome: what happened, and the one thing it asks for besides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.attempts import Channel, Missing
from bot.core.lifecycle import LOST, QUALIFIED, WON
from bot.models import Person
from bot.playbook import Asks, Playbook, Reason
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    context,
    day_field,
    field,
    modal,
    person_picker,
    radios,
    section,
    static_select,
    text_field,
)
from bot.views.followups import local_time
from bot.views.handoffs import company

_LEAST = "Marketing reads the outcome and your words, not the lead's contact data."


@dataclass(frozen=True)
class Asked:
    """What the form asks for, by what is chosen so far; nothing is chosen at first."""

    facts: HandoffFacts
    asks: Asks = Asks.WORDS
    reason: Reason | None = None
    person: str | None = None
    """Who stands in the field for a person at first."""
    day: date | None = None
    """Which day stands in the field for a date at first."""
    waits: str | None = None
    """Why this outcome has to wait."""


def outcome_form(asked: Asked, playbook: Playbook) -> View:
    """How did it end, for now? One choice, and one field that follows it."""
    choice = static_select(ids.CHOICE, [*_choices(playbook)])
    return modal(
        ids.OUTCOME_FORM,
        "Outcome",
        [
            section(f"*{company(asked.facts.lead)}*"),
            field(ids.OUTCOME_KEY, "How did it end, for now?", choice, tells=True),
            *([section(asked.waits)] if asked.waits else []),
            _SECOND[asked.asks](asked),
            context(_LEAST),
        ],
        submit="Save",
        about=asked.facts.handoff.id,
    )


def deal_form(facts: HandoffFacts) -> View:
    """Was the qualified lead won or lost?"""
    return modal(
        ids.OUTCOME_FORM,
        "Won or lost",
        [
            section(f"*{company(facts.lead)}*"),
            field(
                ids.OUTCOME_KEY,
                "How did it end?",
                radios(ids.CHOICE, [("Won", WON), ("Lost", LOST)]),
            ),
            _words(Asked(facts)),
            context(_LEAST),
        ],
        submit="Save",
        about=facts.handoff.id,
    )


def _choices(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Each detail of a reason is a choice of its own, so that one press says it all."""
    yield playbook.outcome_label(QUALIFIED), QUALIFIED
    for reason in playbook.reasons:
        for detail in reason.details:
            yield f"{reason.label}: {detail}", f"{reason.key}:{detail}"
        yield f"{reason.label}: something else" if reason.details else reason.label, reason.key


def _words(asked: Asked) -> Block:
    element = text_field(ids.CHOICE, most=500, hint="What should marketing know?")
    needed = asked.reason is not None and asked.reason.needs_words
    return field(ids.OUTCOME_WORDS, "In your words", element, optional=not needed)


def _day(asked: Asked) -> Block:
    element = day_field(ids.CHOICE, asked.day)
    return field(ids.OUTCOME_DATE, "When would be better?", element, optional=True)


def _person(asked: Asked) -> Block:
    element = person_picker(ids.CHOICE, "Choose a colleague", asked.person)
    label = "Whose is it?" if asked.reason else "Who goes on with it?"
    hint = "They are told, unless it is you."
    return field(ids.OUTCOME_PERSON, label, element, optional=True, hint=hint)


_SECOND = {Asks.WORDS: _words, Asks.DATE: _day, Asks.PERSON: _person}


def not_yet(missing: Missing, reader: Person, now: datetime) -> str:
    """What is missing before "could not reach", and from when on it may be chosen anyway; plain
    text, in the reader's zone, because a form's field shows no date tokens."""
    opens = missing.opens_at.astimezone(ZoneInfo(reader.timezone))
    anyway = f"or choose this from {opens.day} {opens:%b} on."
    if missing.counted >= missing.agreed:
        others = _or(channel for channel in Channel if channel not in missing.tried)
        return (
            f"{missing.counted} attempts so far, by {_or(missing.tried)} only; "
            f"one by {others} is missing, {anyway}"
        )
    after = "now" if not missing.used else f"from {local_time(missing.next_at, reader, now)}"
    by = f" by {_or(missing.used)}" if 0 < len(missing.used) < len(Channel) else ""
    so_far = f"{missing.counted} of {missing.agreed} attempts so far"
    return f"{so_far}; the next{by} counts {after}, {anyway}"


def _or(channels: Iterable[Channel]) -> str:
    return " or ".join(sorted(channels))
