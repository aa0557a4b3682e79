"""The leads of a file: as history, of which nobody is told, or announced as one batch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import RESERVED_OUTCOMES
from bot.db import insert_once
from bot.delivery.batches import put_card
from bot.identity import new_id
from bot.intake.formats import Fault
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Batch, Handoff, InboxEvent, Message, MessageKind
from bot.playbook import Playbook
from bot.services import import_rows
from bot.services.handover import hand_over
from bot.services.import_rows import ANNOUNCED, key_of, outcome_of
from bot.services.routing import reps_of

AT_ONCE = 500
"""Rows in one commit, which keeps a click waiting for a tenth of a second. A killed import loses no
more than these, and the next one brings them."""


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
        return import_rows.bring_in(tx, liaison, events, now)


def _is_first_announced(tx: Session, liaison: Liaison, event: LeadEvent) -> bool:
    """Remember this lead of this campaign; False when it was announced before."""
    wall = liaison.wall()
    row = InboxEvent(
        team_id=liaison.team_id,
        id=new_id(wall),
        key=key_of(event, ANNOUNCED),
        kind="lead.imported",
        received_at=wall,
        processed_at=wall,
    )
    return insert_once(tx, row)


@dataclass(frozen=True)
class Plan:
    """What announcing a file tells to whom; of leads that were not announced before."""

    leads: int
    by_owner: dict[str, int]
    """How many leads each rep is named the owner of, by name; they get one list each."""
    waiting: int
    """Leads without an owner we know: they go to the reps in turn, or wait in the queue."""
    lists: int
    """How many lists there are at most."""


def plan(liaison: Liaison, events: Iterable[LeadEvent]) -> Plan:
    """Whom an announcement would reach; rows with an outcome are history, and reach nobody."""
    owners = Counter[str]()
    names: dict[str | None, str] = {}
    waiting = 0
    with liaison.reading() as tx:
        for event in events:
            if outcome_of(event) is not None or _was_announced(tx, liaison, event):
                continue
            if event.owner not in names:
                names[event.owner] = _rep(tx, liaison, event.owner)
            if name := names[event.owner]:
                owners[name] += 1
            else:
                waiting += 1
        in_turn = liaison.playbook.routing.gives and waiting
        lists = min(len(owners) + in_turn, len(reps_of(tx, liaison))) if in_turn else len(owners)
    return Plan(owners.total() + waiting, owners, waiting, lists)


def _was_announced(tx: Session, liaison: Liaison, event: LeadEvent) -> bool:
    known = select(col(InboxEvent.id)).where(
        col(InboxEvent.team_id) == liaison.team_id, col(InboxEvent.key) == key_of(event, ANNOUNCED)
    )
    return tx.scalars(known).first() is not None


def _rep(tx: Session, liaison: Liaison, email: str | None) -> str:
    """The rep's name; empty when the address is none's."""
    owner = queries.person_by_email(tx, liaison.team_id, email)
    return owner.name if owner and queries.sells(owner) else ""


def batch_for(liaison: Liaison, file_digest: str, name: str | None) -> str:
    """The id of the batch of this very file, made when it is announced for the first time."""
    key, now = f"file:{file_digest}", liaison.now()
    made = Batch(
        team_id=liaison.team_id, id=new_id(now), key=key, name=name, is_file=True, formed_at=now
    )
    with liaison.transaction() as tx:
        insert_once(tx, made)
        by_key = (col(Batch.team_id) == liaison.team_id) & (col(Batch.key) == key)
        return tx.scalars(select(col(Batch.id)).where(by_key)).one()


def announce(liaison: Liaison, batch_id: str, events: Sequence[LeadEvent]) -> int:
    """Hand over what was not announced yet, in one transaction; says how many that were.

    Nothing is shown before `tell`. A lead that is open already stays as it is; a row with an
    outcome is brought in as history.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        batch = tx.get_one(Batch, (liaison.team_id, batch_id))
        return sum(_announce_one(tx, liaison, batch, event, now) for event in events)


def _announce_one(
    tx: Session, liaison: Liaison, batch: Batch, event: LeadEvent, now: datetime
) -> bool:
    if outcome_of(event) is not None:
        import_rows.bring_in(tx, liaison, [event], now)
        return False
    if not _is_first_announced(tx, liaison, event):
        return False
    receipt = hand_over(tx, liaison, event, now, batch)
    return receipt.handoff_id is not None and not receipt.duplicate


def tell(liaison: Liaison) -> None:
    """Queue the cards of announced files, once each; the lists follow when the channel has them.

    Also of a file whose announcement was cut off, and that was changed before it was read again.
    """
    carded = exists().where(
        col(Message.team_id) == Batch.team_id,
        col(Message.subject_id) == Batch.id,
        col(Message.kind) == MessageKind.BATCH_CARD,
    )
    has_leads = exists().where(
        col(Handoff.team_id) == Batch.team_id, col(Handoff.batch_id) == Batch.id
    )
    untold = select(Batch).where(
        col(Batch.team_id) == liaison.team_id, col(Batch.is_file), ~carded, has_leads
    )
    with liaison.transaction() as tx:
        for batch in tx.scalars(untold.order_by(col(Batch.id))).all():
            put_card(tx, liaison, batch)
