"""A stand-up in writing: `async`, and the two questions."""

from bot.services import written
from bot.views import ids
from bot.views import written as views
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def hold_in_writing(command: Command) -> str:
    return views.chosen(written.hold_in_writing(command.desk.liaison, command.channel, command.by))


def open_form(press: Press) -> None:
    press.open(views.form(*written.look(press.desk.liaison, press.handoff_id, press.by)))


def skip(press: Press) -> None:
    written.skip(press.desk.liaison, press.handoff_id, press.by)


def save(form: Submission) -> None:
    written.answer(
        form.desk.liaison,
        form.about,
        form.by,
        form.words(ids.WRITTEN_PROGRESS),
        form.words(ids.WRITTEN_PROBLEM),
    )
