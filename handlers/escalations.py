"""What a manager decides about a lead on their list."""

from bot.services import escalations
from handlers.press import Press


def excuse(press: Press) -> None:
    escalations.excuse(press.desk.liaison, press.handoff_id, press.by)


def leave(press: Press) -> None:
    escalations.leave(press.desk.liaison, press.handoff_id, press.by)
