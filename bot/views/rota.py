"""Whose turn it is at a stand-up, told to that person, and the invitation to all of them."""

from bot.core.standup import State
from bot.models import Occurrence
from bot.playbook import Meeting
from bot.views import ids
from bot.views.blocks import (
    Post,
    View,
    actions,
    button,
    context,
    escape,
    field,
    modal,
    person_picker,
    section,
    when,
)
from bot.views.items import day


def duty(occurrence: Occurrence, meeting: Meeting, role: str, *, leads: bool) -> Post:
    """Two working days ahead: what it is, when, and the two ways out."""
    on = day(occurrence.day)
    push = (
        f"Your turn to lead the stand-up on {on}"
        if leads
        else f"You are the rep at the stand-up on {on}"
    )
    what = (
        "Press Next for each item, and keep what is decided; it closes itself."
        if leads
        else "You speak for the reps: what is going well with leads, and what is not."
    )
    said = f"{when(occurrence.begins_at)}, {meeting.minutes} minutes. {what}"
    value = f"{occurrence.id}:{role}"
    buttons = (
        button("Swap…", ids.DUTY_SWAP, value),
        button("Can't", ids.DUTY_CANNOT, value),
    )
    return Post(f"{push}\n{said}", [section(f"*{push}*\n{said}"), actions("duty", *buttons)])


def passed_on(occurrence: Occurrence, name: str | None) -> Post:
    who = f"{escape(name)} does it" if name else "nobody is found yet"
    return _line(f"The stand-up on {day(occurrence.day)}: {who}. Thank you for saying so.")


def over(occurrence: Occurrence) -> Post:
    on = day(occurrence.day)
    if occurrence.state is State.CLOSED:
        return _line(f"The stand-up of {on} is over. Thank you.")
    return _line(f"The stand-up of {on} does not take place; this turn stays yours.")


def swap_form(occurrence: Occurrence, value: str) -> View:
    picker = person_picker(ids.CHOICE, "Choose a colleague")
    hint = "They are told, and may pass it on. You come first next time."
    blocks = [field(ids.DUTY_TO, f"Who does it on {day(occurrence.day)}?", picker, hint=hint)]
    return modal(ids.DUTY_FORM, "Swap", blocks, submit="Swap", about=value)


def _line(sentence: str) -> Post:
    return Post(sentence, [context(sentence)])
