"""Presses of the trial: a sample lead, going live, and the two who agree to it."""

from bot.services import playbooks, trial
from bot.views import playbooks as book_views
from bot.views import trial as views
from handlers.press import Press
from handlers.submission import Submission


def send_sample(press: Press) -> None:
    trial.hand_over_sample(press.desk.liaison, press.by)


def show_playbook(press: Press) -> None:
    press.open(book_views.overview(playbooks.look(press.desk.liaison, press.by)))


def open_form(press: Press) -> None:
    press.open(views.confirm(trial.look(press.desk.liaison, press.by)))


def ask_both_sides(form: Submission) -> None:
    trial.ask_both_sides(form.desk.liaison, form.by)


def agree(press: Press) -> None:
    trial.agree(press.desk.liaison, press.by, int(press.handoff_id))
