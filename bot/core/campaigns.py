"""Which campaign a lead belongs to: the one of the strongest sign it brings."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_KEY = 300


class Kind(StrEnum):
    """What kinds of signs there are; a campaign takes up one more of a kind it has none of."""

    CRM = "crm"
    UTM = "utm"
    PAGE = "page"
    NAME = "name"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a campaign. `key` is what it is recognised by, `label` what people would read."""

    kind: Kind
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a hand-off tells of where it came from; None or empty where it tells nothing."""

    ref: str | None
    """The campaign's id in the CRM."""
    utm: Mapping[str, str]
    page: str | None
    name: str | None
    source: str | None


def signs(origin: Origin) -> list[Sign]:
    """All signs, the strongest first; empty = no origin.

    The tag `utm_campaign` names a campaign. Source and medium alone name a channel, so they come
    last, beside the source that a CRM tells.
    """
    return list(_signs(origin))


def _signs(origin: Origin) -> Iterator[Sign]:
    if origin.ref:
        yield _sign(Kind.CRM, origin.ref, origin.name or origin.ref)
    tag = origin.utm.get("campaign")
    if tag and slug(tag):
        yield _sign(Kind.UTM, slug(tag), origin.name or tag)
    if origin.page:
        yield _sign(Kind.PAGE, _address(origin.page), origin.name or origin.page)
    if origin.name:
        yield name_sign(origin.name)
    channel = "/".join(filter(None, (origin.utm.get("source"), origin.utm.get("medium"))))
    if told := origin.source or channel:
        yield _sign(Kind.SOURCE, " ".join(told.split()), told)


def name_sign(name: str) -> Sign:
    """A name as it is written: "Google" and "google" are two until somebody says they are one."""
    return _sign(Kind.NAME, " ".join(name.split()), name)


def _sign(kind: Kind, key: str, label: str) -> Sign:
    return Sign(kind, f"{kind}:{key}"[:LONGEST_KEY], label)


def slug(text: str) -> str:
    """Small letters and digits joined by hyphens: `Spring Webinar` and `spring_webinar` are one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def _address(page: str) -> str:
    """Host and path: a page is the same with other tags, another scheme, or a slash at its end."""
    bare = page.partition("#")[0].partition("?")[0]
    return re.sub(r"^[a-z]+://(www\.)?", "", bare.lower()).rstrip("/")


def look_alike(one: str, other: str) -> bool:
    """Whether two names differ only in how they are written."""
    return one != other and slug(one) == slug(other) != ""
