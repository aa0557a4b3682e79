"""Finding the elements of blocks, and the ids Slack gives where the app gave none."""

import secrets
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.errors import Misuse
from sandbox.inputs import INPUTS
from sandbox.wire import Json

PRESSED = frozenset({"button", "overflow", "feedback_buttons", "icon_button", "workflow_button"})
_ANSWERING = PRESSED | INPUTS.keys()
_NESTS = ("elements", "accessory", "element", "blocks", "child_blocks", "actions")


class Placed(NamedTuple):
    """An element with the block it stands in."""

    block: Json
    element: Json

    @property
    def key(self) -> tuple[str, str]:
        """The pair of ids by which Slack files its value."""
        return self.block["block_id"], self.element["action_id"]


def placed(blocks: list[Json]) -> Iterator[Placed]:
    """Every element somebody can press or fill in, in reading order."""
    for block in blocks:
        yield from _within(block, block)


def _within(block: Json, node: Json) -> Iterator[Placed]:
    for nest in _NESTS:
        inner = node.get(nest)
        for child in inner if isinstance(inner, list) else [inner]:
            if not isinstance(child, dict):
                continue
            if child.get("type") in _ANSWERING:
                yield Placed(block, child)
            else:
                yield from _within(child if "block_id" in child else block, child)


def name_all(blocks: list[Json]) -> None:
    """Give a block_id and an action_id to whatever came without, in place."""
    for block in blocks:
        _name(block, "block_id")
    for _, element in placed(blocks):
        _name(element, "action_id")


def find(blocks: list[Json], action_id: str, block_id: str | None) -> Placed:
    """The element a person acts on; Misuse when the blocks do not show it."""
    for spot in placed(blocks):
        if spot.element["action_id"] == action_id and block_id in (None, spot.block["block_id"]):
            return spot
    raise Misuse(f'There is no "{action_id}" to press here.')


def _name(node: Json, key: str) -> None:
    if not node.get(key):
        node[key] = secrets.token_urlsafe(4)[:5]
