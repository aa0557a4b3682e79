"""Slack is away for a minute: nothing lost, nobody deaf for long, nothing stale told afterwards."""

import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from bot.models import Message, MessageKind, Run
from chaos.row import Finding, Row
from chaos.stage import Stage, deliver, lead, stage
from tests.office import BEN, LEADS, MONDAY_TEN

PACE = 20.0
"""Messages a second and channel; the sandbox answers 429 to whoever is faster."""
DEAF = 10.0


def gone_for(seconds: float, leads: int) -> Iterator[Finding]:
    """Calls are dropped and sockets closed for so long, while leads come in and steps fall due."""
    with stage(pace=PACE) as on:
        on.start()
        first = leads // 2
        for number in range(first):
            deliver(lambda: on.bots[0].port, lead(number))
        on.until(lambda: on.posted() >= 2 * first and not on.unsaid(), 120)
        on.control.fault("drop_connection")
        on.control.socket("drop", seconds)
        back = time.monotonic() + seconds
        for number in range(first, leads):
            deliver(lambda: on.bots[0].port, lead(number))
        yield from nudges_while_away(on, first)
        time.sleep(max(0.0, back - time.monotonic()))
        on.control.clear_faults()
        before = len(on.control.traffic())
        over = time.monotonic()
        on.until(lambda: on.control.command(BEN, LEADS, "/lead")["acked"], 60)
        heard = time.monotonic() - over
        yield Finding("deaf for seconds only", f"{heard:.1f} s after Slack is back", heard <= DEAF)
        told = select(func.count()).where(
            col(Message.ts).is_not(None), col(Message.kind) == MessageKind.CARD
        )
        on.until(lambda: on.scalar(told) >= leads and not on.unsaid(), 60 + 20 * leads / PACE)
        took = time.monotonic() - over
        calls = on.control.traffic()[before:]
        limited = sum(call["status"] == 429 for call in calls)
        ledger = on.ledger()
        yield Finding(
            "the queue drains at Slack's pace",
            f"{leads - first} cards in {took:.1f} s, {limited} answers 429; "
            f"{len(ledger.lost)} lost, {len(ledger.double)} double",
            limited == 0 and not ledger.lost and not ledger.double,
        )
        nudges = select(func.count()).where(
            col(Message.kind) == MessageKind.NUDGE, col(Message.ts).is_not(None)
        )
        stale = on.scalar(nudges)
        expected = first - first // 2
        yield Finding(
            "of the nudges that waited, those whose lead was worked on are not sent",
            f"{stale} sent of {first} that fell due, {first // 2} leads were worked on meanwhile",
            stale <= expected,
        )


def nudges_while_away(on: Stage, leads: int) -> Iterator[Finding]:
    """Every first step falls due; then the CRM says that half of the leads were called."""
    due = MONDAY_TEN + timedelta(minutes=34)
    on.control.set_clock(due)
    waiting = select(func.count()).where(col(Message.kind) == MessageKind.NUDGE)
    on.until(lambda: on.scalar(waiting) >= leads, 60)
    for number in range(leads // 2):
        called = {"event": "contacted", "kind": "spoke", "occurred_at": due.isoformat()}
        deliver(lambda: on.bots[0].port, {"lead_id": f"lead-{number}", **called})
    untouched = on.scalar(select(func.count()).where(col(Run.answered_at).is_(None)))
    yield Finding(
        "steps are decided and webhooks taken while Slack is away",
        f"{on.scalar(waiting)} nudges queued, {untouched} runs untouched",
        on.scalar(waiting) >= leads,
    )


def long() -> list[Finding]:
    return list(gone_for(60.0, 300))


def longest() -> list[Finding]:
    return list(gone_for(600.0, 300))


def short() -> list[Finding]:
    return list(gone_for(3.0, 20))


ROW = Row("Slack away for a minute, sockets dropped", long, short, longest)
