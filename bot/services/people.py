"""Who works here: Slack's members joined with what the playbook says of them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.calendars import BadCalendar, parse_zone
from bot.core.away import LEAST_A_WEEK, least_a_week
from bot.db import insert_new
from bot.delivery.messages import release_to
from bot.errors import NotListed, Refused
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, Link, Person, PersonChange, Run, Workspace
from bot.services.brief_plan import begin_briefs, plan_brief
from bot.services.clocks import set_clock
from bot.services.linking import look_again
from bot.services.schedule import plan_turn
from bot.services.succession import pass_to_successors
from bot.slack import Member
from bot.views.blocks import escape

_LONGEST_HOURS = 200
"""Characters of one's own hours."""


def refresh(liaison: Liaison, members: Iterable[Member], *, tell_at: datetime | None = None) -> int:
    """Bring our people up to date with Slack and the playbook; says how many.

    Done at every start, so an edited playbook file takes effect. `tell_at`: when the admins hear
    who moved; None = at the next weekly check.
    """
    known = list(members)
    with liaison.transaction() as tx:
        everybody = select(Person).where(col(Person.team_id) == liaison.team_id)
        kept = {person.id: person for person in tx.scalars(everybody)}
        before = [_as_known(kept.get(member.id)) for member in known]
        people = [_bring_up(tx, liaison, member, kept.get(member.id)) for member in known]
        by_email = {person.email: person for person in people if person.email}
        for person, was in zip(people, before, strict=True):
            _list(liaison, person, by_email)
            begin_briefs(tx, liaison, person)
            if was and was != (person.timezone, person.is_active):
                replan(tx, liaison, person)
                _note_change(tx, liaison, person, was, tell_at)
        look_again(tx, liaison, liaison.now())
        pass_to_successors(tx, liaison)
    return len(known)


_Known = tuple[str, bool]
"""The zone somebody was in, and whether they were here."""


def _as_known(person: Person | None) -> _Known | None:
    """None for somebody new."""
    return (person.timezone, person.is_active) if person else None


def _called(person: Person | None) -> tuple[str, str | None, bool] | None:
    """What an owner is recognised by."""
    return (person.name, person.email, person.is_active) if person else None


def _note_change(
    tx: Session, liaison: Liaison, person: Person, was: _Known, tell_at: datetime | None
) -> None:
    """Somebody the playbook lists moved, left or is back: the admins are told, with what else is
    new. That somebody left is told without waiting for the weekly check."""
    if not queries.is_listed(person):
        return
    now, (zone, was_active) = liaison.now(), was
    has_moved = person.is_active == was_active
    weekly = tx.get_one(Workspace, liaison.team_id).people_check_at
    tx.add(
        PersonChange(
            team_id=liaison.team_id,
            id=new_id(now),
            person_id=person.id,
            kind="zone" if has_moved else ("back" if person.is_active else "left"),
            was=zone if has_moved else None,
            now=person.timezone if has_moved else None,
            at=now,
            tell_at=(tell_at or weekly or now) if has_moved else now,
        )
    )
    if was_active and not person.is_active:
        tx.execute(
            update(Link)
            .where(col(Link.team_id) == person.team_id, col(Link.person_id) == person.id)
            .values(tell_at=now)
        )


def relist(liaison: Liaison) -> None:
    """A new playbook came in force: roles, hours and managers follow at once, for everybody.

    A time zone that it no longer names is Slack's again from the next start on.
    """
    with liaison.transaction() as tx:
        everybody = select(Person).where(col(Person.team_id) == liaison.team_id)
        known = tx.scalars(everybody.order_by(col(Person.id))).all()
        by_email = {person.email: person for person in known if person.email}
        for person in known:
            before = (person.opens, person.holidays, person.timezone, person.team)
            _list(liaison, person, by_email)
            begin_briefs(tx, liaison, person)
            if (person.opens, person.holidays, person.timezone, person.team) != before:
                replan(tx, liaison, person)
        look_again(tx, liaison, liaison.now())
        pass_to_successors(tx, liaison)


def member_changed(liaison: Liaison, member: Member) -> None:
    """Somebody joined, left, moved to another zone or changed their address."""
    with liaison.transaction() as tx:
        kept = tx.get(Person, (liaison.team_id, member.id))
        was, called = _as_known(kept), _called(kept)
        person = _bring_up(tx, liaison, member, kept)
        listed = liaison.playbook.person(member.email or "")
        manager = queries.person_by_email(tx, liaison.team_id, listed.manager if listed else None)
        _list(
            liaison,
            person,
            {listed.manager: manager} if listed and listed.manager and manager else {},
        )
        replan(tx, liaison, person)
        if was and was != (person.timezone, person.is_active):
            _note_change(tx, liaison, person, was, None)
        if _called(person) != called:  # a status that changes is told as well, many times a day
            look_again(tx, liaison, liaison.now())
        pass_to_successors(tx, liaison)


def _bring_up(tx: Session, liaison: Liaison, member: Member, kept: Person | None) -> Person:
    """`kept` is who they are here already; None = nobody yet."""
    person = kept or _newcomer(tx, liaison, member)
    person.name, person.email, person.is_active = member.name, member.email, member.is_active
    person.is_primary_owner = member.is_primary_owner
    person.timezone = _known_zone(liaison, member.timezone)
    return person


def _newcomer(tx: Session, liaison: Liaison, member: Member) -> Person:
    person = Person(
        team_id=liaison.team_id,
        id=member.id,
        name=member.name,
        email=member.email,
        timezone=member.timezone,
    )
    return person if insert_new(tx, person) else tx.get_one(Person, (person.team_id, person.id))


def _known_zone(liaison: Liaison, name: str) -> str:
    """Slack's zone, or the team's own where this machine does not know Slack's."""
    try:
        parse_zone(name)
    except BadCalendar:
        return liaison.playbook.hours.timezone
    return name


def _list(liaison: Liaison, person: Person, by_email: dict[str, Person]) -> None:
    """What the playbook says; an unlisted person loses team and roles."""
    listed = liaison.playbook.person(person.email or "")
    person.team = listed.team if listed else None
    person.roles = [str(role) for role in listed.roles] if listed else []
    person.opens = listed.open if listed else None
    own = listed.holidays if listed else None
    person.holidays = None if own is None else list(own)
    person.timezone = (listed and listed.timezone) or person.timezone
    manager = by_email.get(listed.manager) if listed and listed.manager else None
    person.manager_id = manager.id if manager else None


def set_hours(liaison: Liaison, by: str, typed: str | None) -> Person:
    """Hours of one's own, in opening-hours syntax; None = the playbook's again."""
    now = liaison.now()
    with liaison.transaction() as tx:
        person = queries.person(tx, liaison.team_id, by)
        if not queries.is_listed(person):
            raise NotListed
        person.own_opens = typed and _readable(liaison, person, typed, now)
        replan(tx, liaison, person)
        return person


def _readable(liaison: Liaison, person: Person, typed: str, now: datetime) -> str:
    """As typed, but for the dashes a phone puts in place of a hyphen."""
    hours = typed.replace("\u2013", "-").replace("\u2014", "-")
    if len(hours) > _LONGEST_HOURS:
        raise Refused(f"Please keep your hours under {_LONGEST_HOURS} characters.")
    try:
        opening = liaison.calendars.opening(person.timezone, hours, (), (), now)
    except BadCalendar as refusal:
        raise Refused(escape(str(refusal))) from refusal
    if least_a_week(opening, now) < LEAST_A_WEEK:
        raise Refused("Please leave at least four hours in every week of the coming year.")
    return hours


def replan(tx: Session, liaison: Liaison, person: Person) -> None:
    """A person's hours changed: their open runs are due by the new ones, so are their turns and
    their brief, and what was held for them is looked at again.

    The hand-off's promise to marketing stays; only the actor's own due time moves.
    """
    plan_brief(tx, liaison, person, liaison.now())
    runs = tx.scalars(
        select(Run).where(
            col(Run.team_id) == liaison.team_id,
            col(Run.actor_id) == person.id,
            col(Run.ended_at).is_(None),
            col(Run.answered_at).is_(None),
            col(Run.due_at).is_not(None),
        )
    ).all()
    for run in runs:
        if run.counts_from:
            set_clock(tx, liaison, run, run.counts_from)
    _replan_turns(tx, liaison, person)
    release_to(tx, liaison, person.id)


def _replan_turns(tx: Session, liaison: Liaison, person: Person) -> None:
    handoffs = tx.scalars(
        select(Handoff).where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.actor_id) == person.id,
            col(Handoff.closed_at).is_(None),
        )
    ).all()
    for handoff in handoffs:
        plan_turn(tx, liaison, handoff)
