"""Messages about a hand-off, and in whose they stand."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    select,
    union,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.models import (
    Ask,
    Dispute,
    Escalation,
    Handoff,
    Message,
    MessageKind,
    Offer,
    Person,
    Run,
)
from bot.queries.joined import _Id

_ASIDE = (
    MessageKind.NOTE,
    MessageKind.OFFER,
    MessageKind.ASK,
    MessageKind.ANSWER,
    MessageKind.DISPUTE,
    MessageKind.SETTLED,
    MessageKind.SECOND_LOOK,
    MessageKind.BATCH_NUDGE,
)
"""DMs that stand beside the living one about a lead and do not take its place."""


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


def concerned_with(team_id: BindParameter[str], handoff_ids: Select[str]) -> Select[str]:
    """Whose Home may show one of these hand-offs: its actors, their managers, whoever it waits or
    waited for, and both ends of a dispute."""

    def of(table: type[Run | Escalation | Ask | Dispute], person: _Id) -> Select[Any]:
        here = (col(table.team_id) == team_id) & col(table.handoff_id).in_(handoff_ids)
        return select(person.label("person_id")).select_from(table).where(here)

    actors = of(Run, col(Run.actor_id))
    managers: Select[Any] = select(col(Person.manager_id).label("person_id")).where(
        col(Person.team_id) == team_id,
        col(Person.id).in_(actors),
        col(Person.manager_id).is_not(None),
    )
    everybody = union(
        actors,
        managers,
        of(Escalation, col(Escalation.manager_id)),
        of(Ask, col(Ask.receiver_id)),
        of(Dispute, col(Dispute.by)),
        of(Dispute, col(Dispute.receiver_id)),
    ).subquery()
    return select(everybody.c.person_id)


def card_of(tx: Session, handoff: Handoff) -> Message | None:
    """The message that shows it in the channel; None when it has none."""
    return tx.scalars(
        select(Message).where(
            col(Message.team_id) == handoff.team_id, col(Message.key) == f"card:{handoff.id}"
        )
    ).first()


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
