"""One listener for every command."""

from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from bot.views.blocks import Post
from handlers import byhand, campaigns, home, liaison, search, watching
from handlers.command import Command, Menu
from handlers.desk import desk_of

COMMANDS: dict[str, Menu] = {
    "/lead": Menu(
        help=home.HELP,
        bare=home.my_leads,
        words={"new": byhand.new_lead},
        other=search.find_leads,
    ),
    "/campaign": Menu(
        help=campaigns.HELP,
        bare=campaigns.table,
        other=campaigns.one,
    ),
    "/liaison": Menu(
        help=liaison.HELP,
        bare=liaison.status,
        words={
            "away": liaison.absence,
            "hours": liaison.hours,
            "watch": watching.watch,
        },
    ),
}


def typed(ack: Ack, command: dict[str, Any], context: BoltContext, respond: Respond) -> None:
    """The use case commits, then the answer goes out, to the one who typed."""
    word, rest = COMMANDS[command["command"]].chosen(command.get("text", ""))
    asked = Command.read(desk_of(context), command, rest, respond)
    answer = word(asked)
    if isinstance(answer, Post):
        asked.answer(answer)
        ack()
    else:
        ack(answer) if answer else ack()
