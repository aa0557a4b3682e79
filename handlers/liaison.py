"""`/liaison`: what is set up for everybody."""

from handlers.command import Command

HELP = (
    "`/liaison watch` makes each new message of a form or a CRM in a channel a hand-off.\n"
    "`/liaison watch off`, typed in that channel, ends it."
)


def bare(_command: Command) -> str:
    return HELP
