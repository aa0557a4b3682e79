"""Presses on the card, the list and the reminders of leads that came together."""

from bot.services import batch_steps, batches, escalations
from handlers.press import Press


def claim_one(press: Press) -> None:
    batches.claim_one(press.desk.liaison, press.handoff_id, press.by)


def take_on_one(press: Press) -> None:
    batch_steps.take_on_one(press.desk.liaison, press.handoff_id, press.by)


def open_page(press: Press) -> None:
    """The button's value is a batch, whose leads, and a page."""
    batch_id, whose, number = press.handoff_id.split(":")
    press.open(batches.page(press.desk.liaison, batch_id, whose, int(number), press.by))


def turn_page(press: Press) -> None:
    batch_id, whose, number = press.handoff_id.split(":")
    press.update(batches.page(press.desk.liaison, batch_id, whose, int(number), press.by))


def why(press: Press) -> None:
    press.whisper(batches.why(press.desk.liaison, press.handoff_id))


def why_me(press: Press) -> None:
    press.whisper(batches.why_me(press.desk.liaison, press.handoff_id, press.by))


def excuse_all(press: Press) -> None:
    batch_id, actor_id = press.handoff_id.split(":")
    liaison = press.desk.liaison
    batch_steps.decide_all(liaison, escalations.excuse, batch_id, actor_id, press.by)


def leave_all(press: Press) -> None:
    batch_id, actor_id = press.handoff_id.split(":")
    liaison = press.desk.liaison
    batch_steps.decide_all(liaison, escalations.leave, batch_id, actor_id, press.by)
