"""Action items in the brief: the working day before one is due, on the day, then weekly."""

from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date, local_day, next_local_day, next_opening
from bot.core.standup import reminds
from bot.liaison import Liaison
from bot.models import ActionItem, Person
from bot.services import origins
from bot.services.edition import Edition, Page
from bot.services.hours import opening_of
from bot.views import items as views
from bot.views.brief import Heading
from bot.views.items import ItemFacts


def in_brief(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """The part of a brief about the reader's own action items: what is due by the next working
    day."""
    person, now = edition.person, edition.now
    found, count = _due_soon(tx, liaison, person, now, page)
    if not found:
        return None
    today = local_date(person.timezone, now)
    items = tuple(views.in_brief(facts, today) for facts in found)
    push = views.counted(count - page.skip)
    return Heading("Action items", items, count - page.skip - len(found), push)


def are_news(tx: Session, liaison: Liaison, person: Person, now: datetime) -> bool:
    """Whether one of them is to be spoken of today."""
    if not _owns_any(tx, person):
        return False
    before, today, following = _days_around(tx, liaison, person, now)
    dues = tx.scalars(
        select(col(ActionItem.due_on))
        .where(
            col(ActionItem.team_id) == person.team_id,
            col(ActionItem.owner_id) == person.id,
            col(ActionItem.closed_at).is_(None),
            col(ActionItem.due_on) <= following,
        )
        .distinct()
    )
    return any(reminds(due, before, today, following) for due in dues if due)


def _owns_any(tx: Session, person: Person) -> bool:
    asked = {"team_id": person.team_id, "owner_id": person.id}
    return tx.scalars(_one_owned(), asked).first() is not None


@cache
def _one_owned() -> Select[str]:
    """Built once: every brief asks it."""
    return (
        select(col(ActionItem.id))
        .where(
            col(ActionItem.team_id) == bindparam("team_id"),
            col(ActionItem.owner_id) == bindparam("owner_id"),
            col(ActionItem.closed_at).is_(None),
        )
        .limit(1)
    )


def _due_soon(
    tx: Session, liaison: Liaison, person: Person, now: datetime, page: Page
) -> tuple[list[ItemFacts], int]:
    if not _owns_any(tx, person):
        return [], 0
    _, _, following = _days_around(tx, liaison, person, now)
    wanted = (
        (col(ActionItem.team_id) == person.team_id)
        & (col(ActionItem.owner_id) == person.id)
        & col(ActionItem.closed_at).is_(None)
        & (col(ActionItem.due_on) <= following)
    )
    count = tx.scalar(select(func.count()).select_from(ActionItem).where(wanted)) or 0
    soonest = select(ActionItem).where(wanted)
    soonest = (
        soonest.order_by(col(ActionItem.due_on), col(ActionItem.id))
        .offset(page.skip)
        .limit(page.most)
    )
    found = tx.scalars(soonest).all()
    came_from = origins.labels(tx, found)
    return [ItemFacts(item, person, 0, came_from.get(item.id)) for item in found], count


def _days_around(
    tx: Session, liaison: Liaison, person: Person, now: datetime
) -> tuple[date, date, date]:
    """The working day before today, today, and the next one, in the reader's calendar."""
    opening = opening_of(tx, liaison, person, now)
    today = local_date(person.timezone, now)
    following = next_opening(opening, next_local_day(opening, now))
    start, _ = local_day(person.timezone, now)
    before = today
    for _ in range(14):
        before -= timedelta(days=1)
        start, end = local_day(person.timezone, start - timedelta(hours=1))
        if next_opening(opening, start) < end:
            break
    return before, today, local_date(person.timezone, following)
