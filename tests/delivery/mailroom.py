"""An outbox and a sandbox without the rest of the bot: messages that say what a test wants."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.clock import wall
from bot.db import make_engine
from bot.delivery.courier import Courier, Routes, Telling
from bot.delivery.messages import revise, revise_those
from bot.delivery.pacing import Pace
from bot.delivery.sayings import say_in_channel
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Message, MessageKind, Person
from bot.playbook import Playbook
from bot.slack import Slack
from bot.views.blocks import Post
from sandbox.control import Control
from sandbox.server import Sandbox
from tests.office import BEN, LEADS, PACE, Json

TEAM = "T0SANDBOX00"
LEASE = timedelta(seconds=1)
CALL = 0.5
"""Seconds a call to Slack may take; half a lease, as the courier demands."""


def new_liaison(database_url: str) -> Liaison:
    """On a new database with the tables in it, and Ben."""
    engine = make_engine(database_url)
    liaison = Liaison(TEAM, engine, Shelf(Playbook.parse("")), Rooms(LEADS), now=wall, wall=wall)
    with liaison.transaction() as tx:
        tx.add(Person(team_id=TEAM, id=BEN, name="Ben", email=None, timezone="UTC"))
    return liaison


@dataclass
class Mailroom:
    """Each subject is one message, whose words a test sets and changes."""

    sandbox: Sandbox
    liaison: Liaison
    words: dict[str, str] = field(default_factory=dict)
    breaks_when_shown: set[str] = field(default_factory=set)
    changes_when_shown: dict[str, str] = field(default_factory=dict)
    """Which other subject has to say something else once one is shown."""
    troubles: list[tuple[str, str]] = field(default_factory=list)
    """What an admin would have heard of: a subject and Slack's word for what is wrong."""

    def slack(self) -> Slack:
        client = WebClient(
            "xoxb-sandbox",
            self.sandbox.api_url,
            timeout=CALL,  # type: ignore[arg-type]  # declared in whole seconds, used as it is
            retry_handlers=[],
        )
        return Slack(client)

    @contextmanager
    def courier(self, pace: float = PACE) -> Iterator[Courier]:
        """Carries while the block runs."""
        courier = self.idle_courier(pace)
        courier.start()
        try:
            yield courier
        finally:
            courier.stop()

    def idle_courier(self, pace: float = PACE, slack: Slack | None = None) -> Courier:
        """One that was not started."""
        return Courier(
            self.liaison,
            slack or self.slack(),
            dict.fromkeys(MessageKind, Telling(self._render, self._shown)),
            pace=Pace(pace),
            lease=LEASE,
            routes=Routes(
                lambda _tx, message, code: self.troubles.append((message.subject_id, code))
            ),
        )

    def _render(self, _tx: Session, message: Message, _now: datetime) -> Post | None:
        words = self.words.get(message.subject_id)
        return None if words is None else Post(words, [_section(words)])

    def _shown(self, tx: Session, message: Message, _now: datetime) -> None:
        if other := self.changes_when_shown.get(message.subject_id):
            revise_those(tx, self.liaison, col(Message.subject_id) == other)
        if message.subject_id in self.breaks_when_shown:
            raise ValueError(f"{message.subject_id} breaks what follows it")

    def say(self, *subjects: str, channel: str = LEADS) -> None:
        """Queue one message for each subject, which says its name."""
        with self.liaison.transaction() as tx:
            for subject in subjects:
                self.words.setdefault(subject, subject)
                key = f"card:{subject}"
                say_in_channel(tx, self.liaison, key, MessageKind.CARD, subject, channel)

    def reply(self, parent: str, subject: str) -> None:
        """Queue one more message in the thread of another."""
        self.say(subject)
        with self.liaison.transaction() as tx:
            key = (TEAM, self.row(subject).id)
            tx.get_one(Message, key).parent_id = self.row(parent).id

    def change(self, subject: str, words: str) -> None:
        """Its message has to say something else from now on."""
        self.words[subject] = words
        with self.liaison.transaction() as tx:
            revise(tx, self.liaison, subject)

    def row(self, subject: str) -> Message:
        with self.liaison.reading() as tx:
            return tx.scalars(select(Message).where(col(Message.subject_id) == subject)).one()

    def settle(self, seconds: float = 10) -> None:
        """Wait until nothing is left to send."""
        self.sandbox.control.until(self._is_settled, seconds)

    def _is_settled(self) -> bool:
        waiting = select(Message).where(col(Message.send_at).is_not(None)).limit(1)
        with self.liaison.reading() as tx:
            return tx.scalars(waiting).first() is None

    def shown(self, channel: str = LEADS) -> list[str]:
        """What a channel says now, oldest first."""
        messages = self.sandbox.control.messages(channel)
        return [message["text"] for message in messages if not message["deleted"]]

    def calls(self, method: str) -> list[Json]:
        """The calls of a method so far, refused ones too."""
        return [call for call in self.sandbox.control.traffic() if call.get("method") == method]


def _section(words: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


@dataclass(frozen=True)
class Ledger:
    """What the database meant to say, held against what Slack shows."""

    lost: list[str]
    double: list[str]
    shown: int

    @classmethod
    def of(cls, sandbox: Sandbox, database_url: str) -> "Ledger":
        """Every row's newest post must be shown exactly once, wherever it is."""
        return cls.across(sandbox.control, list(sandbox.workspace.channels), database_url)

    @classmethod
    def across(cls, control: Control, channels: Sequence[str], database_url: str) -> "Ledger":
        """The same in these channels of a sandbox that stands elsewhere."""
        engine = make_engine(database_url)
        with Session(engine) as tx:
            rows = list(tx.scalars(select(Message).where(col(Message.dropped).is_(None))))
        engine.dispose()
        shown = Counter(_marks(control, channels))
        expected = {f"{row.id}.{row.posts}": row.key for row in rows}
        return cls(
            lost=[key for mark, key in expected.items() if not shown[mark]],
            double=[mark for mark, times in shown.items() if times > 1],
            shown=shown.total(),
        )


def _marks(control: Control, channels: Sequence[str]) -> Iterator[str]:
    for channel in channels:
        for message in control.messages(channel):
            mark = ((message.get("metadata") or {}).get("event_payload") or {}).get("mark")
            if mark:
                yield str(mark)
