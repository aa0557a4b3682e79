"""What an admin reads as a list, or takes away as a file."""

from bot.services import exports
from handlers.campaigns import send_file
from handlers.press import Press


def turn_history(press: Press) -> None:
    """The button's value is a hand-off and a page."""
    handoff_id, _, page = press.handoff_id.partition(":")
    press.update(exports.look_at_history(press.desk.liaison, handoff_id, int(page), press.by))


def send_history(press: Press) -> None:
    send_file(press, exports.history_of(press.desk.liaison, press.handoff_id, press.by))


def open_people(press: Press) -> None:
    press.open(exports.people(press.desk.liaison, 0, press.by))


def turn_people(press: Press) -> None:
    press.update(exports.people(press.desk.liaison, int(press.handoff_id), press.by))


def send_people(press: Press) -> None:
    send_file(press, exports.people_as_file(press.desk.liaison, press.by))


def send_playbook(press: Press) -> None:
    send_file(press, exports.playbook(press.desk.liaison, press.by))
