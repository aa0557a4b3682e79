"""`POST /hooks/leads`: the door for CRMs, forms and no-code tools."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.errors import NotSaved
from bot.intake.lead_event import InvalidEvent, LeadEvent, parse
from bot.intake.problem import Problem
from bot.intake.request import media_type, read_body
from bot.intake.signature import NotTrusted, Verifier
from bot.meters import Meters

BODY_LIMIT = 256 * 1024
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Delivery:
    """One event as a sender delivered it, trusted and valid."""

    key: str
    """`wh:<webhook-id>` or `body:<sha256>`: a repeat of the delivery has the same."""
    event: LeadEvent
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery; a repeat is answered as the first one was."""

    handoff_id: str | None
    """None for an event that made no hand-off, such as an outcome of a lead we never had."""
    duplicate: bool
    refused: bool = False
    """The person asked not to be contacted, so nothing came of it."""


class NotStored(NotSaved):
    """The delivery is not durably stored; the sender has to send it again."""


Store: TypeAlias = Callable[[Delivery], Awaitable[Receipt]]
"""Returns only once the delivery is durable; raises `NotStored` (or `NotSaved`) otherwise."""


@dataclass(frozen=True)
class LeadHook:
    """Trusts, reads, stores; never waits for Slack."""

    store: Store
    verifier: Verifier | None
    """None while no webhook secret is set: the door then answers 503."""
    now: Callable[[], datetime]
    """Business time: when an event without `occurred_at` happened."""
    meters: Meters = field(default_factory=Meters)

    async def receive(self, request: Request) -> Response:
        """202 once stored. Raises `Problem`: 401, 408, 413, 415, 422, or 503 when not stored."""
        began = monotonic()
        try:
            answer = await self._taken(request)
        except Problem as problem:
            self.meters.count("liaison_refusals_total", status=str(problem.status))
            raise
        self.meters.acknowledged("webhook", monotonic() - began)
        return answer

    async def _taken(self, request: Request) -> Response:
        delivery = await self._delivery(request)
        try:
            receipt = await self.store(delivery)
        except NotSaved:
            raise Problem(
                503,
                "Not stored; send the same delivery again.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            ) from None
        return JSONResponse({"handoff": receipt.handoff_id, "duplicate": receipt.duplicate}, 202)

    async def _delivery(self, request: Request) -> Delivery:
        if self.verifier is None:
            raise Problem(503, "Webhook intake is off: set LIAISON_WEBHOOK_SECRET.")
        _check_media_type(request)
        body = await read_body(request, BODY_LIMIT)
        try:
            key = self.verifier.delivery_key(request.headers, body)
            return Delivery(key, parse(body, self.now()), body)
        except NotTrusted as error:
            raise Problem(401, str(error), headers={"WWW-Authenticate": "Bearer"}) from None
        except InvalidEvent as error:
            faults = [asdict(fault) for fault in error.faults]
            detail = "Correct the fields under errors and send the event again."
            raise Problem(422, detail, errors=faults) from None


def _check_media_type(request: Request) -> None:
    """JSON or any `+json`, CloudEvents' own included. RFC 9110 (15.5.16) asks for Accept."""
    given = media_type(request)
    if given != "application/json" and not given.endswith("+json"):
        raise Problem(
            415,
            "Send the event as application/json.",
            headers={"Accept": "application/json, application/cloudevents+json"},
        )
