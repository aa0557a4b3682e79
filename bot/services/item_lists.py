"""Which action items there are: of a meeting, an agenda, a person. Queries, never copies."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date
from bot.core.origins import Origin
from bot.core.standup import State, carries
from bot.liaison import Liaison
from bot.models import ActionItem, Occurrence, Person
from bot.services import origins
from bot.services.occurrences import held, listed, meeting_for
from bot.views.items import ItemFacts

PAGE = 10


def facts_of(
    tx: Session, liaison: Liaison, key: str, items: Iterable[ActionItem]
) -> list[ItemFacts]:
    """Items with their owners' names, how often each was carried over and what it came from."""
    listed_items = list(items)
    came_from = origins.labels(tx, listed_items)
    owners = _people(tx, liaison, {item.owner_id for item in listed_items if item.owner_id})
    began = held(tx, liaison, key)
    return [
        ItemFacts(
            item,
            owners.get(item.owner_id or ""),
            0 if item.closed_at else carries(item.counts_from, began),
            came_from.get(item.id),
        )
        for item in listed_items
    ]


def _people(tx: Session, liaison: Liaison, person_ids: Collection[str]) -> dict[str, Person]:
    found = tx.scalars(
        select(Person).where(col(Person.team_id) == liaison.team_id, col(Person.id).in_(person_ids))
    )
    return {person.id: person for person in found}


def open_in(liaison: Liaison, key: str) -> ColumnElement[bool]:
    return (
        (col(ActionItem.team_id) == liaison.team_id)
        & (col(ActionItem.meeting) == key)
        & col(ActionItem.closed_at).is_(None)
    )


def open_items(
    tx: Session, liaison: Liaison, key: str, *, skipped: int = 0, most: int = PAGE
) -> tuple[list[ItemFacts], int]:
    """The open ones of a meeting, oldest first, and how many there are."""
    is_open = open_in(liaison, key)
    count = tx.scalar(select(func.count()).select_from(ActionItem).where(is_open)) or 0
    oldest = (
        select(ActionItem)
        .where(is_open)
        .order_by(col(ActionItem.created_at), col(ActionItem.id))
        .offset(skipped)
        .limit(most)
    )
    return facts_of(tx, liaison, key, tx.scalars(oldest)), count


def on_agenda(
    tx: Session, liaison: Liaison, occurrence: Occurrence, most: int = PAGE
) -> tuple[list[ItemFacts], int]:
    """Part one: what was open when the meeting began, or is now; the oldest, and how many.

    What is ticked or dropped while it runs stays to be seen, after what is open.
    """
    began = occurrence.late_at or occurrence.begins_at
    runs = occurrence.state is State.RUNNING
    older = (
        (col(ActionItem.team_id) == liaison.team_id)
        & (col(ActionItem.meeting) == occurrence.meeting)
        & (col(ActionItem.occurrence_id).is_distinct_from(occurrence.id))
    )
    is_open = older & col(ActionItem.closed_at).is_(None)
    count = tx.scalar(select(func.count()).select_from(ActionItem).where(is_open)) or 0
    oldest = select(ActionItem).where(is_open)
    oldest = oldest.order_by(col(ActionItem.created_at), col(ActionItem.id)).limit(most)
    shown = list(tx.scalars(oldest))
    if runs and len(shown) < most:
        closed = select(ActionItem).where(older, col(ActionItem.closed_at) >= began)
        closed = closed.order_by(col(ActionItem.closed_at)).limit(most - len(shown))
        shown += tx.scalars(closed)
    return facts_of(tx, liaison, occurrence.meeting, shown), count


def added_in(tx: Session, liaison: Liaison, occurrence: Occurrence) -> list[ItemFacts]:
    """What was added in this meeting, in order."""
    found = tx.scalars(
        select(ActionItem)
        .where(
            col(ActionItem.team_id) == liaison.team_id,
            col(ActionItem.meeting) == occurrence.meeting,
            col(ActionItem.occurrence_id) == occurrence.id,
            col(ActionItem.created_at) >= occurrence.planned_at,
        )
        .order_by(col(ActionItem.created_at), col(ActionItem.id))
    )
    return facts_of(tx, liaison, occurrence.meeting, found)


def closed_in(tx: Session, liaison: Liaison, occurrence: Occurrence) -> list[ItemFacts]:
    """What was ticked or dropped between the beginning and the end of this meeting."""
    began = occurrence.late_at or occurrence.begins_at
    found = tx.scalars(
        select(ActionItem)
        .where(
            col(ActionItem.team_id) == liaison.team_id,
            col(ActionItem.meeting) == occurrence.meeting,
            col(ActionItem.closed_at) >= began,
            col(ActionItem.closed_at) <= (occurrence.closed_at or began),
        )
        .order_by(col(ActionItem.closed_at), col(ActionItem.id))
    )
    return facts_of(tx, liaison, occurrence.meeting, found)


def mine(
    tx: Session, liaison: Liaison, person: Person, most: int, page: int = 0
) -> tuple[list[ItemFacts], int, int]:
    """One page of a person's own open items, soonest due first; how many there are; and which page
    it is, the last one where there are fewer by now."""
    own = (
        (col(ActionItem.team_id) == liaison.team_id)
        & (col(ActionItem.owner_id) == person.id)
        & col(ActionItem.closed_at).is_(None)
    )
    count = tx.scalar(select(func.count()).select_from(ActionItem).where(own)) or 0
    if not count:
        return [], 0, 0
    page = min(page, (count - 1) // most)
    soonest = (
        select(ActionItem)
        .where(own)
        .order_by(col(ActionItem.due_on).is_(None), col(ActionItem.due_on), col(ActionItem.id))
        .limit(most)
        .offset(page * most)
    )
    found = tx.scalars(soonest).all()
    came_from = origins.labels(tx, found)
    items = [ItemFacts(item, person, 0, came_from.get(item.id)) for item in found]
    return items, count, page


def page(liaison: Liaison, key: str, number: int) -> tuple[list[ItemFacts], int, int]:
    """One page of all open items of a meeting: the items, how many there are, and which page."""
    with liaison.reading() as tx:
        _, count = open_items(tx, liaison, key, most=0)
        wanted = min(max(0, number), max(0, count - 1) // PAGE)
        found, _ = open_items(tx, liaison, key, skipped=wanted * PAGE)
    return found, count, wanted


def of_person(
    liaison: Liaison, channel: str, by: str
) -> tuple[list[ItemFacts], int, str, int, date]:
    """For `items`: a person's own, how many those are, the meeting, how many it has open in all,
    and today where they are."""
    now = liaison.now()
    with liaison.reading() as tx:
        person = listed(tx, liaison, by)
        meeting = meeting_for(tx, liaison, channel)
        own, count, _ = mine(tx, liaison, person, PAGE)
        _, total = open_items(tx, liaison, meeting.key, most=0)
        return own, count, meeting.key, total, local_date(person.timezone, now)


def left_open(tx: Session, occurrence: Occurrence) -> int:
    """How many were open when this meeting ended."""
    ended = occurrence.closed_at
    was_open = (
        (col(ActionItem.team_id) == occurrence.team_id)
        & (col(ActionItem.meeting) == occurrence.meeting)
        & (col(ActionItem.created_at) <= ended)
        & (col(ActionItem.closed_at).is_(None) | (col(ActionItem.closed_at) > ended))
    )
    return tx.scalar(select(func.count()).select_from(ActionItem).where(was_open)) or 0


def made_from(tx: Session, liaison: Liaison, origin: Origin) -> list[ItemFacts]:
    """What was made of a flag or a dispute, oldest first."""
    found = tx.scalars(
        select(ActionItem)
        .where(col(ActionItem.team_id) == liaison.team_id, col(ActionItem.origin) == origin.kept())
        .order_by(col(ActionItem.created_at), col(ActionItem.id))
    ).all()
    owners = _people(tx, liaison, {item.owner_id for item in found if item.owner_id})
    return [ItemFacts(item, owners.get(item.owner_id or ""), 0) for item in found]
