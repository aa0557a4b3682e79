"""What people want to talk about: added from anywhere, and on an agenda until it was talked of."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.standup import WEEK, State, Step, Subject
from bot.db import insert_once
from bot.delivery.messages import revise
from bot.errors import BadField
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Occurrence, Topic
from bot.services import origins
from bot.services.occurrences import ahead, listed, occurrence_of
from bot.views import ids
from bot.views.topics import TOPIC_WORDS

MOST_TOPICS = 50


def waiting(tx: Session, liaison: Liaison, key: str) -> list[Topic]:
    """What people want to talk about, oldest first."""
    open_ones = select(Topic).where(
        col(Topic.team_id) == liaison.team_id,
        col(Topic.meeting) == key,
        col(Topic.settled_at).is_(None),
    )
    return list(tx.scalars(open_ones.order_by(col(Topic.id)).limit(MOST_TOPICS)))


def of_subjects(tx: Session, liaison: Liaison, talked: list[Subject]) -> dict[str, Topic]:
    """The topics among what is talked about, settled ones too, by id."""
    wanted = [subject.topic_id for subject in talked if subject.topic_id]
    if not wanted:
        return {}
    found = select(Topic).where(col(Topic.team_id) == liaison.team_id, col(Topic.id).in_(wanted))
    return {topic.id: topic for topic in tx.scalars(found)}


def add_topic(
    liaison: Liaison,
    key: str,
    by: str,
    words: str | None,
    origin: str | None = None,
    thread: str | None = None,
) -> tuple[datetime | None, str]:
    """Put something on the next agenda; gives when that is, and the words. The same message twice
    is one topic. `thread`: the message that began the thread it was said in."""
    said = (words or "").strip()
    if not said:
        raise BadField(ids.ITEM_WORDS, "Write what to talk about.")
    if len(said) > TOPIC_WORDS:
        sentence = f"Please keep it under {TOPIC_WORDS} characters."
        raise BadField(ids.ITEM_WORDS, sentence)
    now = liaison.now()
    with liaison.transaction() as tx:
        listed(tx, liaison, by)
        topic = Topic(
            team_id=liaison.team_id,
            id=new_id(now),
            meeting=key,
            words=said,
            by=by,
            at=now,
            origin=origin,
            lead_id=origins.lead_of(tx, liaison, origin, thread),
        )
        insert_once(tx, topic)
        current = _take_up(tx, liaison, key, now)
        return (current.begins_at if current else None), said


def _take_up(tx: Session, liaison: Liaison, key: str, now: datetime) -> Occurrence | None:
    """Something new is there to talk about: the agenda that stands shows it, and a meeting that
    skipped itself takes place after all while its time has not come."""
    skipped = _skipped_itself(tx, liaison, key, now)
    if skipped:
        skipped.state = State.ANNOUNCED
        skipped.next_step, skipped.next_at = Step.START, skipped.begins_at
    current = skipped or ahead(tx, liaison, key)
    if current:
        revise(tx, liaison, current.id)
    return current


def _skipped_itself(tx: Session, liaison: Liaison, key: str, now: datetime) -> Occurrence | None:
    return tx.scalars(
        select(Occurrence)
        .where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.meeting) == key,
            col(Occurrence.state) == State.SKIPPED,
            col(Occurrence.skipped_by).is_(None),
            col(Occurrence.reason).is_(None),
            col(Occurrence.begins_at) > now,
        )
        .order_by(col(Occurrence.day))
        .limit(1)
    ).first()


def look_to_add(liaison: Liaison, occurrence_id: str, by: str) -> Occurrence:
    """The meeting, when `by` may add to it."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        return occurrence_of(tx, liaison, occurrence_id)


def a_week_later(occurrence: Occurrence) -> date:
    """The day that an action item added in this meeting is due unless another is chosen."""
    return occurrence.day + WEEK


def settle(tx: Session, occurrence: Occurrence, now: datetime) -> None:
    """What had its place was talked about; in a meeting nobody held it was not."""
    if occurrence.held_at is None:
        return
    for kept in occurrence.frozen or []:
        subject = Subject.of(kept)
        if subject.topic_id and not subject.is_parked:
            topic = tx.get_one(Topic, (occurrence.team_id, subject.topic_id))
            topic.settled_at = topic.settled_at or now
