"""What both POST doors ask of a request before they look into it."""

import anyio
from starlette.requests import Request

from bot.intake.problem import Problem

READ_SECONDS = 10.0
"""A sender that needs longer for its body is let go; it cost us one open connection."""


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body, of at most `limit` bytes.

    Raises `Problem` 413 as soon as more is announced or arrives, 408 when it trickles.
    """
    if _announced(request) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        with anyio.fail_after(READ_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise Problem(408, "The body took too long; send it again.") from None
    return bytes(body)


def media_type(request: Request) -> str:
    """The content type in lower case, without parameters; "" when there is none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _announced(request: Request) -> int:
    """Content-Length, or 0 where it is absent or nonsense: counting the bytes decides then."""
    try:
        return int(request.headers.get("content-length", "0"))
    except ValueError:
        return 0


def _too_large(limit: int) -> Problem:
    return Problem(413, f"The body is larger than {limit // 1024} KiB; send less at once.")
