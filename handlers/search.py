"""`/lead acme`: find a lead."""

from bot.services.search import find
from bot.views import search as views
from bot.views.blocks import Post
from handlers.command import Command


def find_leads(command: Command) -> str | Post:
    playbook = command.desk.liaison.playbook
    person, leads, more = find(command.desk.liaison, command.by, command.words)
    return views.found(person, leads, command.words, playbook, more=more)
