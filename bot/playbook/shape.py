"""Faults of shape: a key nobody knows, a value of the wrong kind, in the file's own words."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.playbook.faults import Fault
from bot.playbook.toml import Document

Model = type[BaseModel]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def shape_faults(
    error: ValidationError, document: Document, root: Model, sections: dict[str, Model]
) -> Iterator[Fault]:
    """What pydantic refused in `document`; `sections` are the models inside `root` by name."""
    for detail in error.errors(include_url=False, include_input=False):
        path = [part for part in detail["loc"] if isinstance(part, str)]
        model, name = _field_of(path, root, sections)
        yield Fault(_key(detail["loc"], document), _problem(detail, model, name))


def _field_of(path: list[str], root: Model, sections: dict[str, Model]) -> tuple[Model, str]:
    """The innermost model on the way, and what was written in it."""
    for depth in range(len(path) - 1, 0, -1):
        if model := sections.get(".".join(path[:depth])):
            return model, path[depth]
    return root, path[0]


def _problem(detail: ErrorDetails, model: Model, name: str) -> str:
    if detail["type"] == "extra_forbidden":
        return _unknown(name, model)
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    return next(
        info.description or detail["msg"]
        for field, info in model.model_fields.items()
        if name in _names(field, info)
    )


def _unknown(name: str, model: Model) -> str:
    known = [one for field, info in model.model_fields.items() for one in _names(field, info)]
    by_folded = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), by_folded, n=1)
    if close:
        return f'This key is not known; did you mean "{by_folded[close[0]]}"?'
    return f"This key is not known; write one of {', '.join(known)}."


def _names(field: str, info: FieldInfo) -> list[str]:
    """What a field may be called in the file."""
    if isinstance(info.validation_alias, AliasChoices):
        return [str(choice) for choice in info.validation_alias.choices]
    return [info.alias or field]


def _key(loc: tuple[int | str, ...], document: Document) -> str:
    """The place as the file has it: what pydantic adds to name a branch of its own is left out."""
    key, here = _quoted(str(loc[0])), document.get(str(loc[0]))
    for part in loc[1:]:
        if isinstance(part, int) and isinstance(here, list):
            key, here = f"{key}[{part}]", here[part]
        elif isinstance(part, str) and isinstance(here, dict):
            key, here = f"{key}.{_quoted(part)}", here.get(part)
    return key


def _quoted(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)
