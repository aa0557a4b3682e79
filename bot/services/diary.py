"""A calendar somebody gave the address of: read every quarter of an hour, for leave alone.

Nothing of it is kept but when they are away. The address lets whoever has it read the calendar, so
it is kept under a key, and shown to nobody.
"""

import logging
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.calendar_file import BadCalendarFile, entries_of
from bot.core import leave as rules
from bot.core.leave import Leave
from bot.db import rows_changed
from bot.delivery.courier import Told
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import BadField, NotListed, Refused
from bot.liaison import Liaison
from bot.models import Diary, Message, MessageKind, Person
from bot.outgoing import CannotFetch, Outgoing
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.leave import CALENDAR, take_over
from bot.views import diary as views
from bot.views import ids

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
AT_ONCE = 20
"""Calendars that one look reads; the others wait for the next."""


def look(liaison: Liaison, by: str) -> Diary | None:
    """The calendar somebody gave; None = none. Raises `NotListed`, `Refused` where there is no
    key to keep an address under."""
    if liaison.vault is None:
        raise Refused(
            "Calendars are not set up here: your admin sets `LIAISON_CALENDAR_KEY`, then restarts."
        )
    with liaison.reading() as tx:
        _listed(tx, liaison, by)
        return tx.get(Diary, (liaison.team_id, by))


def give(liaison: Liaison, outgoing: Outgoing, by: str, url: str | None) -> Diary:
    """Keep the address of somebody's calendar, in place of another; it is read within seconds.

    Raises `BadField` for an address that is not called.
    """
    assert liaison.vault  # the form is shown with one only
    given = (url or "").strip().replace("webcal://", "https://", 1)
    try:
        outgoing.checked(given)
    except CannotFetch as fault:
        raise BadField(ids.DIARY_ADDRESS, str(fault)) from fault
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _listed(tx, liaison, by)
        diary = tx.get(Diary, (liaison.team_id, by), with_for_update=True)
        diary = diary or Diary(
            team_id=liaison.team_id, person_id=by, address="", host="", given_at=now
        )
        diary.address, diary.host = liaison.vault.lock(given), urlsplit(given).hostname or ""
        diary.given_at = diary.next_at = now
        diary.read_at, diary.fault, diary.found = None, None, 0
        tx.add(diary)
        key = f"{MessageKind.DIARY}:{person.id}:{now.isoformat()}"
        saying = Saying(key, MessageKind.DIARY, person.id, person.id, is_answer=True)
        tx.flush()
        say(tx, liaison, saying, hold_until=None)
        return diary


def forget(liaison: Liaison, by: str) -> None:
    """The address goes, and every absence that only it told of."""
    now = liaison.now()
    with liaison.transaction() as tx:
        diary = tx.get(Diary, (liaison.team_id, by), with_for_update=True)
        if diary:
            tx.delete(diary)
            tx.flush()
            person = tx.get_one(Person, (liaison.team_id, by))
            take_over(tx, liaison, person, CALENDAR, [], now)
            revise(tx, liaison, by)


def read_diaries(outgoing: Outgoing, liaison: Liaison) -> int:
    """Read the calendars whose time has come, outside every transaction; says how many.

    Whoever puts a reading off does it, so that replicas do not read one twice.
    """
    now = liaison.now()
    asked = asking(liaison.team_id, now)
    with liaison.reading() as tx:
        due = tx.scalars(due_now(), asked).all()
    return sum(_read(outgoing, liaison, diary, now) for diary in due)


@cache
def due_now() -> Select[Diary]:
    """Built once: every tick asks it."""
    is_due = (col(Diary.team_id) == OF_TEAM) & (col(Diary.next_at) <= NOW)
    return select(Diary).where(is_due).order_by(col(Diary.next_at)).limit(AT_ONCE)


def _read(outgoing: Outgoing, liaison: Liaison, diary: Diary, now: datetime) -> bool:
    claimed = (
        update(Diary)
        .where(
            col(Diary.team_id) == diary.team_id,
            col(Diary.person_id) == diary.person_id,
            col(Diary.next_at) == diary.next_at,
        )
        .values(next_at=now + EVERY)
    )
    with liaison.transaction() as tx:
        if not rows_changed(tx, claimed):
            return False
        person = tx.get_one(Person, (diary.team_id, diary.person_id))
        is_here, zone = person.is_active and queries.is_listed(person), person.timezone
    if not is_here:
        return False  # nobody hears of it until they are back
    leaves, fault = _told(outgoing, liaison, diary.address, zone, now)
    with liaison.transaction() as tx:
        fresh = tx.get(Diary, (diary.team_id, diary.person_id), with_for_update=True)
        if fresh and fresh.address == diary.address:
            _record(tx, liaison, fresh, leaves, fault, now)
    return True


def _told(
    outgoing: Outgoing, liaison: Liaison, locked: str, zone: str, now: datetime
) -> tuple[list[Leave], str | None]:
    """What the calendar tells, or why it does not. A fault names no address."""
    url = liaison.vault.open(locked) if liaison.vault else None
    if url is None:
        return [], "Its address was kept under a key that is not here any more; give it anew."
    try:
        return rules.of_entries(entries_of(outgoing.get(url)), zone, now), None
    except (CannotFetch, BadCalendarFile) as fault:
        return [], str(fault)


def _record(
    tx: Session,
    liaison: Liaison,
    diary: Diary,
    leaves: list[Leave],
    fault: str | None,
    now: datetime,
) -> None:
    """A calendar that cannot be read this time tells nothing: what it told before stays."""
    is_first = diary.read_at is None
    shown = diary.fault, diary.found
    diary.fault = fault
    if fault is None:
        person = tx.get_one(Person, (diary.team_id, diary.person_id))
        take_over(tx, liaison, person, CALENDAR, leaves, now)
        diary.read_at, diary.found = now, len(leaves)
    else:
        log.info("a calendar was not read: %s", fault)
    if is_first or (diary.fault, diary.found) != shown:
        tx.flush()
        revise(tx, liaison, diary.person_id)


def telling(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> Told:
    """Whether the calendar is read; the newest of these follows it, older ones say nothing new."""
    diary = tx.get(Diary, (liaison.team_id, message.subject_id))
    newest = diary is not None and message.key.endswith(diary.given_at.isoformat())
    return views.told(diary if newest else None)


def _listed(tx: Session, liaison: Liaison, by: str) -> Person:
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person
