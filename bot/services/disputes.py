"""Marketing contests an outcome; the liaison settles it, quietly, with one line to both sides."""

from datetime import datetime
from functools import cache, partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.history import Line
from bot.core.lifecycle import Stage, why_not_marketing
from bot.core.origins import Origin, Source
from bot.delivery.courier import Hold
from bot.delivery.sayings import Tale, say_to
from bot.errors import BadField, NotAllowed, Refused, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Dispute, Handoff, Lead, Message, MessageKind, Person, Verdict
from bot.queries import HandoffFacts
from bot.queries.due import NOW, OF_TEAM
from bot.services import ratings
from bot.services.due import take
from bot.services.handoffs import changed, note
from bot.services.hours import back_at_work, opening_of
from bot.services.item_lists import made_from
from bot.services.outcomes import Answer, relabel
from bot.services.reopening import hand_out, reopen
from bot.services.wording import worded
from bot.views import disputes as views
from bot.views import ids
from bot.views.blocks import Post, escape, when

SETTLED_WITHIN = sla.Allowance(days=2)
"""Working days of whoever settles it."""
WORDS = 300
"""Characters of each side's line."""
CONTESTED = frozenset({Stage.REJECTED, Stage.RECYCLED})


def look_to_dispute(liaison: Liaison, handoff_id: str, by: str) -> tuple[HandoffFacts, Person]:
    """The lead and who would settle it; refuses before rather than after."""
    now = liaison.now()
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        _check(tx, liaison, facts.handoff, by)
        return facts, _receiver(tx, liaison, by, now)


def dispute(liaison: Liaison, handoff_id: str, by: str, words: str | None) -> None:
    """Contest the outcome a hand-off has now."""
    said = worded(words, ids.DISPUTE_WORDS, "Write what you see otherwise.", WORDS)
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        _check(tx, liaison, handoff, by)
        receiver = _receiver(tx, liaison, by, now)
        due_at = _due(tx, liaison, receiver, now)
        contested = Dispute(
            team_id=liaison.team_id,
            id=new_id(now),
            handoff_id=handoff.id,
            by=by,
            words=said,
            at=now,
            due_at=due_at,
            late_check_at=due_at,
            receiver_id=receiver.id,
            outcome=handoff.outcome or "",
            outcome_detail=handoff.outcome_detail,
            outcome_by=handoff.outcome_by,
            outcome_at=handoff.outcome_at or now,
        )
        tx.add(contested)
        tx.flush()
        _tell(tx, liaison, contested, receiver, now)


def _due(tx: Session, liaison: Liaison, receiver: Person, now: datetime) -> datetime:
    return sla.due_at(opening_of(tx, liaison, receiver, now), now, SETTLED_WITHIN)


def _tell(
    tx: Session, liaison: Liaison, contested: Dispute, receiver: Person, now: datetime
) -> None:
    """It goes to one person, inside their hours, and never to a channel."""
    tale = Tale(MessageKind.DISPUTE, contested.handoff_id, contested.id)
    held = back_at_work(tx, liaison, receiver, now)
    say_to(tx, liaison, tale, receiver.id, hold_until=held)


def _check(tx: Session, liaison: Liaison, handoff: Handoff, by: str) -> None:
    person = tx.get(Person, (liaison.team_id, by))
    listed = person is not None and person.is_active and queries.is_listed(person)
    markets = person is not None and (queries.markets(person) or "liaison" in person.roles)
    if sentence := why_not_marketing(is_listed=listed, markets=markets):
        raise NotAllowed(sentence)
    if tx.get_one(Lead, (liaison.team_id, handoff.lead_id)).erased_at:
        raise Unknown
    if handoff.stage not in CONTESTED or handoff.outcome is None:
        raise TooLate("Only a lead that was turned down can be disputed.")
    reason = liaison.playbook.reason(handoff.outcome)
    if reason and reason.refuses_later:
        raise NotAllowed("Whoever asked to be left alone is left alone: this is not disputed.")
    latest = queries.latest_handoff(tx, liaison.team_id, handoff.lead_id)
    if latest and latest.id != handoff.id:
        raise TooLate("This lead was handed over again since; the newer card is the one to follow.")
    for earlier in _of(tx, handoff):
        if earlier.settled_at is None:
            raise TooLate(f"This outcome is disputed already, {when(earlier.at)}.")
        if earlier.outcome_at == handoff.outcome_at:
            raise TooLate(f"A dispute of this outcome was settled, {when(earlier.settled_at)}.")


def _of(tx: Session, handoff: Handoff) -> list[Dispute]:
    """All disputes of a hand-off, oldest first."""
    rows = select(Dispute).where(
        col(Dispute.team_id) == handoff.team_id, col(Dispute.handoff_id) == handoff.id
    )
    return list(tx.scalars(rows.order_by(col(Dispute.id))))


def _receiver(tx: Session, liaison: Liaison, by: str, now: datetime) -> Person:
    for person in _in_line(tx, liaison, by, now):
        return person
    raise Refused("The playbook lists no liaison; ask your admin who settles disputes.")


def _in_line(tx: Session, liaison: Liaison, by: str, now: datetime) -> list[Person]:
    """Liaisons who are not away; who covers for one; admins; who is away. Never who contests."""
    people = tx.scalars(
        select(Person)
        .where(
            col(Person.team_id) == liaison.team_id,
            col(Person.team).is_not(None),
            col(Person.is_active),
            col(Person.id) != by,
        )
        .order_by(col(Person.name), col(Person.id))
    ).all()
    liaisons = [person for person in people if "liaison" in person.roles]
    absences = {person.id: queries.absence_at(tx, person, now) for person in liaisons}
    here = [person for person in liaisons if absences[person.id] is None]
    covers = {absence.cover_id for absence in absences.values() if absence}
    backups = [person for person in people if person.id in covers]
    admins = [person for person in people if "admin" in person.roles]
    in_line = (*here, *backups, *admins, *liaisons)
    return list({person.id: person for person in in_line}.values())


def pass_on_disputes(liaison: Liaison) -> int:
    """What nobody settled in two working days goes to the next in line: a backup, at last an admin;
    says how many."""
    return take(liaison, due_now(), partial(pass_on, liaison))


@cache
def due_now() -> Select[Dispute]:
    """Built once: every tick asks it."""
    is_due = col(Dispute.late_check_at) <= NOW
    return select(Dispute).where(col(Dispute.team_id) == OF_TEAM, is_due)


def pass_on(liaison: Liaison, tx: Session, contested: Dispute, now: datetime) -> None:
    """To the next in line. Whoever had it may still settle it, where they are a liaison."""
    in_line = _in_line(tx, liaison, contested.by, now)
    places = {person.id: at for at, person in enumerate(in_line)}
    following = in_line[places.get(contested.receiver_id, -1) + 1 :]
    contested.late_check_at = None
    if not following:
        return
    receiver = following[0]
    contested.receiver_id, contested.passed_on_at = receiver.id, now
    contested.late_check_at = _due(tx, liaison, receiver, now)
    _tell(tx, liaison, contested, receiver, now)


def look_to_settle(liaison: Liaison, dispute_id: str, by: str) -> tuple[Dispute, HandoffFacts]:
    with liaison.reading() as tx:
        contested = _open(tx, liaison, dispute_id, by)
        return contested, queries.facts(tx, liaison.team_id, contested.handoff_id)


def settle(
    liaison: Liaison, dispute_id: str, by: str, verdict: str, choice: str, words: str | None
) -> None:
    """Decide it. `choice` is the other reason, where the verdict is to re-label."""
    said = worded(words, ids.SETTLE_WORDS, "Write the line that both sides read.", WORDS)
    if verdict not in {*Verdict}:
        raise BadField(ids.VERDICT, "Choose how it is settled.")
    now = liaison.now()
    with liaison.transaction() as tx:
        known = tx.get(Dispute, (liaison.team_id, dispute_id))
        if known is None:
            raise Unknown
        queries.lock_lead(tx, liaison.team_id, known.handoff_id)
        handoff = queries.handoff_to_change(tx, liaison.team_id, known.handoff_id)
        tx.refresh(known)
        contested = _open(tx, liaison, dispute_id, by)
        decided = Verdict(verdict)
        if decided is not Verdict.STANDS:
            _check_unchanged(tx, handoff, contested)
        contested.settled_at, contested.settled_by, contested.late_check_at = now, by, None
        contested.verdict, contested.answer = decided, said
        if decided is Verdict.STANDS:
            note(tx, handoff, Line.OUTCOME_STANDS, now, by=by)
        else:
            _uphold(tx, liaison, handoff, contested, choice, now)
        _tell_both(tx, liaison, handoff, contested, now)
        changed(tx, liaison, handoff)


def _check_unchanged(tx: Session, handoff: Handoff, contested: Dispute) -> None:
    """What was decided otherwise meanwhile is not decided again."""
    latest = queries.latest_handoff(tx, handoff.team_id, handoff.lead_id)
    is_same = handoff.stage in CONTESTED and handoff.outcome_at == contested.outcome_at
    if not is_same or (latest and latest.id != handoff.id):
        raise BadField(ids.VERDICT, "This lead was answered or handed over anew since: let it be.")


def _uphold(
    tx: Session,
    liaison: Liaison,
    handoff: Handoff,
    contested: Dispute,
    choice: str,
    now: datetime,
) -> None:
    """What the contested outcome said of the lead counts no more."""
    if handoff.outcome_by and handoff.outcome_at:
        ratings.take_back(tx, handoff, handoff.outcome_by, handoff.outcome_at, now)
    by = contested.settled_by
    if contested.verdict is Verdict.RELABELLED:
        settler = tx.get_one(Person, (liaison.team_id, by))
        relabel(tx, liaison, handoff, Answer(choice, contested.answer), settler, now)
        facts = {"outcome": handoff.outcome or "", "detail": handoff.outcome_detail or ""}
        note(tx, handoff, Line.RELABELLED, now, by=by, facts={k: v for k, v in facts.items() if v})
        return
    last = handoff.actor_id and tx.get(Person, (liaison.team_id, handoff.actor_id))
    reopen(handoff)
    note(tx, handoff, Line.REOPENED, now, by=by)
    hand_out(tx, liaison, handoff, last or None, "reopened", now)


def _tell_both(
    tx: Session, liaison: Liaison, handoff: Handoff, contested: Dispute, now: datetime
) -> None:
    """Whoever contested, and whoever had said how it ended."""
    tx.flush()
    for person_id in {contested.by, contested.outcome_by} - {None, contested.settled_by}:
        person = tx.get_one(Person, (liaison.team_id, person_id))
        held = back_at_work(tx, liaison, person, now)
        tale = Tale(MessageKind.SETTLED, handoff.id, contested.id)
        say_to(tx, liaison, tale, person.id, hold_until=held)


def _open(tx: Session, liaison: Liaison, dispute_id: str, by: str) -> Dispute:
    """The dispute, when `by` may settle it and nobody has."""
    contested = tx.get(Dispute, (liaison.team_id, dispute_id))
    if contested is None or not contested.words:  # without words its lead was erased
        raise Unknown
    person = tx.get(Person, (liaison.team_id, by))
    settles = person is not None and person.is_active and queries.is_listed(person)
    settles = settles and person is not None and "liaison" in person.roles
    if not settles and by != contested.receiver_id:
        raise NotAllowed("Only the liaison settles a dispute.")
    if by == contested.by:
        raise NotAllowed("Somebody else settles the dispute you opened.")
    if contested.settled_at:
        first = tx.get_one(Person, (liaison.team_id, contested.settled_by))
        name = "You" if first.id == by else escape(first.name)
        raise TooLate(f"{name} settled this already, {when(contested.settled_at)}.")
    return contested


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The dispute as its receiver reads it; one line once it is settled."""
    contested = tx.get_one(Dispute, (liaison.team_id, message.about))
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None:
        if contested.settled_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return _shown(tx, liaison, contested)


def _shown(tx: Session, liaison: Liaison, contested: Dispute) -> Post:
    facts = queries.facts(tx, liaison.team_id, contested.handoff_id)
    items = made_from(tx, liaison, Origin(Source.DISPUTE, contested.id))
    return views.dispute(contested, facts, _people(tx, contested), liaison.playbook, items)


def shown_to(tx: Session, liaison: Liaison, dispute_id: str, reader: Person) -> Post | None:
    """The dispute, to whoever settles it or opened it; None for everybody else."""
    contested = tx.get_one(Dispute, (liaison.team_id, dispute_id))
    is_in_it = reader.id in {contested.by, contested.receiver_id, contested.settled_by}
    if not is_in_it and "liaison" not in reader.roles:
        return None
    return _shown(tx, liaison, contested)


def look_to_add_item(liaison: Liaison, dispute_id: str, by: str) -> None:
    """Raises unless `by` may settle it, or could have."""
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        if tx.get(Dispute, (liaison.team_id, dispute_id)) is None:
            raise Unknown
        if shown_to(tx, liaison, dispute_id, reader) is None:
            raise NotAllowed("Only the liaison makes an action item of a dispute.")


def settled_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    contested = tx.get_one(Dispute, (liaison.team_id, message.about))
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    return views.settled(contested, facts, _people(tx, contested), reader, liaison.playbook)


def _people(tx: Session, contested: Dispute) -> dict[str, str]:
    """The names of everybody in it."""
    ids_of = {contested.by, contested.outcome_by, contested.settled_by} - {None}
    found = tx.scalars(
        select(Person).where(col(Person.team_id) == contested.team_id, col(Person.id).in_(ids_of))
    )
    return {person.id: person.name for person in found}


def forget_words(tx: Session, handoff: Handoff) -> None:
    """The lead is erased, and what was said of it with it; nobody settles it any more."""
    for contested in _of(tx, handoff):
        contested.words, contested.answer, contested.late_check_at = "", None, None
