"""Finding a lead by what somebody remembers of it."""

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot import queries
from bot.errors import BadField, Refused
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Lead, Person
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.search import MOST, Found

SHORTEST, LONGEST = 2, 80
HOW_MUCH = f"Type {SHORTEST} to {LONGEST} characters of a company, name or e-mail."
_ESCAPE = "\\"

_Text = SQLColumnExpression[str] | SQLColumnExpression[str | None]


def find(liaison: Liaison, by: str, words: str) -> tuple[Person, list[HandoffFacts], bool]:
    """Who asks, at most `MOST` leads that fit `words`, and whether there are more.

    Open ones first, newest first, each with its latest hand-off. Everybody finds by company; by
    name and e-mail only those who read them: the actor, the owner, and the actor's manager.
    """
    wanted = " ".join(words.split())
    if not is_long_enough(wanted):
        raise Refused(HOW_MUCH)
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        found = _matching(tx, reader, wanted)
        return reader, queries.facts_of(tx, liaison.team_id, found[:MOST]), len(found) > MOST


def is_long_enough(wanted: str) -> bool:
    return SHORTEST <= len(wanted) <= LONGEST


def look_up(liaison: Liaison, by: str, words: str | None) -> Found:
    """The same with campaigns and people by name. Raises `BadField`."""
    wanted = " ".join((words or "").split())
    if not is_long_enough(wanted):
        raise BadField(ids.SEARCH_WORDS, HOW_MUCH)
    reader, leads, more = find(liaison, by, wanted)
    with liaison.reading() as tx:
        named = (col(Campaign.team_id) == liaison.team_id) & _has(col(Campaign.name), wanted)
        is_own = col(Campaign.merged_into).is_(None)
        latest = select(Campaign).where(named, is_own).order_by(col(Campaign.created_at).desc())
        listed = (col(Person.team_id) == liaison.team_id) & col(Person.team).is_not(None)
        called = _has(col(Person.name), wanted) & col(Person.is_active)
        people = select(Person).where(listed, called).order_by(col(Person.name), col(Person.id))
        return Found(
            wanted,
            reader,
            leads,
            list(tx.scalars(latest.limit(MOST + 1))),
            list(tx.scalars(people.limit(MOST + 1))),
            more=more,
        )


def _matching(tx: Session, reader: Person, wanted: str) -> list[str]:
    fits = or_(_has(col(Lead.company), wanted), _is_theirs(reader) & _by_contact(wanted))
    return list(
        tx.scalars(
            select(col(Handoff.id))
            .join(
                Lead,
                (col(Lead.team_id) == col(Handoff.team_id))
                & (col(Lead.id) == col(Handoff.lead_id)),
            )
            .where(col(Handoff.team_id) == reader.team_id, fits, _is_latest())
            .order_by(col(Handoff.closed_at).is_not(None), col(Handoff.id).desc())
            .limit(MOST + 1)
        )
    )


def _by_contact(wanted: str) -> ColumnElement[bool]:
    name = func.coalesce(col(Lead.given_name), "") + " " + func.coalesce(col(Lead.family_name), "")
    return or_(_has(name, wanted), _has(col(Lead.email), wanted))


def _has(column: _Text, wanted: str) -> ColumnElement[bool]:
    """Whether the words stand anywhere in it, in any case; `%` and `_` mean themselves."""
    literal = wanted.lower()
    for special in (_ESCAPE, "%", "_"):
        literal = literal.replace(special, _ESCAPE + special)
    return func.lower(column).like(f"%{literal}%", escape=_ESCAPE)


def _is_theirs(reader: Person) -> ColumnElement[bool]:
    managed = select(col(Person.id)).where(
        col(Person.team_id) == reader.team_id, col(Person.manager_id) == reader.id
    )
    return or_(
        col(Handoff.actor_id) == reader.id,
        col(Handoff.owner_id) == reader.id,
        col(Handoff.actor_id).in_(managed),
    )


def _is_latest() -> ColumnElement[bool]:
    later = aliased(Handoff)
    return ~(
        select(col(later.id))
        .where(
            col(later.team_id) == col(Handoff.team_id),
            col(later.lead_id) == col(Handoff.lead_id),
            col(later.id) > col(Handoff.id),
        )
        .exists()
    )
