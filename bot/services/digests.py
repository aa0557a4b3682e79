"""What marketing hears of, collected: one message a person and morning, however much happened."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date, next_morning
from bot.delivery.messages import collect
from bot.liaison import Liaison
from bot.models import Collected, Handoff, History, Lead, Message, Person
from bot.queries import MARKETING
from bot.services.hours import opening_of


def tell_marketing(tx: Session, liaison: Liaison, line: History, now: datetime) -> None:
    """Tell a line of history to marketing's managers, each on their next morning.

    Where marketing has none, the admins hear of it.
    """
    for reader in _readers(tx, liaison.team_id):
        opening = opening_of(tx, liaison, reader, now)
        morning = next_morning(opening, now)
        key = f"digest:{reader.id}:{local_date(opening.zone, morning)}"
        collect(tx, liaison, line, reader.id, key, hold_until=morning)


def _readers(tx: Session, team_id: str) -> list[Person]:
    listed = tx.scalars(
        select(Person)
        .where(col(Person.team_id) == team_id, col(Person.team).is_not(None))
        .order_by(col(Person.id))
    )
    active = [person for person in listed if person.is_active]
    managers = [p for p in active if p.team == MARKETING and "manager" in p.roles]
    return managers or [person for person in active if "admin" in person.roles]


def told_in(tx: Session, message: Message) -> list[tuple[Lead, History]]:
    """The lines a digest tells, oldest first, each with the lead it is about."""
    rows = tx.execute(
        select(Lead, History)
        .join(Handoff, (col(Handoff.team_id) == Lead.team_id) & (col(Handoff.lead_id) == Lead.id))
        .join(
            History,
            (col(History.team_id) == Handoff.team_id) & (col(History.handoff_id) == Handoff.id),
        )
        .join(
            Collected,
            (col(Collected.team_id) == History.team_id) & (col(Collected.line_id) == History.id),
        )
        .where(col(Collected.team_id) == message.team_id, col(Collected.message_id) == message.id)
        .order_by(col(History.id))
    )
    return [(lead, line) for lead, line in rows]
