"""A stand-up's agenda: one message, edited in place, that follows the data until it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.standup import AHEAD, Problem, State, Step, Subject, choose, subjects
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import Refused, TooLate
from bot.liaison import Liaison
from bot.models import Decision, Message, MessageKind, Occurrence, Person
from bot.services import item_lists, topics
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
from bot.services.written import answers, ask_everybody
from bot.views import standup as views
from bot.views.agenda import Agenda
from bot.views.blocks import Post, View
from bot.views.items import ItemFacts
from bot.views.problems import headline, lead_list, word_list

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
    shown, count = item_lists.on_agenda(tx, liaison, occurrence)
    waiting = topics.waiting(tx, liaison, occurrence.meeting)
    span = _span(tx, occurrence, now)
    parked = _parked_before(tx, occurrence)
    chosen = choose(problems(tx, liaison, span), [each.id for each in waiting], parked)
    kept = occurrence.frozen
    talked = subjects(chosen) if kept is None else [Subject.of(each) for each in kept]
    taken = {subject.key for subject in talked}
    rest = [Subject(each) for each in (*chosen.rest, *chosen.problems)]
    known = {each.id: each for each in waiting} | topics.of_subjects(tx, liaison, talked)
    return Agenda(
        occurrence=occurrence,
        meeting=meeting,
        items=shown,
        open_items=count,
        subjects=talked,
        topics=known,
        rest=[each for each in rest if each.key not in taken],
        waiting=sum(f"topic:{each.id}" not in taken for each in waiting),
        added=item_lists.added_in(tx, liaison, occurrence),
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
        if occurrence.is_async:
            ask_everybody(tx, liaison, occurrence, now)
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
