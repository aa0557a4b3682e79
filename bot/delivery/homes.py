"""App Homes: published when opened, and again while what they show changes.

A Home is a view, not a message: it holds nothing that stands nowhere else, so it needs no outbox. A
change is a row, added in the transaction that made it; whoever publishes takes the rows of a second
together, so that many changes are one call for each person.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import Event, Thread

from sqlalchemy import Delete, Select, String, bindparam, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.db import insert_once, table_of
from bot.errors import LiaisonError, NotSaved, SlackUnavailable
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, HomeChange, HomeView, Person
from bot.slack import Slack
from bot.views.blocks import View

log = logging.getLogger(__name__)

WATCHED = timedelta(days=1)
"""How long after it was opened a Home is kept up to date."""
LOOK = 1.0
"""Seconds between two looks; the changes in between are shown together."""
AT_ONCE = 1000
HANDS = 4
TRIES = 3
AGAIN = 30.0
"""Seconds to wait when Slack does not say how long."""

Pages = Mapping[str, int]
"""Which page of each section is shown, counted from 0."""
Render = Callable[[Session, str, Pages, datetime], View]
"""A person's Home as of now (business time)."""


def note_change(tx: Session, liaison: Liaison, handoff: Handoff, *, in_queue: bool) -> None:
    """Homes that show this hand-off are out of date: of whoever has or had it and whoever it waits
    for, or everybody's for the queue."""
    tx.add(
        HomeChange(
            team_id=handoff.team_id,
            id=new_id(liaison.wall()),
            handoff_id=handoff.id,
            in_queue=in_queue,
        )
    )


def note_for_all(tx: Session, liaison: Liaison, subject_id: str) -> None:
    """Something that is no hand-off changed, and anybody's Home may show it."""
    changed = HomeChange(
        team_id=liaison.team_id, id=new_id(liaison.wall()), handoff_id=subject_id, in_queue=True
    )
    tx.add(changed)


def note_erased(tx: Session, liaison: Liaison, handoff_id: str) -> None:
    """Leads were erased, this hand-off's among them: no Home may show them any more, however long
    ago it was opened."""
    changed = HomeChange(
        team_id=liaison.team_id,
        id=new_id(liaison.wall()),
        handoff_id=handoff_id,
        in_queue=True,
        for_good=True,
    )
    tx.add(changed)


def opened(liaison: Liaison, person_id: str, shown_hash: str | None) -> None:
    """Somebody opened their Home, which begins at its first pages.

    `shown_hash` is Slack's, of what is shown there now; None = nothing yet.
    """
    wall = liaison.wall()
    fresh = HomeView(team_id=liaison.team_id, person_id=person_id, opened_at=wall)
    with liaison.transaction() as tx:
        if insert_once(tx, fresh):
            return
        home = tx.get_one(HomeView, (liaison.team_id, person_id))
        if shown_hash is None or home.hash != shown_hash:
            home.hash, home.digest = shown_hash, None
        home.opened_at, home.pages = wall, {}


def turn(liaison: Liaison, person_id: str, section: str, page: int) -> None:
    """Show another page of one section."""
    with liaison.transaction() as tx:
        home = tx.get(HomeView, (liaison.team_id, person_id))
        if home:
            home.pages = {**home.pages, section: max(0, page)}


def publish(liaison: Liaison, slack: Slack, render: Render, person_id: str) -> None:
    """Show a person their Home as it is now, unless it is what they see already.

    When somebody else published in between, it is rendered anew; Slack's hash tells.
    """
    for attempt in range(TRIES):
        with liaison.reading() as tx:
            home = tx.get_one(HomeView, (liaison.team_id, person_id))
            view = render(tx, person_id, home.pages, liaison.now())
            known = None if attempt == TRIES - 1 else home.hash
        digest = _digest(view)
        if home.digest == digest:
            return
        if shown := slack.publish_home(person_id, view, known):
            _record(liaison, person_id, shown, digest)
            return


def _record(liaison: Liaison, person_id: str, shown: str, digest: str) -> None:
    with liaison.transaction() as tx:
        tx.execute(
            update(HomeView)
            .where(col(HomeView.team_id) == liaison.team_id, col(HomeView.person_id) == person_id)
            .values(hash=shown, digest=digest)
        )


def _digest(view: View) -> str:
    return hashlib.sha256(json.dumps(view).encode()).hexdigest()


@dataclass(frozen=True)
class _Changes:
    ids: list[str]
    people: list[str]
    """Whose Home is watched and shows something of it."""


class Homes:
    """Keeps the Homes that are being watched up to date. Several processes may run it."""

    def __init__(self, liaison: Liaison, slack: Slack, render: Render) -> None:
        self._liaison = liaison
        self._slack = slack
        self._render = render
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="homes")
        self._stopping = Event()
        self._loop = Thread(target=self._run, name="homes-loop", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """What is not published yet stays noted for the next start."""
        self._stopping.set()
        if self._loop.is_alive():
            self._loop.join()
        self._hands.shutdown(wait=True)

    @property
    def is_alive(self) -> bool:
        return self._loop.is_alive()

    def _run(self) -> None:
        wait = LOOK
        while not self._stopping.wait(wait):
            try:
                wait = self._look()
            except NotSaved:
                log.warning("homes: the database does not answer; trying again")
                wait = LOOK

    def _look(self) -> float:
        """Publish what changed; returns how many seconds to rest."""
        with self._liaison.reading() as tx:
            changes = _changes(tx, self._liaison)
        if not changes.ids:
            return LOOK
        publishing = [
            self._hands.submit(publish, self._liaison, self._slack, self._render, person)
            for person in changes.people
        ]
        if rest := max(map(_rest_after, publishing), default=0.0):
            return rest
        with self._liaison.transaction() as tx:
            done = [{"of_team": self._liaison.team_id, "of_id": each} for each in changes.ids]
            tx.connection().execute(_done(), done)
        return LOOK


def _rest_after(publishing: "Future[None]") -> float:
    """Seconds Slack asks to wait; 0 = this one is settled, even when it failed for good."""
    error = publishing.exception()
    if isinstance(error, SlackUnavailable):
        return error.retry_after or AGAIN
    if error:
        log.warning(
            "a Home could not be published: %s",
            error,
            exc_info=None if isinstance(error, LiaisonError) else error,
        )
    return 0.0


def _changes(tx: Session, liaison: Liaison) -> _Changes:
    rows = tx.execute(_noted(), {"team_id": liaison.team_id}).all()
    if not rows:
        return _Changes([], [])
    asked = {"team_id": liaison.team_id, "since": liaison.wall() - WATCHED}
    if any(row.for_good for row in rows):
        watching = _with_a_home()
    else:
        watching = _watching() if any(row.in_queue for row in rows) else _watching_these()
    return _Changes([row.id for row in rows], list(tx.scalars(watching, asked)))


@cache
def _with_a_home() -> Select[str]:
    """All who ever opened theirs and are still here."""
    return (
        select(col(HomeView.person_id))
        .join(
            Person,
            (col(Person.team_id) == HomeView.team_id) & (col(Person.id) == HomeView.person_id),
        )
        .where(col(HomeView.team_id) == bindparam("team_id"), col(Person.is_active))
    )


@cache
def _watching() -> Select[str]:
    return select(col(HomeView.person_id)).where(
        col(HomeView.team_id) == bindparam("team_id"), col(HomeView.opened_at) > bindparam("since")
    )


@cache
def _watching_these() -> Select[str]:
    """Those of them whom something noted concerns. The rows are asked for, not named: with as many
    names as rows it would be another statement each time, of up to a megabyte, and kept."""
    team_id = bindparam("team_id", type_=String)
    noted = select(col(HomeChange.handoff_id)).where(col(HomeChange.team_id) == team_id)
    return _watching().where(col(HomeView.person_id).in_(queries.concerned_with(team_id, noted)))


@cache
def _noted() -> Select[str, bool, bool]:
    """Built once: every look asks it."""
    return (
        select(col(HomeChange.id), col(HomeChange.in_queue), col(HomeChange.for_good))
        .where(col(HomeChange.team_id) == bindparam("team_id"))
        .order_by(col(HomeChange.id))
        .limit(AT_ONCE)
    )


@cache
def _done() -> Delete:
    changed = table_of(HomeChange)
    of_team = changed.c.team_id == bindparam("of_team")
    return delete(changed).where(of_team, changed.c.id == bindparam("of_id"))
