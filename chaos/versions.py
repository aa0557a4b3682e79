"""The version before and this one, side by side on one PostgreSQL."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chaos.row import Finding, Row
from chaos.stage import Stage, deliver, lead, stage
from tests.bot_process import ROOT, BotProcess


@contextmanager
def version_before() -> Iterator[Path]:
    """The tree as it was before the newest migration, in a folder that goes with the block."""
    newest = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", "migrations/versions")
    with TemporaryDirectory(prefix="liaison-before-") as folder:
        archive = subprocess.run(
            ["git", "archive", f"{newest}^"], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        yield Path(folder)


def _git(*arguments: str) -> str:
    told = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return told.stdout.strip()


def side_by_side(leads: int) -> list[Finding]:
    """The old version makes the database and runs; the new one migrates it and joins."""
    with stage("postgresql") as on, version_before() as old:
        on.bots.append(BotProcess(on.settings, on.log, old).__enter__())
        for number in range(leads // 3):
            deliver(lambda: on.bots[0].port, lead(number))
        on.start()
        with ThreadPoolExecutor(8) as pool:
            sent = [
                pool.submit(hand_over, on, number, number % 2)
                for number in range(leads // 3, leads)
            ]
            for done in sent:
                done.result()
        on.until(lambda: on.posted() >= 2 * leads and not on.unsaid(), 300)
        on.stop()
        ledger = on.ledger()
        logged = on.log.read_text("utf-8")
    errors = [line for line in logged.splitlines() if " ERROR " in line]
    return [
        Finding(
            "no error, nothing lost while the version before and this one share a database",
            f"{leads} leads, half to each: {ledger.shown} shown, {len(ledger.lost)} lost, "
            f"{len(ledger.double)} double, {len(errors)} errors logged",
            not ledger.lost and not ledger.double and not errors,
        )
    ]


def hand_over(on: Stage, number: int, to: int) -> None:
    deliver(lambda: on.bots[to].port, lead(number))


def long() -> list[Finding]:
    return side_by_side(600)


ROW = Row("version N and N+1 side by side on PostgreSQL", long)
