"""How the C library keeps this process's memory."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""


def share_one_heap() -> None:
    """All threads take memory from one heap; to be called before any of them is started.

    By itself glibc gives the threads up to eight heaps a core, and what one of them gave back the
    others cannot use: after 20,000 events of a soak 22 MB lay idle in many heaps, and 3 in one.
    Heaps of one's own spare threads the waiting for each other, which Python's lock makes them do
    anyway. No other C library has this setting, nor needs it.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
