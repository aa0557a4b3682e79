"""The press of a free colleague who takes a lead on."""

from bot.services import colleagues
from handlers.press import Press


def take_on(press: Press) -> None:
    colleagues.take_on(press.desk.liaison, press.handoff_id, press.by)
