"""What App Home shows a person: their leads by urgency, the queue, and what the playbook says."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import DAY, local_date, start_of_day
from bot.core.lifecycle import Act
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Absence, Handoff, Person, Run
from bot.services import erasing, item_lists, undo
from bot.services.handoffs import authorise
from bot.views import home as views
from bot.views import items as item_views
from bot.views import lead as lead_views
from bot.views.blocks import View
from bot.views.home import PAGE, Section, Shelf

ACTS = (Act.CLAIM, Act.ACCEPT, Act.TOUCH, Act.OUTCOME, Act.REASSIGN, Act.SNOOZE)
"""What an opened lead offers, in this order."""


def render(
    liaison: Liaison, tx: Session, person_id: str, pages: Mapping[str, int], now: datetime
) -> View:
    """A person's Home, by a number of statements that does not grow with what they have."""
    person = queries.person(tx, liaison.team_id, person_id)
    if not queries.is_listed(person):
        return views.unlisted(is_new=not liaison.shelf.number)
    shelves = _shelves(tx, person, pages, now)
    own, count = item_lists.mine(tx, liaison, person, PAGE)
    todo = item_views.shelf(own, count, local_date(person.timezone, now))
    settings = _settings(tx, liaison, person, now)
    return views.home(person, shelves, todo, settings, liaison.playbook)


def open_lead(liaison: Liaison, handoff_id: str, by: str) -> View:
    """One lead with its facts and what this reader may press. Raises `Unknown`, `NotListed`."""
    now = liaison.now()
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        reader = queries.person(tx, liaison.team_id, by)
        acts = [act for act in ACTS if _may(tx, liaison, act, facts, by, now)]
        offered = undo.standing(tx, facts.handoff, now)
    return lead_views.lead(
        facts,
        reader,
        acts,
        liaison.playbook,
        may_erase=erasing.may_erase(reader),
        can_undo=offered is not None and offered.by == by,
    )


def _may(
    tx: Session, liaison: Liaison, act: Act, facts: queries.HandoffFacts, by: str, now: datetime
) -> bool:
    """Whether a press would be taken; asked of the rule itself, so that both agree."""
    is_again = bool(facts.handoff.touched_at or (facts.run and facts.run.accepted_at))
    if act is Act.ACCEPT and is_again:
        return False
    try:
        authorise(tx, liaison, act, facts.handoff, by, now)
    except Refused:
        return False
    return True


def _shelves(tx: Session, person: Person, pages: Mapping[str, int], now: datetime) -> list[Shelf]:
    asked = {
        "team_id": person.team_id,
        "person_id": person.id,
        "now": now,
        "midnight": start_of_day(person.timezone, local_date(person.timezone, now) + DAY),
    }
    counts = tx.execute(_counts(), asked).one()
    standing = []
    for section, count in zip(Section, counts, strict=True):
        page = min(pages.get(section, 0), max(0, count - 1) // PAGE)
        ids = tx.scalars(_page(section), asked | {"skipped": page * PAGE}).all()
        standing.append((section, count, page, ids))
    every = [handoff_id for *_, ids in standing for handoff_id in ids]
    facts = {each.handoff.id: each for each in queries.facts_of(tx, person.team_id, every)}
    return [
        Shelf(section, [facts[handoff_id] for handoff_id in ids], count, page)
        for section, count, page, ids in standing
    ]


def _clock_runs() -> ColumnElement[bool]:
    return and_(col(Run.answered_at).is_(None), col(Run.due_at).is_not(None))


def _is_in(section: Section) -> ColumnElement[bool]:
    """Which of a person's own runs stand in a section."""
    now: BindParameter[datetime] = bindparam("now")
    midnight: BindParameter[datetime] = bindparam("midnight")
    overdue = _clock_runs() & (col(Run.due_at) < now)
    today = _clock_runs() & (col(Run.due_at) >= now) & (col(Run.due_at) < midnight)
    if section is Section.OVERDUE:
        return overdue
    if section is Section.TODAY:
        return today
    # Not the negation of both: NULL due times would fall out of it.
    return or_(not_(_clock_runs()), col(Run.due_at) >= midnight)


def _own() -> ColumnElement[bool]:
    return and_(
        col(Run.team_id) == bindparam("team_id"),
        col(Run.actor_id) == bindparam("person_id"),
        col(Run.ended_at).is_(None),
    )


def _queued() -> ColumnElement[bool]:
    return and_(
        col(Handoff.team_id) == bindparam("team_id"),
        col(Handoff.actor_id).is_(None),
        col(Handoff.closed_at).is_(None),
    )


@cache
def _counts() -> Select[int, int, int, int]:
    """How many stand in each section, in the order of `Section`."""

    def own(section: Section) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((_is_in(section), 1), else_=0)), 0)

    queued = select(func.count()).select_from(Handoff).where(_queued()).scalar_subquery()
    return select(own(Section.OVERDUE), own(Section.TODAY), queued, own(Section.REST)).where(_own())


@cache
def _page(section: Section) -> Select[str]:
    """The ids of one page, soonest due first, what has no due time last."""
    skipped: BindParameter[int] = bindparam("skipped")
    if section is Section.QUEUE:
        due = col(Handoff.due_at)
        queued = select(col(Handoff.id)).where(_queued())
        return queued.order_by(due.is_(None), due, col(Handoff.id)).limit(PAGE).offset(skipped)
    due = col(Run.due_at)
    order = (col(Run.answered_at).is_not(None), due.is_(None), due, col(Run.handoff_id))
    own = select(col(Run.handoff_id)).where(_own(), _is_in(section))
    return own.order_by(*order).limit(PAGE).offset(skipped)


def _settings(tx: Session, liaison: Liaison, person: Person, now: datetime) -> views.Settings:
    hours = liaison.playbook.hours
    manager = person.manager_id and tx.get(Person, (person.team_id, person.manager_id))
    return views.Settings(
        hours=person.opens or hours.open,
        holidays=hours.holidays if person.holidays is None else tuple(person.holidays),
        manager=manager.name if manager else None,
        away=_next_absence(tx, person, now),
    )


def _next_absence(tx: Session, person: Person, now: datetime) -> Absence | None:
    return tx.scalars(
        select(Absence)
        .where(
            col(Absence.team_id) == person.team_id,
            col(Absence.person_id) == person.id,
            col(Absence.ends_at) > now,
        )
        .order_by(col(Absence.starts_at))
        .limit(1)
    ).first()
