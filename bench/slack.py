"""`python -m bench.slack PACE`: a sandbox with forty channels, in a process of its own."""

import sys
import threading

from sandbox.limits import Limits
from sandbox.server import Sandbox

CHANNELS = tuple(f"C0BENCH{number:04d}" for number in range(40))


def main() -> None:
    """Serves until it is ended."""
    # Slack lets three messages follow each other at once; here the pace alone is measured.
    with Sandbox(limits=Limits(pace=float(sys.argv[1]))) as sandbox:
        for channel_id in CHANNELS:
            sandbox.workspace.add_channel(channel_id.lower(), channel_id=channel_id)
        print(sandbox.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
