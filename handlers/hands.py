"""Presses and the form by which a lead changes hands."""

from bot.core.lifecycle import Act
from bot.services import handoffs, hands
from bot.views import hands as views
from bot.views import ids
from handlers.press import Press
from handlers.submission import Submission


def open_form(press: Press) -> None:
    facts = handoffs.look(press.desk.liaison, Act.REASSIGN, press.handoff_id, press.by)
    press.open(views.reassign_form(facts))


def offer(form: Submission) -> None:
    hands.offer(
        form.desk.liaison,
        form.about,
        form.by,
        form.person(ids.REASSIGN_TO),
        form.words(ids.REASSIGN_WHY),
    )


def take(press: Press) -> None:
    hands.take(press.desk.liaison, press.handoff_id, press.by)


def decline(press: Press) -> None:
    hands.decline(press.desk.liaison, press.handoff_id, press.by)
