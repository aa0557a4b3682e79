"""Ask marketing: one question about a lead, its answer, and what follows when none comes."""

from datetime import datetime
from functools import cache, partial

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.history import Line
from bot.core.lifecycle import Act, why_not_marketing
from bot.delivery.sayings import Tale, say_to
from bot.errors import NotAllowed, Refused, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Ask, Handoff, Message, MessageKind, Person
from bot.queries import HandoffFacts
from bot.queries.due import NOW
from bot.services import campaigns
from bot.services.due import take
from bot.services.edition import OF_TEAM, READER, Edition, Page, page_of
from bot.services.handoffs import authorise, changed, note
from bot.services.hours import back_at_work, opening_of
from bot.services.wording import worded
from bot.views import asks as views
from bot.views import ids
from bot.views.blocks import Post, escape, when
from bot.views.brief import Heading

ANSWERED_WITHIN = sla.Allowance(days=2)
"""Working days of whoever was asked; after them marketing is the late side."""
WORDS = 300
"""Characters of a question or an answer."""


def look_to_ask(
    liaison: Liaison, handoff_id: str, by: str
) -> tuple[HandoffFacts, Person, datetime | None]:
    """The lead, who would be asked, and until when reminders would rest (None = they go on)."""
    now = liaison.now()
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, Act.ASK, facts.handoff, by, now)
        earlier = _asked(tx, facts.handoff)
        _refuse_a_second(tx, earlier)
        receiver = _receiver(tx, liaison, facts.handoff)
        rests = None if earlier else _answer_due(tx, liaison, receiver, now)
        return facts, receiver, rests


def ask(liaison: Liaison, handoff_id: str, by: str, words: str | None) -> None:
    """Put a question to the campaign's owner. The first one of a hand-off lets reminders rest."""
    question = worded(words, ids.ASK_WORDS, "Write what you want to know.", WORDS)
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, Act.ASK, handoff, by, now)
        earlier = _asked(tx, handoff)
        _refuse_a_second(tx, earlier)
        receiver = _receiver(tx, liaison, handoff)
        due_at = _answer_due(tx, liaison, receiver, now)
        asked = Ask(
            team_id=liaison.team_id,
            id=new_id(now),
            handoff_id=handoff.id,
            asked_by=by,
            receiver_id=receiver.id,
            question=question,
            asked_at=now,
            due_at=due_at,
            late_check_at=due_at,
            pauses=not earlier,
        )
        tx.add(asked)
        note(tx, handoff, Line.ASKED, now, by=by)
        tell(tx, liaison, asked, receiver, now)
        changed(tx, liaison, handoff)


def _asked(tx: Session, handoff: Handoff) -> list[Ask]:
    """All questions about a hand-off, oldest first."""
    rows = select(Ask).where(col(Ask.team_id) == handoff.team_id, col(Ask.handoff_id) == handoff.id)
    return list(tx.scalars(rows.order_by(col(Ask.id))))


def _refuse_a_second(tx: Session, earlier: list[Ask]) -> None:
    for asked in earlier:
        if asked.answered_at is None:
            receiver = tx.get_one(Person, (asked.team_id, asked.receiver_id))
            raise TooLate(
                f"Marketing was asked about this lead already, {when(asked.asked_at)}; "
                f"{escape(receiver.name)} has the question."
            )


def _receiver(tx: Session, liaison: Liaison, handoff: Handoff) -> Person:
    """The campaign's owner, else marketing's manager, else a marketer, else anybody there."""
    return speaker_for(tx, liaison, campaigns.owner_of(tx, liaison, handoff))


def speaker_for(tx: Session, liaison: Liaison, owner: Person | None) -> Person:
    """Who answers for marketing: the campaign's owner, when they are listed; else its manager."""
    if owner and queries.is_listed(owner):
        return owner
    marketing = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team) == queries.MARKETING,
        col(Person.is_active),
    )
    people = sorted(tx.scalars(marketing), key=lambda person: (_rank(person), person.name))
    if not people:
        raise Refused("The playbook lists nobody in marketing; ask your admin whom to ask.")
    return people[0]


def _rank(person: Person) -> int:
    ranks = ("manager", "marketer")
    return min((ranks.index(role) for role in person.roles if role in ranks), default=len(ranks))


def _answer_due(tx: Session, liaison: Liaison, receiver: Person, now: datetime) -> datetime:
    return sla.due_at(opening_of(tx, liaison, receiver, now), now, ANSWERED_WITHIN)


def tell(tx: Session, liaison: Liaison, asked: Ask, to: Person, now: datetime) -> None:
    """The question with its Answer button, to one person, inside their hours."""
    again = "late" if asked.late_at else ""
    tale = Tale(MessageKind.ASK, asked.handoff_id, asked.id, again)
    say_to(tx, liaison, tale, to.id, hold_until=back_at_work(tx, liaison, to, now))


def look_to_answer(liaison: Liaison, ask_id: str, by: str) -> tuple[Ask, HandoffFacts, Person]:
    """The question, its lead and who asked; refuses before rather than after."""
    with liaison.reading() as tx:
        asked = _open_ask(tx, liaison, ask_id, by)
        facts = queries.facts(tx, liaison.team_id, asked.handoff_id)
        return asked, facts, tx.get_one(Person, (liaison.team_id, asked.asked_by))


def answer(liaison: Liaison, ask_id: str, by: str, words: str | None) -> None:
    """Answer a question, late ones too; it reaches who asked, and reminders go on."""
    said = worded(words, ids.ANSWER_WORDS, "Write an answer.", WORDS)
    now = liaison.now()
    with liaison.transaction() as tx:
        known = tx.get(Ask, (liaison.team_id, ask_id))
        if known is None:
            raise Unknown
        handoff = queries.handoff_to_change(tx, liaison.team_id, known.handoff_id)
        tx.refresh(known)
        asked = _open_ask(tx, liaison, ask_id, by)
        asked.answered_at, asked.answered_by, asked.answer = now, by, said
        asked.late_check_at = None
        note(tx, handoff, Line.ANSWERED, now, by=by)
        _resume(tx, handoff, asked, now)
        asker = tx.get_one(Person, (liaison.team_id, asked.asked_by))
        held = back_at_work(tx, liaison, asker, now)
        tale = Tale(MessageKind.ANSWER, handoff.id, asked.id)
        say_to(tx, liaison, tale, asker.id, hold_until=held)
        changed(tx, liaison, handoff)


def _open_ask(tx: Session, liaison: Liaison, ask_id: str, by: str) -> Ask:
    """The question, when `by` may answer it and nobody has."""
    asked = tx.get(Ask, (liaison.team_id, ask_id))
    if asked is None or not asked.question:  # without words its lead was erased
        raise Unknown
    person = tx.get(Person, (liaison.team_id, by))
    listed = person is not None and person.is_active and queries.is_listed(person)
    markets = person is not None and (
        queries.markets(person) or "liaison" in person.roles or by == asked.receiver_id
    )
    if sentence := why_not_marketing(is_listed=listed, markets=markets):
        raise NotAllowed(sentence)
    if asked.answered_at:
        first = tx.get_one(Person, (liaison.team_id, asked.answered_by))
        name = "You" if first.id == by else escape(first.name)
        raise TooLate(f"{name} answered this already, {when(asked.answered_at)}.")
    return asked


def _resume(tx: Session, handoff: Handoff, asked: Ask, now: datetime) -> None:
    """Reminders go on: the run is looked at again, and what was held back for the answer goes."""
    if not asked.pauses:
        return
    run = queries.current_run(tx, handoff)
    if run and run.next_step_at:
        run.next_step_at = now
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == handoff.team_id,
            col(Message.subject_id) == handoff.id,
            col(Message.kind) == MessageKind.NUDGE,
            col(Message.hold_until).is_not(None),
        )
        .values(hold_until=now)
    )


def take_late(liaison: Liaison) -> int:
    """Questions that nobody answered in time: marketing's manager is told; says how many."""
    return take(liaison, due_now(), partial(_tell_late, liaison))


@cache
def due_now() -> Select[Ask]:
    """Built once: every tick asks it."""
    is_late = col(Ask.late_check_at) <= NOW
    return select(Ask).where(col(Ask.team_id) == OF_TEAM, is_late)


def _tell_late(liaison: Liaison, tx: Session, asked: Ask, now: datetime) -> None:
    """Without a manager above them, whoever was asked is reminded."""
    asked.late_check_at, asked.late_at = None, now
    handoff = tx.get_one(Handoff, (liaison.team_id, asked.handoff_id))
    note(tx, handoff, Line.ASK_OPEN, now)
    receiver = tx.get_one(Person, (liaison.team_id, asked.receiver_id))
    manager = receiver.manager_id and tx.get(Person, (liaison.team_id, receiver.manager_id))
    tell(tx, liaison, asked, manager or receiver, now)


def to_answer(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: questions that wait for its reader's answer, late ones first."""
    asked, more = page_of(tx, edition, waiting, page)
    facts = {
        each.handoff.id: each
        for each in queries.facts_of(tx, liaison.team_id, [each.handoff_id for each in asked])
    }
    askers = queries.names_of(tx, liaison.team_id, {each.asked_by for each in asked})
    items = [views.to_answer(each, facts[each.handoff_id], askers[each.asked_by]) for each in asked]
    return Heading("To answer", tuple(items), more) if items else None


def waiting() -> Select[Ask]:
    """All questions that wait for a reader's answer."""
    late_first = (col(Ask.late_at).is_(None), col(Ask.due_at), col(Ask.id))
    return select(Ask).where(_waits_for_reader()).order_by(*late_first)


def questions_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists().where(_waits_for_reader())


def _waits_for_reader() -> ColumnElement[bool]:
    """Put to this person or, once it is late, to somebody whose manager they are."""
    managed = select(col(Person.id)).where(
        col(Person.team_id) == OF_TEAM, col(Person.manager_id) == READER
    )
    is_theirs = (col(Ask.receiver_id) == READER) | (
        col(Ask.late_at).is_not(None) & col(Ask.receiver_id).in_(managed)
    )
    # Without words its lead was erased, and nobody waits for an answer any more.
    is_open = col(Ask.answered_at).is_(None) & (col(Ask.question) != "")
    return (col(Ask.team_id) == OF_TEAM) & is_open & is_theirs


def telling_answer(liaison: Liaison, tx: Session, message: Message) -> Post:
    """What whoever asked reads, as a message or in their brief."""
    asked = tx.get_one(Ask, (liaison.team_id, message.about))
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    by = tx.get_one(Person, (liaison.team_id, asked.answered_by))
    return views.answered(asked, facts, by)


def forget_words(tx: Session, handoff: Handoff) -> None:
    """The lead is erased, and what was said of it with it; nobody waits for an answer any more."""
    for asked in _asked(tx, handoff):
        asked.question, asked.answer, asked.late_check_at = "", None, None
