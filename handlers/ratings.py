"""Presses that say how good a lead was."""

from bot.services import ratings
from bot.views import ratings as views
from handlers.press import Press


def rate(press: Press) -> None:
    value = views.VALUES[press.button]
    ratings.rate(press.desk.liaison, press.handoff_id, press.by, value)
    if press.view_id:
        press.update(views.saved(value))


def open_question(press: Press) -> None:
    liaison = press.desk.liaison
    asked = ratings.look(liaison, press.handoff_id, press.by)
    press.open(views.question(*asked, liaison.playbook))
