"""The open offer of a hand-off: at most one, and over as soon as the lead is answered."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.models import Handoff, Offer


def open_offer(tx: Session, handoff: Handoff) -> Offer | None:
    """The offer that waits for its receiver."""
    return tx.scalars(_open_offer(), {"team_id": handoff.team_id, "handoff_id": handoff.id}).first()


@cache
def _open_offer() -> Select[Offer]:
    """Built once: every change of a hand-off asks it."""
    return select(Offer).where(
        col(Offer.team_id) == bindparam("team_id"),
        col(Offer.handoff_id) == bindparam("handoff_id"),
        col(Offer.answered_at).is_(None),
    )


def close_offer(tx: Session, handoff: Handoff, answer: str, at: datetime) -> Offer | None:
    """End the open offer, when there is one; `answer` as in `Offer`."""
    offer = open_offer(tx, handoff)
    if offer:
        offer.answered_at, offer.answer = at, answer
        tx.flush()
    return offer
