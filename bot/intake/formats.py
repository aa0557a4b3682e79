"""The two shapes a lead event may arrive in, brought to one set of fields.

Flat JSON names the fields as `LeadEvent` does. The CloudEvents 1.0 envelope groups them; what it
carries beyond them stays, grouped as it was, under `custom`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bot.intake.readers import EVENTS, is_blank

JsonObject: TypeAlias = dict[str, object]

ENVELOPE_PATHS: dict[str, tuple[str, ...]] = {
    "event": ("type",),
    "occurred_at": ("time", "data.occurred_at"),
    "lead_id": ("data.lead.id",),
    "first_name": ("data.person.given",),
    "last_name": ("data.person.family",),
    "email": ("data.person.email",),
    "phone": ("data.person.phone",),
    "title": ("data.person.title",),
    "country": ("data.person.country",),
    "company": ("data.account_name",),
    "campaign": ("data.campaign.name",),
    "campaign_id": ("data.campaign.ref", "data.campaign.id"),
    "landing_page": ("data.campaign.landing_page",),
    "utm_source": ("data.campaign.utm.source",),
    "utm_medium": ("data.campaign.utm.medium",),
    "utm_campaign": ("data.campaign.utm.campaign",),
    "utm_term": ("data.campaign.utm.term",),
    "utm_content": ("data.campaign.utm.content",),
    "source": ("data.source",),
    "grade": ("data.grade",),
    "score": ("data.score",),
    "amount": ("data.amount",),
    "currency": ("data.currency",),
    "system": ("data.system",),
    "owner": ("data.owner_email", "data.owner_id", "data.owner"),
    "message": ("data.message",),
    "reason": ("data.reason",),
    "url": ("data.url",),
    "last_activity": ("data.last_activity",),
    "by": ("data.by",),
    "kind": ("data.kind",),
    "into": ("data.into.id",),
    "meeting_at": ("data.meeting_at",),
    "meeting_ends_at": ("data.meeting_ends_at",),
}
"""Where the envelope keeps each field; of several places the first that is filled counts."""

_GROUPS = ("data.lead", "data.into", "data.person", "data.campaign", "data.campaign.utm")
_TYPE = re.compile(rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.lead\.({'|'.join(EVENTS)})\.v1")


@dataclass(frozen=True)
class Fault:
    """One field that cannot be taken, named as the sender named it, and what to do about it."""

    field: str
    problem: str


@dataclass(frozen=True)
class Fields:
    """What a sender filled in, by `LeadEvent`'s names and not yet checked."""

    values: JsonObject
    faults: tuple[Fault, ...] = ()
    """Of the shape itself."""
    in_envelope: bool = False
    emptied: frozenset[str] = frozenset()
    """The names that were sent without a value."""

    def fault(self, name: str, problem: str) -> Fault:
        path = ENVELOPE_PATHS.get(name, ("data",))[0] if self.in_envelope else name
        return Fault(path, problem)


def fields_of(document: JsonObject) -> Fields:
    """Takes `document` apart (it is not to be used afterwards)."""
    return _from_envelope(document) if "specversion" in document else _from_flat(document)


def _from_flat(document: JsonObject) -> Fields:
    own = document.pop("custom", None)
    named = {name: document.pop(name) for name in ENVELOPE_PATHS if name in document}
    emptied = _emptied(named)
    values = {"event": "handoff"} | _without(named, emptied)
    return Fields(values | {"custom": _with_own(own, document)}, emptied=emptied)


def _from_envelope(document: JsonObject) -> Fields:
    faults = [*_attribute_faults(document), *_group_faults(document)]
    event = _TYPE.fullmatch(str(document.pop("type", "")))
    named = {
        name: _take_first(document, paths)
        for name, paths in ENVELOPE_PATHS.items()
        if any(_is_there(document, path) for path in paths)
    }
    emptied = _emptied(named)
    values = _without(named, emptied)
    if event:
        values["event"] = event[1]
    data = document.get("data")
    rest = _pruned(data) if isinstance(data, dict) else {}
    own = rest.pop("custom", None)
    return Fields(
        values | {"custom": _with_own(own, rest)},
        tuple(faults),
        in_envelope=True,
        emptied=emptied,
    )


def _attribute_faults(envelope: JsonObject) -> Iterator[Fault]:
    if envelope["specversion"] != "1.0":
        yield Fault("specversion", "Must be 1.0.")
    for name in ("id", "source"):
        attribute = envelope.get(name)
        if not isinstance(attribute, str) or not attribute:
            yield Fault(name, "Must be text; CloudEvents requires it.")
    if not _TYPE.fullmatch(str(envelope.get("type"))):
        yield Fault("type", f"Must end in .lead.<event>.v1, the event one of {', '.join(EVENTS)}.")
    if not isinstance(envelope.get("data"), dict):
        yield Fault("data", "Must be an object with the fields of the event.")


def _group_faults(envelope: JsonObject) -> Iterator[Fault]:
    for path in _GROUPS:
        if not isinstance(_look(envelope, path), dict | None):
            yield Fault(path, "Must be an object.")


def _emptied(fields: JsonObject) -> frozenset[str]:
    return frozenset(name for name, raw in fields.items() if is_blank(raw))


def _without(fields: JsonObject, emptied: frozenset[str]) -> JsonObject:
    return {name: raw for name, raw in fields.items() if name not in emptied}


def _with_own(own: object, unknown: JsonObject) -> object:
    """The sender's own `custom` and the fields we do not know, as one object."""
    if is_blank(own):
        return unknown
    return own | unknown if isinstance(own, dict) else own


def _take_first(envelope: JsonObject, paths: tuple[str, ...]) -> object:
    filled = (path for path in paths if not is_blank(_look(envelope, path)))
    path = next(filled, paths[0])
    group = _look(envelope, path.rpartition(".")[0])
    return group.pop(path.rpartition(".")[2], None) if isinstance(group, dict) else None


def _is_there(envelope: JsonObject, path: str) -> bool:
    group = _look(envelope, path.rpartition(".")[0])
    return isinstance(group, dict) and path.rpartition(".")[2] in group


def _look(tree: object, path: str) -> object:
    """What stands at a dotted path; the tree itself at ""; None when nothing does."""
    for name in path.split(".") if path else ():
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _pruned(tree: JsonObject) -> JsonObject:
    """Without the groups whose every field was taken out."""
    kept = {name: _pruned(raw) if isinstance(raw, dict) else raw for name, raw in tree.items()}
    return {name: raw for name, raw in kept.items() if raw != {}}
