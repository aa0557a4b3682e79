"""Free colleagues are asked in the channel, and one of them takes the lead on."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Act
from bot.delivery.courier import Hold
from bot.delivery.sayings import ask_in_channel
from bot.errors import TooLate
from bot.liaison import Liaison
from bot.models import Handoff, Message, Person, Run
from bot.services.handoffs import authorise, changed, note
from bot.services.hands import pass_on, tell_person
from bot.services.hours import back_at_work
from bot.services.steps import NOBODY, Reached
from bot.views import colleagues as views
from bot.views.blocks import Post, escape

AN_HOUR = 10
"""Questions within one hour. After an outage there may be thousands at once; nobody reads those,
and the manager has each of them on the list of the next morning anyway."""


def ask_around(tx: Session, liaison: Liaison, run: Run, step: int, now: datetime) -> Reached:
    """Queue the question whether anyone is free, inside the team's hours; not one too many."""
    asked = {"team_id": run.team_id, "since": now - timedelta(hours=1)}
    if len(tx.execute(_asked_lately(), asked).all()) == AN_HOUR:
        return NOBODY
    handoff = tx.get_one(Handoff, (run.team_id, run.handoff_id))
    card = queries.card_of(tx, handoff)
    held = back_at_work(tx, liaison, None, now)
    message_id = ask_in_channel(tx, liaison, run, step, card, hold_until=held)
    run.asked_at = now
    note(tx, handoff, Line.ASKED_AROUND, now)
    return Reached((card.channel if card else None) or liaison.handoff_channel, message_id)


@cache
def _asked_lately() -> Select[str]:
    """Built once: every question asks it."""
    return (
        select(col(Run.handoff_id))
        .where(
            col(Run.team_id) == bindparam("team_id"),
            col(Run.asked_at) > bindparam("since"),
        )
        .limit(AN_HOUR)
    )


def question_shown(tx: Session, liaison: Liaison, message: Message, _now: datetime) -> None:
    """The actor reads in their DM that free colleagues are asked."""
    changed(tx, liaison, queries.handoff_to_change(tx, liaison.team_id, message.subject_id))


def take_on(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Take over a lead that free colleagues were asked about, on a run of one's own."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.TAKE_ON, handoff, by, now)
        before = tx.get_one(Person, (liaison.team_id, handoff.actor_id))
        _check_open(tx, handoff, before, by)
        pass_on(tx, liaison, handoff, person, "took_on", now)
        line = note(tx, handoff, Line.TOOK_ON, now, by=by)
        tx.flush()
        tell_person(tx, liaison, line, before.id, now)
        changed(tx, liaison, handoff)


def _check_open(tx: Session, handoff: Handoff, actor: Person, by: str) -> None:
    """Raises `TooLate` when nobody is asked to take it on any more."""
    if actor.id == by:
        raise TooLate("You have this lead already; log a touch, and it is answered.")
    if handoff.touched_at:
        raise TooLate(f"{escape(actor.name)} is in touch already.")
    run = queries.current_run(tx, handoff)
    if run is None or run.asked_at is None:
        raise TooLate(f"{escape(actor.name)} took this lead already.")


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The question; one line once somebody took the lead or answered it, and nothing when that was
    so before it could be asked."""
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    is_current = facts.run is not None and facts.run.number == message.run
    is_answered = facts.handoff.touched_at or facts.handoff.closed_at
    if message.ts is None:
        if is_answered or not is_current:
            return None
        if opens := back_at_work(tx, liaison, None, now):
            return Hold(opens)
    if is_answered:
        return views.answered(facts)
    return views.question(facts) if is_current else views.taken(facts)
