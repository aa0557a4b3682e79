"""What `/lead acme` finds."""

from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views.blocks import foreign
from bot.views.handoffs import line, why_it_came


def found(
    person: Person, leads: list[HandoffFacts], words: str, playbook: Playbook, *, more: bool
) -> str:
    """One line for each lead; what to try when there is none, or when there are too many."""
    if not leads:
        return (
            f"No lead matches “{foreign(words, 80)}”. Try a shorter part of the company's name; "
            "leads of your own are found by a person's name or e-mail too."
        )
    lines = [f"{line(facts, playbook, person)} {why_it_came(facts.handoff)}" for facts in leads]
    if more:
        lines.append(f"These are the first {len(leads)}; type more of the name to see others.")
    return "\n".join(lines)
