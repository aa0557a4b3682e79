"""When somebody is away."""

from datetime import datetime
from functools import cache

from sqlalchemy import (
    Select,
    bindparam,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.models import (
    Absence,
    Person,
)


def absences(tx: Session, person: Person) -> list[Absence]:
    """All that were and are planned, in order; not those that were called off."""
    return list(
        tx.scalars(
            select(Absence)
            .where(
                col(Absence.team_id) == person.team_id,
                col(Absence.person_id) == person.id,
                col(Absence.ends_at) > col(Absence.starts_at),
            )
            .order_by(col(Absence.starts_at))
        )
    )


def away_of(tx: Session, person: Person) -> tuple[tuple[datetime, datetime], ...]:
    """From when until when a person was, is or will be away, in order."""
    asked = {"team_id": person.team_id, "person_id": person.id}
    return tuple((starts_at, ends_at) for starts_at, ends_at in tx.execute(_away_of(), asked))


@cache
def _away_of() -> Select[datetime, datetime]:
    return (
        select(col(Absence.starts_at), col(Absence.ends_at))
        .where(
            col(Absence.team_id) == bindparam("team_id"),
            col(Absence.person_id) == bindparam("person_id"),
            col(Absence.ends_at) > col(Absence.starts_at),
        )
        .order_by(col(Absence.starts_at))
    )


def away_of_team(tx: Session, team_id: str) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    """The same of everybody who ever was away, by person."""
    rows = tx.execute(_away_of_team(), {"team_id": team_id})
    away: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for person_id, starts_at, ends_at in rows:
        away[person_id] = (*away.get(person_id, ()), (starts_at, ends_at))
    return away


@cache
def _away_of_team() -> Select[str, datetime, datetime]:
    return (
        select(col(Absence.person_id), col(Absence.starts_at), col(Absence.ends_at))
        .where(
            col(Absence.team_id) == bindparam("team_id"),
            col(Absence.ends_at) > col(Absence.starts_at),
        )
        .order_by(col(Absence.starts_at))
    )


def absence_at(tx: Session, person: Person, at: datetime) -> Absence | None:
    """The absence a person is on at an instant; None = they are not away."""
    asked = {"team_id": person.team_id, "person_id": person.id, "at": at}
    return tx.scalars(_absence_at(), asked).first()


@cache
def _absence_at() -> Select[Absence]:
    return (
        select(Absence)
        .where(
            col(Absence.team_id) == bindparam("team_id"),
            col(Absence.person_id) == bindparam("person_id"),
            col(Absence.starts_at) <= bindparam("at"),
            col(Absence.ends_at) > bindparam("at"),
        )
        .limit(1)
    )
