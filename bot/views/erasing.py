"""An admin erases a lead: what that means, before it is done."""

from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import View, context, modal, section
from bot.views.handoffs import campaign_and_grade, company

_WHAT_GOES = (
    "Name, e-mail, phone, company and the lead's own words go, here and in every message in Slack; "
    "so do questions and notes about it. If the lead is open, it ends, and nobody is reminded."
)
_WHAT_STAYS = (
    "That it was handed over stays: campaign, grade, times and outcome, and a mark by which the "
    "lead is refused should it be handed over again. The CRM is not told."
)


def erase_form(facts: HandoffFacts, count: int) -> View:
    """`count`: how many leads go, those that were merged or share the address included."""
    others = f" *{count} leads* go: they were merged, or share an address." if count > 1 else ""
    blocks = [
        section(f"*{company(facts.lead)}*\n{campaign_and_grade(facts.handoff)}"),
        section(f"{_WHAT_GOES}{others}"),
        section(_WHAT_STAYS),
        context("This cannot be undone."),
    ]
    return modal(ids.ERASE_FORM, "Erase lead", blocks, submit="Erase", about=facts.handoff.id)
