"""What happened to a hand-off, and what of it a reader may see."""

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.models import (
    Handoff,
    History,
    Person,
)

_OF_ONE_PERSON = frozenset({"nudged", "snoozed", "escalated", "excused", "left", "rated"})
"""Lines of history that tell of somebody's open first touch, or what they think of a lead;
`facts["to"]` is that person."""


def history(tx: Session, handoff: Handoff) -> list[History]:
    """All that happened to it, oldest first."""
    rows = tx.scalars(
        select(History)
        .where(col(History.team_id) == handoff.team_id, col(History.handoff_id) == handoff.id)
        .order_by(col(History.at), col(History.id))
    )
    return list(rows)


def latest_line(tx: Session, handoff: Handoff, kind: str) -> History | None:
    """The last time this happened to it; None = never."""
    return tx.scalars(
        select(History)
        .where(
            col(History.team_id) == handoff.team_id,
            col(History.handoff_id) == handoff.id,
            col(History.kind) == kind,
        )
        .order_by(col(History.at).desc(), col(History.id).desc())
        .limit(1)
    ).first()


def history_for(tx: Session, handoff: Handoff, reader_id: str) -> list[History]:
    """What this reader may see of it: who was reminded, or wanted not to be, and what a manager
    decided about their open first touch, is for that person and their manager."""
    rows = history(tx, handoff)
    reminded = {row.facts["to"] for row in rows if row.kind in _OF_ONE_PERSON}
    people = tx.scalars(
        select(Person).where(
            col(Person.team_id) == handoff.team_id, col(Person.id).in_(reminded | {reader_id})
        )
    )
    own = {found.id for found in people if reader_id in {found.id, found.manager_id}}
    return [
        row
        for row in rows
        if row.kind not in _OF_ONE_PERSON or row.by == reader_id or row.facts["to"] in own
    ]
