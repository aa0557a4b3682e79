"""A lead that is open acts again: hotter perhaps, due earlier perhaps, never the other way."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Handoff, Lead
from bot.services.clocks import bring_forward
from bot.services.lead_fields import newest, told_of_act, told_of_handoff

ACT = "act"
"""The name in `Lead.told_at` for when the lead itself did something last."""


def first_act(lead: Lead, event: LeadEvent) -> None:
    """Remember when the act of a fresh hand-off happened, and when each field was told."""
    newest(lead, _told(event), event.occurred_at)


def told_at_first(event: LeadEvent) -> dict[str, str]:
    """The same of a lead that is not stored yet: what it adds to `Lead.told_at`."""
    told = [name for name, value in _told(event).items() if value is not None]
    return dict.fromkeys(told, event.occurred_at.isoformat())


def _told(event: LeadEvent) -> dict[str, object]:
    return told_of_handoff(event) | {ACT: ACT, "grade": event.grade, "owner": event.owner}


def is_new(lead: Lead, event: LeadEvent) -> bool:
    """Whether the lead did it after all we know; a sender may tell of the same act again."""
    known = lead.told_at.get(ACT)
    return known is None or event.occurred_at > datetime.fromisoformat(known)


def take_act(
    tx: Session, liaison: Liaison, lead: Lead, handoff: Handoff, event: LeadEvent, now: datetime
) -> dict[str, str]:
    """Bring an open hand-off up to date with a new act; the facts that tell of it."""
    was = handoff.grade
    told = told_of_act(event) | {ACT: ACT, "grade": event.grade}
    fresh = newest(lead, told, event.occurred_at)
    for name in fresh.keys() & told_of_act(event).keys():
        setattr(handoff, name, fresh[name])
    if event.grade and event.grade <= handoff.grade:  # A is the hottest
        handoff.grade, handoff.grade_given = event.grade, True
    bring_forward(tx, liaison, handoff, now)
    words = event.last_activity or event.reason
    facts = {"act": words} if words else {}
    return facts | ({"was": was, "now": handoff.grade} if handoff.grade != was else {})
