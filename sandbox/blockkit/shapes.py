"""A small language for the shape of JSON: each word gives a check, and checks are made of checks.

A check takes a value, the JSON pointer it was found at and the inspection that collects faults.
It never raises, whatever the value. The problems are worded as Slack words them where that is
known from its answers; the rest follow the same manner.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sandbox.blockkit.faults import Inspection

Check: TypeAlias = Callable[[object, str, Inspection], None]
Rule: TypeAlias = Callable[[dict[str, object], str, Inspection], None]
Fields: TypeAlias = Mapping[str, Check]

NO_FIELDS: Fields = {}


def string(most: int | None = None, *, least: int = 1) -> Check:
    """A string of `least` to `most` code points."""

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, str):
            inspection.refuse(at, "must provide a string")
        elif len(value) < least:
            inspection.refuse(at, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            inspection.refuse(at, f"must be less than {most + 1} characters")

    return check


def words(most: int | None = None) -> Check:
    """A string people read: counted against what one message may carry."""
    fits = string(most)

    def check(value: object, at: str, inspection: Inspection) -> None:
        fits(value, at, inspection)
        if isinstance(value, str):
            inspection.characters += len(value)

    return check


def matching(pattern: str, problem: str, most: int | None = None) -> Check:
    """A string that is `pattern` from end to end."""
    fits = string(most)
    is_whole = re.compile(pattern).fullmatch

    def check(value: object, at: str, inspection: Inspection) -> None:
        fits(value, at, inspection)
        if isinstance(value, str) and value and not is_whole(value):
            inspection.refuse(at, problem)

    return check


def flag(value: object, at: str, inspection: Inspection) -> None:
    if not isinstance(value, bool):
        inspection.refuse(at, "must provide a boolean")


def number(value: object, at: str, inspection: Inspection) -> None:
    # JSON has no infinity, and an integer past a double's range cannot be written back.
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not -1e308 <= value <= 1e308
    ):
        inspection.refuse(at, "must provide a number")


def whole(least: int, most: int | None = None) -> Check:
    """An integer from `least` to `most`, both allowed."""

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            inspection.refuse(at, "must provide an integer")
        elif value < least:
            inspection.refuse(at, f"must be greater than {least - 1}")
        elif most is not None and value > most:
            inspection.refuse(at, f"must be less than {most + 1}")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, str):
            inspection.refuse(at, "must provide a string")
        elif value not in allowed:
            inspection.refuse(at, "must be a valid enum value")

    return check


def listing(item: Check, most: int | None = None, *, least: int = 1) -> Check:
    """A list of `least` to `most` items; items past `most` are not looked at."""

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, list):
            inspection.refuse(at, "must provide an array")
            return
        if len(value) < least:
            inspection.refuse(at, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            inspection.refuse(at, f"no more than {most} items allowed")
        for index, one in enumerate(value[:most]):
            item(one, f"{at}/{index}", inspection)

    return check


def record(required: Fields, optional: Fields = NO_FIELDS, *rules: Rule) -> Check:
    """An object with these fields and no other, for which every rule holds."""
    fields = {**required, **optional}

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, dict):
            inspection.refuse(at, "must provide an object")
            return
        for name in required:
            if name not in value:
                inspection.refuse(at, f"missing required field: {name}")
        for name, part in value.items():
            if name in fields:
                fields[name](part, f"{at}/{name}", inspection)
            else:
                inspection.refuse(at, f"invalid additional property: {name}")
        for rule in rules:
            rule(value, at, inspection)

    return check


def typed(required: Fields, optional: Fields = NO_FIELDS, *rules: Rule) -> Check:
    """A record that `tagged` has already told apart by its `type`."""
    return record({"type": anything, **required}, optional, *rules)


def tagged(kinds: Fields) -> Check:
    """An object whose `type` says which of `kinds` it has to be."""

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, dict):
            inspection.refuse(at, "must provide an object")
        elif "type" not in value:
            inspection.refuse(at, "missing required field: type")
        elif not isinstance(kind := value["type"], str):
            inspection.refuse(f"{at}/type", "must provide a string")
        elif kind not in kinds:
            inspection.refuse(f"{at}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, at, inspection)

    return check


def anything(value: object, at: str, inspection: Inspection) -> None:
    """Accepts what another check has seen or Slack does not look at."""
