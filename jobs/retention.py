"""What nobody works on any more goes after the days the playbook gives it."""

from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy import ColumnElement, Select, bindparam, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.db import rows_changed
from bot.liaison import Liaison
from bot.models import Handoff, InboxEvent, Lead
from bot.services.due import in_batches
from bot.services.erasing import erase
from bot.sqlite import empty_log

AT_ONCE = 50
"""Leads erased in one transaction."""


def blank_old_bodies(liaison: Liaison) -> int:
    """Forget the bodies of deliveries that were worked on days ago; their keys stay for good.

    The days must be enough to meet every redelivery a CRM makes.
    """
    before = liaison.wall() - timedelta(days=liaison.playbook.retention.inbox_days)
    asked = {"of_team": liaison.team_id, "before": before}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        is_any = tx.execute(_one_old(), asked).first() is not None
    blanked = _blank(liaison, asked) if is_any else 0
    # Not only for these: what was erased since the last time leaves the log too.
    empty_log(liaison.engine)
    return blanked


def _blank(liaison: Liaison, asked: dict[str, object]) -> int:
    with liaison.transaction() as tx:
        return rows_changed(tx, update(InboxEvent).where(*_is_old()).values(body=None), asked)


@cache
def _one_old() -> Select[str]:
    """Built once: every tick asks it."""
    return select(col(InboxEvent.id)).where(*_is_old()).limit(1)


def _is_old() -> tuple[ColumnElement[bool], ...]:
    return (
        col(InboxEvent.team_id) == bindparam("of_team"),
        col(InboxEvent.processed_at) < bindparam("before"),
        col(InboxEvent.body).is_not(None),
    )


def erase_closed_leads(liaison: Liaison) -> int:
    """Erase the leads that were closed long ago, if the playbook says so; says how many.

    No hash of them is kept: nobody asked to be forgotten, and one who comes back is welcome.
    """
    days = liaison.playbook.retention.closed_leads_days
    if days is None:
        return 0
    now = liaison.now()
    return in_batches(liaison, partial(_erase_batch, liaison, now - timedelta(days=days), now))


def _erase_batch(liaison: Liaison, before: datetime, now: datetime) -> int:
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.execute(_closed(liaison.team_id, before).limit(1)).first() is None:
            return 0
    with liaison.transaction() as tx:
        leads = tx.scalars(
            _closed(liaison.team_id, before).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        erase(tx, liaison, leads, now, for_good=False)
        return len(leads)


def _closed(team_id: str, before: datetime) -> Select[Lead]:
    """Leads with a hand-off closed before then, and none that is open, newer or to return."""
    other = aliased(Handoff)
    is_wanted = (
        select(col(other.id))
        .where(
            col(other.team_id) == team_id,
            col(other.lead_id) == Lead.id,
            col(other.closed_at).is_(None)
            | (col(other.closed_at) >= before)
            | col(other.return_at).is_not(None),
        )
        .exists()
    )
    closed = select(col(Handoff.lead_id)).where(
        col(Handoff.team_id) == team_id, col(Handoff.closed_at) < before
    )
    return select(Lead).where(
        col(Lead.team_id) == team_id,
        col(Lead.erased_at).is_(None),
        col(Lead.id).in_(closed),
        ~is_wanted,
    )
