"""Who a CRM means by an owner: looked up for each lead, written down when first met."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import links as rules
from bot.core.links import Candidate, State
from bot.db import insert_once
from bot.delivery.sayings import say_to_person
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent
from bot.liaison import Liaison
from bot.models import Handoff, Link, MessageKind, Person
from bot.services.hours import back_at_work


def owner_of(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Person | None:
    """The rep an event names as owner, when that is certain; None = the queue.

    One met for the first time is written down: linked by address, asked whether it is them, or
    told to the admins.
    """
    if event.owner is None:
        return None
    system = event.system or ""
    link = _link(tx, liaison, system, event.owner)
    if link is None:
        link = _meet(tx, liaison, system, event.owner, now)
        look_for(tx, liaison, link, now, sellers_of(tx, liaison))
    elif state(tx, link) is not State.LINKED:
        take_by_address(tx, liaison, link, now)
    if state(tx, link) is not State.LINKED:
        return None
    person = tx.get_one(Person, (link.team_id, link.person_id))
    return person if queries.sells(person) else None


def known(tx: Session, liaison: Liaison, system: str | None, given: str | None) -> Person | None:
    """The active person a CRM means, when that is certain; nobody is asked or told."""
    if given is None:
        return None
    link = _link(tx, liaison, system or "", given)
    if link and state(tx, link) is State.LINKED:
        return tx.get_one(Person, (link.team_id, link.person_id))
    return queries.person_by_email(tx, liaison.team_id, given)


def state(tx: Session, link: Link) -> State:
    person = tx.get(Person, (link.team_id, link.person_id)) if link.person_id else None
    return rules.state_of(
        is_somebody=person is not None,
        is_active=person is not None and person.is_active,
        is_certain=link.settled_at is not None,
    )


def take_by_address(tx: Session, liaison: Liaison, link: Link, now: datetime) -> bool:
    """Link an owner to whoever has the address by now; says whether somebody has."""
    owner = queries.person_by_email(tx, liaison.team_id, link.given)
    if owner is None or owner.id in link.refused or link.is_nobody:
        return False
    settle(link, owner, None, now)
    return True


def look_for(
    tx: Session, liaison: Liaison, link: Link, now: datetime, sellers: Sequence[Person]
) -> None:
    """Look who of those who sell this may be: whoever has the address, else a guess, who is asked.

    What a person or an admin said stands, but for somebody whose account is closed.
    """
    if take_by_address(tx, liaison, link, now) or link.is_nobody:
        return
    if state(tx, link) is not State.MISSING:
        return
    candidates = [
        Candidate(person.id, person.name, person.email)
        for person in sellers
        if person.id not in link.refused  # who said that it is not them
    ]
    fits = rules.guess(link.given, candidates)
    if fits is None:
        return
    link.person_id, link.tell_at = fits.id, None
    tx.flush()
    guessed = tx.get_one(Person, (link.team_id, fits.id))
    held = back_at_work(tx, liaison, guessed, now)
    say_to_person(tx, liaison, guessed.id, MessageKind.LINK, link.id, hold_until=held)


def settle(link: Link, person: Person, by: str | None, now: datetime) -> None:
    """It is this person for certain, because `by` says so, or (None) because of the address."""
    link.person_id, link.settled_at, link.settled_by = person.id, now, by
    link.is_nobody, link.tell_at = False, None
    link.refused = [one for one in link.refused if one != person.id]


def _meet(tx: Session, liaison: Liaison, system: str, given: str, now: datetime) -> Link:
    met = Link(
        team_id=liaison.team_id,
        id=new_id(now),
        system=system,
        given=given,
        met_at=now,
        tell_at=now,
    )
    # Two processes may meet the same owner at once; the unique key decides.
    insert_once(tx, met)
    link = _link(tx, liaison, system, given)
    assert link  # it was there, or is since
    return link


def _link(tx: Session, liaison: Liaison, system: str, given: str) -> Link | None:
    asked = {"team_id": liaison.team_id, "system": system, "given": given}
    return tx.scalars(_by_name(), asked).first()


@cache
def _by_name() -> Select[Link]:
    """Built once: every lead with an owner asks it."""
    return select(Link).where(
        col(Link.team_id) == bindparam("team_id"),
        col(Link.system) == bindparam("system"),
        col(Link.given) == bindparam("given"),
    )


def sellers_of(tx: Session, liaison: Liaison) -> list[Person]:
    """Whoever sells: nobody else is guessed to be an owner."""
    in_sales = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team) == queries.SALES,
        col(Person.is_active),
    )
    return [person for person in tx.scalars(in_sales) if queries.sells(person)]


def waiting(tx: Session, link: Link) -> int:
    """How many leads of this owner nobody has yet."""
    return tx.scalars(select(func.count()).select_from(Handoff).where(are_waiting(link))).one()


def are_waiting(link: Link) -> ColumnElement[bool]:
    """The hand-offs in the queue that nobody had yet and that name this owner."""
    given = (col(Handoff.owner_given) == link.given) & (col(Handoff.team_id) == link.team_id)
    in_queue = col(Handoff.actor_id).is_(None) & col(Handoff.closed_at).is_(None)
    of_system = func.coalesce(col(Handoff.owner_system), "") == link.system
    return given & of_system & in_queue & (col(Handoff.runs) == 0)
