"""Presses and forms of a question to marketing."""

from bot.services import asks
from bot.views import asks as views
from bot.views import ids
from handlers.press import Press
from handlers.submission import Submission


def open_ask_form(press: Press) -> None:
    facts, receiver, rests = asks.look_to_ask(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.ask_form(facts, receiver, rests))


def save_ask(form: Submission) -> None:
    asks.ask(form.desk.liaison, form.about, form.by, form.words(ids.ASK_WORDS))


def open_answer_form(press: Press) -> None:
    """The button's value is the question's id."""
    press.open(
        views.answer_form(*asks.look_to_answer(press.desk.liaison, press.handoff_id, press.by))
    )


def save_answer(form: Submission) -> None:
    asks.answer(form.desk.liaison, form.about, form.by, form.words(ids.ANSWER_WORDS))
