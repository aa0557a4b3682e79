"""Erases leads: from our tables, from what was delivered, and from what Slack shows.

What stays is that a hand-off happened: its campaign, grade, times and outcome; and a keyed hash
that recognises the lead, should somebody tell of it again.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.erasing import digest, without_words
from bot.core.history import Line
from bot.core.lifecycle import ERASED
from bot.db import insert_once
from bot.delivery import homes
from bot.delivery.briefs import revise_briefs
from bot.delivery.messages import revise_digests
from bot.errors import NotAllowed, TooLate
from bot.intake.lead_event import LeadEvent, key_of_email, key_of_id
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import ErasedKey, Handoff, InboxEvent, Lead, Message, Offer, Person, Snooze, Undo
from bot.services import disputes, origins
from bot.services.asks import forget_words
from bot.services.erased import secret_of
from bot.services.handoffs import changed, note, put_away

PERSONAL = (
    *("given_name", "family_name", "email", "phone"),
    *("title", "company", "country", "message"),
)
"""The columns of a lead that say who it is, besides `custom`."""


def erased_told(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """The CRM says that a lead is to be forgotten; remembered also of one we never had."""
    keys = [event.lead_key]
    addresses = [event.email] if event.email else []
    leads = leads_of(tx, liaison.team_id, keys, addresses)
    remember(tx, liaison, [*keys, *map(key_of_email, addresses)], now)
    handoffs = erase(tx, liaison, leads, now)
    return Receipt(handoffs[-1].id if handoffs else None, duplicate=False)


def count_erasable(liaison: Liaison, *, lead_id: str | None, email: str | None) -> int:
    """How many leads `erase_lead` would erase; 0 when we know none by this id or address."""
    with liaison.reading() as tx:
        return len(leads_of(tx, liaison.team_id, *_keys(lead_id, email)))


def erase_lead(liaison: Liaison, *, lead_id: str | None, email: str | None) -> int:
    """Erase by the sender's own id, or by address; says how many leads there were."""
    now = liaison.now()
    with liaison.transaction() as tx:
        leads = leads_of(tx, liaison.team_id, *_keys(lead_id, email))
        erase(tx, liaison, leads, now)
        return len(leads)


def look_to_erase(liaison: Liaison, handoff_id: str, by: str) -> tuple[queries.HandoffFacts, int]:
    """The lead and how many would go with it, for the form; refuses before rather than after."""
    with liaison.reading() as tx:
        leads = _leads_for_admin(tx, liaison, handoff_id, by)
        return queries.facts(tx, liaison.team_id, handoff_id), len(leads)


def erase_by_admin(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Erase the lead of this hand-off and what belongs to it. Raises `NotAllowed` or `TooLate`."""
    now = liaison.now()
    with liaison.transaction() as tx:
        erase(tx, liaison, _leads_for_admin(tx, liaison, handoff_id, by), now)


def _leads_for_admin(tx: Session, liaison: Liaison, handoff_id: str, by: str) -> list[Lead]:
    person = queries.person(tx, liaison.team_id, by)
    if not may_erase(person):
        raise NotAllowed("Only an admin erases a lead.")
    lead = queries.facts(tx, liaison.team_id, handoff_id).lead
    if lead.erased_at:
        raise TooLate("This lead was erased already.")
    return leads_of(tx, liaison.team_id, [lead.lead_key], [lead.email] if lead.email else [])


def may_erase(person: Person) -> bool:
    """An admin of the playbook who is still here."""
    return person.is_active and "admin" in person.roles


def _keys(lead_id: str | None, email: str | None) -> tuple[list[str], list[str]]:
    address = email.strip().lower() if email else None
    keys = [key_of_id(lead_id)] if lead_id else []
    return keys + ([key_of_email(address)] if address else []), [address] if address else []


def leads_of(
    tx: Session, team_id: str, keys: Collection[str], addresses: Collection[str]
) -> list[Lead]:
    """The leads by key or address, what was merged with them, and who shares their address.

    Found again and again until nobody is added, because each may lead to another.
    """
    found: list[Lead] = []
    while True:
        ids = {lead.id for lead in found}
        heirs = {lead.merged_into for lead in found if lead.merged_into}
        known = {*addresses, *(lead.email for lead in found if lead.email)}
        more = tx.scalars(
            select(Lead)
            .where(
                col(Lead.team_id) == team_id,
                col(Lead.erased_at).is_(None),
                col(Lead.lead_key).in_(keys)
                | col(Lead.email).in_(known)
                | col(Lead.id).in_(ids | heirs)
                | col(Lead.merged_into).in_(ids | heirs),
            )
            .order_by(col(Lead.id))
            .with_for_update(key_share=True)
        ).all()
        if len(more) == len(found):
            return found
        found = list(more)


def erase(
    tx: Session, liaison: Liaison, leads: Collection[Lead], now: datetime, *, for_good: bool = True
) -> list[Handoff]:
    """Erase these leads; their hand-offs, oldest first.

    Not `for_good`: no hash is kept, so that a lead who comes back is a new one.
    """
    ids = {lead.id for lead in leads}
    leads = [*leads, *(lead for lead in _merged_into(tx, liaison, ids) if lead.id not in ids)]
    handoffs = queries.handoffs_of(tx, liaison.team_id, ids)
    origins.forget(tx, liaison, {lead.id for lead in leads}, now)
    _forget_bodies(tx, liaison, leads, handoffs)
    for lead in leads:
        if for_good:
            remember(tx, liaison, _keys_of(lead), now)
        blank(lead)
        lead.lead_key, lead.erased_at = f"{ERASED}:{lead.id}", now
    for handoff in handoffs:
        _erase_handoff(tx, liaison, handoff, now)
    if handoffs:
        revise_briefs(tx, liaison)
        homes.note_erased(tx, liaison, handoffs[0].id)
    return handoffs


def _merged_into(tx: Session, liaison: Liaison, ids: Collection[str]) -> Iterable[Lead]:
    """The leads that live on in these: their keys would lead to what is erased."""
    return tx.scalars(
        select(Lead).where(col(Lead.team_id) == liaison.team_id, col(Lead.merged_into).in_(ids))
    ).all()


def _keys_of(lead: Lead) -> list[str]:
    return [lead.lead_key, *([key_of_email(lead.email)] if lead.email else [])]


def remember(tx: Session, liaison: Liaison, keys: Iterable[str], now: datetime) -> None:
    """Keep a keyed hash of each, by which an erased lead is recognised."""
    secret = secret_of(tx, liaison)
    for key in keys:
        hashed = digest(secret, key)
        insert_once(tx, ErasedKey(team_id=liaison.team_id, digest=hashed, erased_at=now))


def blank(lead: Lead) -> None:
    """Take everything from a lead that says who it is."""
    for name in PERSONAL:
        setattr(lead, name, None)
    lead.custom, lead.told_at = {}, {}


def _erase_handoff(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    handoff.reason = handoff.last_activity = handoff.url = None
    handoff.owner_given = handoff.outcome_words = handoff.follow_up_words = None
    handoff.return_at = handoff.return_announced_at = None
    handoff.utm = {}
    forget_words(tx, handoff)
    disputes.forget_words(tx, handoff)
    tx.execute(
        # What could be put back is what is to be forgotten.
        delete(Undo).where(col(Undo.team_id) == handoff.team_id, col(Undo.handoff_id) == handoff.id)
    )
    tx.execute(
        update(Offer)
        .where(col(Offer.team_id) == handoff.team_id, col(Offer.handoff_id) == handoff.id)
        .values(words=None)
    )
    for line in queries.history(tx, handoff):
        line.facts = without_words(line.facts)
    if handoff.closed_at is None:
        put_away(tx, handoff, ERASED, now)
    tx.execute(
        update(Snooze)
        .where(col(Snooze.team_id) == liaison.team_id, col(Snooze.handoff_id) == handoff.id)
        .values(reason=None)
    )
    note(tx, handoff, Line.ERASED, now)
    _take_up_again(tx, liaison, handoff)
    changed(tx, liaison, handoff)
    revise_digests(tx, liaison, handoff.id)


def _take_up_again(tx: Session, liaison: Liaison, handoff: Handoff) -> None:
    """Messages given up after they were shown still show what they showed: try once more."""
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id).in_([handoff.id, handoff.batch_id]),
            col(Message.ts).is_not(None),
            col(Message.dropped).is_not(None),
        )
        .values(dropped=None)
    )


def _forget_bodies(
    tx: Session, liaison: Liaison, leads: Collection[Lead], handoffs: Collection[Handoff]
) -> None:
    """Blank what was delivered of them; a body too many is no loss once it was worked on."""
    names = {lead.lead_key.removeprefix("id:") for lead in leads}
    # A lead read from a message is known by where it stood; its raw event by the time alone.
    names |= {name.rpartition(":")[2] for name in names if name.startswith("slack:")}
    names |= {lead.email for lead in leads if lead.email}
    written = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    body = func.lower(col(InboxEvent.body))
    tx.execute(
        update(InboxEvent)
        .where(
            col(InboxEvent.team_id) == liaison.team_id,
            col(InboxEvent.processed_at).is_not(None),
            or_(
                col(InboxEvent.handoff_id).in_([handoff.id for handoff in handoffs]),
                *(body.contains(form.lower(), autoescape=True) for form in written),
            ),
        )
        .values(body=None)
        .execution_options(synchronize_session=False)
    )
