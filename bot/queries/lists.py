"""Lists of keys to look for."""

from collections.abc import Iterable

FEW = 64
"""Keys up to which a statement is small, and what is repeated would be most of its work."""
EVENED_TO = 1024
"""Keys beyond which the number is a multiple of this: SQLite takes 32,766 in one statement."""


def evened(keys: Iterable[str]) -> list[str]:
    """The keys for an `IN`, the last one repeated until their number is a power of two, or beyond
    `FEW` of four.

    A list of another length is another statement, and every connection keeps the statements that
    it has prepared: without this one for each length it ever met, the largest of 170 kB.
    """
    given = list(keys)
    wanted = 1
    while wanted < min(len(given), EVENED_TO):
        wanted *= 2 if wanted < FEW else 4
    return given + given[-1:] * (-len(given) % wanted)
