"""Presses, forms and the shortcut of a flag."""

from datetime import date

from bot.models import Campaign
from bot.services import flag_answers, flag_told, flags
from bot.services.flags import Raising
from bot.views import flags as views
from bot.views import ids
from bot.views.blocks import View
from handlers.command import Command
from handlers.press import Press
from handlers.shortcut import Shortcut
from handlers.submission import Submission


def flag(command: Command) -> None:
    """`/campaign flag`, with or without a name."""
    found = flags.look_to_raise(command.desk.liaison, command.by, name=command.words)
    command.open(_form(*found))


def flag_message(shortcut: Shortcut) -> None:
    """On a card, its campaign is chosen already."""
    liaison = shortcut.desk.liaison
    handoff_id = flags.shown_by(liaison, shortcut.origin)
    shortcut.open(_form(*flags.look_to_raise(liaison, shortcut.by, handoff_id)))


def _form(campaigns: list[Campaign], chosen: str | None) -> View:
    return views.flag_form(campaigns, chosen) if campaigns else views.no_campaign()


def save(form: Submission) -> View:
    until = form.day(ids.FLAG_UNTIL)
    raising = Raising(
        form.choice(ids.FLAG_CAMPAIGN),
        form.words(ids.FLAG_ISSUE),
        form.choice(ids.FLAG_SEVERITY),
        date.fromisoformat(until) if until else None,
    )
    return views.raised(*flags.raise_by_hand(form.desk.liaison, raising, form.by))


def open_reply_form(press: Press) -> None:
    """The button's value is the flag's id."""
    press.open(
        views.reply_form(
            *flag_answers.look_to_answer(press.desk.liaison, press.handoff_id, press.by)
        )
    )


def save_reply(form: Submission) -> None:
    flag_answers.answer(form.desk.liaison, form.about, form.by, form.words(ids.FLAG_ANSWER))


def open_close_form(press: Press) -> None:
    press.open(
        views.close_form(
            *flag_answers.look_to_answer(press.desk.liaison, press.handoff_id, press.by)
        )
    )


def save_change(form: Submission) -> None:
    flag_answers.close(form.desk.liaison, form.about, form.by, form.words(ids.FLAG_CHANGE))


def show_leads(press: Press) -> None:
    liaison = press.desk.liaison
    press.open(
        views.evidence(*flag_told.evidence(liaison, press.handoff_id, press.by), liaison.playbook)
    )
