"""What every block has in common."""

from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.shapes import NO_FIELDS, Check, Fields, Rule, string, typed

_ID = string(255)


def block_id(value: object, at: str, inspection: Inspection) -> None:
    """Unique within its message or view."""
    _ID(value, at, inspection)
    if not isinstance(value, str):
        return
    if value in inspection.block_ids:
        inspection.refuse(at, f'`block_id` "{value}" already exists')
    inspection.block_ids.add(value)


def block(required: Fields, optional: Fields = NO_FIELDS, *rules: Rule) -> Check:
    """A block with these fields; the action ids of its elements start afresh with it."""
    shape = typed(required, {**optional, "block_id": block_id}, *rules)

    def check(value: object, at: str, inspection: Inspection) -> None:
        inspection.action_ids.clear()
        inspection.blocks += 1
        shape(value, at, inspection)

    return check
