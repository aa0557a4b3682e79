"""A lead handed over by a person: from a message, or with /lead new."""

from typing import Any

from bot.identity import new_id
from bot.intake.told_in_slack import read_message
from bot.services import byhand, deliveries
from bot.views import byhand as views
from bot.views import ids
from bot.views.blocks import View
from handlers.command import Command
from handlers.desk import Desk
from handlers.shortcut import Shortcut
from handlers.submission import Submission


def new_lead(command: Command) -> None:
    byhand.may_hand_over(command.desk.liaison, command.by)
    command.open(views.form({}, new_id(command.desk.liaison.wall())))


def open_form(shortcut: Shortcut) -> None:
    """Filled in with what the message tells; its place in Slack is what makes it one lead."""
    byhand.may_hand_over(shortcut.desk.liaison, shortcut.by)
    shortcut.open(views.form(read_message(shortcut.message), shortcut.origin))


def hand_over(form: Submission) -> View:
    liaison = form.desk.liaison
    fields: dict[str, Any] = {name: form.words(name) or "" for name in views.FIELDS}
    fields["grade"] = form.choice(ids.GRADE)
    told = byhand.Told(form.about, fields, form.person(ids.OWNER))
    receipt = byhand.hand_over(liaison, told, form.by)
    if receipt.refused:
        return views.refused()
    return views.thanks(liaison.handoff_channel, is_known=receipt.duplicate)


def metadata_posted(desk: Desk, event: dict[str, Any]) -> None:
    deliveries.receive_metadata(desk.liaison, event)
