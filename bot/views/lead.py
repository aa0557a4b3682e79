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
    may_erase: bool = False,
    can_undo: bool = False,
) -> View:
    """Contact data and the lead's own words only for who acts on it, and for their manager."""
    lines = [f"*{company(facts.lead)}*", *_why(facts)]
    notes = [status_line(facts, playbook, reader)]
    if missing := missing_fields(facts):
        notes.append(f"Missing: {', '.join(missing)}.")
    blocks = [section("\n".join(lines)), *_private(facts, reader), *map(context, notes)]
    view = modal(
        ids.LEAD_VIEW,
        "Lead",
        [*blocks, _buttons(facts, acts, playbook, may_erase=may_erase, can_undo=can_undo)],
        submit=None,
    )
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
    facts: HandoffFacts,
    acts: Sequence[Act],
    playbook: Playbook,
    *,
    may_erase: bool,
    can_undo: bool,
) -> Block:
    handoff_id = facts.handoff.id
    buttons = [
        button(*_BUTTONS[act], handoff_id, style=None if number else "primary")
        for number, act in enumerate(act for act in acts if act in _BUTTONS)
    ]
    if can_undo:
        buttons.append(button("Undo", ids.UNDO, handoff_id))
    more = [(label, f"{entry}:{handoff_id}") for label, entry in _menu(facts, acts, playbook)]
    if may_erase and facts.lead.erased_at is None:
        more.append(("Erase…", f"{ids.MORE_ERASE}:{handoff_id}"))
    return actions("answer", *buttons, overflow(ids.MORE, more))


def _menu(
    facts: HandoffFacts, acts: Sequence[Act], playbook: Playbook
) -> Iterator[tuple[str, str]]:
    """The same as in the actor's message, as far as this reader may press it; of a lead that has
    ended what its card offers, since in a batch it has none."""
    if facts.handoff.stage not in OPEN:
        for label, value in card_menu(facts.handoff, playbook, can_undo=False):
            yield label, value.partition(":")[0]
        return
    if Act.TOUCH in acts:
        yield "Ask marketing", ids.MORE_ASK
    if Act.REASSIGN in acts:
        yield "Reassign…", ids.MORE_REASSIGN
    if Act.SNOOZE in acts and facts.handoff.touched_at is None:
        yield "Snooze…", ids.MORE_SNOOZE
    if facts.actor and {Act.ACCEPT, Act.TOUCH, Act.OUTCOME} & {*acts}:
        yield "Why me?", ids.MORE_WHY
    yield "History", ids.MORE_HISTORY
