"""What a listener needs besides the payload."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from http.client import OK
from threading import Event

from slack_bolt import BoltContext, BoltResponse, Respond

from bot.liaison import Liaison
from bot.outgoing import Outgoing
from bot.slack import Slack
from bot.views.blocks import Post

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """One per process, handed over by middleware: Bolt makes a plain client for each request."""

    liaison: Liaison
    slack: Slack
    pool: Executor
    """Runs what may wait until Slack has its acknowledgement."""
    event_stored: Event
    """Wakes the worker on stored events."""
    outgoing: Outgoing
    """Calls addresses that people give us."""
    public_url: str | None = None
    """Where the bot is reached from outside; None = nobody said."""

    def into_context(self, context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        context["desk"] = self
        url = context.response_url
        if url and not self.slack.may_answer_at(url):
            log.error("an answer was asked for at an address that is not Slack's; it gets none")
            context["response_url"] = None
        return next()

    def afterwards(self, answer: Callable[[], object]) -> None:
        """Answer a click directly: best effort, bound to its trigger or response_url."""
        self.pool.submit(answer).add_done_callback(_log_failure)


def desk_of(context: BoltContext) -> Desk:
    """The desk that `Desk.into_context` put there."""
    desk = context["desk"]
    assert isinstance(desk, Desk)
    return desk


def reply(respond: Respond, post: Post) -> None:
    """Answer privately by a response_url; without tables and charts where Slack refuses them."""
    for shown in (post, post.plain):
        answer = respond(
            text=shown.text,
            blocks=shown.blocks,
            response_type="ephemeral",
            replace_original=False,
        )
        if answer.status_code == OK:
            return
    log.warning("Slack refused a private answer: %s", answer.status_code)


def _log_failure(answering: "Future[object]") -> None:
    if answering.cancelled():
        log.warning("a direct answer was given up, because the bot ends")
    elif error := answering.exception():
        log.warning("a direct answer did not reach Slack: %s", error)
