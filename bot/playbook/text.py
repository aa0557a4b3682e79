"""A playbook as people write it: TOML of the whole, of a section, of one entry; and back."""

import tomli_w

from bot.playbook.faults import Fault, PlaybookFaults
from bot.playbook.playbook import Playbook
from bot.playbook.toml import Document, read_toml

NAMED_BY = ("key", "email", "name")
"""What tells the entries of a list apart, where they have it."""


def as_document(playbook: Playbook) -> Document:
    """Every setting that has a value, by section, in the order of the file."""
    document = _without_none(playbook.model_dump(mode="json", by_alias=True))
    assert isinstance(document, dict)
    return document


def _without_none(value: object) -> object:
    """What is not set is left out, as TOML has no word for it; a clock that is none says so."""
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list) else value


def as_toml(playbook: Playbook) -> str:
    """The whole file. What it says, defaults included, is what `Playbook.parse` reads back."""
    return tomli_w.dumps(as_document(playbook))


def entries(playbook: Playbook, section: str) -> list[Document] | None:
    """The entries of a section that is a list, such as people; None = it is one of single keys."""
    value = as_document(playbook)[section]
    return value if isinstance(value, list) else None


def section_text(playbook: Playbook, section: str, entry: int | None = None) -> str:
    """The keys of a section, or of one entry of a list, without the heading above them.

    The entry after the last is a new one, and empty.
    """
    listed = entries(playbook, section)
    if listed is not None and entry is not None:
        return tomli_w.dumps(listed[entry]) if entry < len(listed) else ""
    single = as_document(playbook)[section]
    assert isinstance(single, dict)
    return tomli_w.dumps(single)


def with_text(playbook: Playbook, section: str, entry: int | None, text: str) -> Playbook:
    """The playbook with these keys in place of what a section, or one entry, said.

    An entry without text is taken out. Raises `PlaybookFaults` with every fault.
    """
    document, written = as_document(playbook), read_toml(text)
    listed = document[section]
    if isinstance(listed, list) and entry is not None:
        document[section] = [*listed[:entry], *([written] if written else []), *listed[entry + 1 :]]
    else:
        document[section] = written
    try:
        return Playbook.parse(tomli_w.dumps(document))
    except (TypeError, ValueError) as error:
        if isinstance(error, PlaybookFaults):
            raise
        raise PlaybookFaults([Fault(section, "A value cannot be written in TOML.")]) from error


def name_of(entry: Document, number: int) -> str:
    """How people call an entry: by its key, address or name, else by its number from 1."""
    return next((str(entry[key]) for key in NAMED_BY if key in entry), str(number + 1))
