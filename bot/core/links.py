"""Which of our people a CRM means by an owner: the same address, or a guess by the name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_APART = re.compile(r"[^\w]+|_+")


class State(StrEnum):
    """How sure it is who an owner is. Leads of all but a linked one wait in the queue."""

    MISSING = "missing"
    """Nobody here, as far as we know."""
    DEACTIVATED = "deactivated"
    """Their Slack account is closed."""
    GUESSED = "guessed"
    """Somebody fits, and was not asked or did not answer yet."""
    LINKED = "linked"


def state_of(*, is_somebody: bool, is_active: bool, is_certain: bool) -> State:
    if not is_somebody:
        return State.MISSING
    if not is_active:
        return State.DEACTIVATED
    return State.LINKED if is_certain else State.GUESSED


@dataclass(frozen=True)
class Candidate:
    """Somebody an owner may be."""

    id: str
    name: str
    email: str | None


def guess(given: str, candidates: Iterable[Candidate]) -> Candidate | None:
    """Who fits an owner best, by an address or an id as it was given; None when nobody or several
    do: a wrong guess costs more than none.

    The same name before the @ counts more than a name that only fits.
    """
    alike, by_name = [], []
    wanted = _plain(given.partition("@")[0])
    if not any(letter.isalpha() for letter in wanted):
        return None
    for candidate in candidates:
        if candidate.email and wanted == _plain(candidate.email.partition("@")[0]):
            alike.append(candidate)
        elif wanted in set(_spellings(candidate.name)):
            by_name.append(candidate)
    best = alike or by_name
    return best[0] if len(best) == 1 else None


def _plain(text: str) -> str:
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return [word for word in _APART.split(text.casefold()) if word]


def _spellings(name: str) -> Iterator[str]:
    """What companies make of a name in addresses: janedoe, doejane, jdoe, janed."""
    words = _words(name)
    if len(words) < 2:
        return
    first, last = words[0], words[-1]
    yield from ("".join(words), first + last, last + first, first[0] + last, first + last[0])
