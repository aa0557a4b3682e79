"""Things that may be used few times and not for long: trigger ids and response URLs."""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.errors import SlackError
from sandbox.limits import Limits

_REMEMBERED = 10_000


@dataclass
class Trigger:
    """Leave to show one modal to one person; `from_view` is the modal the act came from."""

    person: str
    issued: float
    from_view: str | None = None
    spent: bool = False


@dataclass
class ReplyAddress:
    """What a response_url stands for; `ts` is the message the act came from, if it was one."""

    person: str
    channel: str
    issued: float
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass
class Triggers:
    """Single-use, good for some seconds of wall time."""

    limits: Limits
    _issued: OrderedDict[str, Trigger] = field(default_factory=OrderedDict)

    def issue(self, person: str, from_view: str | None = None) -> str:
        """A fresh trigger_id in Slack's shape."""
        number = secrets.randbelow(10**13)
        trigger_id = f"{number}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(person, time.monotonic(), from_view)
        if len(self._issued) > _REMEMBERED:
            self._issued.popitem(last=False)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Spend it; SlackError when it never was, was spent, or is too old."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.spent:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued > self.limits.trigger_seconds:
            raise SlackError("expired_trigger_id")
        trigger.spent = True
        return trigger


@dataclass
class ReplyAddresses:
    """Response URLs by their token."""

    limits: Limits
    _issued: OrderedDict[str, ReplyAddress] = field(default_factory=OrderedDict)

    def issue(
        self, person: str, channel: str, ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The token of a fresh response_url."""
        token = secrets.token_urlsafe(18)
        self._issued[token] = ReplyAddress(person, channel, time.monotonic(), ts, thread_ts)
        if len(self._issued) > _REMEMBERED:
            self._issued.popitem(last=False)
        return token

    def use(self, token: str) -> ReplyAddress:
        """Count one use; SlackError when there is none left or it is too old."""
        address = self._issued.get(token)
        if address is None or time.monotonic() - address.issued > self.limits.response_seconds:
            raise SlackError("expired_url")
        if address.uses >= self.limits.response_uses:
            raise SlackError("used_url")
        address.uses += 1
        return address
