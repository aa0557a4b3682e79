"""Who gets a lead that comes without an owner we know."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.routing import Seat, next_in_turn
from bot.liaison import Liaison
from bot.models import Person, Workspace
from bot.services.hours import back_at_work


def next_rep(tx: Session, liaison: Liaison, now: datetime) -> Person | None:
    """The rep whose turn it is, and the turn is theirs; None = it goes to the queue.

    Turns are given out one at a time: counting one locks the workspace's row until the transaction
    ends, so that two processes do not give the same rep two in a row.
    """
    if not liaison.playbook.routing.round_robin:
        return None
    turn = _count_turn(tx, liaison)
    reps = {rep.id: rep for rep in reps_of(tx, liaison)}
    seat = next_in_turn(
        Seat(rep.id, back_at_work(tx, liaison, rep, now) or now, rep.last_turn)
        for rep in reps.values()
    )
    if seat is None:
        return None
    rep = reps[seat.person_id]
    rep.last_turn = turn
    return rep


def _count_turn(tx: Session, liaison: Liaison) -> int:
    counted = (
        update(Workspace)
        .where(col(Workspace.team_id) == liaison.team_id)
        .values(turns=Workspace.turns + 1)
        .returning(col(Workspace.turns))
    )
    return tx.execute(counted).scalar_one()


def reps_of(tx: Session, liaison: Liaison) -> list[Person]:
    """All reps. Read anew: another process may have had a turn while we waited for ours."""
    listed = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team) == queries.SALES,
        col(Person.is_active),
    )
    people = tx.scalars(listed.execution_options(populate_existing=True))
    return [person for person in people if "rep" in person.roles]
