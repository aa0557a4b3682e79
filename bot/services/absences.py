"""Absences take their turns: leads pass to the cover when one begins, and return when it ends."""

from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.away import Fate, WhileAway
from bot.core.history import Line
from bot.core.lifecycle import Stage
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.liaison import Liaison
from bot.models import Absence, Handoff, Message, MessageKind, Person, Run
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services import cover
from bot.services.handoffs import changed, end_run, give, note, start_clock
from bot.services.hours import back_at_work
from bot.services.people import replan
from bot.views import away as views
from bot.views.blocks import Post

AT_ONCE = 50
"""Absences a tick looks at."""


def take_due_absences(liaison: Liaison) -> int:
    """Begin and end the absences whose time has come; says how many. Any number may do this.

    One that fails does not hold up the others; its error goes on to the log when they are done.
    """
    now = liaison.now()
    with liaison.reading() as tx:
        due = tx.scalars(due_now(), asking(liaison.team_id, now)).all()
    with ExitStack() as turns:
        for absence_id in reversed(due):
            turns.callback(_take_turn, liaison, absence_id, now)
    return len(due)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    return (
        select(col(Absence.id))
        .where(
            col(Absence.team_id) == OF_TEAM,
            col(Absence.turn_at) <= NOW,
        )
        .order_by(col(Absence.turn_at))
        .limit(AT_ONCE)
    )


def _take_turn(liaison: Liaison, absence_id: str, now: datetime) -> None:
    due = (
        select(Absence)
        .where(
            col(Absence.team_id) == liaison.team_id,
            col(Absence.id) == absence_id,
            col(Absence.turn_at) <= now,
        )
        .with_for_update(skip_locked=True)
    )
    with liaison.transaction() as tx:
        absence = tx.scalars(due).first()
        if absence and absence.ends_at <= now:
            end(tx, liaison, absence, now)
        elif absence:
            begin(tx, liaison, absence, now)


def begin(tx: Session, liaison: Liaison, absence: Absence, now: datetime) -> None:
    """What waits for a first touch passes to the cover, or to the queue; what is worked on stays.

    Done again when the absence is changed: whatever stayed is looked at anew.
    """
    person = tx.get_one(Person, (absence.team_id, absence.person_id))
    is_first = absence.begun_at is None
    absence.begun_at, absence.turn_at = absence.begun_at or now, absence.ends_at
    for handoff in _locked(tx, liaison, col(Handoff.actor_id) == person.id):
        run = queries.current_run(tx, handoff)
        if run and _waits(handoff, run):
            _pass_on(tx, liaison, handoff, run, person, now)
        elif is_first and handoff.touched_at and absence.cover_id:
            note(tx, handoff, Line.STAYS, now, by=person.id, facts={"to": absence.cover_id})
    replan(tx, liaison, person)


def end(
    tx: Session, liaison: Liaison, absence: Absence, now: datetime, *, early: bool = False
) -> None:
    """They are back: what the cover did not touch is theirs again, and one sentence sums it up: in
    their brief, or at once when they said themselves that they are back early."""
    person = tx.get_one(Person, (absence.team_id, absence.person_id))
    absence.turn_at = None
    tx.flush()
    for handoff in _locked(tx, liaison, col(Handoff.absence_id) == absence.id):
        _come_back(tx, liaison, handoff, person, now)
    replan(tx, liaison, person)
    revise(tx, liaison, absence.id)
    if summary(tx, absence).fates:
        held = back_at_work(tx, liaison, person, now)
        key = f"{MessageKind.BACK}:{absence.id}:{person.id}"
        told = Saying(key, MessageKind.BACK, absence.id, person.id, is_answer=early)
        say(tx, liaison, told, hold_until=held)


def _locked(tx: Session, liaison: Liaison, whose: ColumnElement[bool]) -> list[Handoff]:
    """The open hand-offs of which `whose` is true, in the order in which everybody locks them."""
    found = (
        select(Handoff)
        .where(col(Handoff.team_id) == liaison.team_id, col(Handoff.closed_at).is_(None), whose)
        .order_by(col(Handoff.id))
        .with_for_update(key_share=True)
    )
    return list(tx.scalars(found))


def _waits(handoff: Handoff, run: Run) -> bool:
    """Whether a first touch is owed by a clock, running or about to."""
    return handoff.touched_at is None and run.answered_at is None and run.allowance is not None


def _pass_on(
    tx: Session, liaison: Liaison, handoff: Handoff, run: Run, person: Person, now: datetime
) -> None:
    actor = cover.actor_for(tx, liaison, person, handoff, now)
    if actor is None or actor.id != person.id:
        _hand(tx, liaison, handoff, person, run.why, now)


def _come_back(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, now: datetime
) -> None:
    """Not what somebody made theirs, nor what time gave back to everybody: that has no owner."""
    run = queries.current_run(tx, handoff)
    if run and run.why != queries.COVER:
        return
    if run and (handoff.touched_at or run.answered_at or not queries.sells(person)):
        note(tx, handoff, Line.KEPT, now, by=run.actor_id)
        changed(tx, liaison, handoff)
    elif handoff.owner_id and queries.sells(person):
        _hand(tx, liaison, handoff, person, "back", now)


def _hand(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, why: str, now: datetime
) -> None:
    """Whoever has it gives it up, to `person` or whoever stands in for them."""
    end_run(tx, handoff, now)
    run = give(tx, liaison, handoff, person, why, now)
    if run and run.why == "back":
        note(tx, handoff, Line.BACK, now, by=person.id)
    if run and handoff.shown_at:
        start_clock(tx, liaison, handoff, run, now)
    changed(tx, liaison, handoff)


def told_back(liaison: Liaison, tx: Session, message: Message) -> Post:
    """What whoever is back reads, as a message or in their brief."""
    return views.while_away(summary(tx, tx.get_one(Absence, (liaison.team_id, message.subject_id))))


def summary(tx: Session, absence: Absence) -> WhileAway:
    """By the rows as they are now."""
    key = absence.team_id, absence.cover_id
    found = tx.scalars(
        select(Handoff).where(
            col(Handoff.team_id) == absence.team_id, col(Handoff.absence_id) == absence.id
        )
    )
    fates = Counter(_fate(handoff, absence.person_id) for handoff in found)
    return WhileAway(tx.get_one(Person, key).name if absence.cover_id else None, fates)


def _fate(handoff: Handoff, person_id: str) -> Fate:
    if handoff.closed_at:
        won = handoff.stage in {Stage.QUALIFIED, Stage.WON}
        return Fate.QUALIFIED if won else Fate.ANSWERED
    if handoff.actor_id == person_id:
        return Fate.BACK
    return Fate.KEPT if handoff.actor_id else Fate.QUEUE
