"""Reads that more than one place asks: one function per question, none of them commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot.errors import NotListed, Unknown
from bot.models import (
    Absence,
    Ask,
    Escalation,
    Handoff,
    History,
    Lead,
    Message,
    MessageKind,
    Offer,
    Person,
    Run,
    Snooze,
    Step,
)

SALES, MARKETING = "sales", "marketing"
COVER = "cover"
"""Why a run is its actor's: they stand in for somebody who is away."""
TOGETHER = frozenset({"owner", "round_robin", COVER, "back"})
"""Why a run began, where the leads of a batch reach their actor many at once: by a list."""
_OF_ONE_PERSON = frozenset({"nudged", "snoozed", "escalated", "excused", "left", "rated"})
"""Lines of history that tell of somebody's open first touch, or what they think of a lead;
`facts["to"]` is that person."""
_ASIDE = (
    MessageKind.NOTE,
    MessageKind.OFFER,
    MessageKind.ASK,
    MessageKind.ANSWER,
    MessageKind.BATCH_NUDGE,
)
"""DMs that stand beside the living one about a lead and do not take its place."""


@dataclass(frozen=True)
class Cover:
    """That the actor stands in: for whom, and for which absence of theirs."""

    person: Person
    absence: Absence


@dataclass(frozen=True)
class HandoffFacts:
    """A hand-off with what every view of it needs."""

    handoff: Handoff
    lead: Lead
    run: Run | None
    """The current run; None while it waits in the queue."""
    actor: Person | None
    outcome_by: Person | None
    """Who recorded the outcome here; None when the CRM told it, or there is none."""
    outcome_person: Person | None = None
    """Whom the outcome names: who goes on with it, or whose it was already."""
    before: Handoff | None = None
    """The hand-off it came back from; None when it was handed over by marketing."""
    before_by: Person | None = None
    """Who recorded the outcome of that one."""
    snoozed_until: datetime | None = None
    """Until when the actor wants no reminder; None = no snooze is in force."""
    cover: Cover | None = None
    """None = the actor acts for themselves."""


_Id = SQLColumnExpression[str] | SQLColumnExpression[str | None]
_FactsRow = Row[
    Handoff,
    Lead,
    Run | None,
    Person | None,
    Person | None,
    Person | None,
    Handoff | None,
    Person | None,
    Absence | None,
    Person | None,
    Snooze | None,
]


def person(tx: Session, team_id: str, person_id: str) -> Person:
    """A member by Slack id. Raises `NotListed` for somebody we have not heard of yet."""
    found = tx.get(Person, (team_id, person_id))
    if found is None:
        raise NotListed
    return found


def names(tx: Session, team_id: str, rows: list[History]) -> dict[str, str]:
    """The names of everybody these lines mention, by person id."""
    mentioned = {row.by for row in rows} | {row.facts.get("to") for row in rows}
    return names_of(tx, team_id, {person_id for person_id in mentioned if person_id})


def names_of(tx: Session, team_id: str, people: Collection[str]) -> dict[str, str]:
    """The names of these people, by id."""
    found = select(Person).where(col(Person.team_id) == team_id, col(Person.id).in_(people))
    return {person.id: person.name for person in tx.scalars(found)}


def person_by_email(tx: Session, team_id: str, email: str | None) -> Person | None:
    """The active member with this address, in any case; None when there is none."""
    if not email:
        return None
    asked = {"team_id": team_id, "email": email.strip().lower()}
    return tx.scalars(_active_with_email(), asked).first()


# The questions below that are asked for every event, step or message are built once: building one
# takes longer than asking it.


@cache
def _active_with_email() -> Select[Person]:
    return select(Person).where(
        col(Person.team_id) == bindparam("team_id"),
        col(Person.email) == bindparam("email"),
        col(Person.is_active),
    )


def is_listed(person: Person) -> bool:
    """Whether the playbook names this person."""
    return person.team is not None


def sells(person: Person) -> bool:
    """Whether leads may be theirs: a rep, or a manager on the sales side."""
    return person.is_active and person.team == SALES and bool({"rep", "manager"} & {*person.roles})


def markets(person: Person) -> bool:
    """Whether they speak for campaigns: a marketer, or a manager on the marketing side."""
    roles = {"marketer", "manager"}
    return person.is_active and person.team == MARKETING and bool(roles & {*person.roles})


def lead_by_key(tx: Session, team_id: str, lead_key: str) -> Lead | None:
    """The lead, locked until the transaction ends, so that its events are taken one by one.

    For one that was merged, the lead that stands for it since.
    """
    lead = lead_as_told(tx, team_id, lead_key)
    if lead is None or lead.merged_into is None:
        return lead
    return tx.get_one(Lead, (team_id, lead.merged_into), with_for_update={"key_share": True})


def lead_as_told(tx: Session, team_id: str, lead_key: str) -> Lead | None:
    """The lead under this very key, merged or not; locked until the transaction ends."""
    return tx.scalars(_lead_by_key(), {"team_id": team_id, "lead_key": lead_key}).first()


@cache
def _lead_by_key() -> Select[Lead]:
    by_key = col(Lead.lead_key) == bindparam("lead_key")
    of_team = col(Lead.team_id) == bindparam("team_id")
    return select(Lead).where(of_team, by_key).with_for_update(key_share=True)


def who_refused(tx: Session, team_id: str, lead_key: str, email: str | None) -> Lead | None:
    """The lead of this key or address, when that person asked not to be contacted; not locked."""
    asked = {"team_id": team_id, "lead_key": lead_key, "email": email or ""}
    return tx.scalars(_refusing(), asked).first()


@cache
def _refusing() -> Select[Lead]:
    """Built once: every hand-off asks it."""
    same = (col(Lead.lead_key) == bindparam("lead_key")) | (col(Lead.email) == bindparam("email"))
    refuses = col(Lead.do_not_contact_at).is_not(None)
    return select(Lead).where(col(Lead.team_id) == bindparam("team_id"), refuses, same).limit(1)


def lock_lead(tx: Session, team_id: str, handoff_id: str) -> None:
    """Lock a hand-off's lead until the transaction ends: before the hand-off, as its events do.

    Raises `Unknown`.
    """
    lead_id = tx.scalars(
        select(col(Handoff.lead_id)).where(
            col(Handoff.team_id) == team_id, col(Handoff.id) == handoff_id
        )
    ).first()
    if lead_id is None:
        raise Unknown
    tx.get_one(Lead, (team_id, lead_id), with_for_update={"key_share": True})


def handoffs_of(tx: Session, team_id: str, lead_ids: Collection[str]) -> list[Handoff]:
    """All hand-offs of these leads, oldest first; locked until the transaction ends."""
    return list(
        tx.scalars(
            select(Handoff)
            .where(col(Handoff.team_id) == team_id, col(Handoff.lead_id).in_(lead_ids))
            .order_by(col(Handoff.id))
            .with_for_update(key_share=True)
        )
    )


def latest_handoff(tx: Session, team_id: str, lead_id: str) -> Handoff | None:
    """The lead's open hand-off, or else its latest; locked until the transaction ends."""
    return tx.scalars(_latest_handoff(), {"team_id": team_id, "lead_id": lead_id}).first()


@cache
def _latest_handoff() -> Select[Handoff]:
    of_lead = col(Handoff.lead_id) == bindparam("lead_id")
    return (
        select(Handoff)
        .where(col(Handoff.team_id) == bindparam("team_id"), of_lead)
        .order_by(col(Handoff.closed_at).is_(None).desc(), col(Handoff.id).desc())
        .limit(1)
        .with_for_update(key_share=True)
    )


def handoff_to_change(tx: Session, team_id: str, handoff_id: str) -> Handoff:
    """The hand-off, locked until the transaction ends. Raises `Unknown`.

    Locked so that rows which refer to it (history, steps) can still be added by others: a full
    lock would let a click and the tick wait for each other for ever.
    """
    handoff = tx.get(Handoff, (team_id, handoff_id), with_for_update={"key_share": True})
    if handoff is None:
        raise Unknown
    return handoff


def current_run(tx: Session, handoff: Handoff) -> Run | None:
    """The run of whoever acts now; None in the queue."""
    if handoff.actor_id is None:
        return None
    return tx.get_one(Run, (handoff.team_id, handoff.id, handoff.runs))


def steps_taken(tx: Session, run: Run) -> dict[int, datetime]:
    """When this run took each step of its ladder, by the step's number."""
    asked = {"team_id": run.team_id, "handoff_id": run.handoff_id, "run": run.number}
    return {number: taken_at for number, taken_at in tx.execute(_steps_of_run(), asked)}


@cache
def _steps_of_run() -> Select[int, datetime]:
    return select(col(Step.number), col(Step.taken_at)).where(
        col(Step.team_id) == bindparam("team_id"),
        col(Step.handoff_id) == bindparam("handoff_id"),
        col(Step.run) == bindparam("run"),
    )


def hops(tx: Session, handoff: Handoff) -> int:
    """How often it was reassigned."""
    return tx.scalars(
        select(func.count()).where(
            col(Run.team_id) == handoff.team_id,
            col(Run.handoff_id) == handoff.id,
            col(Run.why) == "reassigned",
        )
    ).one()


def decider_for(tx: Session, actor: Person) -> Person | None:
    """Who decides about an actor's leads: their manager, else another manager of sales, else an
    admin, else the installer; None when there is nobody."""
    manager = tx.get(Person, (actor.team_id, actor.manager_id)) if actor.manager_id else None
    if manager and manager.is_active:
        return manager
    listed = tx.scalars(
        select(Person)
        .where(
            col(Person.team_id) == actor.team_id,
            col(Person.team).is_not(None),
            col(Person.is_active),
            col(Person.id) != actor.id,
        )
        .order_by(col(Person.id))
    ).all()
    managers = [one for one in listed if one.team == SALES and "manager" in one.roles]
    if managers:
        return managers[0]
    others = [one for one in admins(tx, actor.team_id) if one.id != actor.id]
    return next(iter(others or installer(tx, actor.team_id)), None)


def admins(tx: Session, team_id: str) -> list[Person]:
    """Who looks after the bot: the playbook's admins who are still here, or else the installer."""
    listed = select(Person).where(
        col(Person.team_id) == team_id, col(Person.team).is_not(None), col(Person.is_active)
    )
    found = tx.scalars(listed.order_by(col(Person.id)))
    named = [person for person in found if "admin" in person.roles]
    return named or installer(tx, team_id)


def installer(tx: Session, team_id: str) -> list[Person]:
    """The last one to turn to, listed or not: the workspace's primary owner, without whom nobody
    installs anything. Slack does not tell who installed an app."""
    owns = (col(Person.team_id) == team_id) & col(Person.is_primary_owner) & col(Person.is_active)
    return list(tx.scalars(select(Person).where(owns).order_by(col(Person.id))))


def waited_for(tx: Session, handoff: Handoff) -> list[str]:
    """In whose brief or list it stands, or stood, because something waits for their answer: the
    managers who decide, who was offered it, who was asked about it."""
    asked = {"team_id": handoff.team_id, "handoff_id": handoff.id}
    return sorted(tx.scalars(_waited_for(), asked))


@cache
def _waited_for() -> Select[str]:
    """Built once: every change of a hand-off asks it."""

    def of(table: type[Escalation | Offer | Ask], person: _Id) -> Select[Any]:
        here = (col(table.team_id) == bindparam("team_id")) & (
            col(table.handoff_id) == bindparam("handoff_id")
        )
        return select(person.label("person_id")).select_from(table).where(here)

    asked = (col(Person.team_id) == Ask.team_id) & (col(Person.id) == Ask.receiver_id)
    is_late = col(Ask.late_at).is_not(None) & col(Person.manager_id).is_not(None)
    everybody = union(
        of(Escalation, col(Escalation.manager_id)),
        of(Offer, col(Offer.to_id)),
        of(Ask, col(Ask.receiver_id)),
        of(Ask, col(Person.manager_id)).join(Person, asked).where(is_late),
    ).subquery()
    return select(everybody.c.person_id)


def card_of(tx: Session, handoff: Handoff) -> Message | None:
    """The message that shows it in the channel; None when it has none."""
    return tx.scalars(
        select(Message).where(
            col(Message.team_id) == handoff.team_id, col(Message.key) == f"card:{handoff.id}"
        )
    ).first()


def facts(tx: Session, team_id: str, handoff_id: str) -> HandoffFacts:
    """Raises `Unknown`."""
    found = facts_of(tx, team_id, [handoff_id])
    if not found:
        raise Unknown
    return found[0]


def facts_of(tx: Session, team_id: str, handoff_ids: Sequence[str]) -> list[HandoffFacts]:
    """Several hand-offs in the order asked for, by one statement however many they are."""
    asked = {"team_id": team_id, "handoff_ids": list(handoff_ids)}
    found = {row[0].id: _joined(row) for row in tx.execute(_facts(), asked)}
    return [found[handoff_id] for handoff_id in handoff_ids if handoff_id in found]


def _joined(row: _FactsRow) -> HandoffFacts:
    handoff, lead, run, actor, by, named, before, before_by, absence, covered, snooze = row
    return HandoffFacts(
        handoff=handoff,
        lead=lead,
        run=run,
        actor=actor,
        outcome_by=by,
        outcome_person=named,
        before=before,
        before_by=before_by,
        cover=Cover(covered, absence) if covered and absence else None,
        snoozed_until=snooze.until if snooze else None,
    )


@cache
def _facts() -> Select[*tuple[Any, ...]]:
    """Built once: every message that is sent asks it."""
    actor, by, named, before_by, covered = (aliased(Person) for _ in range(5))
    before, team = aliased(Handoff), col(Handoff.team_id)

    def is_person(person: type[Person], person_id: _Id) -> ColumnElement[bool]:
        return and_(col(person.team_id) == team, col(person.id) == person_id)

    has_it = and_(
        col(Run.team_id) == team,
        col(Run.handoff_id) == col(Handoff.id),
        col(Run.number) == col(Handoff.runs),
        col(Handoff.actor_id).is_not(None),
    )
    stands_in = and_(
        col(Absence.team_id) == team,
        col(Absence.id) == col(Handoff.absence_id),
        col(Absence.turn_at).is_not(None),
        col(Run.why) == COVER,
    )
    asleep = and_(
        col(Snooze.team_id) == team,
        col(Snooze.handoff_id) == col(Run.handoff_id),
        col(Snooze.run) == col(Run.number),
        col(Snooze.wakes_at).is_not(None),
        col(Run.ended_at).is_(None),
        col(Run.answered_at).is_(None),
    )
    was_it = and_(col(before.team_id) == team, col(before.id) == col(Handoff.returned_from))
    return (
        select(Handoff, Lead, Run, actor, by, named, before, before_by, Absence, covered, Snooze)
        .join(Lead, and_(col(Lead.team_id) == team, col(Lead.id) == col(Handoff.lead_id)))
        .outerjoin(Run, has_it)
        .outerjoin(actor, is_person(actor, col(Handoff.actor_id)))
        .outerjoin(by, is_person(by, col(Handoff.outcome_by)))
        .outerjoin(named, is_person(named, col(Handoff.outcome_person)))
        .outerjoin(before, was_it)
        .outerjoin(before_by, is_person(before_by, col(before.outcome_by)))
        .outerjoin(Absence, stands_in)
        .outerjoin(covered, is_person(covered, col(Absence.person_id)))
        .outerjoin(Snooze, asleep)
        .where(
            team == bindparam("team_id"),
            col(Handoff.id).in_(bindparam("handoff_ids", expanding=True)),
        )
    )


def cover(tx: Session, handoff: Handoff) -> Cover | None:
    """For whom the actor stands in, until that absence is over."""
    run = current_run(tx, handoff)
    if run is None or run.why != COVER or handoff.absence_id is None:
        return None
    absence = tx.get_one(Absence, (handoff.team_id, handoff.absence_id))
    if absence.turn_at is None:
        return None
    return Cover(tx.get_one(Person, (handoff.team_id, absence.person_id)), absence)


def history(tx: Session, handoff: Handoff) -> list[History]:
    """All that happened to it, oldest first."""
    rows = tx.scalars(
        select(History)
        .where(col(History.team_id) == handoff.team_id, col(History.handoff_id) == handoff.id)
        .order_by(col(History.at), col(History.id))
    )
    return list(rows)


def history_for(tx: Session, handoff: Handoff, reader_id: str) -> list[History]:
    """What this reader may see of it: who was reminded, or wanted not to be, and what a manager
    decided about their open first touch, is for that person and their manager."""
    rows = history(tx, handoff)
    reminded = {row.facts["to"] for row in rows if row.kind in _OF_ONE_PERSON}
    people = tx.scalars(
        select(Person).where(
            col(Person.team_id) == handoff.team_id, col(Person.id).in_(reminded | {reader_id})
        )
    )
    own = {found.id for found in people if reader_id in {found.id, found.manager_id}}
    return [
        row
        for row in rows
        if row.kind not in _OF_ONE_PERSON or row.by == reader_id or row.facts["to"] in own
    ]


def absences(tx: Session, person: Person) -> list[Absence]:
    """All that were and are planned, in order; not those that were called off."""
    return list(
        tx.scalars(
            select(Absence)
            .where(
                col(Absence.team_id) == person.team_id,
                col(Absence.person_id) == person.id,
                col(Absence.ends_at) > col(Absence.starts_at),
            )
            .order_by(col(Absence.starts_at))
        )
    )


def away_of(tx: Session, person: Person) -> tuple[tuple[datetime, datetime], ...]:
    """From when until when a person was, is or will be away, in order."""
    asked = {"team_id": person.team_id, "person_id": person.id}
    return tuple((starts_at, ends_at) for starts_at, ends_at in tx.execute(_away_of(), asked))


@cache
def _away_of() -> Select[datetime, datetime]:
    return (
        select(col(Absence.starts_at), col(Absence.ends_at))
        .where(
            col(Absence.team_id) == bindparam("team_id"),
            col(Absence.person_id) == bindparam("person_id"),
            col(Absence.ends_at) > col(Absence.starts_at),
        )
        .order_by(col(Absence.starts_at))
    )


def absence_at(tx: Session, person: Person, at: datetime) -> Absence | None:
    """The absence a person is on at an instant; None = they are not away."""
    asked = {"team_id": person.team_id, "person_id": person.id, "at": at}
    return tx.scalars(_absence_at(), asked).first()


@cache
def _absence_at() -> Select[Absence]:
    return (
        select(Absence)
        .where(
            col(Absence.team_id) == bindparam("team_id"),
            col(Absence.person_id) == bindparam("person_id"),
            col(Absence.starts_at) <= bindparam("at"),
            col(Absence.ends_at) > bindparam("at"),
        )
        .limit(1)
    )


def open_of(tx: Session, team_id: str, actor_id: str, most: int) -> list[HandoffFacts]:
    """What a person has open, soonest due first, what has no due time last."""
    soonest = tx.scalars(
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == team_id,
            col(Handoff.actor_id) == actor_id,
            col(Handoff.closed_at).is_(None),
        )
        .order_by(
            col(Handoff.touched_at).is_not(None),
            col(Handoff.due_at).is_(None),
            col(Handoff.due_at),
            col(Handoff.id),
        )
        .limit(most)
    )
    return facts_of(tx, team_id, soonest.all())


def paused_until(tx: Session, team_id: str, handoff_id: str, now: datetime) -> datetime | None:
    """Until when reminders of a hand-off rest, for marketing was asked; None = they do not."""
    asked = {"team_id": team_id, "handoff_id": handoff_id, "now": now}
    return tx.scalars(_pausing(), asked).first()


@cache
def _pausing() -> Select[datetime]:
    return select(col(Ask.due_at)).where(
        col(Ask.team_id) == bindparam("team_id"),
        col(Ask.handoff_id) == bindparam("handoff_id"),
        col(Ask.pauses),
        col(Ask.answered_at).is_(None),
        col(Ask.due_at) > bindparam("now"),
    )


def silent_of(tx: Session, team_id: str, actor_id: str) -> list[HandoffFacts]:
    """What a person was in touch with and then heard nothing more of, longest silent first."""
    longest = tx.scalars(_silent_of(), {"team_id": team_id, "actor_id": actor_id}).all()
    return facts_of(tx, team_id, longest) if longest else []


@cache
def _silent_of() -> Select[str]:
    return (
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == bindparam("team_id"),
            col(Handoff.actor_id) == bindparam("actor_id"),
            col(Handoff.closed_at).is_(None),
            col(Handoff.silent_since).is_not(None),
        )
        .order_by(col(Handoff.silent_since), col(Handoff.id))
    )


def is_newest_dm(tx: Session, message: Message) -> bool:
    """Whether no later DM about the same subject took its place with the same person."""
    asked = {
        "team_id": message.team_id,
        "subject_id": message.subject_id,
        "recipient_id": message.recipient_id,
        "message_id": message.id,
    }
    return tx.scalars(_later_dms(), asked).first() is None


@cache
def _later_dms() -> Select[str]:
    return select(col(Message.id)).where(
        col(Message.team_id) == bindparam("team_id"),
        col(Message.subject_id) == bindparam("subject_id"),
        col(Message.recipient_id) == bindparam("recipient_id"),
        col(Message.kind).not_in(_ASIDE),
        col(Message.ts).is_not(None),
        col(Message.id) > bindparam("message_id"),
    )


def listed_after(tx: Session, message: Message, batch_id: str) -> bool:
    """Whether its recipient was shown a list of this batch after a message."""
    later = tx.scalars(
        select(col(Message.id))
        .where(
            col(Message.team_id) == message.team_id,
            col(Message.subject_id) == batch_id,
            col(Message.recipient_id) == message.recipient_id,
            col(Message.kind) == MessageKind.BATCH_LIST,
            col(Message.ts).is_not(None),
            col(Message.id) > message.id,
        )
        .limit(1)
    )
    return later.first() is not None
