"""Killed again and again while messages go out, on a bad day at Slack."""

import json
from collections import defaultdict
from functools import partial
from itertools import pairwise

from sqlalchemy import func, select
from sqlmodel import col

from bot.app import begin
from bot.delivery.inbox import take_in
from bot.delivery.sayings import Saying, say
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery
from bot.liaison import Liaison
from bot.models import Message, MessageKind
from bot.services.deliveries import receive
from chaos.row import Finding, Row
from chaos.stage import Stage, lead, stage
from tests.office import LEADS, MONDAY_TEN

REPLIES = 3
"""Below each card, so that a thread's order can be lost. With the card and the DM: five a lead."""
A_LEAD = 2 + REPLIES
AT_ONCE = 100


def killed(engine: str, replicas: int, messages: int, kills: int) -> list[Finding]:
    """Kill one bot after the other while `messages` go out; everything is told in the end."""
    with stage(engine) as on:
        queue(on, messages // A_LEAD)
        on.bad_day()
        on.start(replicas)
        under_way = 0
        for number in range(kills):
            enough = (number + 1) * messages // (kills + 1)
            on.until(lambda enough=enough: on.posted() >= enough, 120)  # type: ignore[misc]
            under_way += on.scalar(select(func.count()).where(col(Message.lease).is_not(None)))
            on.kill(number % replicas)
        on.until(lambda: on.posted() >= messages and not on.unsaid(), 300)
        on.stop()
        ledger = on.ledger()
        out_of_order = disordered(on)
    where = f"{engine}, {replicas} process(es)"
    return [
        Finding(
            f"{where}: nothing lost and nothing double",
            f"{ledger.shown} shown after {kills} kills with {under_way} on their way: "
            f"{len(ledger.lost)} lost, {len(ledger.double)} double",
            ledger.shown == messages and not ledger.lost and not ledger.double,
        ),
        Finding(
            f"{where}: each thread in its order",
            f"{out_of_order} of {messages // A_LEAD} threads out of order",
            out_of_order == 0,
        ),
    ]


def queue(on: Stage, handoffs: int) -> None:
    """Hand over so many leads, and put replies below each card."""
    liaison, _, _ = begin(on.settings, lambda: MONDAY_TEN)
    for start in range(0, handoffs, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, handoffs))
        events = (parse_lead(number) for number in numbers)
        receipts = take_in(liaison, [*events], partial(receive, liaison))
        for receipt in receipts:
            put_replies(liaison, receipt.handoff_id or "")
    liaison.engine.dispose()


def parse_lead(number: int, **fields: object) -> Delivery:
    told = lead(number, **fields)
    body = json.dumps(told).encode()
    return Delivery(f"wh:{number}", parse(body, MONDAY_TEN), body)


def put_replies(liaison: Liaison, handoff_id: str) -> None:
    with liaison.transaction() as tx:
        card = select(col(Message.id)).where(col(Message.key) == f"card:{handoff_id}")
        parent = tx.scalars(card).one()
        for number in range(REPLIES):
            key = f"chaos:{handoff_id}:{number}"
            saying = Saying(key, MessageKind.CARD, handoff_id, channel=LEADS, parent_id=parent)
            say(tx, liaison, saying, hold_until=None)


def disordered(on: Stage) -> int:
    """Threads in which a later message stands before an earlier one."""
    threads: dict[str, list[str]] = defaultdict(list)
    for message in on.control.messages(LEADS):
        mark = ((message.get("metadata") or {}).get("event_payload") or {}).get("mark")
        if mark and not message["deleted"]:
            threads[message.get("thread_ts") or message["ts"]].append(mark)
    return sum(any(a > b for a, b in pairwise(marks)) for marks in threads.values())


ABOUT = "kill -9 a hundred times while 10,000 messages go out, faults on"
ROW = Row(
    f"{ABOUT}: one process on SQLite",
    partial(killed, "sqlite", 1, 10_000, 100),
    partial(killed, "sqlite", 1, 200, 2),
)
REPLICAS = Row(
    f"{ABOUT}: three on PostgreSQL",
    partial(killed, "postgresql", 3, 10_000, 100),
    partial(killed, "postgresql", 3, 200, 3),
)
