"""`/liaison try`: a rehearsal for one."""

from bot.services import walks
from bot.views import walks as views
from handlers.command import Command
from handlers.press import Press


def begin(command: Command) -> str:
    walks.begin(command.desk.liaison, command.by)
    return views.ANSWER


def remove(press: Press) -> None:
    walks.end(press.desk.liaison)
