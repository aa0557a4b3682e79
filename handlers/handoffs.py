"""Presses on a hand-off's card."""

from bot.services import exports, handoffs
from handlers.press import Press


def claim(press: Press) -> None:
    handoffs.claim(press.desk.liaison, press.handoff_id, press.by)


def open_history(press: Press) -> None:
    """Everybody may read what happened; it names no contact data, and nobody's reminders."""
    press.open(exports.look_at_history(press.desk.liaison, press.handoff_id, 0, press.by))
