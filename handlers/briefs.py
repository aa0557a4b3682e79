"""Presses in the morning brief."""

from bot.services import briefs
from bot.views import ids
from handlers.press import Press


def open_part(press: Press) -> None:
    """The button's value says which part, and from which line on."""
    press.open(briefs.open_part(press.desk.liaison, press.handoff_id, press.by))


def turn_page(press: Press) -> None:
    """Another page in the part that stands open."""
    press.update(briefs.open_part(press.desk.liaison, press.handoff_id, press.by))


def show_part_again(press: Press) -> None:
    """What was pressed in an opened part is answered there too."""
    if press.view_name == ids.BRIEF_VIEW and press.button not in {ids.BRIEF_NEXT, ids.BRIEF_FIRST}:
        press.update(briefs.open_part(press.desk.liaison, press.about, press.by))
