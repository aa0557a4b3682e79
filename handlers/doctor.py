"""`/liaison doctor`: is all of it set up?"""

from bot.services import doctor
from bot.views import doctor as views
from handlers.command import Command
from handlers.press import Press


def examine(command: Command) -> None:
    """Slack is asked a few things for it, so the answer follows the acknowledgement."""
    desk = command.desk
    doctor.may_examine(desk.liaison, command.by)
    doorstep = doctor.Doorstep(desk.outgoing, desk.public_url)
    desk.afterwards(
        lambda: command.respond(
            text=views.report(doctor.examine(desk.liaison, desk.slack, doorstep)),
            response_type="ephemeral",
        )
    )


def examine_from_home(press: Press) -> None:
    """Opened once Slack has answered; that takes less than a trigger lives."""
    desk = press.desk
    doctor.may_examine(desk.liaison, press.by)
    doorstep = doctor.Doorstep(desk.outgoing, desk.public_url)
    press.open_made(lambda: views.found(doctor.examine(desk.liaison, desk.slack, doorstep)))
