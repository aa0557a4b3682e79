"""One listener for every command."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from bot.views.blocks import Post
from handlers import byhand, home, liaison, search, standup, watching
from handlers.command import Command, Menu
from handlers.desk import desk_of

_STANDUP = Menu(
    help=standup.HELP,
    bare=standup.next_agenda,
    words={
        "add": standup.add,
        "decisions": standup.decisions,
        "items": standup.own_items,
        "minutes": standup.last_minutes,
        "skip": standup.skip,
    },
)


def _standup(command: Command) -> str | Post | None:
    """`/liaison standup …` is `/alignment-standup …`."""
    word, rest = _STANDUP.chosen(command.words)
    return word(replace(command, words=rest))


COMMANDS: dict[str, Menu] = {
    "/alignment-standup": _STANDUP,
    "/lead": Menu(
        help=home.HELP,
        bare=home.my_leads,
        words={"new": byhand.new_lead},
        other=search.find_leads,
    ),
    "/liaison": Menu(
        help=liaison.HELP,
        bare=liaison.status,
        words={
            "away": liaison.absence,
            "hours": liaison.hours,
            "standup": _standup,
            "watch": watching.watch,
        },
    ),
}


def typed(ack: Ack, command: dict[str, Any], context: BoltContext, respond: Respond) -> None:
    """The use case commits, then the answer goes out, to the one who typed."""
    word, rest = COMMANDS[command["command"]].chosen(command.get("text", ""))
    answer = word(Command.read(desk_of(context), command, rest, respond))
    if isinstance(answer, Post):
        ack(text=answer.text, blocks=answer.blocks)
    else:
        ack(answer) if answer else ack()
