"""`POST /slack/events`: the guard in front of Bolt when Slack calls us over HTTP.

Bolt parses a body before it verifies it, and fails with a 500 on a malformed timestamp, signature
or payload. So the raw bytes are verified and their shape is checked here, and only what could have
come from Slack is dispatched. The Bolt app is best built with `request_verification_enabled=False`.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TypeAlias

import anyio
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from starlette.requests import Request
from starlette.responses import Response

from bot.intake.problem import Problem
from bot.intake.request import media_type, read_body
from bot.intake.slack_shape import WrongShape, checked
from bot.meters import Meters

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BODY_LIMIT = 1024 * 1024
WINDOW_SECONDS = 300
"""Slack's own advice for the age of x-slack-request-timestamp."""
ACK_WITHIN = 3.0
"""Seconds Slack waits for an answer."""
THREADS = 40
"""Listeners that run at once: as many as there are connections to PostgreSQL. With 20, a hundred
clicks at once lost 20 acknowledgements; with 128, each also waited for all the others' reading."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_Headers: TypeAlias = dict[str, str | Sequence[str]]


@dataclass(frozen=True)
class SlackDoor:
    app: App
    signing_secret: str = field(repr=False)
    wall: Callable[[], datetime]
    """Wall time, never the business clock."""
    meters: Meters = field(default_factory=Meters)
    threads: anyio.CapacityLimiter = field(default_factory=partial(anyio.CapacityLimiter, THREADS))

    async def receive(self, request: Request) -> Response:
        """Bolt's answer. Raises `Problem`: 400, 401, 408, 413 or 415, before Bolt sees anything."""
        began = monotonic()
        kind = media_type(request)
        if kind not in {JSON, FORM}:
            raise Problem(415, "Slack sends JSON or a form.")
        body = await read_body(request, BODY_LIMIT)
        self._check_signature(request.headers, body)
        try:
            text = checked(body, is_form=kind == FORM)
        except WrongShape as error:
            raise Problem(400, str(error)) from None
        answer = partial(self._dispatch, text, _headers(request, kind), dict(request.query_params))
        told = await anyio.to_thread.run_sync(answer, limiter=self.threads)
        if told.status < 300:
            what = "event" if kind == JSON else "click"
            self.meters.acknowledged(what, monotonic() - began, within=ACK_WITHIN)
        return to_starlette_response(told)

    def _check_signature(self, headers: Mapping[str, str], body: bytes) -> None:
        stamp = headers.get("x-slack-request-timestamp", "")
        if not _SECONDS.fullmatch(stamp):
            raise Problem(401, "x-slack-request-timestamp is missing or malformed.")
        if abs(self.wall().timestamp() - int(stamp)) > WINDOW_SECONDS:
            raise Problem(401, "x-slack-request-timestamp is more than five minutes off.")
        base = b"v0:" + stamp.encode() + b":" + body
        expected = "v0=" + hmac.digest(self.signing_secret.encode(), base, "sha256").hex()
        given = headers.get("x-slack-signature", "")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise Problem(401, "x-slack-signature does not fit this body.")

    def _dispatch(self, text: str, headers: _Headers, query: dict[str, str]) -> BoltResponse:
        return self.app.dispatch(BoltRequest(body=text, headers=headers, query=query))


def _headers(request: Request, kind: str) -> _Headers:
    """Slack's own, without Bolt's: unsigned, they could steer its lazy listeners from outside."""
    slack = {k: v for k, v in request.headers.items() if k.startswith("x-slack-")}
    ours = {k: v for k, v in slack.items() if not k.startswith("x-slack-bolt-")}
    return {**ours, "content-type": kind}
