"""The database locked, full, gone, restarted; its connections cut."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from sqlalchemy import event, select, text
from sqlmodel import col

from bot.app import Bot
from bot.models import Handoff
from chaos.row import Finding, Row, log_to_file
from chaos.stage import Stage, deliver, lead, stage
from tests.delivery.locks import locked

CLIENTS = 16
PAUSE = 0.5
"""Seconds until a sender that was refused tries again."""
RECOVERS_WITHIN = 10.0
"""Seconds from the end of the trouble to the first acknowledgement after it."""


@contextmanager
def running(on: Stage) -> Iterator[Bot]:
    bot = Bot(on.settings)
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()


def hurt(on: Stage, name: str, leads: int, trouble: Callable[[Bot], None]) -> Finding:
    """Hand over leads before, during and after the trouble; all acknowledged are told."""
    with running(on) as bot, ThreadPoolExecutor(CLIENTS) as pool:
        acknowledged: list[tuple[float, str]] = []

        def hand_over(number: int) -> None:
            event = lead(number, lead_id=f"{name}-{number}")
            handoff = deliver(lambda: bot.port, event, pause=PAUSE)
            acknowledged.append((time.monotonic(), handoff))

        before = [pool.submit(hand_over, number) for number in range(leads // 2)]
        for done in before:
            done.result()
        with ThreadPoolExecutor(1) as aside:
            troubling = aside.submit(trouble, bot)
            time.sleep(0.2)
            later = [pool.submit(hand_over, number) for number in range(leads // 2, leads)]
            troubling.result()
        over = time.monotonic()
        for done in later:
            done.result()
        after = [at - over for at, _ in acknowledged if at > over]
        on.until(lambda: not on.unsaid() and on.posted() >= 2 * leads, 120)
        ids = {handoff for _, handoff in acknowledged}
        stored = {one for (one,) in on.rows(select(col(Handoff.id)))}
        ledger = on.ledger()
    recovered = min(after, default=0.0)
    engine = on.settings.database_url.partition(":")[0]
    return Finding(
        f"{engine} {name}: acknowledged is stored, all is told, it goes on by itself",
        f"{len(acknowledged)} acknowledged, {len(ids - stored)} not stored; "
        f"{ledger.shown} shown, {len(ledger.lost)} lost, {len(ledger.double)} double; "
        f"first answer {recovered:.1f} s after",
        ids <= stored
        and len(ids) == leads
        and not ledger.lost
        and not ledger.double
        and recovered < RECOVERS_WITHIN,
    )


def lock_for(on: Stage, seconds: float) -> Callable[[Bot], None]:
    def trouble(_bot: Bot) -> None:
        with locked(on.settings.database_url):
            time.sleep(seconds)

    return trouble


def fill_for(seconds: float) -> Callable[[Bot], None]:
    """A disk that is full: the file may not grow by a page."""

    def trouble(bot: Bot) -> None:
        engine = bot.liaison.engine
        with bot.liaison.reading() as tx:
            pages = tx.execute(text("PRAGMA page_count")).scalar_one()

        def hold(connection: Any, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages}")

        event.listen(engine, "connect", hold)
        engine.dispose()
        time.sleep(seconds)
        event.remove(engine, "connect", hold)
        engine.dispose()

    return trouble


def stop_for(on: Stage, seconds: float) -> Callable[[Bot], None]:
    def trouble(_bot: Bot) -> None:
        assert on.postgres
        on.postgres.down()
        time.sleep(seconds)
        on.postgres.up()

    return trouble


def cut(on: Stage, times: int, pause: float) -> Callable[[Bot], None]:
    def trouble(_bot: Bot) -> None:
        assert on.postgres
        for _ in range(times):
            on.postgres.hang_up(on.settings.database_url)
            time.sleep(pause)

    return trouble


def held(engine: str, leads: int, seconds: float) -> list[Finding]:
    with stage(engine) as on:
        return [hurt(on, "locked", leads, lock_for(on, seconds))]


def full(leads: int, seconds: float) -> list[Finding]:
    with stage() as on:
        found = hurt(on, "full", leads, fill_for(seconds))
        whole = on.scalar(text("PRAGMA integrity_check"))
    intact = f"integrity_check says {whole}"
    return [found, Finding("the file that was full is whole", intact, whole == "ok")]


def stopped(leads: int, seconds: float) -> list[Finding]:
    with stage("postgresql") as on:
        return [hurt(on, "stopped and started", leads, stop_for(on, seconds))]


def hung_up(leads: int, cuts: int) -> list[Finding]:
    with stage("postgresql") as on:
        return [hurt(on, f"{cuts} times cut", leads, cut(on, cuts, 0.5))]


def long() -> list[Finding]:
    """All at once, because most of it is waiting for a minute to be over; each in a process of its
    own, because senders that are refused for a minute would leave the others no time."""
    troubles = (
        partial(held, "sqlite", 400, 60.0),
        partial(full, 400, 60.0),
        partial(held, "postgresql", 400, 60.0),
        partial(stopped, 400, 60.0),
        partial(hung_up, 400, 20),
    )
    apart = get_context("spawn")
    with ProcessPoolExecutor(len(troubles), apart, log_to_file) as pool:
        under_way = [pool.submit(trouble) for trouble in troubles]
        return [finding for each in under_way for finding in each.result()]


def short() -> list[Finding]:
    return [*full(40, 2.5), *stopped(40, 2.5)]


ROW = Row("the database locked, full, stopped for a minute; 20 connections cut", long, short)
