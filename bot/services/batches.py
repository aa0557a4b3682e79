"""Leads that came together: when their clocks start, their card and lists, and the queue's share.

Each lead of a batch is a hand-off like any other. What is shared is how it is told of.
"""

from collections import Counter
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import Stage
from bot.delivery.batches import put_list, shrink_listed
from bot.delivery.courier import Hold
from bot.errors import TooLate, Unknown
from bot.liaison import Liaison
from bot.models import Batch, Handoff, Message, MessageKind, Person, Run
from bot.queries import HandoffFacts
from bot.queries.due import OF_TEAM
from bot.services import flags
from bot.services.handoffs import occasion_of, shown, take_out
from bot.services.hours import back_at_work
from bot.views import batches as views
from bot.views import flags as flag_views
from bot.views.blocks import Post, View
from bot.views.followups import how_it_came

AT_ONCE = 100
"""Hand-offs whose clocks are started in one transaction."""


def start_shown(liaison: Liaison) -> int:
    """Start the clocks of leads whose batch the channel shows, and list them for their actors;
    says how many leads."""
    now = liaison.now()
    done = 0
    while some := _start_some(liaison, now):
        done += some
    return done


def _start_some(liaison: Liaison, now: datetime) -> int:
    """Any number of processes may do this at once."""
    asked = {"of_team": liaison.team_id}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.execute(due_now(), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        locked = due_now().with_for_update(of=Handoff, skip_locked=True, key_share=True)
        found = tx.scalars(locked, asked).all()
        for handoff in found:
            if handoff.closed_at:
                handoff.shown_at = now
            else:
                shown(tx, liaison, handoff, now)
        for batch_id in sorted({str(handoff.batch_id) for handoff in found}):
            _list_those_before(tx, liaison, batch_id)
        return len(found)


@cache
def due_now() -> Select[Handoff]:
    """Built once: every tick asks it."""
    return (
        select(Handoff)
        .join(
            Message,
            (col(Message.team_id) == Handoff.team_id)
            & (col(Message.subject_id) == Handoff.batch_id),
        )
        .where(
            col(Handoff.team_id) == OF_TEAM,
            col(Handoff.batch_id).is_not(None),
            col(Handoff.shown_at).is_(None),
            col(Message.kind) == MessageKind.BATCH_CARD,
            col(Message.ts).is_not(None),
        )
        .order_by(col(Handoff.id))
        .limit(AT_ONCE)
    )


def _list_those_before(tx: Session, liaison: Liaison, batch_id: str) -> None:
    """Leads whose clock runs since before they were a batch stand in the lists too."""
    started = tx.execute(
        select(Run, Handoff)
        .join(Handoff, _is_current_run())
        .where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.batch_id) == batch_id,
            col(Handoff.closed_at).is_(None),
            col(Run.started_at).is_not(None),
            col(Run.why).in_(queries.TOGETHER),
        )
    )
    lists = {(run.actor_id, occasion_of(run, handoff)): run for run, handoff in started}
    for (_, occasion), run in sorted(lists.items(), key=lambda item: item[0]):
        put_list(tx, liaison, batch_id, run, occasion)


def _is_current_run() -> ColumnElement[bool]:
    return (
        (col(Run.team_id) == Handoff.team_id)
        & (col(Run.handoff_id) == Handoff.id)
        & (col(Run.number) == Handoff.runs)
        & col(Handoff.actor_id).is_not(None)
    )


def batch_of(tx: Session, liaison: Liaison, batch_id: str) -> Batch:
    """Raises `Unknown`."""
    found = tx.get(Batch, (liaison.team_id, batch_id))
    if found is None:
        raise Unknown
    return found


def card_telling(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> Post:
    """The card as of now."""
    batch = batch_of(tx, liaison, message.subject_id)
    flag = flags.on_batch(tx, batch)
    return views.card(progress(tx, liaison, batch), flag_views.on_card(flag) if flag else "")


def progress(tx: Session, liaison: Liaison, batch: Batch) -> views.Progress:
    """How far a batch is, by the rows as they are now."""
    kinds = (
        col(Handoff.grade),
        col(Handoff.stage),
        col(Handoff.outcome),
        col(Handoff.touched_at).is_not(None),
        col(Handoff.closed_at).is_not(None),
        col(Handoff.actor_id),
    )
    rows = tx.execute(
        select(*kinds, func.count(), func.min(col(Handoff.due_at)))
        .where(col(Handoff.team_id) == batch.team_id, col(Handoff.batch_id) == batch.id)
        .group_by(*kinds)
    )
    grades, endings, holders = Counter[str](), Counter[str](), Counter[str]()
    touched, waiting, due = 0, 0, []
    for grade, stage, outcome, is_touched, is_closed, actor_id, count, due_at in rows:
        grades[grade] += count
        if is_touched or is_closed:
            touched += count
        elif due_at:
            due.append(due_at)
        if is_closed:
            endings[_ending(liaison, stage, outcome)] += count
        elif actor_id:
            holders[actor_id] += count
        else:
            waiting += count
    names = _names(tx, liaison, list(holders))
    by_count = sorted(holders.items(), key=lambda held: (-held[1], names[held[0]]))
    return views.Progress(
        batch=batch,
        grades=grades,
        touched=touched,
        outcomes=dict(endings.most_common()),
        holders=[(names[person_id], count) for person_id, count in by_count],
        waiting=waiting,
        next_due=min(due, default=None),
    )


def _ending(liaison: Liaison, stage: Stage, outcome: str | None) -> str:
    return "Expired" if stage is Stage.EXPIRED else liaison.playbook.outcome_label(outcome or "")


def _names(tx: Session, liaison: Liaison, person_ids: list[str]) -> dict[str, str]:
    people = tx.scalars(
        select(Person).where(col(Person.team_id) == liaison.team_id, col(Person.id).in_(person_ids))
    )
    return {person.id: person.name for person in people}


def list_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """An actor's leads as of now, inside their hours; nothing when none is left before it is
    sent."""
    batch = batch_of(tx, liaison, message.subject_id)
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is not None and not queries.is_newest_dm(tx, message):
        return views.newer(batch)
    mine = _leads_of(batch.id, reader.id).where(col(Handoff.closed_at).is_(None))
    total = _count(tx, liaison, mine)
    if not total:
        return views.all_done(batch) if message.ts is not None else None
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    shown = _facts(tx, liaison, mine.limit(views.LISTED))
    return views.actor_list(batch, shown, total, reader, now)


def list_shown(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> None:
    """What told of these leads before shrinks to a line."""
    shrink_listed(tx, liaison, message)


def _leads_of(batch_id: str, whose: str) -> Select[str]:
    """In work order: what awaits its first touch, due first, hottest first; ended ones last."""
    due = func.coalesce(col(Run.due_at), col(Handoff.due_at))
    found = (
        select(col(Handoff.id))
        .outerjoin(Run, _is_current_run())
        .where(col(Handoff.team_id) == OF_TEAM, col(Handoff.batch_id) == batch_id)
        .order_by(
            col(Handoff.closed_at).is_not(None),
            col(Handoff.touched_at).is_not(None),
            due.is_(None),
            due,
            col(Handoff.grade),
            col(Handoff.id),
        )
    )
    return found if whose == views.EVERYBODY else found.where(col(Handoff.actor_id) == whose)


def _count(tx: Session, liaison: Liaison, found: Select[str]) -> int:
    counted = select(func.count()).select_from(found.order_by(None).subquery())
    return tx.scalars(counted, {"of_team": liaison.team_id}).one()


def _facts(tx: Session, liaison: Liaison, found: Select[str]) -> list[HandoffFacts]:
    ids = tx.scalars(found, {"of_team": liaison.team_id}).all()
    return queries.facts_of(tx, liaison.team_id, ids)


def page(liaison: Liaison, batch_id: str, whose: str, number: int, by: str) -> View:
    """One page of the leads of a batch, or of one actor's; everybody may read what cards show."""
    with liaison.reading() as tx:
        batch = batch_of(tx, liaison, batch_id)
        reader = queries.person(tx, liaison.team_id, by)
        found = _leads_of(batch.id, whose)
        total = _count(tx, liaison, found)
        number = max(0, min(number, (total - 1) // views.PAGE))
        shown = _facts(tx, liaison, found.offset(number * views.PAGE).limit(views.PAGE))
    return views.page(batch, views.Page(whose, number, shown, total), reader, liaison.playbook)


def claim_one(liaison: Liaison, batch_id: str, by: str) -> None:
    """Take the first lead of a batch out of the queue: the soonest due, the hottest.

    Two who press at once get two leads. Raises `TooLate` when none is left.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        batch = batch_of(tx, liaison, batch_id)
        waits = (
            select(Handoff)
            .where(
                col(Handoff.team_id) == liaison.team_id,
                col(Handoff.batch_id) == batch.id,
                col(Handoff.actor_id).is_(None),
                col(Handoff.closed_at).is_(None),
            )
            .order_by(col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.grade))
            .limit(1)
            .with_for_update(skip_locked=True, key_share=True)
        )
        handoff = tx.scalars(waits).first()
        if handoff is None:
            raise TooLate("Somebody has each lead of these by now; nothing is left in the queue.")
        take_out(tx, liaison, handoff, by, now)


def why(liaison: Liaison, batch_id: str) -> str:
    """Why many leads are one card."""
    with liaison.reading() as tx:
        return f"{views.why(batch_of(tx, liaison, batch_id), liaison.playbook)}."


def why_me(liaison: Liaison, batch_id: str, by: str) -> str:
    """Why leads of a batch are the reader's."""
    with liaison.reading() as tx:
        batch = batch_of(tx, liaison, batch_id)
        whys = tx.scalars(
            select(col(Run.why))
            .join(Handoff, _is_current_run())
            .where(
                col(Handoff.team_id) == liaison.team_id,
                col(Handoff.batch_id) == batch.id,
                col(Handoff.actor_id) == by,
            )
            .distinct()
        )
        ways = [how_it_came(each, you=True) for each in sorted(whys)]
    return views.why_me(batch, ways, liaison.playbook)
