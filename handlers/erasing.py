"""Erase…: an admin forgets a lead for good."""

from bot.services import erasing
from bot.views import erasing as views
from handlers.press import Press
from handlers.submission import Submission


def open_form(press: Press) -> None:
    facts, count = erasing.look_to_erase(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.erase_form(facts, count))


def erase(form: Submission) -> None:
    erasing.erase_by_admin(form.desk.liaison, form.about, form.by)
