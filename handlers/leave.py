"""An absence a calendar or a status told of: not away, or who covers."""

from bot.services import away, leave
from bot.views import away as views
from handlers.press import Press


def undo(press: Press) -> None:
    """The button's value is the absence."""
    leave.undo(press.desk.liaison, press.handoff_id, press.by)


def open_cover_form(press: Press) -> None:
    press.open(views.form(away.look(press.desk.liaison, press.by)))
