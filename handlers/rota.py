"""Swap and Can't: whose turn it is at a stand-up."""

from bot.services import rota
from bot.views import ids
from bot.views import rota as views
from handlers.press import Press
from handlers.submission import Submission


def cannot(press: Press) -> None:
    rota.cannot(press.desk.liaison, press.handoff_id, press.by)


def open_swap_form(press: Press) -> None:
    occurrence = rota.look_to_swap(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.swap_form(occurrence, press.handoff_id))


def save_swap(form: Submission) -> None:
    rota.swap(form.desk.liaison, form.about, form.by, form.person(ids.DUTY_TO))
