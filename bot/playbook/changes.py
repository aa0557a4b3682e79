"""What one version of a playbook says otherwise than another, key by key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from bot.playbook.playbook import Playbook
from bot.playbook.text import as_document, name_of


@dataclass(frozen=True)
class Change:
    """`key` is the place, such as `sla.A` or `people[ana@example.com].roles`."""

    key: str
    before: str | None
    """None = it was not there."""
    after: str | None
    """None = it is there no more."""


def changes(before: Playbook, after: Playbook) -> list[Change]:
    """In the order of the keys; entries of a list are compared by their name, not their place."""
    old, new = (dict(_flat("", as_document(one))) for one in (before, after))
    keys = [*new, *(key for key in old if key not in new)]
    return [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def settings_of(playbook: Playbook) -> list[tuple[str, str]]:
    """Every setting that has a value, by its place."""
    return list(_flat("", as_document(playbook)))


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, entry in enumerate(value):
            yield from _flat(f"{path}[{name_of(entry, number)}]", entry)
    else:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
