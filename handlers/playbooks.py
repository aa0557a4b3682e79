"""`/liaison playbook`: read, change and sign what both teams agreed to."""

from bot.errors import BadField
from bot.services import playbooks
from bot.views import ids
from bot.views import playbooks as views
from bot.views.blocks import View
from bot.views.playbooks import Edit
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def show(command: Command) -> None:
    command.open(views.overview(playbooks.look(command.desk.liaison, command.by)))


def open_overview(press: Press) -> None:
    press.open(views.overview(playbooks.look(press.desk.liaison, press.by)))


def open_edit_form(press: Press) -> None:
    """The button's value is a section and the version it was shown in."""
    name, _, base = press.handoff_id.partition(":")
    press.open(views.form(press.desk.liaison.playbook, Edit(name, None, int(base))))


def choose_entry(form: Submission) -> View:
    edit = Edit.of(form.about)
    entry = int(form.choice(ids.BOOK_ENTRY))
    return views.edit_form(form.desk.liaison.playbook, Edit(edit.section, entry, edit.base))


def save(form: Submission) -> View:
    place = place_of(form.words(ids.BOOK_PLACE))
    wanted = Edit.of(form.about, form.words(ids.BOOK_TEXT) or "", place)
    return views.saved(*playbooks.edit(form.desk.liaison, form.by, wanted))


def place_of(written: str | None) -> int | None:
    """Counted from 0. Raises `BadField` for what is no number from 1 on."""
    typed = (written or "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) < 1:
        raise BadField(ids.BOOK_PLACE, "Write a number: 1 for the first.")
    return int(typed) - 1


def sign(press: Press) -> None:
    liaison = press.desk.liaison
    playbooks.sign(liaison, press.by, int(press.handoff_id))
    press.update(views.overview(playbooks.look(liaison, press.by)))
