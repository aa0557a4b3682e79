"""The doors: webhooks by 32 clients, clicks, Bolt's dispatch, Slack's pace, an import."""

import asyncio
import json
import logging
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import uvicorn
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

import handlers
from bench.clock import liaison_on
from bench.line import TIMES, Line, both
from bench.slack import CHANNELS
from bot.clock import wall
from bot.db import make_engine, migrate
from bot.delivery.inbox import GroupWriter
from bot.identity import new_id
from bot.intake.doors import Health, doors
from bot.intake.lead_event import parse
from bot.intake.signature import Verifier
from bot.intake.slack_door import SlackDoor
from bot.intake.webhook import Delivery, LeadHook, Receipt, Store
from bot.liaison import Liaison
from bot.models import Handoff, History, InboxEvent, Lead, Message
from bot.outgoing import Outgoing
from bot.services import imports as importing
from bot.services.deliveries import receive
from bot.slack import Slack
from chaos.intake import signed
from handlers.desk import Desk
from sandbox.control import Control
from sandbox.people import SIGNING_SECRET
from tests.delivery.mailroom import Mailroom, new_liaison
from tests.intake.wire import Server, serving
from tests.office import MONDAY_TEN, SECRET
from tests.postgres import Postgres

CLIENTS = 32
AT_ONCE = 100
MOST = 10_000
"""Deliveries of one measurement: enough for a steady rate."""


@contextmanager
def database(engine_name: str) -> Iterator[str]:
    """An empty database with the tables in it."""
    with TemporaryDirectory(prefix="liaison-bench-") as folder:
        server = Postgres(Path(folder) / "postgres") if engine_name == "postgresql" else None
        url = server.fresh() if server else f"sqlite:///{folder}/bench.db"
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        try:
            yield url
        finally:
            if server:
                server.stop()


def intakes(size: int) -> Iterator[Line]:
    """Durable hand-offs over HTTP against the same server that stores nothing, and against a
    session for each event."""
    count = min(size, MOST)
    for engine, floor, times in (("sqlite", 0.35, 5.0), ("postgresql", 0.17, 3.0)):
        with database(engine) as url:
            ours, nothing = both(
                partial(rate, "group", url, count), partial(rate, "nothing", url, count)
            )
            group, each = both(
                partial(rate, "group", url, count), partial(rate, "session", url, count // 5)
            )
        measured = f"{ours:,.0f} and {nothing:,.0f} a second"
        yield Line(
            f"durable hand-offs over HTTP, 32 clients, {engine}",
            "the same server storing nothing",
            f"{size:,}",
            ours / nothing,
            floor,
            at_least=True,
            measured=measured,
        )
        yield Line(
            f"durable hand-offs over HTTP, 32 clients, {engine}",
            "an ORM session for each event",
            f"{size:,}",
            group / each,
            times,
            at_least=True,
            measured=f"{group:,.0f} and {each:,.0f} a second",
        )


def rate(mode: str, url: str, count: int) -> float:
    """Deliveries a second that a server in a process of its own answers with 202."""
    command = [sys.executable, "-m", "bench.doors", mode, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        began = time.perf_counter()
        asyncio.run(_deliver(port, count, f"{mode}-{time.time_ns()}"))
        took = time.perf_counter() - began
        server.kill()
    return count / took


async def _deliver(port: int, count: int, name: str) -> None:
    numbers = iter(range(count))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            writer.write(_request(f"{name}-{number}"))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            body = await reader.readexactly(length)
            assert b" 202 " in head, (head, body)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


def _request(lead_id: str) -> bytes:
    lead = {"lead_id": lead_id, "company": "Acme", "grade": "A", "email": f"{lead_id}@example.org"}
    body = json.dumps(lead | {"first_name": "Jane", "reason": "asked for a demo"}).encode()
    head = (
        "POST /hooks/leads HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _well() -> Health:
    return Health(ok=True)


def serve(mode: str, url: str) -> None:
    """One server with one of three stores; prints its port and serves until it is killed."""
    liaison = liaison_on(make_engine(url))
    stores: dict[str, Callable[[], Store]] = {
        "group": lambda: GroupWriter(liaison, partial(receive, liaison)).store,
        "nothing": lambda: _store_nothing,
        "session": lambda: partial(_store_in_a_session, liaison),
    }
    hook = LeadHook(stores[mode](), Verifier([SECRET], wall), wall)
    config = uvicorn.Config(
        doors(hook, _well), port=0, log_config=None, access_log=False, lifespan="off"
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
                receipt = receive(liaison, tx, delivery, wall())
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
    with database("sqlite") as url:
        ours, theirs = both(partial(_dispatch, _ours(url), 300), partial(_dispatch, _one(), 300))
    yield Line(
        "Bolt's dispatch, our listeners",
        "Bolt with one",
        f"{size:,}",
        ours / theirs,
        3.0,
        at_least=False,
        measured=f"{ours * 1e6:.0f} µs, {theirs * 1e6:.0f} µs",
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
    """A hundred clicks at once, whose work after the acknowledgement takes a second each."""
    later = ThreadPoolExecutor(16)
    app = _app()

    def click(ack: Ack) -> None:
        ack()
        later.submit(time.sleep, 1.0)

    app.command("/click")(click)
    door = SlackDoor(app, SIGNING_SECRET, wall)
    hook = LeadHook(_store_nothing, None, wall)
    slowest: list[float] = []
    with serving(doors(hook, _well, slack=door)) as server:
        for _ in range(TIMES):
            with ThreadPoolExecutor(AT_ONCE) as people:
                slowest.append(max(people.map(partial(_click, server), range(AT_ONCE))))
    later.shutdown(wait=False, cancel_futures=True)
    worst = statistics.median(slowest)
    yield Line(
        "the slowest of 100 clicks at once, whose later work takes 1 s",
        "seconds; Slack's limit is 3",
        f"{size:,}",
        worst,
        0.2,
        at_least=False,
        measured=f"{worst * 1000:.0f} ms",
    )


def _click(server: Server, _number: int) -> float:
    body, headers = signed(
        b"command=%2Fclick&text=&team_id=T1&user_id=U1&channel_id=C1",
        "application/x-www-form-urlencoded",
    )
    began = time.perf_counter()
    assert server.send("POST", "/slack/events", body, headers).status == 200
    return time.perf_counter() - began


@dataclass(frozen=True)
class _Elsewhere:
    """A sandbox in a process of its own, as far as a mailroom asks for it."""

    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def control(self) -> Control:
        return Control(self.url)


def paces(size: int) -> Iterator[Line]:
    """Messages into forty channels against the pace that Slack allows."""
    for engine, workers, pace, seconds, floor in (
        ("sqlite", 1, 1.0, 20, 0.98),
        ("postgresql", 3, 1.0, 20, 0.98),
        ("sqlite", 1, 20.0, 5, 0.88),
    ):
        efficiency, limited = delivered(engine, workers, pace, seconds)
        yield Line(
            f"messages at {pace:g}/s × 40 channels, {workers} worker(s), {engine}",
            "the pace allowed",
            f"{size:,}",
            efficiency,
            floor if not limited else 2.0,
            at_least=True,
            measured=f"{limited} answers 429",
        )


def delivered(engine: str, workers: int, pace: float, seconds: int) -> tuple[float, int]:
    """The part of the pace allowed that was reached, and how often Slack said 429."""
    command = [sys.executable, "-m", "bench.slack", str(pace)]
    with (
        database(engine) as url,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as slack,
    ):
        assert slack.stdout
        sandbox = _Elsewhere(slack.stdout.readline().strip())
        liaisons = [new_liaison(url)]
        liaisons += [
            replace(liaisons[0], engine=make_engine(url), something_to_tell=Event())
            for _ in range(workers - 1)
        ]
        rooms = [Mailroom(sandbox, liaison) for liaison in liaisons]  # type: ignore[arg-type]
        each = int(seconds * pace) + 1
        for channel in CHANNELS:
            rooms[0].say(*(f"{channel} {number}" for number in range(each)), channel=channel)
        for room in rooms[1:]:
            room.words = rooms[0].words
        began = time.perf_counter()
        with ExitStack() as stack:
            for room in rooms:
                stack.enter_context(room.courier(pace))
            rooms[0].settle(20 * seconds)
        took = time.perf_counter() - began
        calls = sandbox.control.traffic()
        for liaison in liaisons:
            liaison.engine.dispose()
        slack.kill()
    return seconds / took, sum(call["status"] == 429 for call in calls)


def imports(size: int) -> Iterator[Line]:
    """Rows brought in as history against one executemany of the same rows."""
    count = min(size, 100_000)
    events = [
        parse(
            json.dumps(
                {"lead_id": str(n), "company": f"Acme {n}", "first_name": "Jane", "grade": "B"}
            ).encode(),
            MONDAY_TEN,
        )
        for n in range(count)
    ]

    def bring_in() -> float:
        with database("sqlite") as url:
            liaison = liaison_on(make_engine(url))
            began = time.perf_counter()
            for start in range(0, count, importing.AT_ONCE):
                importing.bring_in(liaison, events[start : start + importing.AT_ONCE])
            took = time.perf_counter() - began
            rows.update(_rows(liaison))
            liaison.engine.dispose()
        return took

    rows: dict[type[SQLModel], list[dict[str, object]]] = {}
    bring_in()

    def put() -> float:
        with database("sqlite") as url:
            engine = make_engine(url)
            began = time.perf_counter()
            with engine.begin() as connection:
                for table, prepared in rows.items():
                    connection.execute(insert(table), prepared)
            took = time.perf_counter() - began
            engine.dispose()
        return took

    ours, theirs = both(bring_in, put)
    yield Line(
        f"import of {count:,} rows, sqlite",
        "executemany of the same prepared rows",
        f"{size:,}",
        theirs / ours,
        0.3,
        at_least=True,
        measured=f"{count / ours:,.0f} and {count / theirs:,.0f} a second",
    )


def _rows(liaison: Liaison) -> dict[type[SQLModel], list[dict[str, object]]]:
    """All that the import wrote, as it would be written again."""
    tables: tuple[type[SQLModel], ...] = (Lead, Handoff, History, InboxEvent)
    with Session(liaison.engine) as tx:
        assert tx.scalar(select(func.count()).select_from(Message)) == 0
        return {table: [row.model_dump() for row in tx.scalars(select(table))] for table in tables}


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
