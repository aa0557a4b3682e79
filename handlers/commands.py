"""One listener for every command."""

from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from handlers import byhand, doctor, home, liaison, search, watching
from handlers.command import Command, Menu
from handlers.desk import desk_of

COMMANDS: dict[str, Menu] = {
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
            "doctor": doctor.examine,
            "hours": liaison.hours,
            "watch": watching.watch,
        },
    ),
}


def typed(ack: Ack, command: dict[str, Any], context: BoltContext, respond: Respond) -> None:
    """The use case commits, then the answer goes out, to the one who typed."""
    name = known_as(command["command"])
    word, rest = COMMANDS[name].chosen(command.get("text", ""))
    answer = word(Command.read(desk_of(context), command, rest, respond))
    ack(answer.replace(f"`{name}", f"`{command['command']}")) if answer else ack()


def known_as(typed: str) -> str:
    """Our name of a command that a workspace may have put a prefix to: `/acme-lead` is `/lead`."""
    named = (name for name in COMMANDS if typed.endswith(f"-{name.removeprefix('/')}"))
    return typed if typed in COMMANDS else next(named)
