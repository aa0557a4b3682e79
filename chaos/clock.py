"""The wall clock set back an hour, forward an hour, back ten seconds, while all goes on."""

import datetime as real
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from sqlalchemy import func, select
from sqlmodel import col

from bot import clock as bot_clock
from bot.app import Bot
from bot.models import Message
from chaos.row import Finding, Row
from chaos.stage import deliver, lead, stage
from jobs import Tick

LEADS = 30
TICKS_AGAIN = 10.0
"""Seconds after a jump in which every five-second job has to run: two of its periods."""


class ShiftedClock(real.datetime):
    """The machine's clock, off by what a test sets."""

    offset = real.timedelta(0)

    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> real.datetime:  # type: ignore[override]
        return real.datetime.now(tz) + cls.offset


@contextmanager
def shifted() -> Iterator[None]:
    """All that reads a wall clock in this process reads the shifted one: ours and APScheduler's."""
    places = (
        "bot.clock.datetime",
        "apscheduler.schedulers.base.datetime",
        "apscheduler.executors.base.datetime",
        "apscheduler.triggers.interval.datetime",
    )
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(patch(place, ShiftedClock))
        try:
            yield
        finally:
            ShiftedClock.offset = real.timedelta(0)


def jumped(jumps: tuple[real.timedelta, ...]) -> list[Finding]:
    found = []
    for jump in jumps:  # each on a stage of its own
        # Business time is the wall's here, as it is in earnest.
        with stage(at=None, liaison_clock_url=None) as on, shifted():
            ran: list[float] = []
            bot = Bot(on.settings)
            _count(bot, ran)
            bot.start()
            try:
                hours = {"owner": None, "occurred_at": bot_clock.wall().isoformat()}
                for number in range(LEADS // 2):
                    deliver(lambda bot=bot: bot.port, lead(number, **hours))  # type: ignore[misc]
                ShiftedClock.offset += jump
                at = time.monotonic()
                hours["occurred_at"] = bot_clock.wall().isoformat()
                for number in range(LEADS // 2, LEADS):
                    deliver(lambda bot=bot: bot.port, lead(number, **hours))  # type: ignore[misc]
                on.until(lambda ran=ran, at=at: any(t > at for t in ran), 2 * TICKS_AGAIN)  # type: ignore[misc]
                ticked = min(t for t in ran if t > at) - at
                shown = select(func.count()).where(col(Message.ts).is_not(None))
                on.until(lambda on=on, shown=shown: on.scalar(shown) >= LEADS, 120)  # type: ignore[misc]
                told = time.monotonic() - at
                on.until(lambda on=on: not on.unsaid(), 120)  # type: ignore[misc]
            finally:
                bot.stop()
            ledger = on.ledger()
        found.append(
            Finding(
                f"clock {'back' if jump < real.timedelta(0) else 'forward'} {abs(jump)}: "
                "ticks go on, nothing is doubled or skipped",
                f"next tick after {ticked:.1f} s, all told after {told:.0f} s: "
                f"{ledger.shown} shown, {len(ledger.lost)} lost, {len(ledger.double)} double",
                ticked <= TICKS_AGAIN and not ledger.lost and not ledger.double,
            )
        )
    return found


def _count(bot: Bot, ran: list[float]) -> None:
    """Note when the job that takes due steps runs."""
    run = bot._rounds.run

    def counting(tick: Tick) -> None:
        run(tick)
        if tick.id == "take-due-steps":
            ran.append(time.monotonic())

    bot._scheduler = bot._rounds.schedule()
    for job in bot._scheduler.get_jobs():
        job.modify(func=counting)
    bot._watchdog._scheduler = bot._scheduler


HOUR = real.timedelta(hours=1)


def long() -> list[Finding]:
    return jumped((-HOUR, HOUR, -real.timedelta(seconds=10)))


def short() -> list[Finding]:
    return jumped((-HOUR,))


ROW = Row("the clock back one hour, forward one hour, back ten seconds", long, short)
