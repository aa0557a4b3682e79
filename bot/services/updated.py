"""The CRM brings a lead up to date: its fields, its grade, its owner."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.delivery.messages import revise
from bot.delivery.sayings import tell
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, Lead, Person
from bot.services import links
from bot.services.clocks import bring_forward
from bot.services.handoffs import begin_run, changed, end_run, note, start_clock
from bot.services.hours import back_at_work
from bot.services.lead_fields import newest, take_fields, told_of_handoff
from bot.services.ratings import follow_campaign
from bot.services.recognition import recognise


def updated(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """Take over what is newer than what we know; grade and owner while the hand-off is open."""
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = queries.latest_handoff(tx, liaison.team_id, lead.id) if lead else None
    if lead is None or handoff is None:
        return Receipt(None, duplicate=False)
    fields = take_fields(lead, event)
    if fields:
        _show_new_name(tx, liaison, lead)
    fields += _take_handoff_fields(tx, lead, handoff, event, now)
    if handoff.closed_at is None:
        fields += _take_grade(tx, liaison, lead, handoff, event, now)
        fields += _take_owner(tx, liaison, lead, handoff, event, now)
    if fields:
        note(tx, handoff, Line.CRM_UPDATED, now, facts={"fields": ", ".join(fields)})
        changed(tx, liaison, handoff)
    return Receipt(handoff.id, duplicate=False)


def _show_new_name(tx: Session, liaison: Liaison, lead: Lead) -> None:
    """The lead's earlier hand-offs show its name too."""
    for handoff in queries.handoffs_of(tx, liaison.team_id, [lead.id]):
        if handoff.closed_at:
            revise(tx, liaison, handoff.id)


def _take_handoff_fields(
    tx: Session, lead: Lead, handoff: Handoff, event: LeadEvent, now: datetime
) -> list[str]:
    changes = []
    for name, value in newest(lead, told_of_handoff(event), event.occurred_at).items():
        if getattr(handoff, name) != value:
            setattr(handoff, name, value)
            changes.append(name)
    if _ORIGIN & {*changes}:
        was = handoff.campaign_id
        recognise(tx, handoff, now)
        if handoff.campaign_id != was:
            follow_campaign(tx, handoff)
    return changes


_ORIGIN = {"campaign", "campaign_ref", "landing_page", "source", "utm"}
"""What tells which campaign a hand-off is of."""


def _take_grade(
    tx: Session, liaison: Liaison, lead: Lead, handoff: Handoff, event: LeadEvent, now: datetime
) -> list[str]:
    """A correction may go either way; the first touch is still due no later than before."""
    grade = newest(lead, {"grade": event.grade}, event.occurred_at).get("grade")
    if grade is None or (grade == handoff.grade and handoff.grade_given):
        return []
    handoff.grade, handoff.grade_given = grade, True
    bring_forward(tx, liaison, handoff, now)
    return ["grade"]


def _take_owner(
    tx: Session, liaison: Liaison, lead: Lead, handoff: Handoff, event: LeadEvent, now: datetime
) -> list[str]:
    """Another rep has it from now on; of an address that is no rep's we take note only."""
    address = newest(lead, {"owner": event.owner}, event.occurred_at).get("owner")
    owner = links.owner_of(tx, liaison, event, now) if address else None
    if owner is None:
        handoff.owner_given = address or handoff.owner_given
        handoff.owner_system = event.system if address else handoff.owner_system
        return []
    if owner.id == handoff.owner_id:
        return []
    handoff.owner_id, handoff.owner_given = owner.id, address
    if owner.id != handoff.actor_id:
        _hand_to(tx, liaison, handoff, owner, now)
    return ["owner"]


def _hand_to(tx: Session, liaison: Liaison, handoff: Handoff, owner: Person, now: datetime) -> None:
    """A run of the new owner's own. They get the lead itself; who had it is told by a note."""
    before = tx.get(Person, (liaison.team_id, handoff.actor_id)) if handoff.actor_id else None
    end_run(tx, handoff, now)
    run = begin_run(tx, liaison, handoff, owner, "crm")
    line = note(tx, handoff, Line.CRM_OWNER, now, facts={"to": owner.id})
    if before:
        tell(tx, liaison, line, before.id, hold_until=back_at_work(tx, liaison, before, now))
    if handoff.shown_at:
        start_clock(tx, liaison, handoff, run, now)
