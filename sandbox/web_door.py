"""The HTTP surface the app sees: Web API, response URLs, uploads, and the business clock."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.errors import SlackError
from sandbox.faults import AFTER, Fault
from sandbox.parts import Parts
from sandbox.replies import respond
from sandbox.web_api.door import Answer, Door
from sandbox.wire import Json

_LONGEST_POLL = 25.0
_HTML = "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"


class WebDoor:
    """`cut` ends the TCP connection a request came in on, without an answer."""

    def __init__(self, parts: Parts, cut: Callable[[Request], None]) -> None:
        self._workspace = parts.workspace
        self._faults = parts.faults
        self._traffic = parts.traffic
        self._door = Door(parts.workspace, parts.manifest, parts.url, parts.sockets.open_url)
        self._cut = cut

    def routes(self) -> list[Route]:
        """The routes at the root."""
        return [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/respond/{token}", self._respond, methods=["POST"]),
            Route("/upload/{token}", self._upload, methods=["POST"]),
            Route("/clock", self._clock),
            Route("/clock/ticked", self._ticked, methods=["POST"]),
            Route("/clock/left", self._left, methods=["POST"]),
        ]

    async def _api(self, request: Request) -> Response:
        method = request.path_params["method"]
        given = await _arguments(request)
        exchange = self._traffic.call(method, given)
        fault = self._faults.strike(method)
        if fault is not None and fault.kind not in AFTER:
            exchange.end(fault.kind)
            return self._break_before(fault, request)
        answer = self._door.answer(method, given, _token(request, given))
        exchange.end(answer.status, answer.body.get("error"), answer.body)
        if fault is not None:
            return await self._break_after(fault, answer, request)
        return JSONResponse(answer.body, answer.status, answer.headers)

    def _break_before(self, fault: Fault, request: Request) -> Response:
        if fault.kind == "rate_limited":
            headers = {"Retry-After": str(int(fault.seconds))}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        if fault.kind == "error":
            return JSONResponse({"ok": False, "error": fault.error})
        if fault.kind == "html_503":
            return Response(_HTML, 503, media_type="text/html")
        if fault.kind == "drop_connection":
            self._cut(request)
        return _internal_error()

    async def _break_after(self, fault: Fault, answer: Answer, request: Request) -> Response:
        whole = JSONResponse(answer.body, answer.status, answer.headers)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return whole
        if fault.kind == "http_500_after":
            return _internal_error()
        if fault.kind == "garbage":
            return Response(b"\x00upstream connect error", media_type="application/json")
        if fault.kind == "lost_answer":
            self._cut(request)
        return _half_of(whole)

    async def _respond(self, request: Request) -> Response:
        given = await _arguments(request)
        exchange = self._traffic.call("response_url", given, "response_url")
        try:
            respond(self._workspace, request.path_params["token"], given)
        except SlackError as error:
            status = 404 if error.code in ("expired_url", "used_url") else 400
            exchange.end(status, error.code, error.body())
            return JSONResponse(error.body(), status)
        exchange.end(200)
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        content = await request.body()
        file = self._workspace.files.receive(request.path_params["token"], content)
        if file is None:
            return PlainTextResponse("No file is awaited here.", 404)
        return PlainTextResponse(f"OK - {len(content)}")

    async def _clock(self, request: Request) -> Response:
        clock, who = self._workspace.clock, request.query_params.get("who", "")
        clock.hear(who)
        after = int(request.query_params.get("after", -1))
        seconds = min(float(request.query_params.get("wait", 0)), _LONGEST_POLL)
        await clock.bell.until(
            lambda: clock.version > after or not clock.is_followed_by(who), seconds
        )
        if clock.is_followed_by(who):
            clock.hear(who)
        return JSONResponse(clock.state())

    async def _ticked(self, request: Request) -> Response:
        self._workspace.clock.tick_done(int((await _arguments(request))["version"]))
        return JSONResponse({})

    async def _left(self, request: Request) -> Response:
        self._workspace.clock.leave(str((await _arguments(request)).get("who", "")))
        return JSONResponse({})


def _half_of(whole: Response) -> Response:
    """Announces all and sends half; uvicorn then ends the connection."""
    headers = {"Content-Length": str(len(whole.body))}
    half = bytes(whole.body[: len(whole.body) // 2])
    return Response(half, whole.status_code, headers, media_type="application/json")


def _internal_error() -> Response:
    return JSONResponse({"ok": False, "error": "internal_error"}, 500)


async def _arguments(request: Request) -> Json:
    """Query and body together; the body a form or JSON, by its type."""
    given: Json = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        decoded = json.loads(body or b"{}")
        return given | decoded if isinstance(decoded, dict) else given
    return given | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _token(request: Request, given: Json) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else given.get("token")
