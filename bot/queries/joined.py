"""A hand-off with what every view of it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    select,
)
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot.errors import Unknown
from bot.models import (
    Absence,
    Handoff,
    Lead,
    Person,
    Run,
    Snooze,
)
from bot.queries.handoffs import current_run
from bot.queries.lists import evened

COVER = "cover"
"""Why a run is its actor's: they stand in for somebody who is away."""
TOGETHER = frozenset({"owner", "rule", "round_robin", COVER, "back"})
"""Why a run began, where the leads of a batch reach their actor many at once: by a list."""


@dataclass(frozen=True)
class Cover:
    """That the actor stands in: for whom, and for which absence of theirs."""

    person: Person
    absence: Absence


@dataclass(frozen=True)
class HandoffFacts:
    """A hand-off with what every view of it needs."""

    handoff: Handoff
    lead: Lead
    run: Run | None
    """The current run; None while it waits in the queue."""
    actor: Person | None
    outcome_by: Person | None
    """Who recorded the outcome here; None when the CRM told it, or there is none."""
    outcome_person: Person | None = None
    """Whom the outcome names: who goes on with it, or whose it was already."""
    before: Handoff | None = None
    """The hand-off it came back from; None when it was handed over by marketing."""
    before_by: Person | None = None
    """Who recorded the outcome of that one."""
    snoozed_until: datetime | None = None
    """Until when the actor wants no reminder; None = no snooze is in force."""
    cover: Cover | None = None
    """None = the actor acts for themselves."""


_Id = SQLColumnExpression[str] | SQLColumnExpression[str | None]


_FactsRow = Row[
    Handoff,
    Lead,
    Run | None,
    Person | None,
    Person | None,
    Person | None,
    Handoff | None,
    Person | None,
    Absence | None,
    Person | None,
    Snooze | None,
]


def facts(tx: Session, team_id: str, handoff_id: str) -> HandoffFacts:
    """Raises `Unknown`."""
    found = facts_of(tx, team_id, [handoff_id])
    if not found:
        raise Unknown
    return found[0]


def facts_of(tx: Session, team_id: str, handoff_ids: Sequence[str]) -> list[HandoffFacts]:
    """Several hand-offs in the order asked for, by one statement however many they are."""
    if not handoff_ids:
        return []
    asked = {"team_id": team_id, "handoff_ids": evened(handoff_ids)}
    found = {row[0].id: _joined(row) for row in tx.execute(_facts(), asked)}
    return [found[handoff_id] for handoff_id in handoff_ids if handoff_id in found]


def _joined(row: _FactsRow) -> HandoffFacts:
    handoff, lead, run, actor, by, named, before, before_by, absence, covered, snooze = row
    return HandoffFacts(
        handoff=handoff,
        lead=lead,
        run=run,
        actor=actor,
        outcome_by=by,
        outcome_person=named,
        before=before,
        before_by=before_by,
        cover=Cover(covered, absence) if covered and absence else None,
        snoozed_until=snooze.until if snooze else None,
    )


@cache
def _facts() -> Select[*tuple[Any, ...]]:
    """Built once: every message that is sent asks it."""
    actor, by, named, before_by, covered = (aliased(Person) for _ in range(5))
    before, team = aliased(Handoff), col(Handoff.team_id)

    def is_person(person: type[Person], person_id: _Id) -> ColumnElement[bool]:
        return and_(col(person.team_id) == team, col(person.id) == person_id)

    has_it = and_(
        col(Run.team_id) == team,
        col(Run.handoff_id) == col(Handoff.id),
        col(Run.number) == col(Handoff.runs),
        col(Handoff.actor_id).is_not(None),
    )
    stands_in = and_(
        col(Absence.team_id) == team,
        col(Absence.id) == col(Handoff.absence_id),
        col(Absence.turn_at).is_not(None),
        col(Run.why) == COVER,
    )
    asleep = and_(
        col(Snooze.team_id) == team,
        col(Snooze.handoff_id) == col(Run.handoff_id),
        col(Snooze.run) == col(Run.number),
        col(Snooze.wakes_at).is_not(None),
        col(Run.ended_at).is_(None),
        col(Run.answered_at).is_(None),
    )
    was_it = and_(col(before.team_id) == team, col(before.id) == col(Handoff.returned_from))
    return (
        select(Handoff, Lead, Run, actor, by, named, before, before_by, Absence, covered, Snooze)
        .join(Lead, and_(col(Lead.team_id) == team, col(Lead.id) == col(Handoff.lead_id)))
        .outerjoin(Run, has_it)
        .outerjoin(actor, is_person(actor, col(Handoff.actor_id)))
        .outerjoin(by, is_person(by, col(Handoff.outcome_by)))
        .outerjoin(named, is_person(named, col(Handoff.outcome_person)))
        .outerjoin(before, was_it)
        .outerjoin(before_by, is_person(before_by, col(before.outcome_by)))
        .outerjoin(Absence, stands_in)
        .outerjoin(covered, is_person(covered, col(Absence.person_id)))
        .outerjoin(Snooze, asleep)
        .where(
            team == bindparam("team_id"),
            col(Handoff.id).in_(bindparam("handoff_ids", expanding=True)),
        )
    )


def cover(tx: Session, handoff: Handoff) -> Cover | None:
    """For whom the actor stands in, until that absence is over."""
    run = current_run(tx, handoff)
    if run is None or run.why != COVER or handoff.absence_id is None:
        return None
    absence = tx.get_one(Absence, (handoff.team_id, handoff.absence_id))
    if absence.turn_at is None:
        return None
    return Cover(tx.get_one(Person, (handoff.team_id, absence.person_id)), absence)


def open_of(tx: Session, team_id: str, actor_id: str, most: int) -> list[HandoffFacts]:
    """What a person has open, soonest due first, what has no due time last."""
    soonest = tx.scalars(
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == team_id,
            col(Handoff.actor_id) == actor_id,
            col(Handoff.closed_at).is_(None),
        )
        .order_by(
            col(Handoff.touched_at).is_not(None),
            col(Handoff.due_at).is_(None),
            col(Handoff.due_at),
            col(Handoff.id),
        )
        .limit(most)
    )
    return facts_of(tx, team_id, soonest.all())


def silent_of(tx: Session, team_id: str, actor_id: str) -> list[HandoffFacts]:
    """What a person was in touch with and then heard nothing more of, longest silent first."""
    longest = tx.scalars(_silent_of(), {"team_id": team_id, "actor_id": actor_id}).all()
    return facts_of(tx, team_id, longest) if longest else []


@cache
def _silent_of() -> Select[str]:
    return (
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == bindparam("team_id"),
            col(Handoff.actor_id) == bindparam("actor_id"),
            col(Handoff.closed_at).is_(None),
            col(Handoff.silent_since).is_not(None),
        )
        .order_by(col(Handoff.silent_since), col(Handoff.id))
    )
