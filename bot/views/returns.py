"""A lead that comes back, as marketing reads it while it may cancel that."""

from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import button, escape, on_day
from bot.views.brief import Item, opens
from bot.views.handoffs import company


def item(facts: HandoffFacts, playbook: Playbook) -> Item:
    """As a line of App Home."""
    handoff = facts.handoff
    label = escape(playbook.outcome_label(handoff.outcome or "", handoff.outcome_detail))
    returns = f" on {on_day(handoff.return_at)}" if handoff.return_at else ""
    cancel = button("Cancel the return", ids.CANCEL_RETURN, handoff.id)
    text = f"*{company(facts.lead)}* comes back{returns}\nLast time: {label}"
    return Item(text, (cancel, opens(facts)))
