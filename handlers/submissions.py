"""One listener for every form."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext

from bot.views import ids
from handlers import followups, hands
from handlers.desk import desk_of
from handlers.submission import Submission

SUBMISSIONS: dict[str, Callable[[Submission], None]] = {
    ids.TOUCH_FORM: followups.save_touch,
    ids.OUTCOME_FORM: followups.save_outcome,
    ids.REASSIGN_FORM: hands.offer,
}


def submitted(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
    """The use case commits, then the form closes."""
    form = Submission.read(desk_of(context), body)
    SUBMISSIONS[form.form](form)
    ack()
