"""One listener for every form."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext

from bot.views import ids
from handlers import asks, fixes, followups
from handlers.desk import desk_of
from handlers.submission import Submission

SUBMISSIONS: dict[str, Callable[[Submission], None]] = {
    ids.TOUCH_FORM: followups.save_touch,
    ids.OUTCOME_FORM: followups.save_outcome,
    ids.ASK_FORM: asks.save_ask,
    ids.ANSWER_FORM: asks.save_answer,
    ids.FIX_FORM: fixes.save_fix,
}


def submitted(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
    """The use case commits, then the form closes."""
    form = Submission.read(desk_of(context), body)
    SUBMISSIONS[form.form](form)
    # A form that stood on top of an opened lead closes with it: what lies beneath is of before.
    ack(response_action="clear") if body["view"]["previous_view_id"] else ack()
