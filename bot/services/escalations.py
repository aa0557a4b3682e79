"""A first touch that stays open comes before a manager: one list a day, and what they decide."""

import logging
from datetime import datetime
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import next_morning
from bot.db import insert_once
from bot.delivery.courier import Hold
from bot.delivery.messages import revise_list
from bot.delivery.sayings import put_list
from bot.errors import NotAllowed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Batch, Escalation, Handoff, Message, Person, Run
from bot.queries import HandoffFacts
from bot.services.handoffs import changed, note
from bot.services.hours import back_at_work, opening_of
from bot.services.steps import Reached
from bot.views import batches as batch_views
from bot.views import escalations as views
from bot.views.blocks import Post, escape
from bot.views.brief import Item

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Escalations whose lists are queued in one transaction."""
NOBODY = Reached("nobody", "")


def escalate(tx: Session, liaison: Liaison, run: Run, _step: int, now: datetime) -> Reached:
    """Put a run on its manager's list of their next working morning."""
    handoff = tx.get_one(Handoff, (run.team_id, run.handoff_id))
    decider = queries.decider_for(tx, tx.get_one(Person, (run.team_id, run.actor_id)))
    if decider is None:
        log.warning("hand-off %s: no manager and no admin to put it before", handoff.id)
        return NOBODY
    morning = next_morning(opening_of(tx, liaison, decider, now), now)
    row = Escalation(
        team_id=run.team_id,
        id=new_id(now),
        handoff_id=run.handoff_id,
        run=run.number,
        manager_id=decider.id,
        at=morning,
        list_at=morning,
    )
    insert_once(tx, row)
    note(tx, handoff, "escalated", now, facts={"to": run.actor_id})
    return Reached(decider.id, row.id)


def send_lists(liaison: Liaison) -> int:
    """Queue the lists whose morning has come, one a manager and local date; says how many
    escalations are on them."""
    now = liaison.now()
    listed = 0
    while batch := _list_batch(liaison, now):
        listed += batch
    return listed


def _list_batch(liaison: Liaison, now: datetime) -> int:
    """Any number of processes may do this at once."""
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        asked = {"team_id": liaison.team_id, "now": now}
        if tx.execute(_one_due(), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        due = tx.scalars(_due(liaison.team_id, now)).all()
        for manager_id, rows in groupby(due, lambda row: row.manager_id):
            _put_list(tx, liaison, tx.get_one(Person, (liaison.team_id, manager_id)), now)
            for row in rows:
                row.list_at = None
        return len(due)


def _put_list(tx: Session, liaison: Liaison, manager: Person, now: datetime) -> None:
    day = now.astimezone(ZoneInfo(manager.timezone)).date()
    held = back_at_work(tx, liaison, manager, now)
    put_list(tx, liaison, manager.id, day, hold_until=held)
    revise_list(tx, liaison, manager.id)


@cache
def _one_due() -> Select[str]:
    """Built once: every tick asks it."""
    due = col(Escalation.team_id) == bindparam("team_id")
    return select(col(Escalation.id)).where(due, col(Escalation.list_at) <= bindparam("now"))


def _due(team_id: str, now: datetime) -> Select[Escalation]:
    return (
        select(Escalation)
        .where(col(Escalation.team_id) == team_id, col(Escalation.list_at) <= now)
        .order_by(col(Escalation.manager_id), col(Escalation.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def manager_list(tx: Session, liaison: Liaison, person: Person, now: datetime) -> list[Item]:
    """What `person` has to decide now, the longest waiting first; of a batch one line an actor."""
    waiting = tx.scalars(
        select(col(Handoff.id))
        .join(
            Escalation,
            (col(Escalation.team_id) == Handoff.team_id)
            & (col(Escalation.handoff_id) == Handoff.id)
            & (col(Escalation.run) == Handoff.runs),
        )
        .where(
            col(Escalation.team_id) == liaison.team_id,
            col(Escalation.manager_id) == person.id,
            col(Escalation.decided_at).is_(None),
            col(Escalation.at) <= now,
            col(Handoff.actor_id).is_not(None),
            col(Handoff.touched_at).is_(None),
            col(Handoff.closed_at).is_(None),
        )
        .order_by(col(Escalation.at), col(Escalation.id))
    ).all()
    groups: dict[tuple[str, str], list[HandoffFacts]] = {}
    for facts in queries.facts_of(tx, liaison.team_id, waiting):
        handoff = facts.handoff
        alone = ("", handoff.id)
        key = (handoff.batch_id, str(handoff.actor_id)) if handoff.batch_id else alone
        groups.setdefault(key, []).append(facts)
    return [_item(tx, liaison, batch_id, each) for (batch_id, _), each in groups.items()]


def _item(tx: Session, liaison: Liaison, batch_id: str, waiting: list[HandoffFacts]) -> Item:
    if not batch_id:
        return views.item(waiting[0])
    batch = tx.get_one(Batch, (liaison.team_id, batch_id))
    return batch_views.decisions(batch, waiting)


def excuse(liaison: Liaison, handoff_id: str, by: str) -> None:
    """The open first touch does not count against the actor, and the ladder ends."""
    _decide(liaison, handoff_id, by, "excused")


def leave(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Leave the lead where it is; the ladder ends."""
    _decide(liaison, handoff_id, by, "left")


def _decide(liaison: Liaison, handoff_id: str, by: str, decision: str) -> None:
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        row = _to_decide(tx, handoff, by)
        run = tx.get_one(Run, (row.team_id, row.handoff_id, row.run))
        row.decided_at, row.decision, row.by = now, decision, by
        run.ladder_ended_at, run.next_step_at = now, None
        run.excused_at = now if decision == "excused" else None
        note(tx, handoff, decision, now, by=by, facts={"to": run.actor_id})
        changed(tx, liaison, handoff)


def _to_decide(tx: Session, handoff: Handoff, by: str) -> Escalation:
    """The escalation of the current run, when `by` may decide it and nobody did."""
    person = queries.person(tx, handoff.team_id, by)
    row = tx.scalars(
        select(Escalation).where(
            col(Escalation.team_id) == handoff.team_id,
            col(Escalation.handoff_id) == handoff.id,
            col(Escalation.run) == handoff.runs,
        )
    ).first()
    if row is None or handoff.touched_at or handoff.closed_at or handoff.actor_id is None:
        raise TooLate("This lead is answered, or somebody else has it; there is nothing to decide.")
    actor = tx.get_one(Person, (handoff.team_id, handoff.actor_id))
    if by not in {row.manager_id, actor.manager_id} and "admin" not in person.roles:
        raise NotAllowed("Only the manager of whoever has this lead decides that.")
    if row.decided_at:
        first = tx.get_one(Person, (row.team_id, row.by))
        raise TooLate(f"{'You' if row.by == by else escape(first.name)} decided this already.")
    return row


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The list as it stands now; nothing when nothing is left to decide before it is sent."""
    person = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, person, now)):
        return Hold(opens)
    if message.ts is not None and not queries.is_newest_dm(tx, message):
        return views.newer_list()
    items = manager_list(tx, liaison, person, now)
    if not items:
        return None if message.ts is None else views.all_decided()
    return views.manager_list(items)
