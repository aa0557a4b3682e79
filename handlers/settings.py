"""`/liaison settings`: how much of one's day the app may take."""

from bot.core.settings import Wishes
from bot.services import settings
from bot.views import ids
from bot.views import settings as views
from bot.views.blocks import View
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def show(command: Command) -> None:
    command.open(views.form(settings.look(command.desk.liaison, command.by)))


def open_form(press: Press) -> None:
    """From App Home, or again in place of what was saved."""
    view = views.form(settings.look(press.desk.liaison, press.by))
    if press.view_id:
        press.update(view)
    else:
        press.open(view)


def save(form: Submission) -> View:
    cap = form.choice(ids.SETTINGS_CAP)
    pleasant = form.choices(ids.SETTINGS_PLEASANT)
    wishes = Wishes(
        hot_in_brief=form.choice(ids.SETTINGS_HOT) == views.IN_BRIEF,
        cap=None if cap == views.TEAM else int(cap),
        quiet=form.words(ids.SETTINGS_QUIET),
        is_unnamed=views.NAMED not in pleasant,
        skips_week=views.WEEK not in pleasant,
        follows_slack=views.FOLLOW in form.choices(ids.SETTINGS_FOLLOW),
    )
    return views.saved(*settings.change(form.desk.liaison, form.by, wishes))


def reset(press: Press) -> None:
    press.update(views.saved(*settings.change(press.desk.liaison, press.by, Wishes())))


def undo(press: Press) -> None:
    """Back to what the view remembers."""
    wishes = views.remembered(press.about)
    press.update(views.saved(*settings.change(press.desk.liaison, press.by, wishes)))
