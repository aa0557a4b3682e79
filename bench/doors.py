"""The doors: webhooks by 32 clients, a hundred clicks at once, Bolt's dispatch."""

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count as numbers
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from urllib.parse import urlencode

import uvicorn
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

import handlers
from bench.ground import BEN, NOW, ground, id_of, liaison_on
from bench.line import Line, medians
from bench.wire import request, sent
from bot.clock import wall
from bot.db import make_engine
from bot.delivery.inbox import GroupWriter
from bot.identity import new_id
from bot.intake.doors import Health, doors
from bot.intake.signature import Verifier
from bot.intake.slack_door import SlackDoor
from bot.intake.webhook import Delivery, LeadHook, Receipt, Store
from bot.liaison import Liaison
from bot.models import InboxEvent
from bot.outgoing import Outgoing
from bot.services.deliveries import receive, receive_one
from bot.slack import Slack
from bot.views import ids
from chaos.intake import signed
from handlers.desk import Desk
from replay.slack_process import sandbox
from sandbox.control import Control
from sandbox.people import SIGNING_SECRET, TEAM_ID
from tests.bot_process import BotProcess
from tests.office import LEADS, SECRET, settings_at

CLIENTS = 32
AT_ONCE = 100
DELIVERIES = {"group": 2_000, "nothing": 2_000, "session": 400}
"""Of one measurement, by store: some seconds of each."""


def intakes(size: int) -> Iterator[Line]:
    """Durable hand-offs into a database of `size` against the same server that stores nothing,
    and against a session for each event."""
    for engine, floor, times in (("sqlite", 0.35, 5.0), ("postgresql", 0.17, 3.0)):
        with ground(engine, size) as url, ExitStack() as stack:
            ports = {mode: stack.enter_context(served(mode, url)) for mode in DELIVERIES}
            number = numbers()
            ours, nothing, session = medians(
                *(partial(rate, ports[mode], mode, number) for mode in DELIVERIES)
            )
        for against, theirs, bar in (
            ("the same server storing nothing", nothing, floor),
            ("an ORM session for each event", session, times),
        ):
            yield Line(
                f"durable hand-offs over HTTP, 32 clients, {engine}",
                against,
                f"{size:,}",
                ours / theirs,
                bar,
                at_least=True,
                ours=f"{ours:,.0f} a second",
                theirs=f"{theirs:,.0f} a second",
            )


@contextmanager
def served(mode: str, url: str) -> Iterator[int]:
    """The port of a server with one of three stores, in a process of its own."""
    command = [sys.executable, "-m", "bench.doors", mode, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def rate(port: int, mode: str, number: Iterator[int]) -> float:
    """Deliveries a second that are answered with 202."""
    requests = [_delivery(f"{mode}-{next(number)}") for _ in range(DELIVERIES[mode])]
    began = time.perf_counter()
    sent(port, requests, CLIENTS, 202)
    return len(requests) / (time.perf_counter() - began)


def _delivery(lead_id: str) -> bytes:
    lead = {"lead_id": lead_id, "company": "Acme", "grade": "A", "email": f"{lead_id}@example.org"}
    body = json.dumps(lead | {"first_name": "Jane", "reason": "asked for a demo"}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
    return request("/hooks/leads", body, headers)


def _well() -> Health:
    return Health(ok=True)


def serve(mode: str, url: str) -> None:
    """One server with one of the stores; prints its port and serves until it is killed."""
    liaison = liaison_on(make_engine(url))
    stores: dict[str, Callable[[], Store]] = {
        "group": lambda: GroupWriter(liaison, partial(receive, liaison)).store,
        "nothing": lambda: _store_nothing,
        "session": lambda: partial(_store_in_a_session, liaison),
        "click": lambda: _store_nothing,
    }
    hook = LeadHook(stores[mode](), Verifier([SECRET], wall), wall)
    config = uvicorn.Config(
        doors(hook, _well, slack=_clicked() if mode == "click" else None),
        port=0,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(run())


async def _store_nothing(delivery: Delivery) -> Receipt:
    return Receipt(delivery.key, duplicate=False)


async def _store_in_a_session(liaison: Liaison, delivery: Delivery) -> Receipt:
    """As the usual bot does: a session and a commit for each event, in a thread."""
    return await asyncio.to_thread(_in_a_session, liaison, delivery)


def _in_a_session(liaison: Liaison, delivery: Delivery) -> Receipt:
    for _ in range(20):
        try:
            with liaison.transaction() as tx:
                receipt = receive_one(liaison, tx, delivery, wall())
                tx.add(
                    InboxEvent(
                        team_id=liaison.team_id,
                        id=new_id(wall()),
                        key=delivery.key,
                        kind="lead.handoff",
                        body=delivery.body.decode(),
                        received_at=wall(),
                        processed_at=wall(),
                        handoff_id=receipt.handoff_id,
                    )
                )
                return receipt
        except Exception as error:  # noqa: BLE001  # it is busy, as the usual bot's would be
            logging.debug("again: %s", error)
            time.sleep(0.01)
    raise TimeoutError("The database was busy for too long.")


def dispatches(size: int) -> Iterator[Line]:
    """One event through Bolt with our listeners against Bolt with one."""
    with ground("sqlite", size) as url:
        ours, theirs = medians(partial(_dispatch, _ours(url), 300), partial(_dispatch, _one(), 300))
    yield Line(
        "Bolt's dispatch, our listeners",
        "Bolt with one",
        f"{size:,}",
        ours / theirs,
        3.0,
        at_least=False,
        ours=f"{ours * 1e6:.0f} µs",
        theirs=f"{theirs * 1e6:.0f} µs",
    )


def _app() -> App:
    me = AuthorizeResult(
        enterprise_id=None, team_id="T1", bot_id="B1", bot_user_id="U1", bot_token="xoxb-1"
    )
    return App(
        client=WebClient("xoxb-1"),
        authorize=lambda: me,
        request_verification_enabled=False,
        process_before_response=True,
    )


def _one() -> App:
    app = _app()
    app.command("/nothing")(_acknowledge)
    return app


def _ours(url: str) -> App:
    app = _app()
    liaison = liaison_on(make_engine(url))
    slack = Slack(WebClient("xoxb-1"))
    desk = Desk(liaison, slack, ThreadPoolExecutor(1), Event(), Outgoing())
    handlers.register(app, desk)
    app.command("nothing")(_acknowledge)
    return app


def _acknowledge(ack: Ack) -> None:
    ack()


def _dispatch(app: App, times: int) -> float:
    """Seconds of one command that the last listener of all takes."""
    name = "/nothing" if len(app._listeners) == 1 else "nothing"
    body = f"command={name.replace('/', '%2F')}&text=&team_id=T1&user_id=U1&channel_id=C1"
    headers: dict[str, str | list[str]] = {"content-type": "application/x-www-form-urlencoded"}
    began = time.perf_counter()
    for _ in range(times):
        answer = app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]
        assert answer.status == 200, answer.body
    return (time.perf_counter() - began) / times


def clicks(size: int) -> Iterator[Line]:
    """A hundred people press at once, and what comes after the acknowledgement takes a second: at
    the door and Bolt alone, then **Outcome…** of the whole bot, which reads the lead first."""
    with ground("sqlite", size) as url:
        with served("click", url) as port:
            [alone] = medians(partial(_slowest, port))
        whole = _slowest_of_the_bot(url)
    for what, worst in (
        ("with a listener that does nothing else", alone),
        ("on Outcome…, which reads the lead first", whole),
    ):
        yield Line(
            f"the slowest acknowledgement of 100 clicks at once, {what}, in seconds",
            "Slack's limit of 3 s",
            f"{size:,}",
            worst,
            0.2,
            at_least=False,
            ours=f"{worst * 1000:.0f} ms",
            theirs="3 s",
        )


def _slowest_of_the_bot(url: str) -> float:
    with sandbox() as slack, TemporaryDirectory() as folder:
        Control(slack).set_clock(NOW)
        Control(slack).fault("slow", method="views.open", rate=1.0, seconds=1.0)
        settings = replace(
            settings_at(slack, url), slack_app_token=None, slack_signing_secret=SIGNING_SECRET
        )
        with BotProcess(settings, Path(folder) / "log") as bot:
            [worst] = medians(partial(_slowest, bot.port))
    return worst


def _clicked() -> SlackDoor:
    """Bolt with one listener, which has a second's work to do after its acknowledgement."""
    later = ThreadPoolExecutor(16)

    def click(ack: Ack) -> None:
        ack()
        later.submit(time.sleep, 1.0)

    app = _app()
    app.action(ids.OUTCOME)(click)
    return SlackDoor(app, SIGNING_SECRET, wall)


def _slowest(port: int) -> float:
    requests = [_click(number) for number in range(AT_ONCE)]
    return max(sent(port, requests, AT_ONCE, 200))


def _click(number: int) -> bytes:
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM_ID, "domain": "sandbox"},
        "user": {"id": BEN, "team_id": TEAM_ID},
        "channel": {"id": LEADS},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": LEADS},
        "message": {"type": "message", "ts": "1.2", "text": "card"},
        "trigger_id": f"1.{number}",
        "enterprise": None,
        "actions": [
            {
                "type": "button",
                "action_id": ids.OUTCOME,
                "block_id": "b",
                "value": id_of(number),
                "action_ts": "1.2",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return request("/slack/events", *signed(body, "application/x-www-form-urlencoded"))


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
