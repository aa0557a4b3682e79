"""What time alone does to a hand-off, and when: one turn ahead at most.

Pure rules over values. Who plans a turn says what is now; who takes it asks again first, so a turn
that became needless meanwhile is not taken.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.business_time import Opening, next_opening, next_working_day, opening_on

NOTICE = timedelta(days=7)
"""How long before a return marketing sees it coming and may cancel it."""
MOST_RETURNS = 2
"""Times a lead comes back; after the second it is not asked again."""
LONGEST_WAIT = timedelta(days=365)
"""How far ahead a next step may lie; hours are compiled for two years."""


class Turn(StrEnum):
    """What happens to a hand-off when nobody does anything."""

    FOLLOW_UP = "follow_up"
    SILENT = "silent"
    GIVE_BACK = "give_back"
    EXPIRE = "expire"
    ANNOUNCE = "announce"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Planned:
    """The next turn and its instant, past or future."""

    turn: Turn
    at: datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the teams agreed to wait: the actor's working days for silence, else plain days."""

    silent_days: int = 5
    give_back_days: int = 7
    expire_days: int = 21


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the talk with a lead stands after the first touch."""

    last_at: datetime
    follow_up_on: date | None = None
    """The day of the next step, as the actor said, in the actor's own calendar."""
    reminded_at: datetime | None = None
    """When the actor was reminded of it."""
    is_silent: bool = False


def unworked(since: datetime, due_at: datetime | None, patience: Patience) -> Planned:
    """A lead nobody was in touch with goes back to the queue, and in the end expires.

    `since` is when it was shown. `due_at` is the end of its actor's clock; None = nobody has it, or
    it has no clock. A clock that still runs is waited for.
    """
    expires_at = max(since + timedelta(days=patience.expire_days), due_at or since)
    if due_at and due_at + timedelta(days=patience.give_back_days) < expires_at:
        return Planned(Turn.GIVE_BACK, due_at + timedelta(days=patience.give_back_days))
    return Planned(Turn.EXPIRE, expires_at)


def worked(contact: Contact, opening: Opening, patience: Patience) -> Planned | None:
    """A lead somebody is in touch with: the reminder of the next step, then silence.

    None = silent already; only a touch, an outcome or a date changes that.
    """
    if contact.follow_up_on and contact.reminded_at is None:
        return Planned(Turn.FOLLOW_UP, opening_on(opening, contact.follow_up_on))
    if contact.is_silent:
        return None
    heard_at = max(contact.last_at, contact.reminded_at or contact.last_at)
    return Planned(Turn.SILENT, next_working_day(opening, heard_at, patience.silent_days))


def recycled(return_at: datetime, opening: Opening, *, is_announced: bool) -> Planned:
    """A lead that comes back: said a week before, done at an opening."""
    if not is_announced:
        return Planned(Turn.ANNOUNCE, return_at - NOTICE)
    return Planned(Turn.RETURN, next_opening(opening, return_at))
