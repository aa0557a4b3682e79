"""Action items: added, ticked, opened again, given another day or owner, dropped with a reason.

An agenda asks for what is open; it keeps no list of its own, so nothing is lost between two
meetings and nothing is there twice.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.business_time import local_date
from bot.core.standup import State
from bot.delivery import homes
from bot.delivery.briefs import revise_briefs
from bot.delivery.messages import revise
from bot.errors import BadField, BadFields, NotAllowed, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import ActionItem, ActionItemLine, Person
from bot.services import origins
from bot.services.item_lists import facts_of
from bot.services.occurrences import ahead, listed, may_run, occurrence_to_change
from bot.views import ids
from bot.views import items as views
from bot.views.blocks import escape
from bot.views.items import ItemFacts

WORDS = 300
DONE_WHEN = 200
REASON = 300
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Wish:
    """A filled-in form, untrusted: `due` is an ISO date, `owner` a Slack id."""

    words: str | None
    owner: str | None = None
    due: str | None = None
    done_when: str | None = None
    origin: str | None = None
    thread: str | None = None
    """`<channel>:<ts>` of the message that began the thread of that one."""


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
            lead_id=origins.lead_of(tx, liaison, wish.origin, wish.thread),
            counts_from=now,
        )
        tx.add(item)
        tx.flush()
        note(tx, item, "added", now, by)
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
        note(tx, item, "done", now, by)
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
        note(tx, item, "reopened", now, by)
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
        note(tx, item, kind, now, by, facts)
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


def note(
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
    """Agendas that show it, its owner's brief and Home, and what it came from are out of date.

    `was_used`: a stand-up that runs is in use.
    """
    current = ahead(tx, liaison, item.meeting)
    if current:
        if was_used and current.state is State.RUNNING:
            current.held_at = current.held_at or now
        revise(tx, liaison, current.id)
    if item.owner_id:
        revise_briefs(tx, liaison, item.owner_id)
    homes.note_for_all(tx, liaison, item.id)
    origins.show_again(tx, liaison, item)
