"""How one field of a lead event is read: what is tidied, what is refused, in which words.

Every reader takes whatever JSON held and gives a typed value, or raises `FieldError`. None passes
through: a field left out is no fault.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, JsonValue, ValidationInfo

FUTURE_TOLERANCE = timedelta(minutes=5)
"""How far a sender's clock may run ahead of ours; within it, the event counts as just now."""

AHEAD = timedelta(days=366)
"""How far ahead a meeting may be: it stops the clock, and nobody plans further."""
EVENTS = ("handoff", "contacted", "outcome", "updated", "merged", "erased")

CUSTOM_DEPTH = 6
CUSTOM_CHARACTERS = 64_000

_ABSENT = {"", "-", "null", "NULL"}  # "Null" is a surname
_YEARS = range(2000, 2101)

# C0 and C1 controls but for tab and line ends; soft hyphen, zero-width space, word joiner and BOM;
# the marks that turn reading direction; and halves of surrogate pairs, which no database takes.
# Zero-width joiners stay: emoji and several scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")
_EPOCH = re.compile(r"[0-9]{9,10}(\.[0-9]{1,9})?")
_EMAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"|]{1,64}@"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])"
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
# These four would end or split a link in Slack's markup.
_LINK_BREAKERS = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", '"': "%22"})


class FieldError(ValueError):
    """A value that cannot be taken. The message is what the sender reads beside the field."""


def reader(read: Callable[[object], object]) -> BeforeValidator:
    return BeforeValidator(lambda raw: None if raw is None else read(raw))


def is_blank(raw: object) -> bool:
    """Whether a sender left the field out, or filled it with what forms and exports put there."""
    return raw is None or (isinstance(raw, str) and tidy(raw) in _ABSENT)


def tidy(text: str) -> str:
    """One line without unseen characters, each run of white space one space."""
    # What is printable holds none of them, as most fields do.
    seen = text if text.isprintable() else _UNSEEN.sub("", text)
    return " ".join(seen.split())


def line(limit: int) -> BeforeValidator:
    """Text of one line, at most `limit` characters."""
    return reader(lambda raw: _bounded(tidy(_text(raw)), limit))


def paragraphs(limit: int) -> BeforeValidator:
    """Text that keeps its line ends, at most `limit` characters."""
    return reader(lambda raw: _bounded("\n".join(map(tidy, _lines(raw))).strip(), limit))


def email(raw: object) -> str:
    address = _bounded(tidy(_text(raw)).lower(), 254)
    if not _EMAIL.fullmatch(address):
        raise FieldError("Must be one e-mail address, such as ana@example.com.")
    return address


def owner(raw: object) -> str:
    """A lower-case address, or what else a CRM calls its owners by, such as `0055g00000AbC`."""
    named = _bounded(tidy(_text(raw)), 254)
    return email(named) if "@" in named else named


def web_address(raw: object) -> str:
    address = _bounded(_UNSEEN.sub("", _text(raw)).strip(), 2_000)
    if not _is_web_address(address):
        raise FieldError("Must be a full address that starts with https:// or http://.")
    return address.translate(_LINK_BREAKERS)


def amount(raw: object) -> Decimal:
    money = _number(raw)
    if money < 0:
        raise FieldError("Must not be below zero.")
    return money


def score(raw: object) -> float:
    return float(_number(raw))


def currency(raw: object) -> str:
    """An ISO 4217 code by its shape; which currencies exist is not ours to know."""
    code = tidy(_text(raw)).upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise FieldError("Must be a three-letter currency code, such as EUR.")
    return code


def grade(raw: object) -> str:
    letter = tidy(_text(raw)).upper()
    if letter not in {"A", "B", "C", "D"}:
        raise FieldError("Must be A, B, C or D.")
    return letter


def key(raw: object) -> str:
    """A key as the playbook writes them; "Not a fit" is read as `not_a_fit`."""
    word = re.sub(r"[\s-]+", "_", tidy(_text(raw)).lower())
    if not _KEY.fullmatch(word):
        raise FieldError("Must be a short key in plain letters, such as not_a_fit.")
    return word


def event_kind(raw: object) -> str:
    kind = tidy(_text(raw)).lower()
    if kind not in EVENTS:
        raise FieldError(f"Must be {', '.join(EVENTS[:-1])} or {EVENTS[-1]}.")
    return kind


def moment(raw: object, info: ValidationInfo) -> datetime:
    """Aware UTC from ISO 8601 with a zone, epoch seconds, or an aware datetime.

    With `received_at` in the validation context, a moment further ahead of it than
    `FUTURE_TOLERANCE` is refused, and one within it becomes `received_at`.
    """
    instant = _instant(raw)
    received_at: datetime = (info.context or {}).get("received_at", instant)
    if instant > received_at + FUTURE_TOLERANCE:
        raise FieldError("Lies in the future; check the sender's clock and zone.")
    return min(instant, received_at)


def ahead(raw: object, info: ValidationInfo) -> datetime | None:
    """Aware UTC as `moment` reads it, past or up to `AHEAD` after the event arrived."""
    if raw is None:
        return None
    instant = _instant(raw)
    received_at: datetime = (info.context or {}).get("received_at", instant)
    if instant > received_at + AHEAD:
        raise FieldError("Lies more than a year ahead.")
    return instant


def custom(raw: object) -> dict[str, JsonValue]:
    """Any JSON object within `CUSTOM_DEPTH` levels and `CUSTOM_CHARACTERS` characters of JSON."""
    if not isinstance(raw, dict):
        raise FieldError("Must be an object.")
    fields = {tidy(str(name)): _plain(value, CUSTOM_DEPTH - 1) for name, value in raw.items()}
    if len(json.dumps(fields, ensure_ascii=False)) > CUSTOM_CHARACTERS:
        raise FieldError(f"Custom fields must be at most {CUSTOM_CHARACTERS:,} characters in all.")
    return fields


def _plain(raw: object, levels: int) -> JsonValue:
    match raw:
        case str():
            return _UNSEEN.sub("", raw)
        case float() if not math.isfinite(raw):
            raise FieldError("Holds a number that is too large.")
        case None | bool() | int() | float():
            return raw
        case dict() | list() if levels < 1:
            raise FieldError(f"Custom fields must be at most {CUSTOM_DEPTH} levels deep.")
        case dict():
            return {tidy(str(name)): _plain(value, levels - 1) for name, value in raw.items()}
        case list():
            return [_plain(value, levels - 1) for value in raw]
    raise FieldError("Must hold plain JSON.")


def _text(raw: object) -> str:
    """Numbers count as text: senders write ids and phone numbers without quotes."""
    if isinstance(raw, str | int | float) and not isinstance(raw, bool):
        return str(raw)
    raise FieldError("Must be text.")


def _lines(raw: object) -> list[str]:
    return _text(raw).splitlines()


def _bounded(text: str, limit: int) -> str:
    if len(text) > limit:
        raise FieldError(f"Must be at most {limit:,} characters.")
    return text


def _number(raw: object) -> Decimal:
    # A float's own digits would show binary noise (0.30000000000000004).
    text = f"{raw:.4f}" if isinstance(raw, float) else tidy(_text(raw))
    if not _NUMBER.fullmatch(text):
        raise FieldError("Must be a plain number, such as 12500.50.")
    return Decimal(text)


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    # A name before the host (https://bank.example@evil.example) is there to deceive.
    plain = "@" not in parts.netloc and not re.search(r"\s", address)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _instant(raw: object) -> datetime:
    instant = raw if isinstance(raw, datetime) else _parsed_instant(tidy(_text(raw)))
    if instant.tzinfo is None:
        raise FieldError("Must say its zone, such as 2026-11-21T10:00:00Z.")
    if instant.year not in _YEARS:
        raise FieldError("Must lie between the years 2000 and 2100.")
    return instant.astimezone(UTC)


def _parsed_instant(text: str) -> datetime:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise FieldError("Must be ISO 8601 with a zone, or epoch seconds.") from None
