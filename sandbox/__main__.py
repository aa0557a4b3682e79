"""`python -m sandbox`: the workspace alone, for an app started elsewhere."""

import argparse
import signal
import threading
from pathlib import Path

from sandbox.people import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from sandbox.server import Sandbox


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    options = _options()
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    with Sandbox(
        options.port, options.pace, manifest=options.manifest, bare=options.bare
    ) as sandbox:
        print(_welcome(sandbox), flush=True)
        while not enough.wait(0.2):  # without a limit, a signal to another thread goes unnoticed
            pass


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="messages a second in one channel (Slack: 1)"
    )
    parser.add_argument(
        "--manifest", type=Path, help="grant what this manifest grants; without it, everything"
    )
    parser.add_argument(
        "--bare", action="store_true", help="as on the day of an installation: in no channel yet"
    )
    return parser.parse_args()


def _welcome(sandbox: Sandbox) -> str:
    return "\n".join(
        (
            sandbox.url,
            f"SLACK_API_URL={sandbox.api_url}",
            f"SLACK_BOT_TOKEN={BOT_TOKEN}",
            f"SLACK_APP_TOKEN={APP_TOKEN}",
            f"SLACK_SIGNING_SECRET={SIGNING_SECRET}",
            f"LIAISON_CLOCK_URL={sandbox.url}/clock",
        )
    )


if __name__ == "__main__":
    main()
