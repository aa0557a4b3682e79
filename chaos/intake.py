"""Killed while webhooks, events and clicks come in at full speed."""

import hmac
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlencode

from sqlalchemy import Select, func, select
from sqlmodel import col

from bot.app import begin
from bot.delivery.inbox import take_in
from bot.models import Handoff, History, InboxEvent, Lead
from bot.services.deliveries import receive
from bot.views import ids
from chaos.kills import parse_lead
from chaos.row import Finding, Row
from chaos.stage import Stage, lead, stage
from sandbox.people import SIGNING_SECRET, TEAM_ID, person_id
from tests.office import LEADS, MONDAY_TEN, SECRET

CLIENTS = 32
Headers = dict[str, str]
Made = tuple[str, bytes, Headers]
"""Path, body and headers of a request."""
LIVES = (1.0, 3.0)
"""Seconds a bot lives from the moment it listens until it is killed."""


@dataclass
class Senders:
    """What was acknowledged, by kind; each is sent until it is, as a CRM and Slack would."""

    port: Callable[[], int]
    acknowledged: dict[str, set[int]] = field(
        default_factory=lambda: {"webhook": set(), "event": set(), "click": set()}
    )
    unanswered: int = 0
    not_saved: int = 0
    """Clicks whose people were told to press again."""
    opened: list[HTTPConnection] = field(default_factory=list)
    own: threading.local = field(default_factory=threading.local)

    @property
    def answered(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    def send(self, kind: str, number: int, request: Callable[[int], Made]) -> None:
        """Until somebody says that it is stored."""
        for _ in range(2000):
            path, body, headers = request(number)
            if self._post(path, body, headers) in {200, 202}:
                self.acknowledged[kind].add(number)
                return
            self.unanswered += 1
            time.sleep(0.05)
        raise TimeoutError("The bot never came back.")

    def _post(self, path: str, body: bytes, headers: Headers) -> int:
        try:
            connection = self._connection()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self.own.connection = None
            return 0
        return answer.status

    def _connection(self) -> HTTPConnection:
        port, known = self.port(), getattr(self.own, "connection", None)
        if known is None or known.port != port:
            known = self.own.connection = HTTPConnection("127.0.0.1", port, timeout=5)
            self.opened.append(known)
        return known

    def close(self) -> None:
        for connection in self.opened:
            connection.close()


def webhook(number: int) -> Made:
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    event = lead(number, lead_id=f"hook-{number}")
    return "/hooks/leads", json.dumps(event).encode(), headers


def event(number: int) -> Made:
    """Another app's metadata that is a lead."""
    told = {
        "type": "message_metadata_posted",
        "app_id": "A0FORMS",
        "channel_id": LEADS,
        "message_ts": f"{1_700_000_000 + number}.000001",
        "event_ts": f"{1_700_000_000 + number}.000001",
        "metadata": {
            "event_type": "lead_handoff",
            "event_payload": lead(number, lead_id=f"event-{number}"),
        },
    }
    body = {
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "team_id": TEAM_ID,
        "api_app_id": "A0LIAISON00",
        "event": told,
    }
    return "/slack/events", *signed(json.dumps(body).encode(), "application/json")


class Whispers:
    """Where private notes go: who reads "not saved" was told, and has to press again."""

    def __init__(self) -> None:
        self.not_saved: set[int] = set()
        heard = self.not_saved

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if "saved" in body:
                    heard.add(int(self.path.rpartition("/")[2]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def click(handoffs: list[str], answers: str, number: int) -> Made:
    """**Accept**, by whoever has the lead."""
    reps = ("ana", "ben", "chloe", "hugo")
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM_ID, "domain": "sandbox"},
        "user": {"id": person_id(reps[number % 4]), "team_id": TEAM_ID},
        "channel": {"id": LEADS},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": LEADS},
        "message": {"type": "message", "ts": "1.2", "text": "card"},
        "trigger_id": f"1.{number}",
        "enterprise": None,
        "response_url": f"{answers}/{number}",
        "actions": [
            {
                "type": "button",
                "action_id": ids.ACCEPT,
                "block_id": "b",
                "value": handoffs[number],
                "action_ts": "1.2",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return "/slack/events", *signed(body, "application/x-www-form-urlencoded")


def signed(body: bytes, kind: str) -> tuple[bytes, Headers]:
    stamp = str(int(time.time()))
    mac = hmac.digest(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, "sha256").hex()
    headers = {"Content-Type": kind, "x-slack-request-timestamp": stamp}
    return body, headers | {"x-slack-signature": f"v0={mac}"}


def killed(each: int, kills: int, spare: int = 0) -> list[Finding]:
    """`each` webhooks, events and clicks from 32 senders, while the bot is killed so often.

    `spare` events need not be worked on in the end, only stored.
    """
    with stage(pace=1.0, slack_app_token=None, slack_signing_secret=SIGNING_SECRET) as on:
        handoffs = accepted_later(on, each)
        whispers = Whispers()
        on.start()
        ports = [on.bots[0].port]
        senders = Senders(lambda: ports[0])
        makers: dict[str, Callable[[int], Made]] = {
            "webhook": webhook,
            "event": event,
            "click": partial(click, handoffs, whispers.url),
        }
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            sent = [
                pool.submit(senders.send, kind, number, maker)
                for number in range(each)
                for kind, maker in makers.items()
            ]
            chance = Random(4)
            for number in range(1, kills + 1):
                # Never after the last request: a kill that hits nobody would show nothing.
                enough = len(sent) * number // (kills + 1)
                dies_at = time.monotonic() + chance.uniform(*LIVES)
                while time.monotonic() < dies_at and senders.answered < enough:
                    time.sleep(0.002)
                on.kill(0)
                ports[0] = on.bots[0].port
            for done in sent:
                done.result()
        seconds = time.monotonic() - began
        # The event at hand when a bot was killed comes back when its lease of a minute ends.
        on.until(lambda: on.scalar(waiting_events()) <= spare, 300)
        on.stop()
        whispers.close()
        senders.close()
        senders.not_saved = len(senders.acknowledged["click"] & whispers.not_saved)
        senders.acknowledged["click"] -= whispers.not_saved
        return checked(on, senders, handoffs, seconds)


def waiting_events() -> Select[int]:
    return select(func.count()).where(col(InboxEvent.next_try_at).is_not(None))


def accepted_later(on: Stage, count: int) -> list[str]:
    """Hand-offs that are there already, for the clicks."""
    liaison, _, _ = begin(on.settings, lambda: MONDAY_TEN)
    found: list[str] = []
    for start in range(0, count, 200):
        numbers = range(start, min(start + 200, count))
        deliveries = [parse_lead(number) for number in numbers]
        receipts = take_in(liaison, deliveries, partial(receive, liaison))
        found += [receipt.handoff_id or "" for receipt in receipts]
    liaison.engine.dispose()
    return found


def checked(on: Stage, senders: Senders, handoffs: list[str], seconds: float) -> list[Finding]:
    waits = {
        key: bool(at)
        for key, at in on.rows(select(col(InboxEvent.key), col(InboxEvent.next_try_at)))
    }
    of_lead = select(col(Lead.lead_key), func.count()).join(
        Handoff, (col(Handoff.team_id) == Lead.team_id) & (col(Handoff.lead_id) == Lead.id)
    )
    made = dict(tuple(row) for row in on.rows(of_lead.group_by(col(Lead.lead_key))))
    accepted = select(col(History.handoff_id), func.count()).where(col(History.kind) == "accepted")
    lines = dict(tuple(row) for row in on.rows(accepted.group_by(col(History.handoff_id))))
    acked = senders.acknowledged
    times = {
        "webhook": [made.get(f"id:hook-{n}", 0) for n in acked["webhook"]],
        "event": [
            made.get(f"id:event-{n}", int(waits.get(f"slack:Ev{n}", False))) for n in acked["event"]
        ],
        "click": [lines.get(handoffs[n], 0) for n in acked["click"]],
    }
    total = sum(map(len, times.values()))
    return [
        Finding(
            f"{kind}s: what was acknowledged is stored, exactly once",
            f"{len(counts)} acknowledged, {counts.count(0)} not stored, "
            f"{sum(count > 1 for count in counts)} more than once",
            set(counts) == {1},
        )
        for kind, counts in times.items()
    ] + [
        Finding(
            "senders that got no answer send again and are answered",
            f"{total} in {seconds:.0f} s, {senders.unanswered} tries without an answer",
            senders.unanswered > 0 and total + senders.not_saved == len(times) * len(handoffs),
        )
    ]


def long() -> list[Finding]:
    return killed(4_000, 15)


def short() -> list[Finding]:
    return killed(40, 1, spare=1)


ROW = Row("kill -9 while 12,000 webhooks, events and clicks come in at full speed", long, short)
