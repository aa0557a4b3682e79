"""A lead is put off, under More."""

from bot.services import snooze
from bot.views import ids
from bot.views import snooze as views
from handlers.press import Press
from handlers.submission import Submission


def open_form(press: Press) -> None:
    facts, needs_reason = snooze.look(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.form(facts, needs_reason=needs_reason))


def save(form: Submission) -> None:
    snooze.snooze(
        form.desk.liaison,
        form.about,
        form.by,
        form.choice(ids.SNOOZE_FOR),
        form.instant(ids.SNOOZE_UNTIL),
        form.words(ids.SNOOZE_REASON),
    )
