"""App Home: what is mine."""

from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts, is_listed, sells
from bot.views.blocks import View, context, header, section
from bot.views.handoffs import line, why_it_came

SHOWN = 40
"""Leads on App Home; it takes 100 blocks."""
_HOW = "Answer a lead with the buttons in its message, under Messages."


def home(person: Person, mine: list[HandoffFacts], playbook: Playbook) -> View:
    """The reader's open hand-offs, soonest due first; says so when there are none."""
    blocks = [header("Your open hand-offs")]
    for facts in mine[:SHOWN]:
        blocks.append(section(f"{line(facts, playbook, person)}\n{why_it_came(facts.handoff)}"))
    blocks.append(context(_HOW) if mine else section(_nothing(person)))
    if len(mine) > SHOWN:
        blocks.append(context(f"The {SHOWN} that are due first are shown."))
    return {"type": "home", "blocks": blocks}


def my_list(person: Person, mine: list[HandoffFacts], playbook: Playbook) -> str:
    """The same for a command's private answer."""
    if not mine:
        return _nothing(person)
    return "\n".join(line(facts, playbook, person) for facts in mine)


def _nothing(person: Person) -> str:
    if not is_listed(person):
        return (
            "You can read here, but the playbook does not list you; "
            "ask your admin to add your e-mail."
        )
    if sells(person):
        return "Nothing is open. New leads reach you here and as a message."
    return "Leads open with you appear here. You follow yours by their cards in the channel."
