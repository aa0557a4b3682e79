"""The part of App Home about leads: the reader's own by urgency, and the queue."""

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.liaison import Liaison
from bot.models import Handoff, Run
from bot.services.edition import MIDNIGHT, NOW, OF_TEAM, READER
from bot.services.home_look import Look
from bot.views import home as views
from bot.views.blocks import Block
from bot.views.home import PAGE, Section, Shelf


def shelves(tx: Session, liaison: Liaison, look: Look) -> list[Block]:
    """One page of each section, by a number of statements that does not grow with the leads."""
    person, standing = look.edition.person, []
    for section in Section:
        page = look.page(section, PAGE)
        asked = look.edition.asked | {"skipped": page * PAGE}
        ids = tx.scalars(_page(section), asked).all() if look.counts[section] else []
        standing.append((section, page, ids))
    every = [handoff_id for *_, ids in standing for handoff_id in ids]
    facts = {each.handoff.id: each for each in queries.facts_of(tx, person.team_id, every)}
    listed = [
        Shelf(section, [facts[handoff_id] for handoff_id in ids], look.counts[section], page)
        for section, page, ids in standing
    ]
    return views.shelves(person, listed, liaison.playbook)


def count(section: Section) -> Select[int]:
    """How many stand in a section."""
    if section is Section.QUEUE:
        return select(func.count()).select_from(Handoff).where(_queued())
    return select(func.count()).select_from(Run).where(_own(), _is_in(section))


def _clock_runs() -> ColumnElement[bool]:
    return and_(col(Run.answered_at).is_(None), col(Run.due_at).is_not(None))


def _is_in(section: Section) -> ColumnElement[bool]:
    """Which of a person's own runs stand in a section."""
    if section is Section.OVERDUE:
        return _clock_runs() & (col(Run.due_at) < NOW)
    if section is Section.TODAY:
        return _clock_runs() & (col(Run.due_at) >= NOW) & (col(Run.due_at) < MIDNIGHT)
    # Not the negation of both: NULL due times would fall out of it.
    return or_(not_(_clock_runs()), col(Run.due_at) >= MIDNIGHT)


def _own() -> ColumnElement[bool]:
    return and_(
        col(Run.team_id) == OF_TEAM, col(Run.actor_id) == READER, col(Run.ended_at).is_(None)
    )


def _queued() -> ColumnElement[bool]:
    return and_(
        col(Handoff.team_id) == OF_TEAM,
        col(Handoff.actor_id).is_(None),
        col(Handoff.closed_at).is_(None),
    )


@cache
def _page(section: Section) -> Select[str]:
    """The ids of one page, soonest due first, what has no due time last."""
    skipped = bindparam("skipped", type_=Integer)
    if section is Section.QUEUE:
        due = col(Handoff.due_at)
        queued = select(col(Handoff.id)).where(_queued())
        return queued.order_by(due.is_(None), due, col(Handoff.id)).limit(PAGE).offset(skipped)
    soonest = (col(Run.due_at), col(Run.handoff_id))
    last = (col(Run.answered_at).is_not(None), col(Run.due_at).is_(None))
    # Where neither can be, the index has them in order, and only the page is read.
    order = (*last, *soonest) if section is Section.REST else soonest
    own = select(col(Run.handoff_id)).where(_own(), _is_in(section))
    return own.order_by(*order).limit(PAGE).offset(skipped)
