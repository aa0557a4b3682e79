"""A stand-up's agenda, and the running of it: one message, edited in place.

Until it begins the agenda follows the data. When it begins what is talked about is kept, so that
Next means the same for everybody who looks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.standup import AHEAD, WEEK, Problem, State, Step, Subject, choose, subjects
from bot.db import insert_once
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import BadField, Refused, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Decision, Message, MessageKind, Occurrence, Person, Topic
from bot.services import items
from bot.services.hours import back_at_work
from bot.services.occurrences import (
    ahead,
    attendees,
    before,
    listed,
    looks_back_to,
    may_run,
    meeting_for,
    meeting_of,
    occurrence_of,
    occurrence_to_change,
    plan_next,
    runner,
)
from bot.services.problems import Span, leads_behind, problems, words_behind
from bot.services.written import answers
from bot.views import agenda as views
from bot.views import ids
from bot.views.agenda import Agenda
from bot.views.blocks import Post, View
from bot.views.items import ItemFacts
from bot.views.problems import headline, lead_list, word_list

MOST_TOPICS = 50
REASON = 300
STANDS = (State.ANNOUNCED, State.RUNNING)
"""Its agenda is in the channel, and it is not over."""


def look(
    tx: Session,
    liaison: Liaison,
    occurrence: Occurrence,
    now: datetime,
    closed: Sequence[ItemFacts] = (),
) -> Agenda:
    """All that an agenda says, as it is now. `closed`: what was ticked or dropped in it."""
    meeting = meeting_of(liaison, occurrence.meeting)
    shown, count = items.on_agenda(tx, liaison, occurrence)
    topics = _open_topics(tx, liaison, occurrence.meeting)
    span = _span(tx, occurrence, now)
    parked = _parked_before(tx, occurrence)
    chosen = choose(problems(tx, liaison, span), [each.id for each in topics], parked)
    kept = occurrence.frozen
    talked = subjects(chosen) if kept is None else [Subject.of(each) for each in kept]
    taken = {subject.key for subject in talked}
    rest = [Subject(each) for each in (*chosen.rest, *chosen.problems)]
    known = {each.id: each for each in topics} | _topics_of(tx, liaison, talked)
    waiting = sum(1 for each in topics if f"topic:{each.id}" not in taken)
    return Agenda(
        occurrence=occurrence,
        meeting=meeting,
        items=shown,
        open_items=count,
        subjects=talked,
        topics=known,
        rest=[each for each in rest if each.key not in taken],
        waiting=waiting,
        added=items.added_in(tx, liaison, occurrence),
        decisions=decisions_of(tx, occurrence),
        facilitator=_person(tx, liaison, occurrence.facilitator_id),
        rep=_person(tx, liaison, occurrence.rep_id),
        people=len(attendees(tx, liaison, meeting)),
        skipped_by=_person(tx, liaison, occurrence.skipped_by),
        closed=closed,
        written=answers(tx, occurrence) if occurrence.is_async else (),
    )


def _person(tx: Session, liaison: Liaison, person_id: str | None) -> Person | None:
    return tx.get(Person, (liaison.team_id, person_id)) if person_id else None


def _span(tx: Session, occurrence: Occurrence, now: datetime) -> Span:
    return Span(looks_back_to(tx, occurrence, now), now)


def _open_topics(tx: Session, liaison: Liaison, key: str) -> list[Topic]:
    """What people want to talk about, oldest first."""
    waiting = select(Topic).where(
        col(Topic.team_id) == liaison.team_id,
        col(Topic.meeting) == key,
        col(Topic.settled_at).is_(None),
    )
    return list(tx.scalars(waiting.order_by(col(Topic.id)).limit(MOST_TOPICS)))


def _topics_of(tx: Session, liaison: Liaison, talked: list[Subject]) -> dict[str, Topic]:
    wanted = [subject.topic_id for subject in talked if subject.topic_id]
    if not wanted:
        return {}
    found = select(Topic).where(col(Topic.team_id) == liaison.team_id, col(Topic.id).in_(wanted))
    return {topic.id: topic for topic in tx.scalars(found)}


def _parked_before(tx: Session, occurrence: Occurrence) -> set[str]:
    """The keys of what the meeting before put off."""
    last = before(tx, occurrence)
    kept = [Subject.of(each) for each in (last and last.frozen) or []]
    return {subject.key for subject in kept if subject.is_parked}


def decisions_of(tx: Session, occurrence: Occurrence) -> list[Decision]:
    """In the order in which they were taken."""
    found = tx.scalars(
        select(Decision)
        .where(
            col(Decision.team_id) == occurrence.team_id,
            col(Decision.occurrence_id) == occurrence.id,
        )
        .order_by(col(Decision.id))
    )
    return list(found)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The one message of a meeting, inside the team's hours when it is posted."""
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    if liaison.playbook.standup(occurrence.meeting) is None:
        return None
    if message.ts is None and (opens := back_at_work(tx, liaison, None, now)):
        return Hold(opens)
    return views.post(look(tx, liaison, occurrence, now), liaison.playbook)


def say_agenda(tx: Session, liaison: Liaison, occurrence: Occurrence) -> None:
    """Queue the one message of this meeting, or let it follow what changed."""
    channel = liaison.standup_channels[occurrence.meeting]
    kind = MessageKind.AGENDA
    saying = Saying(f"{kind}:{occurrence.id}", kind, occurrence.id, channel=channel)
    if not say(tx, liaison, saying, hold_until=None).is_new:
        revise(tx, liaison, occurrence.id)


def announce(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """Post its agenda; with nothing open it skips itself, and says so in the same place."""
    if look(tx, liaison, occurrence, now).is_empty:
        occurrence.state = State.SKIPPED
        occurrence.next_step, occurrence.next_at = Step.LOOK_BACK, occurrence.begins_at
        plan_next(tx, liaison, meeting_of(liaison, occurrence.meeting), now)
    else:
        occurrence.state = State.ANNOUNCED
        occurrence.next_step, occurrence.next_at = Step.START, occurrence.begins_at
    say_agenda(tx, liaison, occurrence)


@dataclass(frozen=True)
class Answered:
    """What the bare command is answered with: the draft, or where the agenda stands."""

    occurrence: Occurrence
    draft: Post | None
    channel: str
    ts: str | None = None


def for_command(liaison: Liaison, channel: str, by: str) -> Answered:
    """The next meeting, as whoever asks may see it: its draft, or the message that stands."""
    now = liaison.now()
    with liaison.reading() as tx:
        person = listed(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        current = ahead(tx, liaison, meeting.key)
        if current is None:
            raise Refused("The next stand-up is planned in a moment; please ask again.")
        place = liaison.standup_channels[meeting.key]
        if current.state in STANDS:
            return Answered(current, None, place, _ts_of(tx, current))
        agenda = look(tx, liaison, current, now)
        draft = views.draft(agenda, liaison.playbook, may_post=may_run(person))
        return Answered(current, draft, place)


def _ts_of(tx: Session, occurrence: Occurrence) -> str | None:
    key = f"{MessageKind.AGENDA}:{occurrence.id}"
    posted = select(col(Message.ts)).where(
        col(Message.team_id) == occurrence.team_id, col(Message.key) == key
    )
    return tx.scalars(posted).first()


def post_now(liaison: Liaison, occurrence_id: str, by: str) -> str:
    """Post the agenda before its time. Whoever asks, however often: it stands once."""
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_to_change(tx, liaison, occurrence_id)
        _check_ahead(occurrence)
        if occurrence.state is State.PLANNED:
            announce(tx, liaison, occurrence, now)
        else:
            say_agenda(tx, liaison, occurrence)
        return liaison.standup_channels[occurrence.meeting]


def _check_ahead(occurrence: Occurrence) -> None:
    if occurrence.state not in AHEAD:
        raise TooLate("This stand-up is over; `/alignment-standup` opens the next one.")


def refresh(tx: Session, liaison: Liaison, key: str, now: datetime) -> Occurrence | None:
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


def add_topic(
    liaison: Liaison, key: str, by: str, words: str | None, origin: str | None = None
) -> tuple[datetime | None, str]:
    """Put something on the next agenda; gives when that is, and the words. The same message twice
    is one topic."""
    said = (words or "").strip()
    if not said:
        raise BadField(ids.ITEM_WORDS, "Write what to talk about.")
    if len(said) > views.TOPIC_WORDS:
        sentence = f"Please keep it under {views.TOPIC_WORDS} characters."
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
        )
        insert_once(tx, topic)
        current = refresh(tx, liaison, key, now)
        return (current.begins_at if current else None), said


def look_to_add(liaison: Liaison, occurrence_id: str, by: str) -> Occurrence:
    """The meeting, when `by` may add to it."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        return occurrence_of(tx, liaison, occurrence_id)


def a_week_later(occurrence: Occurrence) -> date:
    """The day that an action item added in this meeting is due unless another is chosen."""
    return occurrence.day + WEEK


def skip(liaison: Liaison, channel: str, by: str, reason: str) -> Occurrence:
    """Leave the next one out, with a reason that everybody reads."""
    if not reason.strip():
        raise Refused("Type why, for example `/alignment-standup skip everybody is at the fair`.")
    if len(reason) > REASON:
        raise Refused(f"Please keep the reason under {REASON} characters.")
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        found = ahead(tx, liaison, meeting.key)
        if found is None:
            raise Refused("No stand-up is planned.")
        occurrence = occurrence_to_change(tx, liaison, found.id)
        if occurrence.state is State.RUNNING:
            raise TooLate("It is running: press End in its message.")
        occurrence.state = State.SKIPPED
        occurrence.skipped_by, occurrence.reason = by, reason.strip()
        occurrence.next_step = Step.LOOK_BACK
        occurrence.next_at = max(now, occurrence.begins_at)
        plan_next(tx, liaison, meeting, now)
        say_agenda(tx, liaison, occurrence)
        return occurrence


def begin(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """It runs: what is talked about is kept from now on."""
    agenda = look(tx, liaison, occurrence, now)
    occurrence.frozen = [subject.kept() for subject in agenda.subjects]
    occurrence.state, occurrence.page = State.RUNNING, 0
    say_agenda(tx, liaison, occurrence)


@contextmanager
def _pressed(
    liaison: Liaison, occurrence_id: str, by: str
) -> Iterator[tuple[Session, Occurrence, datetime]]:
    """A press by whoever may run the meeting, as one transaction; its message follows, and it
    counts as held."""
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_to_change(tx, liaison, occurrence_id)
        if occurrence.state not in STANDS:
            raise TooLate("This stand-up is over; `/alignment-standup` opens the next one.")
        yield tx, occurrence, now
        occurrence.held_at = occurrence.held_at or now
        revise(tx, liaison, occurrence.id)


def turn(liaison: Liaison, occurrence_id: str, page: int, by: str, forward: int = 1) -> None:
    """Show the next item, or with -1 the one before; from page -1 on the meeting begins.

    `page` is what whoever pressed has seen: of two presses at once only one turns.
    """
    with _pressed(liaison, occurrence_id, by) as (tx, occurrence, now):
        if occurrence.is_async:
            raise TooLate("This stand-up is held in writing.")
        if occurrence.state is State.ANNOUNCED:
            begin(tx, liaison, occurrence, now)
            return
        _check_page(occurrence, page)
        last = len(occurrence.frozen or []) + 1
        occurrence.page = max(0, min(page + forward, last))


def _check_page(occurrence: Occurrence, page: int) -> None:
    if occurrence.page != page:
        raise TooLate("Somebody turned the page already.")


def park(liaison: Liaison, occurrence_id: str, page: int, by: str) -> None:
    """Put one subject off to the next meeting, and go on."""
    with _pressed(liaison, occurrence_id, by) as (_, occurrence, _now):
        _check_page(occurrence, page)
        kept = occurrence.frozen or []
        if not 0 < page <= len(kept):
            raise Refused("Only what is talked about can be parked.")
        parked = replace(Subject.of(kept[page - 1]), is_parked=True)
        occurrence.frozen = [*kept[: page - 1], parked.kept(), *kept[page:]]
        occurrence.page = page + 1


def look_to_decide(liaison: Liaison, occurrence_id: str, by: str) -> Occurrence:
    """The meeting, when `by` may keep a decision of it; refuses before rather than after."""
    with liaison.reading() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        if occurrence.state not in STANDS:
            raise TooLate("This stand-up is over; `/alignment-standup` opens the next one.")
        return occurrence


def decide(liaison: Liaison, occurrence_id: str, by: str, words: str | None) -> None:
    """Keep a decision."""
    said = (words or "").strip()
    if not said:
        raise BadField(ids.DECISION_WORDS, "Write what was decided.")
    if len(said) > views.DECISION_WORDS:
        sentence = f"Please keep it under {views.DECISION_WORDS} characters."
        raise BadField(ids.DECISION_WORDS, sentence)
    with _pressed(liaison, occurrence_id, by) as (tx, occurrence, now):
        tx.add(
            Decision(
                team_id=liaison.team_id,
                id=new_id(now),
                occurrence_id=occurrence.id,
                words=said,
                by=by,
                at=now,
            )
        )


def leads_list(liaison: Liaison, value: str, by: str) -> View:
    """The leads behind a number of an agenda; anybody may open it who reads here."""
    occurrence_id, _, key = value.partition(":")
    now = liaison.now()
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        source, _, about = key.partition(":")
        words = words_behind(tx, liaison, key)
        if words is not None:
            title = headline(Problem(source, about, len(words), 0), liaison.playbook)
            return word_list(title, words)
        found, count = leads_behind(tx, liaison, key, _span(tx, occurrence, now))
        facts = queries.facts_of(tx, liaison.team_id, found)
        title = headline(Problem(source, about, count, 0), liaison.playbook)
    return lead_list(title, facts, count, reader)


def rest_list(liaison: Liaison, occurrence_id: str) -> View:
    """What is not for the meeting, each with its list."""
    with liaison.reading() as tx:
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        agenda = look(tx, liaison, occurrence, liaison.now())
    return views.rest_list(agenda, liaison.playbook)
