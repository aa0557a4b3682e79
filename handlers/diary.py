"""The calendar somebody gives the address of."""

from bot.services import diary
from bot.views import diary as views
from bot.views import ids
from bot.views.blocks import View
from handlers.press import Press
from handlers.submission import Submission


def open_form(press: Press) -> None:
    press.open(views.form(diary.look(press.desk.liaison, press.by)))


def save(form: Submission) -> View:
    desk = form.desk
    given = form.words(ids.DIARY_ADDRESS)
    return views.saved(diary.give(desk.liaison, desk.outgoing, form.by, given))


def forget(press: Press) -> None:
    diary.forget(press.desk.liaison, press.by)
    press.update(views.forgotten())
