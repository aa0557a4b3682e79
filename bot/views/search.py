"""What `/lead acme` finds."""

from bot.models import Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views.blocks import Post, context, foreign, section
from bot.views.brief import opens
from bot.views.handoffs import line, why_it_came


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
