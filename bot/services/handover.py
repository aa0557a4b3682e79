"""Marketing hands a lead over to sales, and says so again when it did something more."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Stage
from bot.db import insert_new
from bot.delivery.sayings import tell
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Batch, Handoff, Lead, Person
from bot.services import links, new_act
from bot.services.arrivals import arrive
from bot.services.erased import is_erased
from bot.services.handoffs import changed, give, note, pass_on, show
from bot.services.hours import back_at_work
from bot.services.lead_fields import first_told, take_fields
from bot.services.recognition import recognise

DEFAULT_GRADE = "C"


def hand_over(
    tx: Session, liaison: Liaison, event: LeadEvent, now: datetime, batch: Batch | None = None
) -> Receipt:
    """Take a lead over from marketing: the record, its first run, and the card to be shown.

    `batch`: the file it is announced with; such a lead says nothing new where it is open already.

    A lead that already has an open hand-off gets no second one; its return is noted on the first.
    A person who asked not to be contacted gets none either, and an erased lead none at all.
    """
    if is_erased(tx, liaison, event):
        return Receipt(None, duplicate=False)
    if refused := _refused(tx, liaison, event, now):
        return refused
    lead, is_new = lead_told_of(tx, liaison, event, now)
    latest = None if is_new else queries.latest_handoff(tx, liaison.team_id, lead.id)
    if latest and latest.closed_at is None:
        if batch is None:
            _note_return(tx, liaison, lead, latest, event, now)
        return Receipt(latest.id, duplicate=True)
    owner = links.owner_of(tx, liaison, event, now)
    handoff = new_handoff(liaison, lead, event, now)
    recognise(tx, handoff, now)
    tx.add(handoff)
    tx.flush()
    if not is_new:
        new_act.first_act(lead, event)
    note(tx, handoff, Line.HANDED_OVER, now)
    batch = batch or arrive(tx, liaison, handoff, now)
    handoff.batch_id = batch.id if batch else None
    if owner:
        give(tx, liaison, handoff, owner, "owner", now)
    else:
        pass_on(tx, liaison, lead, handoff, now)
    show(tx, liaison, handoff)
    return Receipt(handoff.id, duplicate=False)


def _refused(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt | None:
    """The answer for somebody who asked to be left alone: only the history tells, no card."""
    lead = queries.who_refused(tx, liaison.team_id, event.lead_key, event.email)
    handoff = lead and queries.latest_handoff(tx, liaison.team_id, lead.id)
    if not handoff:
        return None
    note(tx, handoff, Line.REFUSED, now)
    return Receipt(handoff.id, duplicate=True, refused=True)


def lead_told_of(
    tx: Session, liaison: Liaison, event: LeadEvent, now: datetime
) -> tuple[Lead, bool]:
    """The lead of this event, made or brought up to date, and whether it was made; what the event
    leaves out stays."""
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    if lead is None:
        made = Lead(
            team_id=liaison.team_id,
            id=new_id(now),
            lead_key=event.lead_key,
            created_at=now,
            **first_told(event),
        )
        new_act.first_act(made, event)
        # Two processes may meet the same new lead at once; the unique key decides.
        if insert_new(tx, made):
            return made, True
        lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
        assert lead  # whoever took the key made it
    take_fields(lead, event)
    return lead, False


def new_handoff(liaison: Liaison, lead: Lead, event: LeadEvent, now: datetime) -> Handoff:
    """A hand-off as it is told, not stored yet; nobody has it."""
    return Handoff(**as_told(liaison, lead.id, event, now))


def as_told(liaison: Liaison, lead_id: str, event: LeadEvent, now: datetime) -> dict[str, Any]:
    """The columns of a hand-off that are known when it is told."""
    return {
        "team_id": liaison.team_id,
        "id": new_id(now),
        "lead_id": lead_id,
        "stage": Stage.NEW,
        "owner_given": event.owner,
        "owner_system": event.system,
        "grade": event.grade or DEFAULT_GRADE,
        "grade_given": event.grade is not None,
        "campaign": event.campaign or event.campaign_id,
        "campaign_ref": event.campaign_id,
        "landing_page": event.landing_page,
        "utm": event.utm,
        "source": event.source,
        "reason": event.reason,
        "last_activity": event.last_activity,
        "url": event.url,
        "score": event.score,
        "amount": None if event.amount is None else str(event.amount),
        "currency": event.currency,
        "handed_at": event.occurred_at,
        "received_at": now,
        "playbook": liaison.shelf.number,
    }


def _note_return(
    tx: Session, liaison: Liaison, lead: Lead, handoff: Handoff, event: LeadEvent, now: datetime
) -> None:
    """A new act of a lead that is open: the card follows, and its actor is told once."""
    if not new_act.is_new(lead, event):
        note(tx, handoff, Line.OLDER_ACT, now)
    else:
        facts = new_act.take_act(tx, liaison, lead, handoff, event, now)
        line = note(tx, handoff, Line.CAME_BACK, now, facts=facts)
        if handoff.actor_id:
            actor = tx.get_one(Person, (liaison.team_id, handoff.actor_id))
            held = back_at_work(tx, liaison, actor, now)
            tell(tx, liaison, line, actor.id, hold_until=held)
    changed(tx, liaison, handoff)
