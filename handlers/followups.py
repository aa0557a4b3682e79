"""Presses of whoever acts on a lead, and the forms they fill in."""

from bot import queries
from bot.core.lifecycle import Act
from bot.services import followups, handoffs
from bot.services.nextsteps import NextStep
from bot.views import followups as views
from bot.views import ids
from handlers.press import Press
from handlers.submission import Submission


def accept(press: Press) -> None:
    followups.accept(press.desk.liaison, press.handoff_id, press.by)


def open_touch_form(press: Press) -> None:
    facts = handoffs.look(press.desk.liaison, Act.TOUCH, press.handoff_id, press.by)
    press.open(views.touch_form(facts))


def save_touch(form: Submission) -> None:
    step = NextStep(form.day(ids.FOLLOW_UP_ON), form.words(ids.FOLLOW_UP_WORDS))
    kind = form.choice(ids.TOUCH_KIND)
    followups.log_touch(form.desk.liaison, form.about, form.by, kind, step)


def why_me(press: Press) -> None:
    liaison = press.desk.liaison
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, press.handoff_id)
        reader = queries.person(tx, liaison.team_id, press.by)
    press.whisper(views.why_me(facts, reader))
