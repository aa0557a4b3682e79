"""`/liaison usefulness`: whether people act on what they are sent."""

from bot.services import usefulness
from bot.views.blocks import Post
from handlers.command import Command


def show(command: Command) -> Post:
    return usefulness.look(command.desk.liaison, command.by)
