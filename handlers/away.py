"""Away: the form behind `/liaison away`."""

from datetime import date

from bot.errors import BadField
from bot.services import away
from bot.services.away import Plan
from bot.views import away as views
from bot.views import ids
from bot.views.blocks import View
from handlers.command import Command
from handlers.submission import Submission


def open_form(command: Command) -> None:
    command.open(views.form(away.look(command.desk.liaison, command.by)))


def back_already(command: Command) -> str:
    own = away.look(command.desk.liaison, command.by)
    return views.off(away.back_already(command.desk.liaison, command.by), own.person)


def save(form: Submission) -> View:
    halves = form.choices(ids.AWAY_HALVES)
    plan = Plan(
        person_id=form.person(ids.AWAY_WHO) or form.by,
        first=_day(form, ids.AWAY_FROM),
        last=_day(form, ids.AWAY_TO),
        from_midday=ids.FROM_MIDDAY in halves,
        until_midday=ids.UNTIL_MIDDAY in halves,
        cover_id=form.person(ids.AWAY_COVER),
        note=form.words(ids.AWAY_NOTE),
    )
    return views.saved(away.go_away(form.desk.liaison, form.by, plan), form.by)


def _day(form: Submission, field: str) -> date:
    try:
        return date.fromisoformat(form.day(field) or "")
    except ValueError as error:
        raise BadField(field, "Choose a day.") from error
