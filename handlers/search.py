"""`/lead acme` finds a lead; the search on App Home finds campaigns and people too."""

from bot.services.search import find, look_up
from bot.views import ids
from bot.views import search as views
from bot.views.blocks import Post, View
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def find_leads(command: Command) -> str | Post:
    playbook = command.desk.liaison.playbook
    person, leads, more = find(command.desk.liaison, command.by, command.words)
    return views.found(person, leads, command.words, playbook, more=more)


def open_form(press: Press) -> None:
    press.open(views.form())


def show_found(form: Submission) -> View:
    liaison = form.desk.liaison
    return views.results(look_up(liaison, form.by, form.words(ids.SEARCH_WORDS)), liaison.playbook)
