"""Hand-offs to be changed, and their runs."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import (
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.errors import Unknown
from bot.models import (
    Ask,
    Handoff,
    Run,
    Step,
)


def handoffs_of(tx: Session, team_id: str, lead_ids: Collection[str]) -> list[Handoff]:
    """All hand-offs of these leads, oldest first; locked until the transaction ends."""
    return list(
        tx.scalars(
            select(Handoff)
            .where(col(Handoff.team_id) == team_id, col(Handoff.lead_id).in_(lead_ids))
            .order_by(col(Handoff.id))
            .with_for_update(key_share=True)
        )
    )


def latest_handoff(tx: Session, team_id: str, lead_id: str) -> Handoff | None:
    """The lead's open hand-off, or else its latest; locked until the transaction ends."""
    return tx.scalars(_latest_handoff(), {"team_id": team_id, "lead_id": lead_id}).first()


@cache
def _latest_handoff() -> Select[Handoff]:
    of_lead = col(Handoff.lead_id) == bindparam("lead_id")
    return (
        select(Handoff)
        .where(col(Handoff.team_id) == bindparam("team_id"), of_lead)
        .order_by(col(Handoff.closed_at).is_(None).desc(), col(Handoff.id).desc())
        .limit(1)
        .with_for_update(key_share=True)
    )


def handoff_to_change(tx: Session, team_id: str, handoff_id: str) -> Handoff:
    """The hand-off, locked until the transaction ends. Raises `Unknown`.

    Locked so that rows which refer to it (history, steps) can still be added by others: a full
    lock would let a click and the tick wait for each other for ever.
    """
    asked = {"of_team": team_id, "handoff_id": handoff_id}
    handoff = tx.scalars(_to_change(), asked).one_or_none()
    if handoff is None:
        raise Unknown
    return handoff


@cache
def _to_change() -> Select[Handoff]:
    """Built once: every act asks it. One that the session has already is read anew, now that it is
    ours alone."""
    return (
        select(Handoff)
        .where(
            col(Handoff.team_id) == bindparam("of_team"), col(Handoff.id) == bindparam("handoff_id")
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def current_run(tx: Session, handoff: Handoff) -> Run | None:
    """The run of whoever acts now; None in the queue."""
    if handoff.actor_id is None:
        return None
    return tx.get_one(Run, (handoff.team_id, handoff.id, handoff.runs))


def steps_taken(tx: Session, run: Run) -> dict[int, datetime]:
    """When this run took each step of its ladder, by the step's number."""
    asked = {"team_id": run.team_id, "handoff_id": run.handoff_id, "run": run.number}
    return {number: taken_at for number, taken_at in tx.execute(_steps_of_run(), asked)}


@cache
def _steps_of_run() -> Select[int, datetime]:
    return select(col(Step.number), col(Step.taken_at)).where(
        col(Step.team_id) == bindparam("team_id"),
        col(Step.handoff_id) == bindparam("handoff_id"),
        col(Step.run) == bindparam("run"),
    )


def hops(tx: Session, handoff: Handoff) -> int:
    """How often it was reassigned."""
    return tx.scalars(
        select(func.count()).where(
            col(Run.team_id) == handoff.team_id,
            col(Run.handoff_id) == handoff.id,
            col(Run.why) == "reassigned",
        )
    ).one()


def paused_until(tx: Session, team_id: str, handoff_id: str, now: datetime) -> datetime | None:
    """Until when reminders of a hand-off rest, for marketing was asked; None = they do not."""
    asked = {"team_id": team_id, "handoff_id": handoff_id, "now": now}
    return tx.scalars(_pausing(), asked).first()


@cache
def _pausing() -> Select[datetime]:
    return select(col(Ask.due_at)).where(
        col(Ask.team_id) == bindparam("team_id"),
        col(Ask.handoff_id) == bindparam("handoff_id"),
        col(Ask.pauses),
        col(Ask.answered_at).is_(None),
        col(Ask.due_at) > bindparam("now"),
    )
