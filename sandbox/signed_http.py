"""Signed HTTP: the other way to an app, at its request URL."""

import asyncio
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPMessage
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sandbox.delivery import Parcel, Undelivered
from sandbox.limits import Limits
from sandbox.people import SIGNING_SECRET
from sandbox.wire import Json

_AT_ONCE = 32


class SignedHttp:
    """Posts to `url` with Slack's signature; the answer's body is what the app says."""

    envelopes = False

    def __init__(self, url: str, limits: Limits) -> None:
        self.url = url
        self._limits = limits
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sandbox-http")

    async def carry(self, parcel: Parcel) -> Json:
        """Post and wait for a 2xx."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, parcel)

    def close(self) -> None:
        """Take no more; what is under way ends with its time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _post(self, parcel: Parcel) -> Json:
        content_type, body = _encoded(parcel)
        headers = {"Content-Type": content_type} | signature(body) | _retry_headers(parcel)
        request = Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urlopen(request, timeout=self._limits.ack_seconds) as answer:
                return _said(answer.read(), answer.headers)
        except HTTPError as error:
            with error:
                no_retry = error.headers.get("x-slack-no-retry") == "1"
                raise Undelivered("http_error", hopeless=no_retry) from None
        except TimeoutError:
            raise Undelivered("http_timeout") from None
        except (URLError, OSError, HTTPException):
            raise Undelivered("connection_failed") from None


def signature(body: bytes, at: int | None = None) -> dict[str, str]:
    """Slack's two headers for a body, stamped with wall time unless told otherwise."""
    stamp = str(int(time.time()) if at is None else at)
    base = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _encoded(parcel: Parcel) -> tuple[str, bytes]:
    if parcel.kind == "events_api":
        return "application/json", json.dumps(parcel.payload).encode()
    whole = parcel.kind == "interactive"
    form = {"payload": json.dumps(parcel.payload)} if whole else parcel.payload
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _retry_headers(parcel: Parcel) -> dict[str, str]:
    if not parcel.attempt:
        return {}
    return {
        "X-Slack-Retry-Num": str(parcel.attempt),
        "X-Slack-Retry-Reason": parcel.reason,
    }


def _said(body: bytes, headers: HTTPMessage) -> Json:
    text = body.decode(errors="replace").strip()
    if not text:
        return {}
    if headers.get_content_type() == "application/json":
        said = json.loads(text)
        return said if isinstance(said, dict) else {}
    return {"text": text}
