"""Wall times that lie too far ahead, because a clock was ahead when they were written."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    or_,
    select,
    update,
)
from sqlmodel import col

from bot.db import rows_changed
from bot.liaison import Liaison
from bot.models import Gate, InboxEvent, Message

FAR = timedelta(minutes=15)
"""Longer than any lease, and than we wait before anything is tried again."""
IN_HAND = timedelta(seconds=20)
"""Twice the time a call to Slack may take: by then whoever has a message in hand is done."""


def bring_back(liaison: Liaison) -> int:
    """What was to be looked at at such a time is looked at now; says how many.

    Without it a clock that is set back an hour would keep all messages waiting for an hour. Who
    has one of them in hand keeps it, and is given the time to finish.
    """
    wall = liaison.wall()
    asked = {"of_team": liaison.team_id, "far": wall + FAR}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if not tx.execute(_is_any_stray(), asked).scalar_one():
            return 0
    messages, events, gates = _stray()
    done_by = case((col(Message.lease).is_(None), wall), else_=wall + IN_HAND)
    late_events = update(InboxEvent).where(events).values(next_try_at=wall + IN_HAND)
    with liaison.transaction() as tx:
        return (
            rows_changed(tx, update(Message).where(messages).values(send_at=done_by), asked)
            + rows_changed(tx, late_events, asked)
            + rows_changed(tx, update(Gate).where(gates).values(next_at=wall), asked)
        )


@cache
def _is_any_stray() -> Select[bool]:
    """Built once: every tick asks it."""
    return select(or_(*(exists().where(each) for each in _stray())))


def _stray() -> tuple[ColumnElement[bool], ...]:
    """The rows of each table whose time lies beyond `far`."""
    far: BindParameter[datetime] = bindparam("far")
    of_team: BindParameter[str] = bindparam("of_team")
    return (
        (col(Message.team_id) == of_team) & (col(Message.send_at) > far),
        (col(InboxEvent.team_id) == of_team) & (col(InboxEvent.next_try_at) > far),
        (col(Gate.team_id) == of_team) & (col(Gate.next_at) > far),
    )
