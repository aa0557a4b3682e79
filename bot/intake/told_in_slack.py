"""What a Slack message says about a lead, read the way people and tools write it there.

`Company: Acme`, `*Company*` with the value below it, fields of blocks and of attachments; an
address or a number by itself is recognised by its shape. Nothing is guessed beyond that.
"""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.intake.spellings import field_called, with_names

MOST_LINES = 200
"""A longer message is a document, and not about one lead."""

_LABELLED = re.compile(r"\s*([^:=\n]{1,40}?)\s*[:=]\s+(\S.*)")
_LABEL_ALONE = re.compile(r"\s*([^:=\n]{1,40}?)\s*:?\s*")
_LINK = re.compile(r"<(?:mailto:|tel:)?([^|>]+)(?:\|[^>]*)?>")
_MARKS = re.compile(r"[*_~`]+(?=\s|:|$|[^\w\s])|(?:(?<=\s)|^)[*_~`]+")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+[0-9][0-9 ()./-]{6,20}[0-9]")


@dataclass(frozen=True)
class Label:
    """A label of a message with what stands behind it."""

    name: str
    value: str

    @property
    def field(self) -> str | None:
        """What it is read as unless somebody corrected it; None = kept beside the lead."""
        return field_called(self.name)


def read_message(
    message: Mapping[str, Any], mapping: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The fields a message tells, by `LeadEvent`'s names; empty when it tells none.

    `mapping` corrects what a label is read as: "" = it is left out.
    """
    told: dict[str, str] = {}
    for label in labels(message, mapping or {}):
        field = (mapping or {}).get(label.name, label.field)
        if field:
            told.setdefault(field, label.value)
    whole = "\n".join(map(_unmarked, _lines(message)))
    for name, shape in (("email", _EMAIL), ("phone", _PHONE)):
        if name not in told and (found := shape.search(whole)):
            told[name] = found[0].strip()
    return with_names(told)


def labels(message: Mapping[str, Any], known: Collection[str] = ()) -> list[Label]:
    """Each label with its value; one that stands alone has its value on the next line.

    A label that stands alone counts only when it is `known`, or goes by a field's name.
    """
    found: list[Label] = []
    waiting: str | None = None
    for line in map(_unmarked, _lines(message)):
        if match := _LABELLED.fullmatch(line):
            found.append(Label(match[1].strip(), match[2].strip()))
            waiting = None
        elif waiting and line.strip():
            found.append(Label(waiting, line.strip()))
            waiting = None
        else:
            waiting = _alone(line, known)
    return found


def _alone(line: str, known: Collection[str]) -> str | None:
    match = _LABEL_ALONE.fullmatch(line)
    name = match[1].strip() if match else ""
    return name if name in known or field_called(name) else None


def _lines(message: Mapping[str, Any]) -> list[str]:
    return [line for text in _texts(message) for line in text.splitlines()][:MOST_LINES]


def _unmarked(line: str) -> str:
    """Without Slack's markup: a link reads as its address, bold as plain."""
    plain = _LINK.sub(lambda link: link[1], line)
    return html.unescape(_MARKS.sub("", plain))


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    """The blocks and attachments, or else the text: it repeats what the blocks say."""
    structured = [*_of_blocks(message), *_of_attachments(message)]
    yield from structured or [str(message.get("text") or "")]


def _of_blocks(message: Mapping[str, Any]) -> Iterator[str]:
    for block in message.get("blocks") or ():
        if block.get("type") in {"section", "header", "context"}:
            texts = [
                block.get("text"),
                *(block.get("fields") or ()),
                *(block.get("elements") or ()),
            ]
            yield from (text["text"] for text in texts if text and "text" in text)
        elif block.get("type") == "rich_text":
            yield "".join(_of_rich_text(block))


def _of_rich_text(element: Mapping[str, Any]) -> Iterator[str]:
    yield str(element.get("text") or element.get("url") or "")
    for inner in element.get("elements") or ():
        yield from _of_rich_text(inner)
    if str(element.get("type")).startswith("rich_text_"):
        yield "\n"


def _of_attachments(message: Mapping[str, Any]) -> Iterator[str]:
    for attachment in message.get("attachments") or ():
        for field in attachment.get("fields") or ():
            yield f"{field.get('title') or ''}: {field.get('value') or ''}"
        if text := attachment.get("text") or attachment.get("fallback"):
            yield str(text)
        yield from _of_blocks(attachment)
