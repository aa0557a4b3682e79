"""The form in which marketing puts right what a lead was turned down for."""

from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import View, clean, context, field, foreign, modal, section, short, text_field
from bot.views.handoffs import campaign_and_grade, company

WHY = "reason"
FIELDS = {
    "company": "Company",
    "given_name": "First name",
    "family_name": "Last name",
    "title": "Role",
    "email": "E-mail",
    "phone": "Phone",
    WHY: "Why this lead qualifies",
}
"""What can be put right: the field's block_id, which is the row's column, and its label."""
_SHOWN = {"company", "given_name", "title"}
"""What the card shows everybody; of the rest marketing reads only whether it is there."""


def fix_form(facts: HandoffFacts) -> View:
    """Every field may be left empty, which keeps what is there."""
    words = facts.handoff.outcome_words
    said = f"\nSales says: “{foreign(words, 300)}”" if words else ""
    about = f"*{company(facts.lead)}*\n{campaign_and_grade(facts.handoff)}{said}"
    fields = [
        field(
            name,
            label,
            text_field(ids.CHOICE, most=1000 if name == WHY else 200, hint="Leave empty to keep"),
            optional=True,
            hint=_now(facts, name),
        )
        for name, label in FIELDS.items()
    ]
    once = context("It goes back to whoever had it, once, with a first touch of its own.")
    blocks = [section(about), *fields, once]
    return modal(
        ids.FIX_FORM, "Send back fixed", blocks, submit="Send back", about=facts.handoff.id
    )


def _now(facts: HandoffFacts, name: str) -> str:
    value = facts.handoff.reason if name == WHY else getattr(facts.lead, name)
    if not value:
        return "Missing."
    return f"Now: {short(clean(str(value)), 100)}" if name in {*_SHOWN, WHY} else "Given."
