"""The ladder of leads in a batch: one line for each person and day, however many leads it is about.

Each run still takes each of its steps once; what is shared is the message.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date
from bot.core.history import Line
from bot.delivery.batches import put_nudge, put_question, revise_batch
from bot.delivery.courier import Hold
from bot.errors import TooLate
from bot.liaison import Liaison
from bot.models import Ask, Escalation, Handoff, Message, Person, Run, Snooze, Step
from bot.services import colleagues
from bot.services.batches import batch_of
from bot.services.handoffs import note
from bot.services.hours import back_at_work
from bot.services.steps import Reached
from bot.views import batches as views
from bot.views.blocks import Post

_TRIES = 20
"""How often somebody else may be a moment faster."""


def nudge(
    tx: Session, liaison: Liaison, handoff: Handoff, run: Run, step: int, now: datetime
) -> Reached:
    """A step to the actor: today's one reminder of this batch counts it, whether it stands already
    or not. Steps that are left to the brief share one of their own, which the brief then says."""
    actor = tx.get_one(Person, (run.team_id, run.actor_id))
    note(tx, handoff, Line.NUDGED, now, facts={"step": str(step), "to": run.actor_id})
    day = local_date(actor.timezone, back_at_work(tx, liaison, actor, now) or now)
    occasion = f"{day}:{liaison.playbook.ladder[step - 1].via}"
    batch_id = str(handoff.batch_id)
    message_id = put_nudge(tx, liaison, batch_id, run.actor_id, step, occasion)
    return Reached(run.actor_id, message_id)


def nudge_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """What awaits a first touch and was reached by a step; nothing when that is all done."""
    batch = batch_of(tx, liaison, message.subject_id)
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    asked = {"of_team": liaison.team_id, "batch": batch.id, "reader": reader.id, "now": now}
    late_first = queries.facts_of(tx, liaison.team_id, tx.scalars(_nudged(), asked).all())
    if not late_first:
        return views.all_done(batch) if message.ts is not None else None
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    if message.ts is not None and _is_followed(tx, message):
        return views.newer(batch)
    return views.nudge(batch, late_first, reader, now)


def _nudged() -> Select[str]:
    """Open first touches of one actor in a batch for which a step was taken, soonest due first;
    not those that rest."""
    reached = exists().where(
        col(Step.team_id) == Run.team_id,
        col(Step.handoff_id) == Run.handoff_id,
        col(Step.run) == Run.number,
        col(Step.recipient_id) == bindparam("reader"),
    )
    asleep = exists().where(
        col(Snooze.team_id) == Run.team_id,
        col(Snooze.handoff_id) == Run.handoff_id,
        col(Snooze.run) == Run.number,
        col(Snooze.wakes_at).is_not(None),
    )
    paused = exists().where(
        col(Ask.team_id) == Run.team_id,
        col(Ask.handoff_id) == Run.handoff_id,
        col(Ask.pauses),
        col(Ask.answered_at).is_(None),
        col(Ask.due_at) > bindparam("now"),
    )
    return (
        select(col(Run.handoff_id))
        .join(Handoff, _of_run())
        .where(
            col(Run.team_id) == bindparam("of_team"),
            col(Run.actor_id) == bindparam("reader"),
            col(Handoff.batch_id) == bindparam("batch"),
            _awaits_touch(),
            (col(Run.counts_from).is_(None) | (col(Run.counts_from) <= bindparam("now"))),
            reached & ~asleep & ~paused,
        )
        .order_by(col(Run.due_at), col(Handoff.grade), col(Run.handoff_id))
    )


def _of_run() -> ColumnElement[bool]:
    return (
        (col(Handoff.team_id) == Run.team_id)
        & (col(Handoff.id) == Run.handoff_id)
        & (col(Handoff.runs) == Run.number)
    )


def _awaits_touch() -> ColumnElement[bool]:
    return (
        col(Run.ended_at).is_(None)
        & col(Run.answered_at).is_(None)
        & col(Handoff.actor_id).is_not(None)
        & col(Handoff.touched_at).is_(None)
        & col(Handoff.closed_at).is_(None)
    )


def _is_followed(tx: Session, message: Message) -> bool:
    """Whether a later message of this kind about the batch stands below this one."""
    later = select(col(Message.id)).where(
        col(Message.team_id) == message.team_id,
        col(Message.subject_id) == message.subject_id,
        col(Message.kind) == message.kind,
        col(Message.recipient_id).is_(None) | (col(Message.recipient_id) == message.recipient_id),
        col(Message.ts).is_not(None),
        col(Message.id) > message.id,
    )
    return tx.scalars(later.limit(1)).first() is not None


def ask_around(tx: Session, liaison: Liaison, handoff: Handoff, run: Run, now: datetime) -> Reached:
    """A step to free colleagues: today's one question below the batch's card counts it."""
    run.asked_at = now
    note(tx, handoff, Line.ASKED_AROUND, now)
    opens = back_at_work(tx, liaison, None, now) or now
    day = local_date(liaison.playbook.hours.timezone, opens)
    message_id = put_question(tx, liaison, str(handoff.batch_id), day)
    revise_batch(tx, liaison, handoff)
    return Reached(liaison.handoff_channel, message_id)


def question_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """The question; one line once every lead it was about is taken or answered."""
    batch = batch_of(tx, liaison, message.subject_id)
    count = len(tx.scalars(_asked_about(liaison.team_id, batch.id)).all())
    if message.ts is None:
        if not count:
            return None
        if opens := back_at_work(tx, liaison, None, now):
            return Hold(opens)
    if message.ts is not None and _is_followed(tx, message):
        return views.newer(batch)
    return views.question(batch, count) if count else views.question_over(batch)


def _asked_about(team_id: str, batch_id: str) -> Select[str]:
    return (
        select(col(Run.handoff_id))
        .join(Handoff, _of_run())
        .where(
            col(Run.team_id) == team_id,
            col(Handoff.batch_id) == batch_id,
            col(Run.asked_at).is_not(None),
            _awaits_touch(),
        )
        .order_by(col(Run.due_at), col(Handoff.grade), col(Run.handoff_id))
    )


def take_on_one(liaison: Liaison, batch_id: str, by: str) -> None:
    """Take over the first lead that free colleagues were asked about and that is somebody else's.

    Of two who press at once each gets one. Raises `TooLate` when none is left.
    """
    for _ in range(_TRIES):
        with liaison.reading() as tx:
            batch_of(tx, liaison, batch_id)
            others = _asked_about(liaison.team_id, batch_id).where(col(Run.actor_id) != by)
            first = tx.scalars(others.limit(1)).first()
        if first is None:
            break
        try:
            colleagues.take_on(liaison, first, by)
        except TooLate:
            continue
        return
    raise TooLate("These are taken or answered by now; thank you.")


def decide_all(
    liaison: Liaison,
    decide: Callable[[Liaison, str, str], None],
    batch_id: str,
    actor_id: str,
    by: str,
) -> None:
    """Decide alike about all leads of one actor in a batch that wait for it. `decide` is `excuse`
    or `leave`; what was decided or answered meanwhile stays so."""
    with liaison.reading() as tx:
        batch_of(tx, liaison, batch_id)
        waiting = tx.scalars(
            select(col(Run.handoff_id))
            .join(Handoff, _of_run())
            .join(
                Escalation,
                (col(Escalation.team_id) == Run.team_id)
                & (col(Escalation.handoff_id) == Run.handoff_id)
                & (col(Escalation.run) == Run.number),
            )
            .where(
                col(Run.team_id) == liaison.team_id,
                col(Run.actor_id) == actor_id,
                col(Handoff.batch_id) == batch_id,
                col(Escalation.decided_at).is_(None),
                col(Escalation.at) <= liaison.now(),
                _awaits_touch(),
            )
            .order_by(col(Run.handoff_id))
        ).all()
    if not waiting:
        raise TooLate("These are decided or answered already; there is nothing to decide.")
    for handoff_id in waiting:
        try:
            decide(liaison, handoff_id, by)
        except TooLate:
            continue
