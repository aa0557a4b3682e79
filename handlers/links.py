"""`/liaison links`: who the CRM's owners are, and the question to whoever fits."""

from bot.services import linking
from bot.views import ids
from bot.views import links as views
from bot.views.blocks import View
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def show(command: Command) -> None:
    command.open(views.page(linking.look(command.desk.liaison, command.by)))


def open_list(press: Press) -> None:
    press.open(views.page(linking.look(press.desk.liaison, press.by)))


def turn_page(press: Press) -> None:
    """The button's value is the page."""
    press.update(views.page(linking.look(press.desk.liaison, press.by, int(press.handoff_id))))


def send_csv(press: Press) -> None:
    """Into the presser's own DM."""
    slack = press.desk.slack
    file = linking.csv_of_links(press.desk.liaison, press.by)
    press.whisper("The CSV is on its way to your messages with me.")
    press.desk.afterwards(
        lambda: slack.upload(slack.open_dm(press.by), file.name, file.content, file.about)
    )


def say_yes(press: Press) -> None:
    linking.answer(press.desk.liaison, press.handoff_id, press.by, is_them=True)


def say_no(press: Press) -> None:
    linking.answer(press.desk.liaison, press.handoff_id, press.by, is_them=False)


def open_form(press: Press) -> None:
    press.open(views.form(linking.look_at(press.desk.liaison, press.handoff_id, press.by)))


def save(form: Submission) -> View:
    liaison, person = form.desk.liaison, form.person(ids.LINK_TO)
    before = linking.look_at(liaison, form.about, form.by)
    after = linking.link_to(liaison, form.about, person, form.by)
    return views.linked(after, before.waiting - after.waiting)
