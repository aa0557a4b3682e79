"""Whether two people say the same of what a word means."""

import re

_ASIDE = re.compile(r"[^\w]+")


def is_same(one: str, other: str) -> bool:
    """Word for word; case, spaces and marks between the words do not count."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return _ASIDE.sub(" ", text).strip().casefold()
