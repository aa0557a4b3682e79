"""An office for tests: a sandbox workspace and the real bot in it, over the wire."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import select
from sqlmodel import col

from bot.app import Bot
from bot.config import Settings
from bot.models import Message
from sandbox.control import Control
from sandbox.server import Sandbox

Json = dict[str, Any]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PLAYBOOK = Path(__file__).parent.parent / "sandbox" / "playbook.toml"
MANIFEST = Path(__file__).parent.parent / "manifest.yml"
LEADS = "C0LEADS0000"
MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday 10:00 in Berlin, where most of the sandbox's people are."""

ANA, BEN, CHLOE, DEV = "U0ANA000000", "U0BEN000000", "U0CHLOE0000", "U0DEV000000"
ELLA, HUGO = "U0ELLA00000", "U0HUGO00000"
IDA, OLGA, PIA = "U0IDA000000", "U0OLGA00000", "U0PIA000000"
PACE = 1000.0

_WAITING = select(Message).where(col(Message.send_at).is_not(None)).limit(1)


def dm(person: str) -> str:
    """The channel of a person's DM with the bot."""
    return "D0" + person[2:]


@cache
def playbook_without_a_cap() -> Path:
    """The sandbox's, but every lead is a message of its own, however many a day or minute brings,
    and there is no stand-up.

    Tests share a person's day; those of the brief and the cap use `without_standup`.
    """
    attention = '[attention]\ncap = 1000\nat_once = ["A", "B", "C", "D"]\n'
    batches = "[batches]\nsize = 1000\n"
    return playbook_with(attention + batches, leave_out='standup = "#standup"\n')


@cache
def without_standup() -> Path:
    """The sandbox's, but nobody hears of a meeting."""
    return playbook_with("", leave_out='standup = "#standup"\n')


def playbook_with(more: str, leave_out: str = "") -> Path:
    """The sandbox's with something added, and something taken out."""
    text = PLAYBOOK.read_text("utf-8")
    assert leave_out in text
    file = Path(mkdtemp(prefix="liaison-")) / "playbook.toml"
    file.write_text(text.replace(leave_out, "") + "\n" + more, "utf-8")
    return file


def settings_for(sandbox: Sandbox, database_url: str) -> Settings:
    """Socket Mode, the sandbox's clock and pace, a free port, short leases."""
    return settings_at(sandbox.url, database_url)


def settings_at(sandbox_url: str, database_url: str) -> Settings:
    """The same for a sandbox of which only the address is known."""
    return Settings.from_env(
        {
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_APP_TOKEN": "xapp-sandbox",
            "SLACK_API_URL": f"{sandbox_url}/api/",
            "DATABASE_URL": database_url,
            "LIAISON_PLAYBOOK": str(playbook_without_a_cap()),
            "LIAISON_WEBHOOK_SECRET": SECRET,
            "LIAISON_CLOCK_URL": f"{sandbox_url}/clock",
            "LIAISON_PACE": str(PACE),
            "LIAISON_LEASE_SECONDS": "2",
            "PORT": "0",
        }
    )


@dataclass
class Office:
    """One workspace, one bot, one clock that tests set. Everything goes over HTTP and sockets."""

    sandbox: Sandbox
    settings: Settings
    bot: Bot | None = None
    _leads: dict[str, str] = field(default_factory=dict, init=False)
    """The lead_id of each hand-off handed over here."""

    @property
    def control(self) -> Control:
        return self.sandbox.control

    def open(self) -> None:
        """Start a bot on this office's database."""
        self.bot = Bot(self.settings)
        self.bot.start()

    def close(self) -> None:
        """Stop it as SIGTERM would."""
        if self.bot:
            self.bot.stop()
        self.bot = None

    def reopen(self, **changes: Any) -> None:
        """Stop and start, with other settings if wanted."""
        self.close()
        self.settings = replace(self.settings, **changes)
        self.open()

    def tell(self, **event: object) -> Json:
        """POST an event to the webhook as a CRM would; gives the answer's JSON."""
        assert self.bot
        request = Request(
            f"http://127.0.0.1:{self.bot.port}/hooks/leads",
            json.dumps(event).encode(),
            {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:
            assert answer.status == 202
            told: Json = json.load(answer)
            return told

    def hand_over(self, **fields: object) -> str:
        """Hand over a lead, grade A and Ben's unless told otherwise; gives the hand-off's id."""
        number = len(self._leads) + 1
        lead: Json = {
            "lead_id": f"lead-{number}",
            "company": f"Acme {number}",
            "first_name": "Jane",
            "last_name": "Doe",
            "email": f"jane{number}@example.org",
            "phone": "+1 555 0100",
            "title": "Head of Procurement",
            "campaign": "Spring webinar",
            "grade": "A",
            "owner": "ben@example.com",
            "reason": "asked for a demo",
            "occurred_at": self.now().isoformat(),
        }
        given = {key: value for key, value in (lead | fields).items() if value is not None}
        handoff = str(self.tell(**given)["handoff"])
        self._leads[handoff] = given["lead_id"]
        return handoff

    def lead_of(self, handoff_id: str) -> str:
        """The lead_id it was handed over with."""
        return self._leads[handoff_id]

    def now(self) -> datetime:
        """Business time."""
        assert self.bot
        return self.bot.liaison.now()

    def card(self, handoff_id: str, shows: str = "") -> Json:
        """The card of a hand-off in the channel, waited for until it shows these words."""
        return self._noted(
            LEADS,
            lambda message: (
                not is_reply(message)
                and handoff_id in json.dumps(message)
                and shows in text_of(message)
            ),
        )

    def dm(self, person: str, handoff_id: str, shows: str = "") -> Json:
        """A person's newest DM that has this hand-off's buttons and these words, waited for."""
        return self._noted(
            dm(person),
            lambda message: (
                handoff_id in json.dumps(message)
                and shows in text_of(message)
                and not is_brief(message)
            ),
        )

    def brief(self, person: str, shows: str = "") -> Json:
        """A person's newest brief that has these words, waited for."""
        return self._noted(
            dm(person),
            lambda message: is_brief(message) and shows in text_of(message),
        )

    def _noted(self, channel: str, matches: Callable[[Json], bool]) -> Json:
        """A message that Slack shows and the bot has noted so: clocks start at the second, and
        a test that sets the clock between the two would start them elsewhere."""
        message = self.control.message(channel, matches)
        self.control.until(lambda: self._is_noted(message))
        return message

    def _is_noted(self, message: Json) -> bool:
        if self.bot is None or not message.get("metadata"):
            return True
        return self._row(message).ts is not None

    def briefs(self, person: str) -> list[Json]:
        """All briefs a person has, oldest first."""
        return [message for message in self.dms(person) if is_brief(message)]

    def dms(self, person: str) -> list[Json]:
        """All DMs a person has from the bot, oldest first, private notes left out."""
        messages = self.control.messages(dm(person))
        return [message for message in messages if not message["ephemeral_to"]]

    def press(self, person: str, action_id: str, message: Json, channel: str, value: str) -> Json:
        """Press a button or choose a menu's entry of a message."""
        return self.control.click(person, action_id, channel=channel, ts=message["ts"], value=value)

    def press_at_once(
        self, people: Sequence[str], action_id: str, message: Json, channel: str, value: str
    ) -> None:
        """Several people press the same button at the same moment."""
        with ThreadPoolExecutor(len(people)) as hands:
            list(
                hands.map(
                    lambda person: self.press(person, action_id, message, channel, value), people
                )
            )

    def whisper(self, person: str, shows: str) -> Json:
        """A private note to a person, anywhere, waited for."""
        return self.control.until(lambda: self._whispered(person, shows))

    def whisper_to_any(self, people: Sequence[str], shows: str) -> Json:
        """A private note that one of these people has, waited for."""
        return self.control.until(
            lambda: next(filter(None, (self._whispered(each, shows) for each in people)), None)
        )

    def _whispered(self, person: str, shows: str) -> Json | None:
        for channel in (LEADS, dm(person)):
            for message in self.control.messages(channel):
                if message["ephemeral_to"] == person and shows in text_of(message):
                    return message
        return None

    def modal(self, person: str, title: str) -> Json:
        """The top modal of a person, waited for."""
        return self.control.until(
            lambda: next(
                (
                    view
                    for view in reversed(self.control.state(person)["views"])
                    if view["title"]["text"] == title
                ),
                None,
            )
        )

    def subject(self, message: Json) -> str:
        """The hand-off a message of the bot's is about, by its mark; the person a brief is for; ""
        for a private note."""
        assert self.bot
        return self._row(message).subject_id if message.get("metadata") else ""

    def _row(self, message: Json) -> Message:
        assert self.bot
        mark = message["metadata"]["event_payload"]["mark"]
        with self.bot.liaison.reading() as tx:
            return tx.get_one(Message, (self.bot.liaison.team_id, mark.partition(".")[0]))

    def settle(self) -> None:
        """Wait until Slack has heard everything there is to tell now."""
        assert self.bot
        self.control.until(lambda: not unsaid(self.bot))


def unsaid(bot: Bot | None) -> bool:
    """Whether a message still waits for Slack."""
    assert bot
    with bot.liaison.reading() as tx:
        return tx.scalars(_WAITING).first() is not None


def is_brief(message: Json) -> bool:
    """Whether it opens somebody's day, with many leads in it."""
    return str(message["text"]).startswith("Your brief")


def is_reply(message: Json) -> bool:
    """Whether it stands in a thread, below another message."""
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def text_of(message: Json) -> str:
    """All that a message says, text and blocks."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)
