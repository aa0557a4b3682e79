"""Leads by what identifies them; locked before their hand-offs."""

from functools import cache

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


def lead_by_key(tx: Session, team_id: str, lead_key: str) -> Lead | None:
    """The lead, locked until the transaction ends, so that its events are taken one by one.

    For one that was merged, the lead that stands for it since.
    """
    lead = lead_as_told(tx, team_id, lead_key)
    if lead is None or lead.merged_into is None:
        return lead
    return tx.get_one(Lead, (team_id, lead.merged_into), with_for_update={"key_share": True})


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
