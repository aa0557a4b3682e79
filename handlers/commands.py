"""One listener for every command."""

import json
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from bot.views.blocks import Post
from handlers import (
    byhand,
    campaigns,
    definitions,
    doctor,
    flags,
    home,
    items,
    liaison,
    links,
    minutes,
    playbooks,
    previews,
    report,
    search,
    settings,
    setup,
    standup,
    topics,
    usefulness,
    walks,
    watching,
    written,
)
from handlers.command import Command, Menu
from handlers.desk import desk_of

_STANDUP = Menu(
    help=standup.HELP,
    bare=standup.next_agenda,
    words={
        "add": topics.add,
        "async": written.hold_in_writing,
        "decisions": minutes.decisions,
        "items": items.own_items,
        "minutes": minutes.last_minutes,
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
    "/campaign": Menu(
        help=campaigns.HELP,
        bare=campaigns.table,
        words={"flag": flags.flag, "preview": previews.preview},
        other=campaigns.one,
    ),
    "/liaison": Menu(
        help=liaison.HELP,
        bare=liaison.status,
        words={
            "away": liaison.absence,
            "doctor": doctor.examine,
            "glossary": definitions.glossary,
            "hours": liaison.hours,
            "links": links.show,
            "settings": settings.show,
            "wins": liaison.wins,
            "playbook": playbooks.show,
            "report": report.show,
            "setup": setup.take_over,
            "standup": _standup,
            "usefulness": usefulness.show,
            "try": walks.begin,
            "watch": watching.watch,
        },
    ),
}


def typed(ack: Ack, command: dict[str, Any], context: BoltContext, respond: Respond) -> None:
    """The use case commits, then the answer goes out, to the one who typed."""
    name = known_as(command["command"])
    word, rest = COMMANDS[name].chosen(command.get("text", ""))
    asked = Command.read(desk_of(context), command, rest, respond)
    answer = word(asked)
    if answer is None:
        ack()
    elif isinstance(answer, Post) and answer.is_native:
        asked.answer(answer)
        ack()
    elif isinstance(answer, Post):
        ack(**_named({"text": answer.text, "blocks": answer.blocks}, name, command["command"]))
    else:
        ack(**_named({"text": answer}, name, command["command"]))


def _named(answer: dict[str, Any], name: str, typed: str) -> dict[str, Any]:
    """The answer, in which our command is called as it was typed."""
    told: dict[str, Any] = json.loads(json.dumps(answer).replace(f"`{name}", f"`{typed}"))
    return told


def known_as(typed: str) -> str:
    """Our name of a command that a workspace may have put a prefix to: `/acme-lead` is `/lead`."""
    named = (name for name in COMMANDS if typed.endswith(f"-{name.removeprefix('/')}"))
    return typed if typed in COMMANDS else next(named)
