"""The next step a rep promises after a touch: a day, and a few words."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.business_time import Opening, local_date
from bot.core.turns import LONGEST_WAIT
from bot.errors import BadField
from bot.models import Handoff
from bot.views import ids

LINE = 150
"""Characters of what the next step is."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """As it was filled in; both parts may be left out."""

    on: str | None = None
    """`2026-11-27`, a day in the calendar of whoever fills it in."""
    words: str | None = None


NO_STEP = NextStep()


def check_step(opening: Opening, step: NextStep, now: datetime) -> None:
    """Raises `BadField` for a day that cannot be met, or words that are too long."""
    if step.words and len(step.words) > LINE:
        raise BadField(ids.FOLLOW_UP_WORDS, f"Please keep it under {LINE} characters.")
    if not step.on:
        return
    day, today = _day(step.on), local_date(opening.zone, now)
    if day <= today:
        raise BadField(ids.FOLLOW_UP_ON, "Choose a day after today.")
    if day > today + LONGEST_WAIT:
        raise BadField(ids.FOLLOW_UP_ON, "Choose a day within a year.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadField(ids.FOLLOW_UP_ON, "Choose a day from the calendar.") from error


def plan_step(handoff: Handoff, step: NextStep) -> None:
    """After `check_step`."""
    handoff.follow_up_on = _day(step.on) if step.on else None
    handoff.follow_up_words = (step.words or "").strip() or None


def settle(handoff: Handoff) -> None:
    """What was promised is done, and nobody is silent: there was contact, or an outcome."""
    handoff.silent_since = handoff.reminded_at = None
    handoff.follow_up_on = handoff.follow_up_words = None


def heard_from(handoff: Handoff, at: datetime) -> None:
    """Contact: the step promised before is done. News of older contact change nothing."""
    if handoff.last_touch_at and at < handoff.last_touch_at:
        return
    handoff.last_touch_at = at
    settle(handoff)
