"""Presses in the message of a stand-up that runs."""

from bot.services import running, standup
from bot.views import ids
from bot.views import standup as views
from handlers.press import Press
from handlers.submission import Submission


def next_page(press: Press) -> None:
    """The button's value is the meeting and the page that was shown."""
    running.turn(press.desk.liaison, *_meeting_and_page(press), press.by)


def page_back(press: Press) -> None:
    running.turn(press.desk.liaison, *_meeting_and_page(press), press.by, -1)


def park(press: Press) -> None:
    running.park(press.desk.liaison, *_meeting_and_page(press), press.by)


def end(press: Press) -> None:
    occurrence_id, _ = _meeting_and_page(press)
    standup.end(press.desk.liaison, occurrence_id, press.by)


def _meeting_and_page(press: Press) -> tuple[str, int]:
    occurrence_id, _, page = press.handoff_id.partition(":")
    return occurrence_id, int(page)


def open_decision_form(press: Press) -> None:
    occurrence = running.look_to_decide(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.decision_form(occurrence))


def save_decision(form: Submission) -> None:
    running.decide(form.desk.liaison, form.about, form.by, form.words(ids.DECISION_WORDS))
