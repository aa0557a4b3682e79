"""What a CRM tells of a lead, field by field: an older event never overwrites a newer one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from bot.intake.lead_event import LeadEvent
from bot.models import Lead

Value = TypeVar("Value")


def take_fields(lead: Lead, event: LeadEvent) -> list[str]:
    """Bring the lead up to date with this event; the names of what changed, as senders write them.

    What the event leaves out stays.
    """
    # Values of one name may be told apart; those an older event tells only fill gaps.
    is_newest = bool(newest(lead, {"custom": event.custom or None}, event.occurred_at))
    lead.custom = lead.custom | event.custom if is_newest else event.custom | lead.custom
    changed = []
    for name, value in newest(lead, _told(event), event.occurred_at).items():
        column = _COLUMNS.get(name, name)
        if getattr(lead, column) != value:
            setattr(lead, column, value)
            changed.append(name)
    return changed


def first_told(event: LeadEvent) -> dict[str, Any]:
    """All columns of a lead that an event may fill, when it is the first that tells of it."""
    told = _told(event)
    names = [name for name, value in told.items() if value is not None]
    names += ["custom"] if event.custom else []
    columns = {_COLUMNS.get(name, name): value for name, value in told.items()}
    told_at = dict.fromkeys(names, event.occurred_at.isoformat())
    return columns | {"custom": event.custom, "told_at": told_at}


def _told(event: LeadEvent) -> dict[str, str | None]:
    return {
        "first_name": event.first_name,
        "last_name": event.last_name,
        "email": event.email,
        "phone": event.phone,
        "title": event.title,
        "company": event.company,
        "country": event.country,
        "message": event.message,
    }


def told_of_handoff(event: LeadEvent) -> dict[str, object]:
    """What an event tells of the hand-off rather than of the lead; None where it is left out."""
    return {
        "campaign": event.campaign,
        "campaign_ref": event.campaign_id,
        "landing_page": event.landing_page,
        "source": event.source,
        "utm": event.utm or None,
        **told_of_act(event),
    }


def told_of_act(event: LeadEvent) -> dict[str, object]:
    """The part of it that a new act may bring: where the lead came from stays as it was."""
    return {
        "reason": event.reason,
        "last_activity": event.last_activity,
        "url": event.url,
        "score": event.score,
        "amount": None if event.amount is None else str(event.amount),
        "currency": event.currency,
    }


_COLUMNS = {"first_name": "given_name", "last_name": "family_name"}


def newest(lead: Lead, told: Mapping[str, Value | None], at: datetime) -> dict[str, Value]:
    """Of the values told at `at`, those nobody told anything newer of; remembers that they were."""
    fresh = {
        name: value
        for name, value in told.items()
        if value is not None and not is_older(lead, name, at)
    }
    lead.told_at = lead.told_at | dict.fromkeys(fresh, at.isoformat())
    return fresh


def is_older(lead: Lead, name: str, at: datetime) -> bool:
    """Whether something newer than `at` is known of this field."""
    known = lead.told_at.get(name)
    return known is not None and at < datetime.fromisoformat(known)
