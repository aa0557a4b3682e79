"""The one object that is passed around: what a use case needs to decide and commit."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from bot.calendars import Calendars
from bot.db import Rows
from bot.errors import NotSaved, Untied
from bot.meters import Meters
from bot.playbook import Playbook
from bot.sqlite import looking
from bot.vault import Vault

DEADLOCK = "40P01"
"""PostgreSQL's code for it (appendix A of its manual)."""
TELLS = "tells"
"""Set in a session's `info` by whoever queues something for Slack in it."""


@dataclass
class Shelf:
    """Holds the playbook in force. A newer version takes its place while the bot runs."""

    playbook: Playbook
    number: int = 0
    """Of the version; 0 = the built-in one, which was never agreed."""
    is_live: bool = False
    """Known to be live, which is for good; False = the `setup` row says."""


@dataclass
class Rooms:
    """Where the app speaks to everybody. They follow the playbook while the bot runs."""

    handoffs: str
    """The id of the channel the cards go to; its name as long as the bot is not in it."""
    standups: Mapping[str, str] = field(default_factory=dict)
    """The id of each joint meeting's channel, by the meeting's key; one the bot is not in lacks."""
    number: int = 0
    """The version of the playbook that they were looked up for."""
    missing: tuple[str, ...] = ()
    """What that version names and the bot is not in."""
    looked_at: datetime | None = None
    """Wall time; None = not looked up yet."""


@dataclass(frozen=True)
class Liaison:
    """Frozen; the engine, the clocks and the playbook of one workspace."""

    team_id: str
    engine: Engine
    shelf: Shelf
    rooms: Rooms
    now: Callable[[], datetime]
    """Business time: due times, hours, reports. May be set in a sandbox."""
    wall: Callable[[], datetime]
    """Wall time: leases, pacing. Never set."""
    calendars: Calendars = field(default_factory=Calendars)
    meters: Meters = field(default_factory=Meters)
    vault: Vault | None = field(default=None, repr=False)
    """Keeps what must not be read in the database; None = no key was given."""
    something_to_tell: Event = field(default_factory=Event)
    """Set when a commit left something for Slack: the courier need not wait for its next look."""
    stopping: Event = field(default_factory=Event)
    """Set when the bot is to end: what takes many transactions ends after the one at hand."""

    @property
    def playbook(self) -> Playbook:
        """The version in force now; ask again rather than keep it."""
        return self.shelf.playbook

    @property
    def handoff_channel(self) -> str:
        """Where cards go now; see `Rooms.handoffs`."""
        return self.rooms.handoffs

    @property
    def standup_channels(self) -> Mapping[str, str]:
        """Where agendas go now; see `Rooms.standups`."""
        return self.rooms.standups

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One short transaction that writes; commits at the end, or leaves nothing behind.

        Raises `NotSaved` when the database is locked, full or gone, and `Untied`.
        """
        try:
            with Rows(self.engine, expire_on_commit=False) as tx, tx.begin():
                yield tx
        except (OperationalError, PoolTimeout) as error:
            met = getattr(error, "orig", None)
            is_deadlock = getattr(met, "sqlstate", None) == DEADLOCK
            raise (Untied if is_deadlock else NotSaved) from error
        if tx.info.get(TELLS):
            self.something_to_tell.set()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look at the database that takes no writer's lock."""
        try:
            with looking(self.engine) as connection, Rows(connection) as tx:
                yield tx
        except (OperationalError, PoolTimeout) as error:
            raise NotSaved("The database does not answer. Please try again.") from error
