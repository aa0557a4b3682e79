"""The one place where a listener's failure becomes an answer.

A person gets one private sentence; an operator gets the traceback. Acknowledging is right for a
click that was refused, and wrong for an event that was not stored.
"""

import logging
from typing import Any

from slack_bolt import BoltContext, BoltResponse, Respond

from bot.errors import BadFields, NotSaved, Refused
from bot.views.blocks import told
from handlers.acting import Acting
from handlers.desk import desk_of
from handlers.press import Press

log = logging.getLogger(__name__)

SORRY = "That did not work, and it is not your doing; nothing was changed. Please try again."


def answer(
    error: Exception, body: dict[str, Any], context: BoltContext, respond: Respond
) -> BoltResponse:
    """Bolt's error handler: log what is ours to mend, tell the person, settle the request."""
    if not isinstance(error, Refused):
        log.error("a request failed", exc_info=error)
    if body.get("type") == "event_callback":
        return BoltResponse(status=503, body="")
    sentence = str(error) if isinstance(error, Refused | NotSaved) else SORRY
    if body.get("type") == "view_submission":
        return BoltResponse(status=200, body=_in_the_form(error, sentence))
    if body.get("type") == "block_actions":
        desk = desk_of(context)
        Press.read(desk, body, respond, Acting.oneself(desk, body)).whisper(sentence)
    elif "response_url" in body:
        desk_of(context).afterwards(
            lambda: respond(text=sentence, response_type="ephemeral", replace_original=False)
        )
    return BoltResponse(status=200, body="")


def _in_the_form(error: Exception, sentence: str) -> dict[str, Any]:
    if isinstance(error, BadFields):
        return {"response_action": "errors", "errors": error.faults}
    return {"response_action": "update", "view": told("Not saved", sentence)}
