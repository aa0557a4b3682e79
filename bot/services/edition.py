"""One morning brief as its parts are asked for it: whose, of which day, since when.

A part names in its statements what an edition is asked with (`Edition.asked`), so that each is
built once: building one takes longer than asking it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_day
from bot.identity import first_id
from bot.models import Message, MessageKind, Person

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

OF_TEAM: BindParameter[str] = bindparam("of_team")
READER: BindParameter[str] = bindparam("reader")
NOW: BindParameter[datetime] = bindparam("now")
SINCE: BindParameter[datetime] = bindparam("since")
MIDNIGHT: BindParameter[datetime] = bindparam("midnight")
BRIEF: BindParameter[str] = bindparam("brief")

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
    brief_id: str = ""
    """Empty = it is not written yet, and only asked whether there is news."""

    @property
    def asked(self) -> dict[str, object]:
        """By the names of the parameters above."""
        return {
            "of_team": self.person.team_id,
            "reader": self.person.id,
            "now": self.now,
            "since": self.since,
            "midnight": self.midnight,
            "brief": self.brief_id,
            "from_line": first_id(self.since),
            "to_line": first_id(self.written),
        }


def edition_of(tx: Session, person: Person, now: datetime, brief: Message | None = None) -> Edition:
    """The brief in this message, or the one that would be written now."""
    written = datetime.fromisoformat(brief.about or "") if brief else now
    today, midnight = local_day(person.timezone, now)
    asked = {"of_team": person.team_id, "reader": person.id, "today": today.isoformat()}
    last = tx.scalars(_last_brief(), asked).first()
    since = datetime.fromisoformat(last) if last else LONG_AGO
    return Edition(person, now, written, since, midnight, brief.id if brief else "")


@cache
def _last_brief() -> Select[str | None]:
    """When the brief before today's was written; what came earlier stood in it."""
    return (
        select(col(Message.about))
        .where(
            col(Message.team_id) == OF_TEAM,
            col(Message.subject_id) == READER,
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.about) < bindparam("today"),
            col(Message.ts).is_not(None),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
    )


def said(*kinds: MessageKind) -> ColumnElement[bool]:
    """Messages of these kinds that the brief says in place of them."""
    return (
        (col(Message.team_id) == OF_TEAM)
        & (col(Message.recipient_id) == READER)
        & (col(Message.brief_id) == BRIEF)
        & col(Message.kind).in_(kinds)
    )


@dataclass(frozen=True)
class Page:
    """Which lines of a part are wanted: `most`, after the first `skip`."""

    skip: int
    most: int


def page_of(
    tx: Session,
    edition: Edition,
    found: Callable[[], Select[_Row]],
    page: Page,
    also_asked: Mapping[str, object] = MappingProxyType({}),
) -> tuple[Sequence[_Row], int]:
    """The rows of one page by their first column, and how many there are after it."""
    asked = {**edition.asked, **also_asked, "skip": page.skip, "most": page.most + 1}
    rows = tx.scalars(_paged(found), asked).all()
    if len(rows) <= page.most:
        return rows, 0
    total = tx.scalar(_count(found), asked) or 0
    return rows[: page.most], total - page.skip - page.most


@cache
def _paged(found: Callable[[], Select[_Row]]) -> Select[_Row]:
    skip, most = (bindparam(name, type_=Integer) for name in ("skip", "most"))
    return found().offset(skip).limit(most)


@cache
def _count(found: Callable[[], Select[_Row]]) -> Select[int]:
    return select(func.count()).select_from(found().order_by(None).subquery())
