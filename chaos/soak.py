"""Fifteen minutes of everything with all faults on: how much memory the bot takes."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import linear_regression

from bot.views import ids
from chaos.row import Finding, Row
from chaos.stage import Stage, deliver, lead, stage
from sandbox.control import Refused
from sandbox.people import person_id
from tests.office import BEN, LEADS, dm

WARM_UP = 0.25
"""The part of the time in which caches fill; it is not measured."""
A_MEGABYTE = 1024.0
PLAYERS = 6


def played(seconds: float) -> list[Finding]:
    with stage() as on:
        on.start()
        on.bad_day()
        samples: list[tuple[int, float, float]] = []
        began = time.monotonic()
        counts = [0] * PLAYERS
        with ThreadPoolExecutor(PLAYERS) as pool:
            playing = [
                pool.submit(play, on, number, counts, began + seconds) for number in range(PLAYERS)
            ]
            while time.monotonic() < began + seconds:
                time.sleep(min(5.0, seconds / 20))
                samples.append((sum(counts), resident(on), time.monotonic() - began))
            for each in playing:
                each.result()
        events = sum(counts)
        on.control.clear_faults()
        on.until(lambda: not on.unsaid(), 300)
        on.stop()
        ledger = on.ledger()
    warm = [(done, kib) for done, kib, at in samples if at > WARM_UP * seconds]
    slope = linear_regression(*zip(*warm, strict=True)).slope * 10_000 / A_MEGABYTE
    return [
        Finding(
            "memory grows by less than 1 MB for 10,000 events",
            f"{slope:.2f} MB for 10,000 events; {events} events in {seconds:.0f} s, "
            f"{warm[0][1] / A_MEGABYTE:.0f} MB to {warm[-1][1] / A_MEGABYTE:.0f} MB",
            slope < 1.0,
        ),
        Finding(
            "nothing lost and nothing double",
            f"{ledger.shown} shown, {len(ledger.lost)} lost, {len(ledger.double)} double",
            not ledger.lost and not ledger.double,
        ),
    ]


def play(on: Stage, player: int, counts: list[int], until: float) -> None:
    """One CRM and one rep: hand over, contact, close, look at the list and the Home, press."""
    number = player
    while time.monotonic() < until:
        name = f"soak-{number}"
        handoff = deliver(lambda: on.bots[0].port, lead(number, lead_id=name))
        tell(on, {"event": "contacted", "kind": "spoke", "lead_id": name})
        try:
            on.control.command(BEN, LEADS, "/lead")
            on.control.home(person_id("ana"))
            press_accept(on, handoff)
        except Refused:
            pass  # what was to be pressed is gone already
        tell(on, {"event": "outcome", "kind": "not_a_fit", "lead_id": name})
        counts[player] += 6
        number += PLAYERS


def tell(on: Stage, event: dict[str, object]) -> None:
    deliver(lambda: on.bots[0].port, event)


def press_accept(on: Stage, handoff: str) -> None:
    """In whatever says it to whoever has it, as soon as it is there."""
    shown = on.control.messages(dm(BEN))[-5:]
    for message in shown:
        if handoff in str(message.get("blocks")) and not message["deleted"]:
            on.control.click(BEN, ids.ACCEPT, channel=dm(BEN), ts=message["ts"], value=handoff)
            return


def resident(on: Stage) -> float:
    """KiB of memory the bot's process has."""
    status = Path(f"/proc/{on.bots[0].pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1])


def long() -> list[Finding]:
    return played(900.0)


ROW = Row("fifteen minutes of everything with all faults on", long)
