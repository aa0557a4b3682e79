"""How much memory a process took."""

import resource
import sys
from pathlib import Path

KIB, BYTES = 1 / 1024, 1 / 1024**2
"""In MB."""


def peak() -> float:
    """The most this process held so far, in MB.

    Not by `getrusage` on Linux: there a process that was started by another counts that one's peak
    too, and a bench that has grown would show in every row.
    """
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    [held] = [line.split()[1] for line in status if line.startswith("VmHWM:")]
    return int(held) * KIB
