"""Recognises a lead that was erased, when somebody tells of it again."""

from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.erasing import digest
from bot.intake.lead_event import LeadEvent, key_of_email
from bot.liaison import Liaison
from bot.models import ErasedKey, InboxEvent, Workspace


def is_erased(tx: Session, liaison: Liaison, event: LeadEvent) -> bool:
    """Whether this event is about a lead that was erased, by its key or its address."""
    return is_any_erased(tx, liaison, keys_of(event))


def keys_of(event: LeadEvent) -> frozenset[str]:
    """Everything a lead of this event could be recognised by."""
    by_email = {key_of_email(event.email)} if event.email else set()
    return frozenset({event.lead_key} | by_email)


def is_any_erased(tx: Session, liaison: Liaison, keys: frozenset[str]) -> bool:
    """Whether a lead with one of these keys was erased."""
    return bool(erased_among(tx, liaison, keys))


def erased_among(tx: Session, liaison: Liaison, keys: frozenset[str]) -> set[str]:
    """Those of these keys by which a lead was known that was erased."""
    workspace = tx.get(Workspace, liaison.team_id)
    if workspace is None or workspace.erasing_secret is None:
        return set()
    by_digest = {digest(workspace.erasing_secret, key): key for key in keys}
    known = select(col(ErasedKey.digest)).where(
        col(ErasedKey.team_id) == liaison.team_id, col(ErasedKey.digest).in_(by_digest)
    )
    return {by_digest[found] for found in tx.scalars(known)}


def secret_of(tx: Session, liaison: Liaison) -> str:
    """What keys the hashes, made when the first lead is erased."""
    workspace = tx.get_one(Workspace, liaison.team_id, with_for_update=True, populate_existing=True)
    workspace.erasing_secret = workspace.erasing_secret or token_hex(32)
    return workspace.erasing_secret


def forget_body(tx: Session, liaison: Liaison, key: str) -> None:
    """Blank what was delivered under this key; the key stays, so that a repeat is recognised."""
    tx.execute(
        update(InboxEvent)
        .where(col(InboxEvent.team_id) == liaison.team_id, col(InboxEvent.key) == key)
        .values(body=None)
    )
