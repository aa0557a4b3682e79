"""What a Slack message says about a lead, read the way people and tools write it there.

`Company: Acme`, `*Company*` with the value below it, fields of blocks and of attachments; an
address or a number by itself is recognised by its shape. Nothing is guessed beyond that.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.intake.spellings import field_called

MOST_LINES = 200
"""A longer message is a document, and not about one lead."""

_LABELLED = re.compile(r"\s*([^:=\n]{1,40}?)\s*[:=]\s+(\S.*)")
_LABEL_ALONE = re.compile(r"\s*([^:=\n]{1,40}?)\s*:?\s*")
_LINK = re.compile(r"<(?:mailto:|tel:)?([^|>]+)(?:\|[^>]*)?>")
_MARKS = re.compile(r"[*_~`]+(?=\s|:|$|[^\w\s])|(?:(?<=\s)|^)[*_~`]+")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+[0-9][0-9 ()./-]{6,20}[0-9]")


def read_message(message: Mapping[str, Any]) -> dict[str, str]:
    """The fields a message tells, by `LeadEvent`'s names; empty when it tells none."""
    told: dict[str, str] = {}
    lines = [line for text in _texts(message) for line in text.splitlines()][:MOST_LINES]
    for name, value in _labelled(lines):
        told.setdefault(name, value)
    whole = "\n".join(map(_unmarked, lines))
    for name, shape in (("email", _EMAIL), ("phone", _PHONE)):
        if name not in told and (found := shape.search(whole)):
            told[name] = found[0].strip()
    return told


def _labelled(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each label with its value; a label that stands alone has its value on the next line."""
    waiting: str | None = None
    for line in map(_unmarked, lines):
        match = _LABELLED.fullmatch(line)
        if match and (name := field_called(match[1])):
            yield name, match[2].strip()
            waiting = None
        elif waiting and line.strip():
            yield waiting, line.strip()
            waiting = None
        else:
            alone = _LABEL_ALONE.fullmatch(line)
            waiting = field_called(alone[1]) if alone and alone[1] else None


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
