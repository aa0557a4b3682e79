"""One lead, opened from a list: its facts, and the buttons its reader may press."""

from collections.abc import Iterator, Sequence

from bot.core.lifecycle import OPEN, Act
from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    foreign,
    modal,
    overflow,
    plain_section,
    quote,
    section,
)
from bot.views.followups import contact
from bot.views.handoffs import (
    campaign_and_grade,
    card_menu,
    company,
    history_entry,
    missing_fields,
    status_line,
)

_BUTTONS = {
    Act.CLAIM: ("Claim", ids.CLAIM),
    Act.ACCEPT: ("Accept", ids.ACCEPT),
    Act.TOUCH: ("Log touch", ids.TOUCH),
    Act.OUTCOME: ("Outcome…", ids.OUTCOME),
}


def lead(
    facts: HandoffFacts,
    reader: Person,
    acts: Sequence[Act],
    playbook: Playbook,
    *,
    can_undo: bool = False,
) -> View:
    """Contact data and the lead's own words only for who acts on it, and for their manager."""
    lines = [f"*{company(facts.lead)}*", *_why(facts)]
    notes = [status_line(facts, playbook, reader)]
    if missing := missing_fields(facts):
        notes.append(f"Missing: {', '.join(missing)}.")
    blocks = [section("\n".join(lines)), *_private(facts, reader), *map(context, notes)]
    blocks.append(_buttons(facts, acts, playbook, can_undo=can_undo))
    view = modal(ids.LEAD_VIEW, "Lead", blocks, submit=None)
    return view | {"private_metadata": facts.handoff.id}


def _why(facts: HandoffFacts) -> list[str]:
    handoff = facts.handoff
    person = ", ".join(
        foreign(part, 60) for part in (facts.lead.given_name, facts.lead.title) if part
    )
    why = f"Why: {foreign(handoff.reason, 300)}" if handoff.reason else ""
    last = f"Last: {foreign(handoff.last_activity, 300)}" if handoff.last_activity else ""
    return [part for part in (person, campaign_and_grade(handoff), why, last) if part]


def _private(facts: HandoffFacts, reader: Person) -> list[Block]:
    actor = facts.actor
    if actor is None or reader.id not in {actor.id, actor.manager_id}:
        return []
    known = contact(facts.lead)
    words = [section(quote(facts.lead.message))] if facts.lead.message else []
    return [*([plain_section(known)] if known else []), *words]


def _buttons(
    facts: HandoffFacts, acts: Sequence[Act], playbook: Playbook, *, can_undo: bool
) -> Block:
    handoff_id = facts.handoff.id
    pressed = [act for act in acts if act in _BUTTONS]
    buttons = [
        button(*_BUTTONS[act], handoff_id, style=None if number else "primary")
        for number, act in enumerate(pressed)
    ]
    undo = [button("Undo", ids.UNDO, handoff_id)] if can_undo else []
    return actions("answer", *buttons, *undo, overflow(ids.MORE, [*_menu(facts, acts, playbook)]))


def _menu(
    facts: HandoffFacts, acts: Sequence[Act], playbook: Playbook
) -> Iterator[tuple[str, str]]:
    """At most the five entries that Slack takes."""
    handoff = facts.handoff
    if handoff.stage not in OPEN:
        yield from card_menu(handoff, playbook, can_undo=False)
        return
    if Act.TOUCH in acts:
        yield "Ask marketing", f"{ids.MORE_ASK}:{handoff.id}"
    if Act.REASSIGN in acts:
        yield "Reassign…", f"{ids.MORE_REASSIGN}:{handoff.id}"
    if Act.SNOOZE in acts and handoff.touched_at is None:
        yield "Snooze…", f"{ids.MORE_SNOOZE}:{handoff.id}"
    if acts and facts.actor:
        yield "Why me?", f"{ids.MORE_WHY}:{handoff.id}"
    yield history_entry(handoff)
