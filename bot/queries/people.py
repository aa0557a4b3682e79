"""Who works here, by id, address and role."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import (
    Select,
    bindparam,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.errors import NotAllowed, NotListed
from bot.models import (
    History,
    Person,
)
from bot.queries.lists import evened

SALES, MARKETING = "sales", "marketing"


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
    asked = {"team_id": team_id, "people": evened(people)}
    return {person_id: name for person_id, name in tx.execute(_names(), asked)} if people else {}


@cache
def _names() -> Select[str, str]:
    here = col(Person.team_id) == bindparam("team_id")
    mentioned = col(Person.id).in_(bindparam("people", expanding=True))
    return select(col(Person.id), col(Person.name)).where(here, mentioned)


def person_by_email(tx: Session, team_id: str, email: str | None) -> Person | None:
    """The active member with this address, in any case; None when there is none."""
    if not email:
        return None
    asked = {"team_id": team_id, "email": email.strip().lower()}
    return tx.scalars(_active_with_email(), asked).first()


@cache
def _active_with_email() -> Select[Person]:
    return select(Person).where(
        col(Person.team_id) == bindparam("team_id"),
        col(Person.email) == bindparam("email"),
        col(Person.is_active),
    )


def people_by_email(tx: Session, team_id: str, emails: Collection[str]) -> dict[str, Person]:
    """As `person_by_email`, for many addresses in lower case."""
    found = select(Person).where(
        col(Person.team_id) == team_id, col(Person.email).in_(emails), col(Person.is_active)
    )
    return {str(person.email): person for person in tx.scalars(found)}


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


def everybody(tx: Session, team_id: str) -> list[Person]:
    """Whoever the playbook lists and is still here, by id."""
    listed = select(Person).where(
        col(Person.team_id) == team_id, col(Person.team).is_not(None), col(Person.is_active)
    )
    return list(tx.scalars(listed.order_by(col(Person.id))))


def decider_for(tx: Session, actor: Person, team: str = SALES) -> Person | None:
    """Who decides about an actor's leads: their manager, else another manager of that team, else an
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
    managers = [one for one in listed if one.team == team and "manager" in one.roles]
    if managers:
        return managers[0]
    others = [one for one in admins(tx, actor.team_id) if one.id != actor.id]
    return next(iter(others or installer(tx, actor.team_id)), None)


def admins(tx: Session, team_id: str) -> list[Person]:
    """Who looks after the bot: the playbook's admins who are still here, or else the installer."""
    found = tx.scalars(_listed(), {"team_id": team_id})
    named = [person for person in found if "admin" in person.roles]
    return named or installer(tx, team_id)


@cache
def _listed() -> Select[Person]:
    """Built once: a tick asks for the admins."""
    ours = col(Person.team_id) == bindparam("team_id")
    listed = ours & col(Person.team).is_not(None) & col(Person.is_active)
    return select(Person).where(listed).order_by(col(Person.id))


def must_be_admin(tx: Session, team_id: str, by: str) -> None:
    """Raises `NotAllowed`, naming whom to ask, unless `by` looks after the bot."""
    found = admins(tx, team_id)
    if by not in {admin.id for admin in found}:
        names = ", ".join(f"<@{admin.id}>" for admin in found[:3])
        raise NotAllowed(f"This is for admins: ask {names}." if names else "This is for admins.")


def installer(tx: Session, team_id: str) -> list[Person]:
    """The last one to turn to, listed or not: the workspace's primary owner, without whom nobody
    installs anything. Slack does not tell who installed an app."""
    owns = (col(Person.team_id) == team_id) & col(Person.is_primary_owner) & col(Person.is_active)
    return list(tx.scalars(select(Person).where(owns).order_by(col(Person.id))))
