"""Rows of a file that come in as history: many in one statement, by the rules of a single one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Stage, stage_after
from bot.db import insert_each_new, insert_each_once
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Handoff, History, InboxEvent, Lead
from bot.services.erased import erased_among, keys_of
from bot.services.handoffs import line_of
from bot.services.handover import as_told
from bot.services.lead_fields import first_told
from bot.services.recognition import campaigns_of, origin_told

ANNOUNCED, CSV = "announced", "csv"
"""The two ways a row comes."""
_SAME = {"closed_won": "won", "closed_lost": "lost"}
"""How some CRMs call what we call won and lost."""


def outcome_of(event: LeadEvent) -> str | None:
    """How the lead ended, by our keys; None when the row does not say."""
    return _SAME.get(event.kind or "", event.kind)


def key_of(event: LeadEvent, way: str) -> str:
    """What this lead of this campaign is remembered by, once it came this way."""
    named = "\n".join((event.lead_key, (event.campaign or "").casefold()))
    return f"{way}:{sha256(named.encode()).hexdigest()}"


def bring_in(tx: Session, liaison: Liaison, events: Iterable[LeadEvent], now: datetime) -> int:
    """Store what is not here yet, closed from the start; says how many that were."""
    tx.flush()
    fresh = _first_times(tx, liaison, list(events))
    if not fresh:
        return 0
    leads = _leads_of(tx, liaison, fresh, now)
    owners = _owners_of(tx, liaison, fresh)
    campaigns = campaigns_of(tx, liaison.team_id, map(origin_told, fresh), now)
    handoffs = [
        as_told(liaison, leads[event.lead_key].id, event, now)
        | {"is_imported": True, "owner_id": owners.get(event.owner), "campaign_id": campaign_id}
        | _ended(event)
        for event, campaign_id in zip(fresh, campaigns, strict=True)
    ]
    insert_each_once(tx, Handoff, handoffs)
    lines = [line_of(liaison.team_id, each["id"], Line.IMPORTED, now) for each in handoffs]
    insert_each_once(tx, History, lines)
    _refuse_later(tx, liaison, fresh, leads)
    return len(handoffs)


def _first_times(tx: Session, liaison: Liaison, events: list[LeadEvent]) -> list[LeadEvent]:
    """Those that never came this way before, which is remembered; none of an erased lead."""
    keys = [keys_of(event) for event in events]
    erased = erased_among(tx, liaison, frozenset().union(*keys))
    by_key: dict[str, LeadEvent] = {}
    for event, its_own in zip(events, keys, strict=True):
        if erased.isdisjoint(its_own):
            by_key.setdefault(key_of(event, CSV), event)
    wall = liaison.wall()
    came: dict[str, object] = {"team_id": liaison.team_id, "kind": "lead.imported"}
    came |= {"received_at": wall, "processed_at": wall}
    rows = [came | {"id": new_id(wall), "key": key} for key in by_key]
    new = insert_each_new(tx, InboxEvent, rows, "key")
    return [event for key, event in by_key.items() if key in new]


def _leads_of(
    tx: Session, liaison: Liaison, events: Sequence[LeadEvent], now: datetime
) -> Mapping[str, queries.KnownLead]:
    """The leads of these events, by key. One that is known stays as it is: what a live event told
    is fresher than an old file."""
    first = {event.lead_key: event for event in reversed(events)}
    known = queries.leads_by_key(tx, liaison.team_id, first.keys())
    made = {"team_id": liaison.team_id, "created_at": now}
    rows = [
        made | {"id": new_id(now), "lead_key": lead_key} | first_told(event)
        for lead_key, event in first.items()
        if lead_key not in known
    ]
    # Two processes may meet the same new lead at once; the unique key decides.
    new = insert_each_new(tx, Lead, rows, "lead_key")
    ours = {str(r["lead_key"]): queries.KnownLead(str(r["id"]), None) for r in rows}
    theirs = ours.keys() - new
    return known | ours | (queries.leads_by_key(tx, liaison.team_id, theirs) if theirs else {})


def _owners_of(tx: Session, liaison: Liaison, events: Iterable[LeadEvent]) -> dict[str | None, str]:
    """The ids of those among the named owners whom leads may be given to, by address."""
    named = {event.owner for event in events if event.owner}
    found = queries.people_by_email(tx, liaison.team_id, named)
    return {email: person.id for email, person in found.items() if queries.sells(person)}


def _ended(event: LeadEvent) -> dict[str, object]:
    """It ended as the row says; a row that does not say is one nobody works on any more."""
    outcome = outcome_of(event)
    return {
        "stage": stage_after(outcome) if outcome else Stage.EXPIRED,
        "outcome": outcome,
        "outcome_at": event.occurred_at if outcome else None,
        "closed_at": event.occurred_at,
    }


def _refuse_later(
    tx: Session,
    liaison: Liaison,
    events: Iterable[LeadEvent],
    leads: Mapping[str, queries.KnownLead],
) -> None:
    """Whoever asked to be left alone, as the file says, is refused from then on."""
    asked: dict[str, datetime] = {}
    for event in events:
        reason = liaison.playbook.reason(outcome_of(event) or "")
        lead = leads[event.lead_key]
        if reason and reason.refuses_later and lead.refused_at is None:
            asked.setdefault(lead.id, event.occurred_at)
    for lead_id, at in asked.items():
        key = (col(Lead.team_id) == liaison.team_id) & (col(Lead.id) == lead_id)
        tx.execute(update(Lead).where(key).values(do_not_contact_at=at))
