"""The form that says how a hand-off ended."""

from bot.core.lifecycle import Act
from bot.services import handoffs, outcomes
from bot.services.outcomes import Answer
from bot.views import ids
from bot.views import outcomes as views
from handlers.press import Press
from handlers.submission import Submission


def open_outcome_form(press: Press) -> None:
    facts = handoffs.look(press.desk.liaison, Act.OUTCOME, press.handoff_id, press.by)
    press.open(views.outcome_form(views.Asked(facts), press.desk.liaison.playbook))


def open_deal_form(press: Press) -> None:
    facts = handoffs.look(press.desk.liaison, Act.DEAL, press.handoff_id, press.by)
    press.open(views.deal_form(facts))


def follow_the_choice(press: Press) -> None:
    liaison = press.desk.liaison
    asked = outcomes.ask(liaison, press.handoff_id, press.by, press.choice)
    press.update(views.outcome_form(asked, liaison.playbook))


def save_outcome(form: Submission) -> None:
    answer = Answer(
        form.choice(ids.OUTCOME_KEY),
        words=form.words(ids.OUTCOME_WORDS),
        day=form.day(ids.OUTCOME_DATE),
        person=form.person(ids.OUTCOME_PERSON),
    )
    outcomes.record_outcome(form.desk.liaison, form.about, form.by, answer)
