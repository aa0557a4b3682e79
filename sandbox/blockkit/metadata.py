"""Message metadata: an event type and a payload of plain values, at most one level deep."""

import json

from sandbox.blockkit.faults import Fault, Inspection
from sandbox.blockkit.shapes import Check, anything, listing, number, record, string

# Slack answers `metadata_too_large` but publishes no size; 8 kB is the working assumption.
MOST_BYTES = 8_000


def check_metadata(metadata: object) -> list[Fault]:
    inspection = Inspection("message", "invalid_metadata_format")
    works_on_entities = isinstance(metadata, dict) and "entities" in metadata
    (_ENTITIES if works_on_entities else _EVENT)(metadata, "/metadata", inspection)
    if not inspection.faults and isinstance(metadata, dict):
        _fits(metadata.get("event_payload"), inspection)
    return inspection.faults


def _fits(payload: object, inspection: Inspection) -> None:
    written = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(written) > MOST_BYTES:
        problem = f"must be less than {MOST_BYTES + 1} bytes"
        inspection.refuse("/metadata/event_payload", problem, "metadata_too_large")


def _scalar(value: object, at: str, inspection: Inspection) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number(value, at, inspection)
    elif not isinstance(value, str | bool):
        inspection.refuse(at, "must provide a string, number or boolean")


def _mapping(item: Check) -> Check:
    """An object with any keys."""

    def check(value: object, at: str, inspection: Inspection) -> None:
        if not isinstance(value, dict):
            inspection.refuse(at, "must provide an object")
            return
        for name, part in value.items():
            item(part, f"{at}/{_escaped(name)}", inspection)

    return check


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


_FLAT = _mapping(_scalar)
_FLAT_LIST = listing(_FLAT, least=0)


def _payload_value(value: object, at: str, inspection: Inspection) -> None:
    check = _FLAT if isinstance(value, dict) else _FLAT_LIST if isinstance(value, list) else _scalar
    check(value, at, inspection)


_EVENT_FIELDS = {"event_type": string(), "event_payload": _mapping(_payload_value)}
_EVENT = record(_EVENT_FIELDS)
_ENTITIES = record({"entities": listing(anything)}, _EVENT_FIELDS)
