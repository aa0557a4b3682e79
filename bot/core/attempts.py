"""How often somebody tried to reach a lead, and when "could not reach" may be said.

An attempt is one channel in one half day: five calls before lunch are one attempt. The numbers come
from the playbook, `[attempts]`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from bot.core.business_time import (
    Opening,
    at_local,
    next_local_day,
    next_opening,
    next_working_day,
)

NOON = time(13)
"""Local time at which the second half of a day begins: the middle of nine to five."""


class Channel(StrEnum):
    """A way to reach somebody."""

    PHONE = "phone"
    EMAIL = "e-mail"
    MESSAGE = "message"


_CHANNEL_OF = {
    Channel.PHONE: ("no_answer", "call", "called", "phone", "voicemail"),
    Channel.EMAIL: ("emailed", "email", "e_mail"),
    Channel.MESSAGE: ("messaged", "message", "sms", "text", "whatsapp", "linkedin", "chat"),
}


def channel_of(kind: str) -> Channel | None:
    """The channel of a kind of touch, ours or a CRM's; None for what is no attempt to reach."""
    return next((channel for channel, kinds in _CHANNEL_OF.items() if kind in kinds), None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tried to reach the lead."""

    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both teams agreed on: so many attempts over so many channels, or so long a time."""

    attempts: int
    channels: int
    days: int
    """Working days after which no attempt is wanted any more."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still missing before "could not reach" may be said."""

    counted: int
    agreed: int
    """Once this many count, only another channel is missing."""
    tried: frozenset[Channel]
    used: frozenset[Channel]
    """Channels whose next attempt does not count in this half day."""
    next_at: datetime
    """When those count again, in the actor's working time."""
    opens_at: datetime
    """From when on it may be said without any further attempt."""


def missing(
    attempts: Collection[Attempt], agreed: Agreed, opening: Opening, since: datetime, now: datetime
) -> Missing | None:
    """None when it may be said. `since` is when the lead was shown to sales; `opening` is the
    actor's working time, and its zone tells one half day from the other."""
    opens_at = next_working_day(opening, since, agreed.days)
    counted = {(attempt.channel, _half(opening, attempt.at)) for attempt in attempts}
    tried = frozenset(channel for channel, _ in counted)
    enough_channels = len(tried) >= min(agreed.channels, agreed.attempts)
    if now >= opens_at or (len(counted) >= agreed.attempts and enough_channels):
        return None
    this_half = _half(opening, now)
    return Missing(
        counted=len(counted),
        agreed=agreed.attempts,
        tried=tried,
        used=frozenset(channel for channel, half in counted if half == this_half),
        next_at=next_opening(opening, this_half[1]),
        opens_at=opens_at,
    )


def _half(opening: Opening, at: datetime) -> tuple[datetime, datetime]:
    """The half day an instant lies in: its beginning and its end."""
    noon = at_local(opening, at, NOON)
    if at < noon:
        return at_local(opening, at, time()), noon
    return noon, next_local_day(opening, at)
