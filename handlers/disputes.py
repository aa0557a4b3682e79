"""Presses and forms of a dispute."""

from bot.services import disputes
from bot.views import disputes as views
from bot.views import ids
from handlers.press import Press
from handlers.submission import Submission


def open_form(press: Press) -> None:
    liaison = press.desk.liaison
    facts, receiver = disputes.look_to_dispute(liaison, press.handoff_id, press.by)
    press.open(views.form(facts, receiver, liaison.playbook))


def save(form: Submission) -> None:
    disputes.dispute(form.desk.liaison, form.about, form.by, form.words(ids.DISPUTE_WORDS))


def open_settle_form(press: Press) -> None:
    """The button's value is the dispute's id."""
    liaison = press.desk.liaison
    contested, facts = disputes.look_to_settle(liaison, press.handoff_id, press.by)
    press.open(views.settle_form(contested, facts, liaison.playbook))


def settle(form: Submission) -> None:
    disputes.settle(
        form.desk.liaison,
        form.about,
        form.by,
        form.choice(ids.VERDICT),
        form.choice(ids.OUTCOME_KEY),
        form.words(ids.SETTLE_WORDS),
    )
