"""The bot of a replay: the product's parts, without the HTTP door and the scheduler's thread."""

import base64
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from bot.app import begin
from bot.clock import wall
from bot.config import Settings
from bot.delivery.courier import Courier
from bot.delivery.inbox import take_in
from bot.delivery.pacing import Pace
from bot.intake.lead_event import InvalidEvent, parse
from bot.intake.signature import Verifier
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.models import Escalation, Handoff, Message, Person, Run
from bot.services.brief_plan import NOT_PLANNED
from bot.services.deliveries import receive
from bot.services.tellings import tellings
from jobs import TIMETABLE, UPKEEP, Tick, look
from replay.clock import ReplayClock
from replay.slack_process import PACE
from sandbox.people import APP_TOKEN, BOT_TOKEN

SECRET = f"whsec_{base64.b64encode(bytes(24)).decode()}"
PLAYBOOK = Path(__file__).parent / "playbook.toml"
_HEADERS = {"authorization": f"Bearer {SECRET}"}
_LOOK_AGAIN = 0.01
_TOO_LONG = 60.0
"""Seconds of wall time after which one instant's messages count as stuck."""
_TOO_LATE = timedelta(minutes=5)
"""Business time after which something due counts as stuck: sixty ticks."""

# Of one workspace's own database, and made once: a replay asks them at every instant.
_WAITING = select(col(Message.id)).where(col(Message.send_at).is_not(None)).limit(1)
_NEXT_STEP = select(func.min(col(Run.next_step_at))).where(col(Run.next_step_at).is_not(None))
_NEXT_LIST = select(func.min(col(Escalation.list_at))).where(col(Escalation.list_at).is_not(None))
_NEXT_TURN = select(func.min(col(Handoff.turns_at))).where(col(Handoff.turns_at).is_not(None))
_NEXT_RELEASE = select(func.min(col(Message.hold_until))).where(
    col(Message.hold_until).is_not(None)
)
_AHEAD = select(
    *(each.scalar_subquery() for each in (_NEXT_STEP, _NEXT_LIST, _NEXT_TURN, _NEXT_RELEASE))
)

_NEXT_BRIEF = select(func.min(col(Person.brief_at))).where(col(Person.brief_at) > NOT_PLANNED)


class Stuck(Exception):
    """The loop does not go on."""


class Office:
    """Takes deliveries, runs the timetable, waits for the courier; business time is `clock`."""

    def __init__(self, liaison: Liaison, courier: Courier, clock: ReplayClock) -> None:
        self.liaison = liaison
        self.clock = clock
        self._courier = courier
        self._verifier = Verifier([SECRET], wall)
        self._receive = partial(receive, liaison)
        self._ran_at: dict[str, datetime] = {}

    def take(self, bodies: Sequence[bytes]) -> list[Receipt | None]:
        """Deliver as the webhook does, in one commit; None = refused as no valid event."""
        read = [self._read(body) for body in bodies]
        deliveries = [delivery for delivery in read if delivery]
        receipts = iter(take_in(self.liaison, deliveries, self._receive) if deliveries else [])
        return [next(receipts) if delivery else None for delivery in read]

    def _read(self, body: bytes) -> Delivery | None:
        key = self._verifier.delivery_key(_HEADERS, body)
        try:
            return Delivery(key, parse(body, self.liaison.now()), body)
        except InvalidEvent:
            return None

    def tick(self) -> None:
        """Run every job whose turn it is, once; what it leaves over is for the next tick."""
        now = self.clock.now()
        found = look(self.liaison, TIMETABLE)
        for tick in TIMETABLE:
            if tick.id in found and self._is_its_turn(tick, now) and tick.job(self.liaison):
                found = look(self.liaison, TIMETABLE)
        for tick in UPKEEP:
            if self._is_its_turn(tick, now):
                tick.job(self.liaison)

    def _is_its_turn(self, tick: Tick, now: datetime) -> bool:
        ran_at = self._ran_at.get(tick.id)
        if ran_at and now - ran_at < tick.every:
            return False
        self._ran_at[tick.id] = now
        return True

    def drain(self) -> None:
        """Wait until Slack has heard everything. Raises `Stuck`."""
        give_up = time.monotonic() + _TOO_LONG
        while self._is_waiting():
            if time.monotonic() > give_up or not self._courier.is_alive:
                raise Stuck(f"There are messages that do not reach Slack at {self.clock.now()}.")
            time.sleep(_LOOK_AGAIN)

    def _is_waiting(self) -> bool:
        with self.liaison.reading() as tx:
            return tx.execute(_WAITING).first() is not None

    def next_brief(self) -> datetime | None:
        """When the next brief of anybody is written; None = nobody gets any."""
        with self.liaison.reading() as tx:
            return tx.execute(_NEXT_BRIEF).scalar_one()

    def next_due(self) -> datetime | None:
        """The next step, turn or release of anything; None = nothing is ahead.

        Raises `Stuck` when something stays due though the jobs ran again and again.
        """
        with self.liaison.reading() as tx:
            found = tx.execute(_AHEAD).one()
        due = min((at for at in found if at), default=None)
        if due and self.clock.now() - due > _TOO_LATE:
            raise Stuck(f"What was due at {due} is not done at {self.clock.now()}.")
        return due


@contextmanager
def office(slack_url: str, database_url: str) -> Iterator[Office]:
    """The bot in a workspace served at `slack_url`, on an empty database. Stopped with the block.

    Raises as `bot.app.connect` does.
    """
    settings = _settings(slack_url, database_url)
    clock = ReplayClock(wall)
    liaison, slack, _ = begin(settings, clock.now)
    courier = Courier(
        liaison,
        slack,
        tellings(liaison),
        pace=Pace(settings.liaison_pace),
        lease=timedelta(seconds=settings.liaison_lease_seconds),
    )
    courier.start()
    try:
        yield Office(liaison, courier, clock)
    finally:
        courier.stop()
        liaison.engine.dispose()


def _settings(slack_url: str, database_url: str) -> Settings:
    return Settings.from_env(
        {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{slack_url}/api/",
            "DATABASE_URL": database_url,
            "LIAISON_PLAYBOOK": str(PLAYBOOK),
            "LIAISON_PACE": str(PACE),
        }
    )
