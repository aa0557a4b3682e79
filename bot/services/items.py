"""Action items: added, ticked, opened again, given another day or owner, dropped with a reason.

An agenda asks for what is open; it keeps no list of its own, so nothing is lost between two
meetings and nothing is there twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date, local_day, next_local_day, next_opening
from bot.core.standup import CARRIES, State, carries, reminds
from bot.delivery.messages import revise, revise_those
from bot.errors import BadField, BadFields, NotAllowed, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import ActionItem, ActionItemLine, Message, MessageKind, Occurrence, Person
from bot.services.edition import Edition, Page
from bot.services.hours import opening_of
from bot.services.occurrences import (
    ahead,
    attendees,
    held,
    listed,
    may_run,
    meeting_for,
    occurrence_to_change,
)
from bot.views import ids
from bot.views import items as views
from bot.views.blocks import escape
from bot.views.brief import Heading
from bot.views.items import ItemFacts

WORDS = 300
DONE_WHEN = 200
REASON = 300
PAGE = 10
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Wish:
    """A filled-in form, untrusted: `due` is an ISO date, `owner` a Slack id."""

    words: str | None
    owner: str | None = None
    due: str | None = None
    done_when: str | None = None
    origin: str | None = None


def add(liaison: Liaison, key: str, by: str, wish: Wish, occurrence_id: str | None = None) -> str:
    """Add one to a meeting; gives its id. Without an owner or a day it is loose, and is somebody's
    at the latest when the meeting ends."""
    now = liaison.now()
    with liaison.transaction() as tx:
        person = listed(tx, liaison, by)
        owner, due = _checked(tx, liaison, wish, person, now)
        held_in = occurrence_to_change(tx, liaison, occurrence_id) if occurrence_id else None
        running = held_in if held_in and held_in.state is State.RUNNING else None
        item = ActionItem(
            team_id=liaison.team_id,
            id=new_id(now),
            meeting=key,
            words=(wish.words or "").strip(),
            owner_id=owner,
            due_on=due,
            done_when=(wish.done_when or "").strip() or None,
            created_at=now,
            created_by=by,
            occurrence_id=running.id if running else None,
            origin=wish.origin,
            counts_from=now,
        )
        tx.add(item)
        tx.flush()
        _note(tx, item, "added", now, by)
        if running:
            running.held_at = running.held_at or now
        show_again(tx, liaison, item)
        return item.id


def _checked(
    tx: Session, liaison: Liaison, wish: Wish, person: Person, now: datetime
) -> tuple[str | None, date | None]:
    """Owner and day; every fault of the form at once."""
    faults: dict[str, str] = {}
    words = (wish.words or "").strip()
    if not words:
        faults[ids.ITEM_WORDS] = "Write what somebody does."
    elif len(words) > WORDS:
        faults[ids.ITEM_WORDS] = f"Please keep it under {WORDS} characters."
    if len(wish.done_when or "") > DONE_WHEN:
        faults[ids.ITEM_DONE_WHEN] = f"Please keep it under {DONE_WHEN} characters."
    owner = _owner(tx, liaison, wish.owner, faults)
    due = _due(wish.due, person, now, faults)
    if faults:
        raise BadFields(faults)
    return owner, due


def _owner(tx: Session, liaison: Liaison, chosen: str | None, faults: dict[str, str]) -> str | None:
    if not chosen:
        return None
    owner = tx.get(Person, (liaison.team_id, chosen))
    if owner is None or not owner.is_active or owner.team is None:
        faults[ids.ITEM_OWNER] = "Choose somebody the playbook lists."
    return chosen


def _due(written: str | None, person: Person, now: datetime, faults: dict[str, str]) -> date | None:
    if not written:
        return None
    today = local_date(person.timezone, now)
    try:
        due = date.fromisoformat(written)
    except ValueError:
        faults[ids.ITEM_DUE] = "Choose a day."
        return None
    if not today <= due <= today + FURTHEST:
        faults[ids.ITEM_DUE] = "Choose a day from today on, within a year."
    return due


def done(liaison: Liaison, item_id: str, by: str) -> ActionItem:
    """Tick it. Its owner does, their manager, and whoever may run the meeting."""
    now = liaison.now()
    with liaison.transaction() as tx:
        item = _to_change(tx, liaison, item_id, by)
        if item.closed_at:
            raise TooLate(_closed(tx, item, by))
        item.closed_at, item.closed_by = now, by
        _note(tx, item, "done", now, by)
        show_again(tx, liaison, item, was_used=True, now=now)
        return item


def reopen(liaison: Liaison, item_id: str, by: str) -> ActionItem:
    """Take a tick or a drop back: it is open as it was, carries included."""
    now = liaison.now()
    with liaison.transaction() as tx:
        item = _to_change(tx, liaison, item_id, by)
        if item.closed_at is None:
            raise TooLate("This action item is open already.")
        item.closed_at = item.closed_by = item.reason = None
        item.is_dropped = False
        _note(tx, item, "reopened", now, by)
        show_again(tx, liaison, item, was_used=True, now=now)
        return item


@dataclass(frozen=True)
class Verdict:
    """What becomes of an item, untrusted: `choice` is done, redate, reown or drop."""

    choice: str
    due: str | None = None
    owner: str | None = None
    reason: str | None = None


def decide(liaison: Liaison, item_id: str, by: str, verdict: Verdict) -> None:
    """Give it another day or owner, drop it with a reason, or tick it."""
    if verdict.choice == views.DONE:
        done(liaison, item_id, by)
        return
    now = liaison.now()
    with liaison.transaction() as tx:
        item = _to_change(tx, liaison, item_id, by)
        if item.closed_at:
            raise TooLate(_closed(tx, item, by))
        person = tx.get_one(Person, (liaison.team_id, by))
        kind, facts = _decided(tx, liaison, item, person, verdict, now)
        item.counts_from = now
        _note(tx, item, kind, now, by, facts)
        show_again(tx, liaison, item, was_used=True, now=now)


def _decided(
    tx: Session,
    liaison: Liaison,
    item: ActionItem,
    person: Person,
    verdict: Verdict,
    now: datetime,
) -> tuple[str, dict[str, str]]:
    """Change the item as decided; gives the line's kind and what was before. Raises `BadField`."""
    faults: dict[str, str] = {}
    reason = (verdict.reason or "").strip()
    if verdict.choice == views.DROP:
        if not reason or len(reason) > REASON:
            raise BadField(ids.ITEM_REASON, f"Write why, in up to {REASON} characters.")
        item.closed_at, item.closed_by = now, person.id
        item.is_dropped, item.reason = True, reason
        return "dropped", {}
    due = _due(verdict.due, person, now, faults)
    owner = _owner(tx, liaison, verdict.owner, faults)
    if faults:
        raise BadFields(faults)
    before = {"owner": item.owner_id or "", "due": str(item.due_on or "")}
    if verdict.choice == views.REDATE:
        if due is None or due == item.due_on:
            raise BadField(ids.ITEM_DUE, "Choose another day.")
        item.due_on = due
        return "redated", before
    if verdict.choice == views.REOWN:
        if owner is None or owner == item.owner_id:
            raise BadField(ids.ITEM_OWNER, "Choose somebody else.")
        item.owner_id, item.due_on = owner, due or item.due_on
        return "reowned", before
    raise BadField(ids.ITEM_VERDICT, "Choose what becomes of it.")


def look(liaison: Liaison, item_id: str, by: str) -> tuple[ItemFacts, date]:
    """One item, for the form that decides about it, and today where they are; refuses before
    rather than after."""
    now = liaison.now()
    with liaison.reading() as tx:
        item = tx.get(ActionItem, (liaison.team_id, item_id))
        if item is None:
            raise Unknown("This action item is not here any more.")
        _check_may(tx, liaison, item, by)
        if item.closed_at:
            raise TooLate(_closed(tx, item, by))
        today = local_date(tx.get_one(Person, (liaison.team_id, by)).timezone, now)
        return facts_of(tx, liaison, item.meeting, [item])[0], today


def _to_change(tx: Session, liaison: Liaison, item_id: str, by: str) -> ActionItem:
    """Locked until the transaction ends, when `by` may change it."""
    item = tx.get(ActionItem, (liaison.team_id, item_id), with_for_update={"key_share": True})
    if item is None:
        raise Unknown("This action item is not here any more.")
    _check_may(tx, liaison, item, by)
    return item


def _check_may(tx: Session, liaison: Liaison, item: ActionItem, by: str) -> None:
    person = listed(tx, liaison, by)
    owner = tx.get(Person, (liaison.team_id, item.owner_id)) if item.owner_id else None
    owns = item.owner_id in {None, by} or (owner is not None and owner.manager_id == by)
    if not owns and not may_run(person):
        raise NotAllowed(
            "Whoever has this action item, their manager, or whoever runs the stand-up does that."
        )


def _closed(tx: Session, item: ActionItem, by: str) -> str:
    closer = tx.get(Person, (item.team_id, item.closed_by)) if item.closed_by else None
    name = "You" if item.closed_by == by or closer is None else escape(closer.name)
    return f"{name} {'dropped' if item.is_dropped else 'ticked'} this one already."


def _note(
    tx: Session,
    item: ActionItem,
    kind: str,
    now: datetime,
    by: str | None,
    facts: dict[str, str] | None = None,
) -> None:
    tx.add(
        ActionItemLine(
            team_id=item.team_id,
            id=new_id(now),
            item_id=item.id,
            at=now,
            kind=kind,
            by=by,
            facts=facts or {},
        )
    )


def show_again(
    tx: Session,
    liaison: Liaison,
    item: ActionItem,
    *,
    was_used: bool = False,
    now: datetime | None = None,
) -> None:
    """Agendas that show it, and its owner's brief, are due for an edit. `was_used`: a stand-up
    that runs is in use."""
    current = ahead(tx, liaison, item.meeting)
    if current:
        if was_used and current.state is State.RUNNING:
            current.held_at = current.held_at or now
        revise(tx, liaison, current.id)
    if item.owner_id:
        newest = select(func.max(col(Message.id))).where(
            col(Message.team_id) == liaison.team_id,
            col(Message.subject_id) == item.owner_id,
            col(Message.kind) == MessageKind.BRIEF,
            col(Message.ts).is_not(None),
        )
        revise_those(tx, liaison, col(Message.id) == newest.scalar_subquery())


def facts_of(
    tx: Session, liaison: Liaison, key: str, items: Iterable[ActionItem]
) -> list[ItemFacts]:
    """Items with their owners' names and how often each was carried over."""
    listed_items = list(items)
    owners = _people(tx, liaison, {item.owner_id for item in listed_items if item.owner_id})
    began = held(tx, liaison, key)
    return [
        ItemFacts(
            item,
            owners.get(item.owner_id or ""),
            0 if item.closed_at else carries(item.counts_from, began),
        )
        for item in listed_items
    ]


def _people(tx: Session, liaison: Liaison, person_ids: Collection[str]) -> dict[str, Person]:
    found = tx.scalars(
        select(Person).where(col(Person.team_id) == liaison.team_id, col(Person.id).in_(person_ids))
    )
    return {person.id: person for person in found}


def _open_in(liaison: Liaison, key: str) -> ColumnElement[bool]:
    return (
        (col(ActionItem.team_id) == liaison.team_id)
        & (col(ActionItem.meeting) == key)
        & col(ActionItem.closed_at).is_(None)
    )


def open_items(
    tx: Session, liaison: Liaison, key: str, *, skipped: int = 0, most: int = PAGE
) -> tuple[list[ItemFacts], int]:
    """The open ones of a meeting, oldest first, and how many there are."""
    is_open = _open_in(liaison, key)
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


def give_loose_to(
    tx: Session, liaison: Liaison, occurrence: Occurrence, person: Person, due: date, now: datetime
) -> list[ActionItem]:
    """The meeting ends: what nobody has is this person's, what has no day is due then."""
    loose = tx.scalars(
        select(ActionItem).where(
            _open_in(liaison, occurrence.meeting),
            col(ActionItem.owner_id).is_(None) | col(ActionItem.due_on).is_(None),
        )
    ).all()
    for item in loose:
        before = {"owner": item.owner_id or "", "due": str(item.due_on or "")}
        item.owner_id, item.due_on = item.owner_id or person.id, item.due_on or due
        _note(tx, item, "given", now, None, before)
    return list(loose)


def loose_of(tx: Session, occurrence: Occurrence, person_id: str) -> list[ActionItem]:
    """What the end of this meeting gave to somebody."""
    given = (
        select(col(ActionItemLine.item_id))
        .where(
            col(ActionItemLine.team_id) == occurrence.team_id,
            col(ActionItemLine.kind) == "given",
            col(ActionItemLine.at) == occurrence.closed_at,
        )
        .scalar_subquery()
    )
    return list(
        tx.scalars(
            select(ActionItem)
            .where(
                col(ActionItem.team_id) == occurrence.team_id,
                col(ActionItem.meeting) == occurrence.meeting,
                col(ActionItem.owner_id) == person_id,
                col(ActionItem.id).in_(given),
            )
            .order_by(col(ActionItem.id))
        )
    )


def hand_on(liaison: Liaison) -> int:
    """Items whose owner left or is listed no more go to that person's manager, else to somebody
    who may run the meeting; says how many."""
    now = liaison.now()
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_ownerless(), {"team_id": liaison.team_id}).first() is None:
            return 0
    with liaison.transaction() as tx:
        item_ids = tx.scalars(_ownerless(), {"team_id": liaison.team_id}).all()
        return sum(_hand_on(tx, liaison, item_id, now) for item_id in item_ids)


@cache
def _ownerless() -> Select[str]:
    """Built once: every tick asks it."""
    is_owner = (col(Person.team_id) == ActionItem.team_id) & (col(Person.id) == ActionItem.owner_id)
    return (
        select(col(ActionItem.id))
        .join(Person, is_owner)
        .where(
            col(ActionItem.team_id) == bindparam("team_id"),
            col(ActionItem.closed_at).is_(None),
            ~col(Person.is_active) | col(Person.team).is_(None),
        )
        .limit(200)
    )


def _hand_on(tx: Session, liaison: Liaison, item_id: str, now: datetime) -> bool:
    item = tx.get_one(ActionItem, (liaison.team_id, item_id), with_for_update={"key_share": True})
    owner = tx.get_one(Person, (liaison.team_id, item.owner_id))
    manager = tx.get(Person, (liaison.team_id, owner.manager_id)) if owner.manager_id else None
    meeting = liaison.playbook.standup(item.meeting)
    if manager is None or not manager.is_active or manager.team is None:
        others = [each for each in attendees(tx, liaison, meeting)] if meeting else []
        manager = next((each for each in others if may_run(each)), None)
    if manager is None:
        return False
    item.owner_id = manager.id
    _note(tx, item, "handed_on", now, None, {"owner": owner.id})
    show_again(tx, liaison, item)
    return True


def mine(tx: Session, liaison: Liaison, person: Person, most: int) -> tuple[list[ItemFacts], int]:
    """A person's own open items, soonest due first, and how many there are."""
    own = (
        (col(ActionItem.team_id) == liaison.team_id)
        & (col(ActionItem.owner_id) == person.id)
        & col(ActionItem.closed_at).is_(None)
    )
    count = tx.scalar(select(func.count()).select_from(ActionItem).where(own)) or 0
    if not count:
        return [], 0
    soonest = (
        select(ActionItem)
        .where(own)
        .order_by(col(ActionItem.due_on).is_(None), col(ActionItem.due_on), col(ActionItem.id))
        .limit(most)
    )
    return [ItemFacts(item, person, 0) for item in tx.scalars(soonest)], count


def in_brief(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """The part of a brief about the reader's own action items: what is due by the next working
    day."""
    person, now = edition.person, edition.now
    found, count = _due_soon(tx, liaison, person, now, page)
    if not found:
        return None
    today = local_date(person.timezone, now)
    items = tuple(views.in_brief(facts, today) for facts in found)
    return Heading("Action items", items, count - page.skip - len(found))


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
    return [ItemFacts(item, person, 0) for item in tx.scalars(soonest)], count


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


def must_decide(facts: ItemFacts) -> bool:
    """Whether it was carried so often that somebody decides what becomes of it."""
    return facts.carries >= CARRIES


def key_for(liaison: Liaison, channel: str, by: str) -> str:
    """The meeting to which somebody adds from this channel. Raises `NotListed`, `Refused`."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        return meeting_for(tx, liaison, channel).key


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
        own, count = mine(tx, liaison, person, PAGE)
        _, total = open_items(tx, liaison, meeting.key, most=0)
        return own, count, meeting.key, total, local_date(person.timezone, now)
