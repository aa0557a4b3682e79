"""Leads from before Liaison, brought in as history: no card, no clock, nobody is told."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import RESERVED_OUTCOMES, Stage, stage_after
from bot.db import insert_once
from bot.identity import new_id
from bot.intake.formats import Fault
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Handoff, InboxEvent
from bot.playbook import Playbook
from bot.services.erased import is_erased
from bot.services.handoffs import lead_told_of, new_handoff, note
from bot.services.recognition import recognise

AT_ONCE = 200
"""Rows in one commit; a killed import loses no more, and the next one brings them."""
_SAME = {"closed_won": "won", "closed_lost": "lost"}
"""How some CRMs call what we call won and lost."""


def outcome_of(event: LeadEvent) -> str | None:
    """How the lead ended, by our keys; None when the row does not say."""
    return _SAME.get(event.kind or "", event.kind)


def unknown_outcome(event: LeadEvent, playbook: Playbook) -> Fault | None:
    """The fault of a row whose outcome the playbook does not have."""
    outcome = outcome_of(event)
    known = RESERVED_OUTCOMES | {reason.key for reason in playbook.reasons}
    if outcome is None or outcome in known:
        return None
    return Fault("kind", f"There is no outcome {outcome}; there are {', '.join(sorted(known))}.")


def bring_in(liaison: Liaison, events: Sequence[LeadEvent]) -> int:
    """Store what is not here yet, in one transaction; says how many that were.

    The same lead of the same campaign is brought in once, however often a file is read.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        return sum(_bring_in_one(tx, liaison, event, now) for event in events)


def _bring_in_one(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> bool:
    if is_erased(tx, liaison, event):
        return False
    wall = liaison.wall()
    row = InboxEvent(
        team_id=liaison.team_id,
        id=new_id(wall),
        key=_key(event),
        kind="lead.imported",
        received_at=wall,
        processed_at=wall,
    )
    if not insert_once(tx, row):
        return False
    # What a live event told of a lead is fresher than an old file.
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    lead = lead or lead_told_of(tx, liaison, event, now)
    owner = queries.person_by_email(tx, liaison.team_id, event.owner)
    handoff = new_handoff(liaison, lead, event, now)
    handoff.is_imported = True
    handoff.owner_id = owner.id if owner and queries.sells(owner) else None
    _close(handoff, event)
    recognise(tx, handoff, now)
    reason = liaison.playbook.reason(handoff.outcome or "")
    if reason and reason.refuses_later:
        lead.do_not_contact_at = lead.do_not_contact_at or event.occurred_at
    tx.add(handoff)
    tx.flush()
    note(tx, handoff, Line.IMPORTED, now)
    return True


def _close(handoff: Handoff, event: LeadEvent) -> None:
    """It ended as the row says; a row that does not say is one nobody works on any more."""
    outcome = outcome_of(event)
    handoff.stage = stage_after(outcome) if outcome else Stage.EXPIRED
    handoff.outcome = outcome
    handoff.outcome_at = event.occurred_at if outcome else None
    handoff.closed_at = event.occurred_at


def _key(event: LeadEvent) -> str:
    named = "\n".join((event.lead_key, (event.campaign or "").casefold()))
    return f"csv:{sha256(named.encode()).hexdigest()}"
