"""Rows whose every case is a test already: the long form runs those again and again."""

import logging
import re
import subprocess
import sys
from collections.abc import Callable

from chaos.row import Finding, Row
from tests.bot_process import ROOT

log = logging.getLogger(__name__)


def repeated(promise: str, times: int, *tests: str) -> Callable[[], list[Finding]]:
    def long() -> list[Finding]:
        passed, failed = 0, list[str]()
        for _ in range(times):
            told = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            passed += sum(map(int, re.findall(r"(\d+) passed", told.stdout)))
            if told.returncode:
                log.error("%s", told.stdout)
                names = re.findall(r"^(?:FAILED|ERROR) (\S+)", told.stdout, re.MULTILINE)
                failed += names or [f"exit code {told.returncode}"]
        measured = f"{passed} passed and {len(failed)} failed in {times} rounds"
        which = f" ({', '.join(failed)})" if failed else ""
        return [Finding(promise, measured + which, passed > 0 and not failed)]

    return long


FUZZ = Row(
    "100,000 bad inputs: webhook, headers, Slack's payloads, CSV, commands, forms, playbook",
    repeated(
        "no 5xx, no trace to a person, nothing half stored",
        1,
        "--hypothesis-profile=chaos",
        "--timeout=1800",
        "-k",
        "trusted_garbage or garbled_headers or signed_wrecks or signed_noise or whatever "
        "or any_text_gives or no_text_does",
        "tests/intake",
        "tests/test_fuzz.py",
        "tests/test_playbook.py",
    ),
)
SOCKET = Row(
    "sockets dropped, half-open, refreshed, two of them",
    repeated("deaf for at most ten seconds", 3, "tests/test_socket.py"),
)
GONE = Row(
    "a channel, person or token gone; a message Slack does not take",
    repeated(
        "it falls back or waits, the admin hears once, the queue goes on",
        3,
        "tests/services/test_troubles.py",
        "tests/delivery/test_courier.py",
    ),
)
RACES = Row(
    "20 claim one lead, 40 equal webhooks, events doubled and reversed, replicas edit one card",
    repeated(
        "one winner, one hand-off, never older over newer",
        5,
        "tests/test_races.py",
        "tests/delivery/test_webhook_inbox.py",
        "tests/services/test_updated.py",
    ),
)
HOSTILE = Row(
    "hostile text in every field",
    repeated("neutral in every message and file", 1, "tests/test_hostile.py"),
)
