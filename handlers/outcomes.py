"""The form that says how a hand-off ended."""

from bot.core.lifecycle import Act
from bot.services import handoffs, outcomes, ratings
from bot.services.outcomes import Answer
from bot.views import ids
from bot.views import outcomes as views
from bot.views import ratings as rating_views
from bot.views.blocks import View
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


def save_outcome(form: Submission) -> View | None:
    """Some outcomes say how good the lead was; after the others the form asks for it."""
    answer = Answer(
        form.choice(ids.OUTCOME_KEY),
        words=form.words(ids.OUTCOME_WORDS),
        day=form.day(ids.OUTCOME_DATE),
        person=form.person(ids.OUTCOME_PERSON),
    )
    liaison = form.desk.liaison
    outcomes.record_outcome(liaison, form.about, form.by, answer)
    if not ratings.is_asked(liaison.playbook, answer.outcome):
        return None
    return rating_views.question(*ratings.look(liaison, form.about, form.by), liaison.playbook)
