"""A first touch that stays open comes before a manager: one list a day, and what they decide."""

import logging
from datetime import datetime
from functools import cache, partial
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, exists, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date, next_morning
from bot.core.history import Line
from bot.db import insert_once
from bot.delivery.briefs import bring_up
from bot.delivery.courier import Hold
from bot.delivery.messages import revise_lists
from bot.delivery.sayings import put_list
from bot.errors import NotAllowed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Batch, Escalation, Handoff, Message, Person, Run
from bot.queries import HandoffFacts
from bot.queries.due import NOW, asking
from bot.services.due import in_batches
from bot.services.edition import MIDNIGHT, OF_TEAM, READER, Edition, Page, edition_of, page_of
from bot.services.handoffs import changed, note
from bot.services.hours import back_at_work, opening_of
from bot.services.steps import NOBODY, Reached
from bot.views import batches as batch_views
from bot.views import escalations as views
from bot.views.blocks import Post, escape
from bot.views.brief import Heading, Item

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Escalations whose lists are queued in one transaction."""


def escalate(tx: Session, liaison: Liaison, run: Run, now: datetime) -> Reached:
    """Put a run on its manager's list of their next working morning."""
    handoff = tx.get_one(Handoff, (run.team_id, run.handoff_id))
    decider = queries.decider_for(tx, tx.get_one(Person, (run.team_id, run.actor_id)))
    if decider is None:
        log.warning("hand-off %s: no manager, admin or owner to put it before", handoff.id)
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
    note(tx, handoff, Line.ESCALATED, now, facts={"to": run.actor_id})
    return Reached(decider.id, row.id)


def send_lists(liaison: Liaison) -> int:
    """Queue the lists whose morning has come, one a manager and local date; says how many
    escalations are on them."""
    return in_batches(liaison, partial(_list_batch, liaison, liaison.now()))


def _list_batch(liaison: Liaison, now: datetime) -> int:
    """Any number of processes may do this at once."""
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        asked = asking(liaison.team_id, now)
        if tx.execute(due_now(), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        due = tx.scalars(_due(liaison.team_id, now)).all()
        for manager_id, rows in groupby(due, lambda row: row.manager_id):
            _put_list(tx, liaison, tx.get_one(Person, (liaison.team_id, manager_id)), now)
            for row in rows:
                row.list_at = None
        return len(due)


def _put_list(tx: Session, liaison: Liaison, manager: Person, now: datetime) -> None:
    """Whoever gets a brief decides there."""
    day = local_date(manager.timezone, now)
    if manager.brief_at is not None:
        bring_up(tx, liaison, manager, day, now)
        return
    held = back_at_work(tx, liaison, manager, now)
    put_list(tx, liaison, manager.id, day, hold_until=held)
    revise_lists(tx, liaison, manager.id)


def list_again(tx: Session, manager: Person) -> None:
    """What is undecided comes on a list, for a manager who gets briefs no more."""
    undecided = update(Escalation).where(
        col(Escalation.team_id) == manager.team_id,
        col(Escalation.manager_id) == manager.id,
        col(Escalation.decided_at).is_(None),
    )
    tx.execute(undecided.values(list_at=Escalation.at))


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    due = col(Escalation.team_id) == OF_TEAM
    return select(col(Escalation.id)).where(due, col(Escalation.list_at) <= NOW)


def _due(team_id: str, now: datetime) -> Select[Escalation]:
    return (
        select(Escalation)
        .where(col(Escalation.team_id) == team_id, col(Escalation.list_at) <= now)
        .order_by(col(Escalation.manager_id), col(Escalation.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def to_decide(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: what its reader has to decide, the longest waiting first."""
    items, more = _items(tx, edition, page)
    return Heading("To decide", items, more, hint=views.HOW) if items else None


def decisions_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists().where(_is_undecided(Handoff, Escalation))


def _items(tx: Session, edition: Edition, page: Page) -> tuple[tuple[Item, ...], int]:
    ids, more = page_of(tx, edition, undecided, page)
    found = queries.facts_of(tx, edition.person.team_id, ids)
    return tuple(_item(tx, edition, facts) for facts in found), more


def _item(tx: Session, edition: Edition, facts: HandoffFacts) -> Item:
    """One line for a lead; of a batch one line for all of an actor's."""
    handoff = facts.handoff
    if handoff.batch_id is None:
        return views.item(facts)
    batch = tx.get_one(Batch, (handoff.team_id, handoff.batch_id))
    of_actor = (col(Handoff.batch_id) == batch.id) & (col(Handoff.actor_id) == handoff.actor_id)
    every = select(col(Handoff.id)).where(_is_undecided(Handoff, Escalation), of_actor)
    ids = tx.scalars(every.order_by(col(Escalation.id)), edition.asked).all()
    return batch_views.decisions(batch, queries.facts_of(tx, handoff.team_id, ids))


def undecided() -> Select[str]:
    """All that a reader has to decide."""
    return (
        select(col(Handoff.id))
        .join(Escalation, col(Escalation.handoff_id) == Handoff.id)
        .where(_is_undecided(Handoff, Escalation), _stands_for_its_batch())
        .order_by(col(Escalation.at), col(Escalation.id))
    )


def _stands_for_its_batch() -> ColumnElement[bool]:
    """The first of what one actor has of a batch; a lead of no batch stands for itself."""
    other, earlier = aliased(Handoff), aliased(Escalation)
    is_earlier = exists().where(
        _is_undecided(other, earlier),
        col(other.batch_id) == Handoff.batch_id,
        col(other.actor_id) == Handoff.actor_id,
        col(earlier.id) < Escalation.id,
    )
    return col(Handoff.batch_id).is_(None) | ~is_earlier


def _is_undecided(handoff: type[Handoff], escalation: type[Escalation]) -> ColumnElement[bool]:
    """First touches still open that were put before the reader for today, or earlier."""
    return and_(
        col(escalation.team_id) == OF_TEAM,
        col(escalation.manager_id) == READER,
        col(escalation.decided_at).is_(None),
        col(escalation.at) < MIDNIGHT,
        col(handoff.team_id) == OF_TEAM,
        col(handoff.id) == escalation.handoff_id,
        col(handoff.runs) == escalation.run,
        col(handoff.actor_id).is_not(None),
        col(handoff.touched_at).is_(None),
        col(handoff.closed_at).is_(None),
    )


def excuse(liaison: Liaison, handoff_id: str, by: str) -> None:
    """The open first touch does not count against the actor, and the ladder ends."""
    _decide(liaison, handoff_id, by, Line.EXCUSED)


def leave(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Leave the lead where it is; the ladder ends."""
    _decide(liaison, handoff_id, by, Line.LEFT)


def _decide(liaison: Liaison, handoff_id: str, by: str, decision: Line) -> None:
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        row = _to_decide(tx, handoff, by)
        run = tx.get_one(Run, (row.team_id, row.handoff_id, row.run))
        row.decided_at, row.decision, row.by = now, decision.value, by
        run.ladder_ended_at, run.next_step_at = now, None
        run.excused_at = now if decision is Line.EXCUSED else None
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
    items, more = _items(tx, edition_of(tx, person, now), Page(0, views.LISTED))
    if not items:
        return None if message.ts is None else views.all_decided()
    return views.manager_list(items, more, is_listed=queries.is_listed(person))
