"""Killed between the moment a step is due and the moment it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlmodel import col

from bot.app import begin
from bot.delivery.inbox import take_in
from bot.models import Handoff, Lead, Message, MessageKind, Run, Step
from bot.services.deliveries import receive
from chaos.kills import parse_lead
from chaos.row import Finding, Row
from chaos.stage import Stage, deliver, lead, stage
from tests.office import MONDAY_TEN

WARNED, DUE = timedelta(minutes=30), timedelta(minutes=60)
"""After the card is shown: half of grade A's hour, and all of it."""
CLIENTS = 16
WORKED = 10
"""Every tenth lead is worked on a second before its first step."""


def killed(engine: str, processes: int, leads: int, kills: int) -> list[Finding]:
    with stage(engine) as on:
        hand_over(on, leads)
        on.start(processes)
        on.until(lambda: on.posted() >= 2 * leads and not on.unsaid(), 300)
        worked = work_on_some(on, leads)
        nudged = leads - len(worked)
        for before, after in ((0, WARNED), (nudged, DUE)):
            at = MONDAY_TEN + after + timedelta(minutes=4)
            kill_until_sent(on, at, before, nudged, kills // 2)
        on.stop()
        return checked(on, f"{engine}, {processes} process(es)", leads, worked, kills)


def hand_over(on: Stage, leads: int) -> None:
    liaison, _, _ = begin(on.settings, lambda: MONDAY_TEN)
    for start in range(0, leads, 100):
        numbers = range(start, min(start + 100, leads))
        take_in(liaison, [parse_lead(n) for n in numbers], partial(receive, liaison))
    liaison.engine.dispose()


def work_on_some(on: Stage, leads: int) -> set[str]:
    """The CRM says that these were called, a second before their first step is due."""
    shown = on.scalar(select(func.min(col(Run.next_step_at))))
    on.control.set_clock(shown - timedelta(seconds=1))
    worked = range(0, leads, WORKED)

    def call(number: int) -> None:
        called = lead(number, event="contacted", kind="spoke", occurred_at=shown.isoformat())
        deliver(lambda: on.bots[0].port, {k: v for k, v in called.items() if k != "owner"})

    # All at once: the clock goes on, and one after the other would reach into that second.
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(call, worked))
    return {f"id:lead-{number}" for number in worked}


def kill_until_sent(on: Stage, at: datetime, before: int, expected: int, kills: int) -> None:
    """Kill while the nudges that are due then are queued and sent, evenly over their number.

    `before` is how many were due earlier. Some of the expected ones may be sent already: their
    leads were shown one after the other, and the clock goes on.
    """
    nudges = select(func.count()).where(
        col(Message.kind) == MessageKind.NUDGE, col(Message.settled_at).is_not(None)
    )
    on.control.set_clock(at)
    for number in range(kills):
        enough = before + number * expected // max(kills, 1)
        on.until(lambda enough=enough: on.scalar(nudges) >= enough, 120)  # type: ignore[misc]
        on.kill(number % len(on.bots))
    on.until(lambda: on.scalar(nudges) >= before + expected and not on.unsaid(), 120)


def checked(on: Stage, where: str, leads: int, worked: set[str], kills: int) -> list[Finding]:
    taken = on.rows(
        select(col(Lead.lead_key), col(Step.number), func.count())
        .join(
            Handoff, (col(Handoff.team_id) == Step.team_id) & (col(Handoff.id) == Step.handoff_id)
        )
        .join(Lead, (col(Lead.team_id) == Handoff.team_id) & (col(Lead.id) == Handoff.lead_id))
        .group_by(col(Lead.lead_key), col(Step.number))
    )
    steps = {(key, number): count for key, number, count in taken}
    open_leads = [f"id:lead-{n}" for n in range(leads) if f"id:lead-{n}" not in worked]
    expected = {(key, number) for key in open_leads for number in (1, 2)}
    ledger = on.ledger()
    nudged_though_worked = sum(key in worked for key, _ in steps)
    return [
        Finding(
            f"{where}: each step once per run, none skipped",
            f"{len(steps)} steps of {len(open_leads)} runs after {kills} kills: "
            f"{len(expected - steps.keys())} skipped, "
            f"{sum(count > 1 for count in steps.values())} taken twice",
            steps.keys() == expected and set(steps.values()) == {1},
        ),
        Finding(
            f"{where}: each nudge shown once",
            f"{ledger.shown} messages: {len(ledger.lost)} lost, {len(ledger.double)} double",
            not ledger.lost and not ledger.double,
        ),
        Finding(
            f"{where}: a lead worked on a second before is not nudged",
            f"{nudged_though_worked} of {len(worked)}",
            nudged_though_worked == 0,
        ),
    ]


ABOUT = "kill -9 fifty times between due and sent"
ROW = Row(
    f"{ABOUT}: one process on SQLite",
    partial(killed, "sqlite", 1, 1_000, 50),
    partial(killed, "sqlite", 1, 40, 2),
)
REPLICAS = Row(
    f"{ABOUT}: two on PostgreSQL",
    partial(killed, "postgresql", 2, 1_000, 50),
    partial(killed, "postgresql", 2, 40, 2),
)
