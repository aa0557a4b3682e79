"""The HTTP application: every door, and the one way in which they refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from bot.intake.problem import PROBLEM_HANDLERS
from bot.intake.slack_door import SlackDoor
from bot.intake.webhook import LeadHook


@dataclass(frozen=True)
class Health:
    ok: bool
    parts: Mapping[str, str] = field(default_factory=dict)
    """A word on each part ("database": "ok"); anybody may read it, so no names and no addresses."""


def doors(
    leads: LeadHook,
    health: Callable[[], Health],
    *,
    metrics: Callable[[], str] | None = None,
    slack: SlackDoor | None = None,
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """`/hooks/leads`, `/healthz`, `/metrics`, and `/slack/events` unless `slack` is None.

    `health` and `metrics` may look at the database: they run in threads.
    """

    async def healthz(_: Request) -> Response:
        found = await run_in_threadpool(health)
        content = {"ok": found.ok, "parts": dict(found.parts)}
        return JSONResponse(content, 200 if found.ok else 503)

    async def measured(_: Request) -> Response:
        text = await run_in_threadpool(metrics) if metrics else ""
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    routes = [
        Route("/hooks/leads", leads.receive, methods=["POST"]),
        Route("/healthz", healthz),
    ]
    if metrics:
        routes.append(Route("/metrics", measured))
    if slack:
        routes.append(Route("/slack/events", slack.receive, methods=["POST"]))
    app = Starlette(routes=routes, exception_handlers=PROBLEM_HANDLERS, lifespan=lifespan)
    # A redirect would be built from the Host header, and no sender of webhooks follows one.
    app.router.redirect_slashes = False
    return app
