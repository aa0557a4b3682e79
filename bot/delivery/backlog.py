"""What waits, read from the database: the gauges of `/metrics`."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.liaison import Liaison
from bot.meters import Reading
from bot.models import InboxEvent, Message, Run, Usefulness

FATES_OF = timedelta(days=14)
STEP_LATE = timedelta(minutes=1)
"""Past this a due step is late: it is taken within seconds."""


def backlog(liaison: Liaison) -> list[Reading]:
    """Five short looks over indexes. Raises `NotSaved`."""
    wall, now = liaison.wall(), liaison.now()
    with liaison.reading() as tx:
        return [
            Reading("liaison_queue_messages", _waiting(tx, liaison.team_id)),
            Reading("liaison_queue_age_seconds", _age(tx, liaison.team_id, wall)),
            Reading("liaison_inbox_events", _events(tx, liaison.team_id)),
            Reading("liaison_late_steps", _late_steps(tx, liaison.team_id, now - STEP_LATE)),
            *_fates(tx, liaison.team_id, now.date() - FATES_OF),
        ]


def _fates(tx: Session, team_id: str, since: date) -> list[Reading]:
    """By kind: acted on, snoozed, and the rest, which for news is all."""
    sent, acted, snoozed = (
        func.sum(col(each)) for each in (Usefulness.sent, Usefulness.acted, Usefulness.snoozed)
    )
    rows = tx.execute(
        select(col(Usefulness.kind), sent, acted, snoozed)
        .where(col(Usefulness.team_id) == team_id, col(Usefulness.day) >= since)
        .group_by(col(Usefulness.kind))
    ).all()
    name = "liaison_message_fates"
    return [
        Reading(name, value, f'fate="{fate}",kind="{kind}"')
        for kind, all_sent, all_acted, all_snoozed in rows
        for fate, value in (
            ("acted", all_acted),
            ("snoozed", all_snoozed),
            ("neither", all_sent - all_acted - all_snoozed),
        )
    ] or [Reading(name, 0)]


def _waiting(tx: Session, team_id: str) -> int:
    waiting = (col(Message.team_id) == team_id) & col(Message.send_at).is_not(None)
    return tx.execute(select(func.count()).select_from(Message).where(waiting)).scalar_one()


def _age(tx: Session, team_id: str, wall: datetime) -> float:
    oldest = tx.execute(
        select(func.min(col(Message.send_at))).where(
            col(Message.team_id) == team_id, col(Message.send_at).is_not(None)
        )
    ).scalar_one()
    return max(0.0, (wall - oldest).total_seconds()) if oldest else 0.0


def _events(tx: Session, team_id: str) -> int:
    waiting = (col(InboxEvent.team_id) == team_id) & col(InboxEvent.next_try_at).is_not(None)
    return tx.execute(select(func.count()).select_from(InboxEvent).where(waiting)).scalar_one()


def _late_steps(tx: Session, team_id: str, before: datetime) -> int:
    late = (col(Run.team_id) == team_id) & (col(Run.next_step_at) <= before)
    return tx.execute(select(func.count()).select_from(Run).where(late)).scalar_one()
