"""Try it now: the sandbox with the real bot in it, and a morning's hand-offs.

The bot is a process of its own that knows nothing of this; it is told by environment variables, as
it would be told of a real workspace.
"""

import argparse
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from threading import Event
from urllib.error import URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from sandbox.server import Sandbox

HERE = Path(__file__).parent
ROOT = HERE.parent
HANDOFFS = HERE / "sample" / "handoffs.csv"
TEN = 10
READY_WITHIN = 60.0


def main() -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code."""
    chosen = _arguments()
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        sandbox = Sandbox(chosen.port, chosen.pace, manifest=ROOT / "manifest.yml")
    except OSError:
        print(f"Port {chosen.port} is taken: say make demo PORT=4500, or end what uses it.")
        return 1
    with TemporaryDirectory(prefix="liaison-demo-") as folder, sandbox:
        sandbox.control.set_clock(_next_working_morning(datetime.now(UTC)))
        return _run_bot(sandbox, Path(folder), chosen.pace, stopping)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=4433, help="where the page is (default 4433)")
    parser.add_argument("--pace", type=float, default=5.0, help="posts a second and channel")
    return parser.parse_args()


def _run_bot(sandbox: Sandbox, folder: Path, pace: float, stopping: Event) -> int:
    """The bot's whole life: started, told of the leads, ended with the demo."""
    secret = f"whsec_{b64encode(token_bytes(24)).decode()}"
    port = _free_port()
    hook = f"http://127.0.0.1:{port}"
    bot = _start_bot(sandbox, folder, pace, {"LIAISON_WEBHOOK_SECRET": secret, "PORT": str(port)})
    try:
        if not _is_ready(hook, bot, stopping):
            return bot.poll() or 1
        _hand_over(hook, secret, sandbox.control.state("U0BEN000000")["clock"]["now"])
        print(f"\n  Liaison is in its sandbox: {sandbox.url}\n  Ctrl-C ends it.\n", flush=True)
        while bot.poll() is None and not stopping.wait(0.2):
            pass
    finally:
        _stop(bot)
    return 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _next_working_morning(now: datetime) -> datetime:
    """Ten o'clock in Berlin on this day, or on Monday: so that somebody is at work."""
    local = now.astimezone(ZoneInfo("Europe/Berlin"))
    morning = local.replace(hour=TEN, minute=0, second=0, microsecond=0)
    while morning.weekday() >= 5:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


def _start_bot(
    sandbox: Sandbox, folder: Path, pace: float, more: dict[str, str]
) -> "subprocess.Popen[bytes]":
    """The real bot, on a database that goes with the demo."""
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": sandbox.api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'liaison.db'}",
        "LIAISON_PLAYBOOK": str(HERE / "playbook.toml"),
        "LIAISON_CLOCK_URL": f"{sandbox.url}/clock",
        "LIAISON_PACE": str(pace),
        "HOST": "127.0.0.1",
    }
    # A session of its own: Ctrl-C reaches this process alone, which then ends the bot in order.
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env=os.environ | settings | more,
        start_new_session=True,
    )


def _is_ready(hook: str, bot: "subprocess.Popen[bytes]", stopping: Event) -> bool:
    """Wait until the bot says it is well; False when it ended, or somebody lost patience."""
    deadline = time.monotonic() + READY_WITHIN
    while bot.poll() is None and time.monotonic() < deadline and not stopping.wait(0.1):
        try:
            with urlopen(f"{hook}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            continue
    return False


def _hand_over(hook: str, secret: str, now: str) -> None:
    """Tell the bot of every hand-off as a CRM would."""
    with HANDOFFS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            event = {key: value for key, value in row.items() if value} | {"occurred_at": now}
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            request = Request(f"{hook}/hooks/leads", json.dumps(event).encode(), headers)
            urlopen(request, timeout=10).close()


def _stop(bot: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, and see to it that it does."""
    bot.terminate()
    try:
        bot.wait(timeout=15)
    except subprocess.TimeoutExpired:
        bot.kill()
        bot.wait()


if __name__ == "__main__":
    sys.exit(main())
