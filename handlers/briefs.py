"""Presses in the morning brief."""

from bot.services import briefs
from bot.views import brief as views
from handlers.press import Press


def bring_lead(press: Press) -> None:
    if not briefs.bring_lead(press.desk.liaison, press.handoff_id, press.by):
        press.whisper(views.brought_before())
