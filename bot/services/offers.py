"""The open offer of a hand-off: at most one, and over as soon as the lead is answered."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.models import Handoff, Offer


def open_offer(tx: Session, handoff: Handoff) -> Offer | None:
    """The offer that waits for its receiver."""
    return tx.scalars(
        select(Offer).where(
            col(Offer.team_id) == handoff.team_id,
            col(Offer.handoff_id) == handoff.id,
            col(Offer.answered_at).is_(None),
        )
    ).first()


def close_offer(tx: Session, handoff: Handoff, answer: str, at: datetime) -> Offer | None:
    """End the open offer, when there is one; `answer` as in `Offer`."""
    offer = open_offer(tx, handoff)
    if offer:
        offer.answered_at, offer.answer = at, answer
        tx.flush()
    return offer
