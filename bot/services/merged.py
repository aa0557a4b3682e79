"""The CRM made one lead of two: the one that lives on has everything, and one open hand-off."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import DUPLICATE
from bot.db import insert_once
from bot.delivery.sayings import tell
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent, key_of_id
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, Lead, Person
from bot.services.clocks import bring_forward, promise
from bot.services.erased import is_any_erased
from bot.services.erasing import PERSONAL, blank, erased_told
from bot.services.handoffs import changed, note, put_away
from bot.services.hours import back_at_work


def merged(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """Let one lead live on in another; whatever is told under either key reaches that one.

    A lead that was merged before stays where it is, so no circle can arise. One that is merged into
    an erased lead is the same person, and erased too.
    """
    into = key_of_id(event.into or "")
    if is_any_erased(tx, liaison, frozenset({into})):
        return erased_told(tx, liaison, event, now)
    given = queries.lead_as_told(tx, liaison.team_id, event.lead_key)
    kept = queries.lead_by_key(tx, liaison.team_id, into)
    if kept is None and given is not None and given.merged_into is None:
        kept = _lead(tx, liaison, into, now)
    if given is None and kept is not None:
        given = _lead(tx, liaison, event.lead_key, now)
    if given is not None and kept is not None and given.merged_into is None and given is not kept:
        _merge(tx, liaison, given, kept, now)
    survivor = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = survivor and queries.latest_handoff(tx, liaison.team_id, survivor.id)
    return Receipt(handoff.id if handoff else None, duplicate=False)


def _lead(tx: Session, liaison: Liaison, key: str, now: datetime) -> Lead | None:
    """A lead we know nothing of but its key."""
    insert_once(tx, Lead(team_id=liaison.team_id, id=new_id(now), lead_key=key, created_at=now))
    return queries.lead_as_told(tx, liaison.team_id, key)


def _merge(tx: Session, liaison: Liaison, lead: Lead, kept: Lead, now: datetime) -> None:
    _fill_gaps(kept, lead)
    blank(lead)
    lead.merged_into = kept.id
    tx.execute(
        update(Lead)
        .where(col(Lead.team_id) == liaison.team_id, col(Lead.merged_into) == lead.id)
        .values(merged_into=kept.id)
    )
    handoffs = queries.handoffs_of(tx, liaison.team_id, [lead.id, kept.id])
    both = [handoff for handoff in handoffs if handoff.closed_at is None]
    stays = max(both, key=lambda h: _claim_to_stay(h, kept), default=None)
    for handoff in both:
        if stays and handoff is not stays:
            _close_duplicate(tx, liaison, handoff, stays, now)
    tx.flush()  # one open hand-off per lead: the other must be closed before they meet
    for handoff in handoffs:
        handoff.lead_id = kept.id
        changed(tx, liaison, handoff)
    if stays:
        note(tx, stays, Line.CRM_MERGED, now)


def _fill_gaps(kept: Lead, lead: Lead) -> None:
    for name in PERSONAL:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(lead, name))
    kept.custom = lead.custom | kept.custom
    kept.told_at = lead.told_at | kept.told_at


def _claim_to_stay(handoff: Handoff, kept: Lead) -> tuple[bool, bool, bool]:
    """The one somebody works on stays, else the one somebody has, else that of the lead kept."""
    has_actor = handoff.actor_id is not None
    return handoff.touched_at is not None, has_actor, handoff.lead_id == kept.id


def _close_duplicate(
    tx: Session, liaison: Liaison, handoff: Handoff, stays: Handoff, now: datetime
) -> None:
    """What was promised for it holds for the one that stays; whoever else had it is told."""
    stays.grade = min(stays.grade, handoff.grade)
    bring_forward(tx, liaison, stays, now)
    if handoff.due_at:
        promise(stays, handoff.due_at)
    line = note(tx, handoff, Line.CRM_DUPLICATE, now, facts={"to": stays.actor_id or ""})
    if handoff.actor_id and handoff.actor_id != stays.actor_id:
        reader = tx.get_one(Person, (liaison.team_id, handoff.actor_id))
        tell(tx, liaison, line, reader.id, hold_until=back_at_work(tx, liaison, reader, now))
    put_away(tx, handoff, DUPLICATE, now)
