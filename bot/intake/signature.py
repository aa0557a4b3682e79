"""Who may hand leads over: holders of a `whsec_…` secret, by signature or as a bearer token.

Signatures follow Standard Webhooks. The library's `Webhook.sign` makes the expected one; its
`verify` is not used, because it reads the machine's clock and raises ValueError, not its own
error, on a malformed header.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.errors import LiaisonError

WINDOW_SECONDS = 300
"""How far a signature's timestamp may lie from our clock, either way (Standard Webhooks)."""

_ID = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class NotTrusted(LiaisonError):
    """The request proves none of our webhook secrets."""


class Verifier:
    """Checks deliveries against any of several secrets, so that one can be rotated out."""

    def __init__(self, secrets: Sequence[str], now: Callable[[], datetime]) -> None:
        """`now` is wall time, never the business clock. ValueError for a secret that is none."""
        if not secrets:
            raise ValueError("A verifier needs at least one secret.")
        self._tokens = [secret.encode() for secret in secrets]
        self._signers = [_signer(secret) for secret in secrets]
        self._now = now

    def delivery_key(self, headers: Mapping[str, str], body: bytes) -> str:
        """`wh:<webhook-id>`, or `body:<sha256>` without one: equal for every retry of a delivery.

        `headers` has lower-case names (or ignores case); `body` is as received. A request with
        a signature is judged by it alone. Raises `NotTrusted`.
        """
        if "webhook-signature" in headers:
            self._check_signature(headers, body)
        else:
            self._check_bearer(headers.get("authorization", ""))
        webhook_id = headers.get("webhook-id")
        if webhook_id is None:
            return f"body:{sha256(body).hexdigest()}"
        return f"wh:{_matched(_ID, webhook_id, 'webhook-id')}"

    def _check_signature(self, headers: Mapping[str, str], body: bytes) -> None:
        webhook_id = _matched(_ID, headers.get("webhook-id", ""), "webhook-id")
        stamp = int(_matched(_SECONDS, headers.get("webhook-timestamp", ""), "webhook-timestamp"))
        if abs(self._now().timestamp() - stamp) > WINDOW_SECONDS:
            raise NotTrusted("webhook-timestamp is more than five minutes from our clock.")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise NotTrusted("The body is not UTF-8, so its signature cannot be checked.") from None
        signed_at = datetime.fromtimestamp(stamp, UTC)
        expected = [signer.sign(webhook_id, signed_at, text).encode() for signer in self._signers]
        offered = headers["webhook-signature"].encode().split()
        if not _any_equal(expected, offered):
            raise NotTrusted("No signature in webhook-signature fits this body.")

    def _check_bearer(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise NotTrusted(
                "Sign the request by Standard Webhooks, or send Authorization: Bearer whsec_…"
            )
        if not _any_equal(self._tokens, [token.strip().encode()]):
            raise NotTrusted("The bearer token is not one of this bot's webhook secrets.")


def _signer(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("A webhook secret is whsec_ and then base64.") from None


def _matched(pattern: re.Pattern[str], text: str, header: str) -> str:
    if not pattern.fullmatch(text):
        raise NotTrusted(f"The header {header} is missing or malformed.")
    return text


def _any_equal(ours: Sequence[bytes], theirs: Sequence[bytes]) -> bool:
    """Every pair is compared in full, so that the time taken says nothing about a secret."""
    return any([compare_digest(our, their) for our in ours for their in theirs])
