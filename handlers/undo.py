"""Presses of Undo."""

from bot.services import undo
from handlers.press import Press


def take_back(press: Press) -> None:
    undo.take_back(press.desk.liaison, press.handoff_id, press.by)
