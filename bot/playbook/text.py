"""A playbook as people write it: TOML of the whole, of a section, of one entry; and back."""

import re

import tomli_w

from bot.playbook.faults import Fault, PlaybookFaults
from bot.playbook.playbook import Playbook
from bot.playbook.toml import Document, read_toml
from bot.playbook.words import Definition

_LIST = re.compile(r"\[\n((?: {4}[^\n]+,\n)+)\]")
_WIDTH = 80
"""Characters of the longest list on one line."""
NAMED_BY = ("key", "email", "name", "word")
"""What tells the entries of a list apart, where they have it."""


LISTS_INSIDE = ("groups", "rules")
"""Lists inside a section, each shown and changed by itself."""


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
    return _written(as_document(playbook))


def _written(document: Document) -> str:
    """As TOML; a short list stands on one line, as people write it."""
    return _LIST.sub(_on_one_line, tomli_w.dumps(document))


def _on_one_line(found: re.Match[str]) -> str:
    items = [line.strip().rstrip(",") for line in found[1].splitlines()]
    line = f"[{', '.join(items)}]"
    return line if len(line) <= _WIDTH else found[0]


def sections(playbook: Playbook) -> dict[str, Document | list[Document]]:
    """Everything people change by itself: sections, and the lists inside one under `routing.rules`
    and the like."""
    every: dict[str, Document | list[Document]] = {}
    for name, whole in as_document(playbook).items():
        assert isinstance(whole, dict | list)
        every[name] = whole
        if isinstance(whole, dict):
            inside = [inner for inner in LISTS_INSIDE if inner in whole]
            every |= {f"{name}.{inner}": whole.pop(inner) for inner in inside}
    return every


def entries(playbook: Playbook, section: str) -> list[Document] | None:
    """The entries of a section that is a list, such as people; None = it is one of single keys."""
    value = sections(playbook)[section]
    return value if isinstance(value, list) else None


def section_text(playbook: Playbook, section: str, entry: int | None = None) -> str:
    """The keys of a section, or of one entry of a list, without the heading above them.

    The entry after the last is a new one, and empty.
    """
    whole = sections(playbook)[section]
    if isinstance(whole, list):
        assert entry is not None
        return _written(whole[entry]) if entry < len(whole) else ""
    return _written(whole)


def with_text(
    playbook: Playbook, section: str, entry: int | None, text: str, place: int | None = None
) -> Playbook:
    """The playbook with these keys in place of what a section, or one entry, said.

    An entry without text is taken out; `place`, counted from 0, is where in the list it stands
    then, None = where it stood. Raises `PlaybookFaults` with every fault.
    """
    every, written = sections(playbook), read_toml(text)
    listed = every[section]
    if isinstance(listed, list) and entry is not None:
        others = [*listed[:entry], *listed[entry + 1 :]]
        at = entry if place is None else place
        every[section] = [*others[:at], *([written] if written else []), *others[at:]]
    else:
        every[section] = written
    document: Document = {}
    for name in sorted(every):
        outer, _, inner = name.partition(".")
        whole = document.setdefault(outer, every[outer])
        if inner and isinstance(whole, dict):
            document[outer] = whole | {inner: every[name]}
    return from_document(document, section)


def with_definition(playbook: Playbook, agreed: Definition) -> Playbook:
    """The playbook with this in place of what it said of the word. Raises `PlaybookFaults`."""
    others = [one for one in playbook.definitions if one.word.casefold() != agreed.word.casefold()]
    entries_ = _without_none([one.model_dump(mode="json") for one in (*others, agreed)])
    return from_document(as_document(playbook) | {"definitions": entries_}, "definitions")


def from_document(document: Document, section: str = "file") -> Playbook:
    """The playbook that a file with these sections gives; `section` is named where a value is none
    that a file can hold. Raises `PlaybookFaults` with every fault."""
    try:
        return Playbook.parse(tomli_w.dumps(document))
    except (TypeError, ValueError) as error:
        if isinstance(error, PlaybookFaults):
            raise
        raise PlaybookFaults([Fault(section, "A value cannot be written in TOML.")]) from error


def name_of(entry: Document, number: int) -> str:
    """How people call an entry: by its key, address or name, else by its number from 1."""
    return next((str(entry[key]) for key in NAMED_BY if key in entry), str(number + 1))
