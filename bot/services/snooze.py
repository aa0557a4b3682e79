"""A lead is put off: no reminder of this run until then, once, and the due time stays."""

from datetime import datetime
from functools import cache, partial

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import snooze as rules
from bot.core.history import Line
from bot.core.lifecycle import Act
from bot.delivery.sayings import answer_actor
from bot.errors import BadField, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, MessageKind, Person, Run, Snooze
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.due import in_batches
from bot.services.handoffs import authorise, changed, note
from bot.services.hours import back_at_work, opening_of
from bot.views import ids

AT_ONCE = 200
"""Snoozes that end in one transaction."""
REASON = 300
"""Characters of a person's own words."""


def look(liaison: Liaison, handoff_id: str, by: str) -> tuple[queries.HandoffFacts, bool]:
    """The hand-off for the form, and whether the form has to ask for a reason."""
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, Act.SNOOZE, facts.handoff, by, liaison.now())
        run = _open_run(tx, facts.handoff)
        return facts, rules.needs_reason(_before(tx, run))


def snooze(
    liaison: Liaison,
    handoff_id: str,
    by: str,
    choice: str,
    picked: datetime | None,
    reason: str | None,
) -> None:
    """Leave the actor in peace about this lead; a snooze in force gives way to the new one."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, Act.SNOOZE, handoff, by, now)
        run = _open_run(tx, handoff)
        until = _until(tx, liaison, run, choice, picked, now)
        words = _checked(reason, is_needed=rules.needs_reason(_before(tx, run)))
        _end(tx, run)
        tx.add(_snooze(run, by, now, until, words))
        note(tx, handoff, Line.SNOOZED, now, by=by, facts=_facts(run, until))
        changed(tx, liaison, handoff)


def _open_run(tx: Session, handoff: Handoff) -> Run:
    run = queries.current_run(tx, handoff)
    if run is None or run.answered_at or handoff.touched_at:
        raise TooLate("The first touch is done, so there is no reminder to put off.")
    return run


def _until(
    tx: Session, liaison: Liaison, run: Run, choice: str, picked: datetime | None, now: datetime
) -> datetime:
    if choice not in {*rules.Choice}:
        raise BadField(ids.SNOOZE_FOR, "Choose for how long.")
    opening = opening_of(tx, liaison, tx.get_one(Person, (run.team_id, run.actor_id)), now)
    try:
        return rules.ends_at(opening, now, rules.Choice(choice), picked)
    except ValueError as error:
        raise BadField(ids.SNOOZE_UNTIL, str(error)) from error


def _checked(reason: str | None, *, is_needed: bool) -> str | None:
    words = (reason or "").strip() or None
    if is_needed and words is None:
        raise BadField(ids.SNOOZE_REASON, "From the third snooze on, say in a few words why.")
    if words and len(words) > REASON:
        raise BadField(ids.SNOOZE_REASON, f"Please keep it under {REASON} characters.")
    return words


def _before(tx: Session, run: Run) -> int:
    """How often this person put this lead off, in this run or an earlier one."""
    of_person = (
        (col(Snooze.team_id) == run.team_id)
        & (col(Snooze.handoff_id) == run.handoff_id)
        & (col(Snooze.person_id) == run.actor_id)
    )
    return tx.scalar(select(func.count()).select_from(Snooze).where(of_person)) or 0


def _end(tx: Session, run: Run) -> None:
    tx.execute(
        update(Snooze)
        .where(
            col(Snooze.team_id) == run.team_id,
            col(Snooze.handoff_id) == run.handoff_id,
            col(Snooze.run) == run.number,
            col(Snooze.wakes_at).is_not(None),
        )
        .values(wakes_at=None)
    )


def _snooze(run: Run, by: str, now: datetime, until: datetime, reason: str | None) -> Snooze:
    return Snooze(
        team_id=run.team_id,
        id=new_id(now),
        handoff_id=run.handoff_id,
        run=run.number,
        person_id=run.actor_id,
        by=by,
        at=now,
        until=until,
        wakes_at=until,
        reason=reason,
    )


def _facts(run: Run, until: datetime) -> dict[str, str]:
    return {"to": run.actor_id, "until": until.isoformat()}


def wake_snoozed(liaison: Liaison) -> int:
    """End the snoozes whose time has come; says how many."""
    return in_batches(liaison, partial(_wake_batch, liaison, liaison.now()))


def _wake_batch(liaison: Liaison, now: datetime) -> int:
    """Any number of processes may do this at once."""
    with liaison.reading() as tx:
        if tx.execute(due_now(), asking(liaison.team_id, now)).first() is None:
            return 0
    with liaison.transaction() as tx:
        due = tx.scalars(_due(liaison.team_id, now)).all()
        for each in due:
            _wake(tx, liaison, each, now)
        return len(due)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    due = (col(Snooze.team_id) == OF_TEAM) & (col(Snooze.wakes_at) <= NOW)
    return select(col(Snooze.id)).where(due).limit(1)


def _due(team_id: str, now: datetime) -> Select[Snooze]:
    return (
        select(Snooze)
        .where(col(Snooze.team_id) == team_id, col(Snooze.wakes_at) <= now)
        .order_by(col(Snooze.wakes_at))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def _wake(tx: Session, liaison: Liaison, ended: Snooze, now: datetime) -> None:
    """The living message comes back as one reminder, if the first touch is still open.

    Hours may have changed since: then the snooze lasts until the person is back.
    """
    run = tx.get_one(Run, (ended.team_id, ended.handoff_id, ended.run))
    if run.ended_at or run.answered_at:
        ended.wakes_at = None
        return
    actor = tx.get_one(Person, (run.team_id, run.actor_id))
    if opens := back_at_work(tx, liaison, actor, now):
        ended.until = ended.wakes_at = opens
        return
    ended.wakes_at = None
    answer_actor(tx, liaison, run, MessageKind.NUDGE, f":snooze:{ended.id}")
