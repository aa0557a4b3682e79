"""Leads by what identifies them; locked before their hand-offs."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    Select,
    bindparam,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.errors import Unknown
from bot.models import (
    Handoff,
    Lead,
)
from bot.queries.lists import evened


def lead_by_key(tx: Session, team_id: str, lead_key: str) -> Lead | None:
    """The lead, locked until the transaction ends, so that its events are taken one by one.

    For one that was merged, the lead that stands for it since.
    """
    lead = lead_as_told(tx, team_id, lead_key)
    if lead is None or lead.merged_into is None:
        return lead
    return tx.get_one(Lead, (team_id, lead.merged_into), with_for_update={"key_share": True})


class KnownLead(NamedTuple):
    """What bringing in history has to know of a lead that is here."""

    id: str
    refused_at: datetime | None
    """When this person asked to be left alone; None = they did not."""


def leads_by_key(tx: Session, team_id: str, lead_keys: Collection[str]) -> dict[str, KnownLead]:
    """As `lead_by_key`, for many; locked in one order."""
    asked = {"of_team": team_id, "keys": evened(lead_keys)}
    known: dict[str, KnownLead] = {}
    merged: dict[str, str] = {}
    for lead_key, lead_id, refused_at, into in tx.execute(_leads_by_key(), asked):
        known[lead_key] = KnownLead(lead_id, refused_at)
        if into:
            merged[lead_key] = into
    for lead_key, into in merged.items():
        lead = tx.get_one(Lead, (team_id, into), with_for_update={"key_share": True})
        known[lead_key] = KnownLead(lead.id, lead.do_not_contact_at)
    return known


@cache
def _leads_by_key() -> Select[str, str, datetime | None, str | None]:
    return (
        select(col(Lead.lead_key), col(Lead.id), col(Lead.do_not_contact_at), col(Lead.merged_into))
        .where(
            col(Lead.team_id) == bindparam("of_team"),
            col(Lead.lead_key).in_(bindparam("keys", expanding=True)),
        )
        .order_by(col(Lead.id))
        .with_for_update(key_share=True)
    )


def lead_as_told(tx: Session, team_id: str, lead_key: str) -> Lead | None:
    """The lead under this very key, merged or not; locked until the transaction ends."""
    return tx.scalars(_lead_by_key(), {"team_id": team_id, "lead_key": lead_key}).first()


@cache
def _lead_by_key() -> Select[Lead]:
    by_key = col(Lead.lead_key) == bindparam("lead_key")
    of_team = col(Lead.team_id) == bindparam("team_id")
    return select(Lead).where(of_team, by_key).with_for_update(key_share=True)


def who_refused(tx: Session, team_id: str, lead_key: str, email: str | None) -> Lead | None:
    """The lead of this key or address, when that person asked not to be contacted; not locked."""
    asked = {"team_id": team_id, "lead_key": lead_key, "email": email or ""}
    return tx.scalars(_refusing(), asked).first()


@cache
def _refusing() -> Select[Lead]:
    """Built once: every hand-off asks it."""
    same = (col(Lead.lead_key) == bindparam("lead_key")) | (col(Lead.email) == bindparam("email"))
    refuses = col(Lead.do_not_contact_at).is_not(None)
    return select(Lead).where(col(Lead.team_id) == bindparam("team_id"), refuses, same).limit(1)


def lock_lead(tx: Session, team_id: str, handoff_id: str) -> None:
    """Lock a hand-off's lead until the transaction ends: before the hand-off, as its events do.

    Raises `Unknown`.
    """
    lead_id = tx.scalars(
        select(col(Handoff.lead_id)).where(
            col(Handoff.team_id) == team_id, col(Handoff.id) == handoff_id
        )
    ).first()
    if lead_id is None:
        raise Unknown
    tx.get_one(Lead, (team_id, lead_id), with_for_update={"key_share": True})


def keys_known(tx: Session, team_id: str, lead_keys: Collection[str]) -> set[str]:
    """Those of these keys that a lead has, one that was merged too; not locked."""
    asked = {"of_team": team_id, "keys": evened(lead_keys)}
    return set(tx.scalars(_keys_known(), asked))


@cache
def _keys_known() -> Select[str]:
    by_key = col(Lead.lead_key).in_(bindparam("keys", expanding=True))
    return select(col(Lead.lead_key)).where(col(Lead.team_id) == bindparam("of_team"), by_key)


def emails_refusing(tx: Session, team_id: str, emails: Collection[str]) -> set[str]:
    """Those of these addresses at which somebody asked not to be contacted."""
    if not emails:
        return set()
    asked = {"of_team": team_id, "emails": evened(emails)}
    return {email for email in tx.scalars(_emails_refusing(), asked) if email}


@cache
def _emails_refusing() -> Select[str | None]:
    return select(col(Lead.email)).where(
        col(Lead.team_id) == bindparam("of_team"),
        col(Lead.email).in_(bindparam("emails", expanding=True)),
        col(Lead.do_not_contact_at).is_not(None),
    )
