"""How the sales team stands now, for its managers: numbers that open their leads, and each of a
manager's own reps by name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_day
from bot.errors import NotAllowed, Unknown
from bot.liaison import Liaison
from bot.models import Handoff, Person, Run
from bot.services.edition import LONG_AGO, MIDNIGHT, NOW, OF_TEAM, READER, Edition, Page, page_of
from bot.services.home_look import Look, Part
from bot.views import team as views
from bot.views.blocks import Block, View
from bot.views.brief import Heading
from bot.views.campaign_leads import Behind


def now(tx: Session, _liaison: Liaison, look: Look) -> list[Block]:
    """The numbers of the whole team, which name nobody."""
    row = tx.execute(_numbers(), look.edition.asked).one()
    return views.numbers({str(name): count or 0 for name, count in row._mapping.items()})


def _reps(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _managed, page)
    ids = [rep.id for rep in found]
    counted = tx.execute(_of_actors().where(col(Run.actor_id).in_(ids)), edition.asked)
    counts: dict[str, Mapping[str, int]] = {
        row.actor_id: {name: getattr(row, name) or 0 for name in views.OF_A_REP} for row in counted
    }
    items = tuple(views.rep(rep, counts.get(rep.id, {})) for rep in found)
    return Heading(REPS.title, items, more)


def _managed() -> Select[Person]:
    """By name, which ranks nobody."""
    theirs = (col(Person.team_id) == OF_TEAM) & (col(Person.manager_id) == READER)
    is_here = col(Person.is_active) & (col(Person.team) == queries.SALES)
    return select(Person).where(theirs, is_here).order_by(col(Person.name), col(Person.id))


REPS = Part(
    "reps",
    "Your reps",
    _reps,
    _managed,
    "The playbook names you as nobody's manager in sales.",
    waits=False,
)


def _held() -> ColumnElement[bool]:
    """Runs that go on."""
    return (col(Run.team_id) == OF_TEAM) & col(Run.ended_at).is_(None)


def _awaits_touch() -> ColumnElement[bool]:
    return col(Run.answered_at).is_(None) & col(Run.due_at).is_not(None)


def _overdue() -> ColumnElement[bool]:
    return _awaits_touch() & (col(Run.due_at) < NOW)


def _due_today() -> ColumnElement[bool]:
    return _awaits_touch() & (col(Run.due_at) >= NOW) & (col(Run.due_at) < MIDNIGHT)


def _of_runs(condition: ColumnElement[bool]) -> Select[str]:
    first = (col(Run.due_at).is_(None), col(Run.due_at), col(Run.handoff_id))
    return select(col(Run.handoff_id)).where(_held(), condition).order_by(*first)


def _queue() -> Select[str]:
    waits = and_(
        col(Handoff.team_id) == OF_TEAM,
        col(Handoff.actor_id).is_(None),
        col(Handoff.closed_at).is_(None),
    )
    first = (col(Handoff.due_at).is_(None), col(Handoff.due_at), col(Handoff.id))
    return select(col(Handoff.id)).where(waits).order_by(*first)


def _silent() -> Select[str]:
    broke_off = and_(
        col(Handoff.team_id) == OF_TEAM,
        col(Handoff.silent_since).is_not(None),
        col(Handoff.closed_at).is_(None),
    )
    first = (col(Handoff.silent_since), col(Handoff.id))
    return select(col(Handoff.id)).where(broke_off).order_by(*first)


_LISTS: Mapping[str, Callable[[], Select[str]]] = {
    "open": lambda: _of_runs(col(Run.actor_id).is_not(None)),
    "overdue": lambda: _of_runs(_overdue()),
    "today": lambda: _of_runs(_due_today()),
    "silent": _silent,
    "queue": _queue,
}
"""What each number counts, by its key; `bot.views.team` says how it is called."""


@cache
def _numbers() -> Select[*tuple[int, ...]]:
    return select(
        *(
            select(func.count())
            .select_from(leads().order_by(None).subquery())
            .scalar_subquery()
            .label(name)
            for name, leads in _LISTS.items()
        )
    )


@cache
def _of_actors() -> Select[str, int, int, int]:
    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0), type_=Integer)

    return (
        select(
            col(Run.actor_id),
            func.count().label("open"),
            count(_overdue()).label("overdue"),
            count(_due_today()).label("today"),
        )
        .where(_held())
        .group_by(col(Run.actor_id))
    )


def leads_behind(liaison: Liaison, about: str, page: int, by: str) -> View:
    """A page of the leads of one number, or `rep:<id>` of one rep. Raises `NotAllowed` to whoever
    manages neither, `Unknown` for a number there is not."""
    now = liaison.now()
    name, _, rep_id = about.partition(":")
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        rep = _own_rep(tx, reader, rep_id) if name == "rep" else None
        if not reader.is_active or not queries.is_listed(reader) or "manager" not in reader.roles:
            raise NotAllowed("This list is for the managers of both sides.")
        if rep is None and name not in _LISTS:
            raise Unknown
        leads = _LISTS["open"]() if rep else _LISTS[name]()
        of_rep = leads.where(col(Run.actor_id) == rep.id) if rep else leads
        edition = Edition(reader, now, now, LONG_AGO, _midnight(reader, now))
        wanted = of_rep.offset(page * views.PAGE).limit(views.PAGE)
        ids = tx.scalars(wanted, edition.asked).all()
        every = select(func.count()).select_from(of_rep.order_by(None).subquery())
        count = tx.scalar(every, edition.asked) or 0
        facts = queries.facts_of(tx, liaison.team_id, ids)
    title = rep.name if rep else views.CALLED[name]
    return views.leads_behind(Behind(title, count, page, facts, about), reader, liaison.playbook)


def _own_rep(tx: Session, reader: Person, rep_id: str) -> Person:
    rep = tx.get(Person, (reader.team_id, rep_id))
    if rep is None or rep.manager_id != reader.id:
        raise NotAllowed("Only a rep's own manager reads what they have open.")
    return rep


def _midnight(reader: Person, now: datetime) -> datetime:
    _, midnight = local_day(reader.timezone, now)
    return midnight
