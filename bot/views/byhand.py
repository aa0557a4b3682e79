"""The form with which a person hands a lead over."""

from collections.abc import Mapping

from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    context,
    field,
    line_field,
    modal,
    person_picker,
    radios,
    section,
)

FIELDS = {
    "company": "Company",
    "first_name": "First name",
    "last_name": "Last name",
    "title": "Role",
    "email": "E-mail",
    "phone": "Phone",
    "campaign": "Campaign",
    "reason": "Why it qualifies",
}
"""What can be filled in, by `LeadEvent`'s names, in the form's order."""
LONGEST = {"phone": 50, "email": 254, "reason": 1000}
_USUAL = 200
_GRADES = [(grade, grade) for grade in "ABCD"]


def form(told: Mapping[str, str], origin: str) -> View:
    """Filled in with what was read from a message; empty for a lead out of the blue."""
    blocks = [
        field(name, label, _typed(name, told.get(name)), optional=True)
        for name, label in FIELDS.items()
    ]
    grade = told.get("grade", "").strip().upper()
    blocks += [
        field(ids.GRADE, "Grade", radios(ids.CHOICE, _GRADES, chosen=grade), optional=True),
        field(
            ids.OWNER,
            "Whose shall it be?",
            person_picker(ids.CHOICE, "Nobody yet"),
            optional=True,
            hint="Left empty, it waits in the queue.",
        ),
        context("Give a company, a name or an e-mail to call the lead by."),
    ]
    return modal(ids.HAND_OVER_FORM, "Hand off as lead", blocks, submit="Hand over", about=origin)


def _typed(name: str, initial: str | None) -> Block:
    most = LONGEST.get(name, _USUAL)
    return line_field(ids.CHOICE, most=most, initial=initial, lines=name == "reason")


def refused() -> View:
    """What the form turns into for somebody who may not be handed over."""
    sentence = "Not handed over: this person asked not to be contacted."
    return modal(ids.HANDED_OVER_VIEW, "Do not contact", [section(sentence)], submit=None)


def thanks(channel: str, *, is_known: bool) -> View:
    """What the form turns into once the lead is stored."""
    sentence = (
        "This lead is open already. What you told is noted on its card."
        if is_known
        else f"Handed over: the card appears in <#{channel}>."
    )
    return modal(ids.HANDED_OVER_VIEW, "Thank you", [section(sentence)], submit=None)
