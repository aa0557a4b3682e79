"""One morning brief as its parts are asked for it: whose, of which day, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_day
from bot.delivery.briefs import said_in, waiting_for_brief
from bot.models import Message, MessageKind, Person

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Edition:
    """What is old has stood in the brief before; what is folded into this one is its own."""

    person: Person
    now: datetime
    """As of when it speaks: an edit of it says how things stand by then."""
    written: datetime
    since: datetime
    """When the brief before this one was written; long ago without one."""
    midnight: datetime
    """Where the reader's local date ends."""
    brief_id: str | None = None
    """None = it is not written yet, and only asked whether there is news."""

    @property
    def said(self) -> ColumnElement[bool]:
        """The messages it says in place of them."""
        if self.brief_id is None:
            return waiting_for_brief(self.person)
        return said_in(self.person, self.brief_id)


def edition_of(tx: Session, person: Person, now: datetime, brief: Message | None = None) -> Edition:
    """The brief in this message, or the one that would be written now."""
    written = datetime.fromisoformat(brief.about or "") if brief else now
    midnight, next_midnight = local_day(person.timezone, now)
    return Edition(
        person,
        now,
        written,
        _last(tx, person, midnight),
        next_midnight,
        brief.id if brief else None,
    )


def _last(tx: Session, person: Person, midnight: datetime) -> datetime:
    """When the brief before today's was written; what came earlier stood in it."""
    written = tx.scalars(
        select(col(Message.about))
        .where(
            col(Message.team_id) == person.team_id,
            col(Message.subject_id) == person.id,
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.about) < midnight.isoformat(),
            col(Message.ts).is_not(None),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
    return datetime.fromisoformat(written) if written else LONG_AGO


@dataclass(frozen=True)
class Page:
    """Which lines of a part are wanted: `most`, after the first `skip`."""

    skip: int
    most: int


def page_of(tx: Session, found: Select[_Row], page: Page) -> tuple[Sequence[_Row], int]:
    """The rows of one page by their first column, and how many there are after it."""
    rows = tx.scalars(found.offset(page.skip).limit(page.most + 1)).all()
    if len(rows) <= page.most:
        return rows, 0
    total = tx.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    return rows[: page.most], total - page.skip - page.most
