"""What somebody sets about their own messages. Nobody else reads it but the admins."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.settings import BadQuiet, Wishes, leaves_time, read_quiet, written
from bot.delivery.messages import release_to
from bot.delivery.sayings import say_to_actor
from bot.errors import BadField, NotListed
from bot.liaison import TELLS, Liaison
from bot.models import NEXT_BRIEF, Handoff, Message, MessageKind, Person, Run
from bot.services import attention
from bot.services.hours import back_at_work, usual_opening
from bot.services.leave import STATUS, take_over
from bot.views import ids
from bot.views.settings import Own

_TOLD_ANEW = (
    MessageKind.LEAD_DM,
    MessageKind.NUDGE,
    MessageKind.FOLLOW_UP,
    MessageKind.BATCH_LIST,
    MessageKind.BATCH_NUDGE,
    MessageKind.OFFER,
)
"""What a brief would tell as leads or with buttons, and may come by itself after all."""


def look(liaison: Liaison, by: str) -> Own:
    """One's own settings, beside what the team agreed to. Raises `NotListed`."""
    with liaison.reading() as tx:
        return _own(liaison, _listed(tx, liaison, by))


def change(liaison: Liaison, by: str, wishes: Wishes) -> tuple[Own, Own]:
    """Set one's own settings; gives them before and after. They hold for what waits, too.

    Raises `BadField` beside what cannot be read, `NotListed`.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _listed(tx, liaison, by)
        before = _own(liaison, person)
        quiet = _readable(liaison, person, wishes.quiet, now)
        _put(person, replace(wishes, quiet=quiet))
        _follow(tx, liaison, person, now, follows=wishes.follows_slack)
        tx.flush()
        _apply(tx, liaison, person, now)
        return before, _own(liaison, person)


def settings_of(person: Person) -> Wishes:
    """What somebody chose, as it stands in their row."""
    return Wishes(
        hot_in_brief=person.hot_in_brief,
        cap=person.own_cap,
        quiet=person.quiet,
        is_unnamed=person.is_unnamed,
        skips_week=person.skips_week,
        follows_slack=person.follow_at is not None,
    )


def _listed(tx: Session, liaison: Liaison, by: str) -> Person:
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def _own(liaison: Liaison, person: Person) -> Own:
    attention_ = liaison.playbook.attention
    hot = attention_.at_once if attention_.brief else ()
    return Own(settings_of(person), hot, attention_.cap, person.timezone)


def _readable(liaison: Liaison, person: Person, typed: str | None, now: datetime) -> str | None:
    """In one spelling; None when nothing was typed."""
    try:
        spans = read_quiet(typed or "")
    except BadQuiet as fault:
        raise BadField(ids.SETTINGS_QUIET, str(fault)) from fault
    if spans and not leaves_time(spans, usual_opening(liaison, person, now), now):
        raise BadField(ids.SETTINGS_QUIET, "Please leave an hour of every working day.")
    return written(spans) or None


def _put(person: Person, wishes: Wishes) -> None:
    person.hot_in_brief, person.own_cap = wishes.hot_in_brief, wishes.cap
    person.quiet = wishes.quiet
    person.is_unnamed, person.skips_week = wishes.is_unnamed, wishes.skips_week


def _follow(tx: Session, liaison: Liaison, person: Person, now: datetime, *, follows: bool) -> None:
    """Slack is asked within seconds, or nothing it told holds any more."""
    if follows:
        person.follow_at = person.follow_at or now
        return
    was_followed = person.follow_at is not None
    person.follow_at = person.dnd_until = None
    tx.flush()
    if was_followed:
        take_over(tx, liaison, person, STATUS, [], now)


def _apply(tx: Session, liaison: Liaison, person: Person, now: datetime) -> None:
    """What waits for the person is looked at anew: it is sent, held, or left to the brief."""
    release_to(tx, liaison, person.id)
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.recipient_id) == person.id,
            col(Message.brief_id) == NEXT_BRIEF,
            col(Message.kind).in_(_TOLD_ANEW),
        )
        .values(dropped=None, brief_id=None, settled_at=None, send_at=liaison.wall())
        .execution_options(synchronize_session=False)
    )
    held = back_at_work(tx, liaison, person, now)
    for run, handoff in tx.execute(_untold(liaison, person)).all():
        if attention.tells_at_once(liaison, person, handoff):
            say_to_actor(tx, liaison, run, MessageKind.LEAD_DM, hold_until=held)


def _untold(liaison: Liaison, person: Person) -> Select[Run, Handoff]:
    """Open first touches with the person of which no message was ever queued."""
    queued = select(col(Message.id)).where(
        col(Message.team_id) == liaison.team_id,
        col(Message.recipient_id) == person.id,
        col(Message.subject_id) == Run.handoff_id,
        col(Message.run) == Run.number,
    )
    same = (col(Handoff.team_id) == Run.team_id) & (col(Handoff.id) == Run.handoff_id)
    return (
        select(Run, Handoff)
        .join(Handoff, same)
        .where(
            col(Run.team_id) == liaison.team_id,
            col(Run.actor_id) == person.id,
            col(Run.ended_at).is_(None),
            col(Run.answered_at).is_(None),
            col(Run.started_at).is_not(None),
            col(Handoff.batch_id).is_(None),
            ~queued.exists(),
        )
    )
