"""How good was the lead? Three plain buttons, in a message or in a modal."""

from bot.models import RatingValue
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, modal, section
from bot.views.handoffs import RATINGS, company, status_line

QUESTION = "Was it a good lead?"

_BUTTONS = {
    RatingValue.GOOD: ("Good", ids.RATE_GOOD),
    RatingValue.SO_SO: ("So-so", ids.RATE_SO_SO),
    RatingValue.BAD: ("Bad", ids.RATE_BAD),
}
VALUES = {action_id: value for value, (_, action_id) in _BUTTONS.items()}
"""What each button says."""

_WHO_READS = (
    "It counts for the campaign. Your manager can see it; marketing reads counts and no names."
)


def buttons(handoff_id: str) -> Block:
    """All three alike: none of them is the better answer."""
    return actions("rate", *(button(*words, handoff_id) for words in _BUTTONS.values()))


def question(facts: HandoffFacts, standing: RatingValue | None, playbook: Playbook) -> View:
    """`standing`: what the reader said before."""
    said = f" You said {RATINGS[standing]}." if standing else ""
    sentence = f"*{company(facts.lead)}*: {status_line(facts, playbook)}"
    blocks = [section(f"{sentence}{said}"), buttons(facts.handoff.id), context(_WHO_READS)]
    return modal(ids.RATE_VIEW, QUESTION, blocks, submit=None)


def saved(value: RatingValue) -> View:
    sentence = f"Noted: {RATINGS[value]}. You can change it in the menu of the lead's message."
    return modal(ids.RATE_VIEW, QUESTION, [section(sentence)], submit=None)
