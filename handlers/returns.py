"""Presses about a lead that is to come back."""

from bot.services import returns
from handlers.press import Press


def cancel_return(press: Press) -> None:
    returns.cancel_return(press.desk.liaison, press.handoff_id, press.by)
