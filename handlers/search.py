"""`/lead acme`: find a lead."""

from bot.services.search import find
from bot.views import search as views
from handlers.command import Command


def find_leads(command: Command) -> str:
    playbook = command.desk.liaison.playbook
    person, leads, more = find(command.desk.liaison, command.by, command.words)
    return views.found(person, leads, command.words, playbook, more=more)
