"""A calendar somebody gives the address of: the form, and whether it can be read."""

from bot.models import Diary
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    field,
    line_field,
    modal,
    section,
    when,
)

_WHAT = (
    "I read it every 15 minutes and keep one thing of it: when you are away. Days marked out of "
    "office count, and entries called vacation, holiday, sick or the like; one that shows you as "
    "free does not."
)
_SECRET = "Whoever has this address can read your calendar. I keep it encrypted and never show it."


def form(diary: Diary | None) -> View:
    blocks: list[Block] = [section(_WHAT)]
    if diary:
        forget = button("Forget it", ids.DIARY_FORGET, diary.person_id, style="danger")
        blocks += [section(_state(diary)), actions("diary", forget)]
    hint = "Google: Settings, your calendar, Secret address in iCal format. Outlook: Shared "
    hint += "calendars, Publish, ICS."
    label = "Another address" if diary else "Address of your calendar (ICS)"
    address = line_field(ids.CHOICE, most=2000)
    blocks += [field(ids.DIARY_ADDRESS, label, address, hint=hint), context(_SECRET)]
    return modal(ids.DIARY_FORM, "Your calendar", blocks, submit="Save")


def saved(diary: Diary) -> View:
    sentence = (
        f"Saved. I read your calendar at *{escape(diary.host)}* within a minute, and write you "
        "what I found. Each absence can be undone where I tell of it."
    )
    return modal(ids.TOLD_VIEW, "Your calendar", [section(sentence)], submit=None)


def forgotten() -> View:
    sentence = "Your calendar is forgotten, and the absences that only it told of are called off."
    return modal(ids.TOLD_VIEW, "Your calendar", [section(sentence)], submit=None)


def told(diary: Diary | None) -> Post:
    """One line that follows the calendar; None = it is not read any more."""
    if diary is None:
        sentence = "That calendar is not read any more."
        return Post(sentence, [section(sentence)])
    sentence = _state(diary)
    return Post(sentence, [section(sentence)])


def _state(diary: Diary) -> str:
    host = f"*{escape(diary.host)}*"
    if diary.fault:
        since = f" Last read {when(diary.read_at)}." if diary.read_at else ""
        return f"Your calendar at {host} cannot be read: {escape(diary.fault)}{since}"
    if diary.read_at is None:
        return f"Your calendar at {host} is about to be read."
    found = "no absence" if not diary.found else "1 absence"
    found = f"{diary.found} absences" if diary.found > 1 else found
    return f"I read your calendar at {host}: {found} in the next 60 days."
