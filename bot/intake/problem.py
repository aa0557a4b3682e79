"""Refusals over HTTP, in the one shape of RFC 9457."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.errors import LiaisonError

_log = logging.getLogger(__name__)


class Problem(LiaisonError):
    """An HTTP refusal. `detail` goes to the sender: a sentence that says what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers

    def answer(self) -> Response:
        """`errors` is an extension member, there only when fields are at fault."""
        content: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            content["errors"] = list(self.errors)
        return JSONResponse(content, self.status, self.headers, "application/problem+json")


async def tell_problem(request: Request, error: Exception) -> Response:
    """Starlette's handler for the exceptions below; any other is a defect, and is raised on."""
    match error:
        case Problem():
            fields = [fault["field"] for fault in error.errors]  # ours or CloudEvents', never data
            _log.info("%s: %d %s %s", request.scope["path"], error.status, error.detail, fields)
            return error.answer()
        case HTTPException():
            return Problem(error.status_code, error.detail, headers=error.headers).answer()
        case ClientDisconnect():
            return Response(status_code=400)  # nobody is there to read it
    raise error


PROBLEM_HANDLERS = dict.fromkeys((Problem, HTTPException, ClientDisconnect), tell_problem)
