"""Setting the app up: its steps, and the list of people somebody may paste."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Step(IntEnum):
    """What is asked, in this order; after the last of them everything is shown once more."""

    CHANNELS = 1
    PEOPLE = 2
    HOURS = 3
    CLOCK = 4
    STANDUP = 5
    SUMMARY = 6


SECTION = {
    Step.CHANNELS: "channels",
    Step.PEOPLE: "people",
    Step.HOURS: "hours",
    Step.CLOCK: "sla",
    Step.STANDUP: "meetings",
}
"""The section of the playbook that each step answers."""

ASKED = 5
"""How many steps ask something."""

SIDES = {"sales": "rep", "marketing": "marketer"}
"""Each side, and what its people are unless somebody says otherwise."""
ROLES = frozenset({"rep", "marketer", "manager", "liaison", "admin"})

_APART = re.compile(r"[,;\t]")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_HEADING = re.compile(r"(e-?mail|address|mail)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Listed:
    """One line of a pasted list."""

    email: str
    team: str
    roles: tuple[str, ...]


class BadList(ValueError):
    """A line of the list cannot be read; the text says which, and what to write."""


def read_list(text: str) -> list[Listed]:
    """`address, team, role` on each line, as a spreadsheet copies or exports it; several roles with
    spaces between. A heading and empty lines are passed over. Raises `BadList` for the first line
    that does not fit."""
    lines = [line.strip() for line in text.splitlines()]
    found = [
        _read(number, line)
        for number, line in enumerate(lines, 1)
        if line and not (number == 1 and _HEADING.match(line))
    ]
    return list(_merged(found))


def _read(number: int, line: str) -> Listed:
    parts = [part.strip() for part in _APART.split(line)]
    email, team, *more = [*parts, ""][:3] if len(parts) < 3 else parts[:3]
    if not _ADDRESS.fullmatch(email):
        raise BadList(f"Line {number}: begin with an e-mail address.")
    if team.lower() not in SIDES:
        raise BadList(f"Line {number}: write sales or marketing after the address.")
    roles = tuple(" ".join(more).lower().split()) or (SIDES[team.lower()],)
    if strange := [role for role in roles if role not in ROLES]:
        known = "rep, marketer, manager, liaison or admin"
        raise BadList(f"Line {number}: there is no role {strange[0][:20]}; write {known}.")
    return Listed(email.lower(), team.lower(), roles)


def _merged(found: list[Listed]) -> Iterator[Listed]:
    """Somebody who is there twice has the roles of both lines, and the team of the first."""
    by_email: dict[str, Listed] = {}
    for each in found:
        known = by_email.get(each.email, each)
        roles = tuple(dict.fromkeys([*known.roles, *each.roles]))
        by_email[each.email] = Listed(each.email, known.team, roles)
    yield from by_email.values()
