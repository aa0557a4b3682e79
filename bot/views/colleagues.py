"""The question to free colleagues, below the card. It names nobody."""

from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import Post, actions, button, context, section
from bot.views.handoffs import company


def question(facts: HandoffFacts) -> Post:
    """Is anyone free?"""
    sentence = f"*{company(facts.lead)}*: first touch still open. Anyone free?"
    claim = button("Claim", ids.TAKE_ON, facts.handoff.id, style="primary")
    return Post(sentence, [section(sentence), actions("anyone", claim)])


def taken(facts: HandoffFacts) -> Post:
    """It went to somebody else; the card says to whom."""
    return _line(facts, "taken, thank you.")


def answered(facts: HandoffFacts) -> Post:
    """The first touch is no longer open."""
    return _line(facts, "answered, thank you.")


def _line(facts: HandoffFacts, told: str) -> Post:
    sentence = f"*{company(facts.lead)}*: {told}"
    return Post(sentence, [context(sentence)])
