"""Cursors: an opaque word that says where the next page starts."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.errors import SlackError
from sandbox.web_api.call import Args
from sandbox.wire import Json

T = TypeVar("T")
_LARGEST = 1000


def page(items: Sequence[T], args: Args, default: int = 100) -> tuple[list[T], Json]:
    """The page that `cursor` and `limit` ask for, and the answer's `response_metadata`."""
    start = int(opened(args, "next") or 0)
    end = start + limit(args, default)
    cursor = sealed("next", str(end)) if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": cursor}


def limit(args: Args, default: int) -> int:
    """How many a page holds; `invalid_limit` outside 1 to 1000."""
    asked = args.number("limit", default) or default
    if not 1 <= asked <= _LARGEST:
        raise SlackError("invalid_limit")
    return asked


def sealed(kind: str, place: str) -> str:
    """A cursor that leads to a place."""
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def opened(args: Args, kind: str) -> str | None:
    """The place the given cursor leads to; None without one, `invalid_cursor` for a wrong one."""
    cursor = args.text("cursor")
    if not cursor:
        return None
    try:
        found, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if found != kind or not place.replace(".", "").isdigit():
        raise SlackError("invalid_cursor")
    return place
