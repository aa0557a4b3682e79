"""The form that puts one lead off."""

from bot.core.snooze import Choice
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    View,
    context,
    field,
    modal,
    moment_picker,
    radios,
    section,
    text_field,
    when,
)
from bot.views.handoffs import company

CHOICES = {
    Choice.HOUR: "In 1 hour",
    Choice.HOURS: "In 3 hours",
    Choice.MORNING: "On the next working morning",
    Choice.PICK: "At the time picked below",
}


def form(facts: HandoffFacts, *, needs_reason: bool) -> View:
    """For how long; why, once this person has put this lead off before."""
    choice = radios(ids.CHOICE, [(label, key) for key, label in CHOICES.items()], Choice.HOUR)
    picker = field(ids.SNOOZE_UNTIL, "Day and time", moment_picker(ids.CHOICE), optional=True)
    words = text_field(ids.CHOICE, most=300, hint="What are you waiting for?")
    reason = [field(ids.SNOOZE_REASON, "Why once more?", words)] if needs_reason else []
    due = facts.run.due_at if facts.run else None
    stays = f"The first touch stays due {when(due)}." if due else "This lead has no clock."
    return modal(
        ids.SNOOZE_FORM,
        "Snooze",
        [
            section(f"*{company(facts.lead)}*"),
            field(ids.SNOOZE_FOR, "Remind me again", choice),
            picker,
            *reason,
            context(f"{stays} Only you and your manager see that you snoozed it."),
        ],
        submit="Snooze",
        about=facts.handoff.id,
    )
