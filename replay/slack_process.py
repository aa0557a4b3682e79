"""The sandbox in a process of its own: with two cores, Slack then has one to itself."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACE = 10_000
"""Messages a second; far more than the machine does, so that no gate is what we wait for."""


@contextmanager
def sandbox(pace: float = PACE) -> Iterator[str]:
    """Its URL; ended with the block. Raises OSError when it does not start."""
    command = [sys.executable, "-m", "sandbox", "--pace", str(pace), "--manifest", "manifest.yml"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout  # it is piped
        url = process.stdout.readline().strip()
        if not url:
            raise OSError("The sandbox did not start; see above.")
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=10)
