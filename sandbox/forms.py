"""The state of the inputs in one view or message: what was there at first, and what came after."""

from sandbox import elements, inputs
from sandbox.elements import Placed
from sandbox.errors import Misuse
from sandbox.inputs import INPUTS
from sandbox.wire import Json

Entries = dict[tuple[str, str], Json]
"""(block_id, action_id) -> the value as Slack files it."""

Offers = dict[tuple[str, str], list[Json]]
"""(block_id, action_id) of an external select -> the options the app has offered."""


def state(blocks: list[Json], entries: Entries) -> Json:
    """`state.values` of a payload: every input, touched or not."""
    values: Json = {}
    for spot in elements.placed(blocks):
        if spot.element["type"] in INPUTS:
            entry = entries.get(spot.key) or inputs.at_start(spot.element)
            values.setdefault(spot.block["block_id"], {})[spot.element["action_id"]] = entry
    return values


def fill(blocks: list[Json], values: Json, offered: Offers) -> Entries:
    """Plain values by block_id and action_id as entries; Misuse when one cannot be given."""
    entries = {}
    for block_id, by_action in values.items():
        for action_id, value in by_action.items():
            spot = elements.find(blocks, action_id, block_id)
            entries[spot.key] = entry(spot, value, offered)
    return entries


def entry(spot: Placed, value: object, offered: Offers) -> Json:
    """One plain value as Slack files it. What an external select offers, the app said before."""
    element = spot.element
    if element["type"] not in INPUTS:
        raise Misuse(f'"{element["action_id"]}" holds no value.')
    if "external" in element["type"]:
        known = [*offered.get(spot.key, []), *_initial(element)]
        element = {**element, "options": known}
    return inputs.filed(element, value)


def complaints(blocks: list[Json], entries: Entries) -> dict[str, str]:
    """What Slack's client holds against a submission, by block_id; empty when it may go."""
    said = {}
    for spot in elements.placed(blocks):
        if spot.block["type"] != "input" or spot.element["type"] not in INPUTS:
            continue
        entry = entries.get(spot.key) or inputs.at_start(spot.element)
        value = inputs.content(spot.element, entry)
        if not value and not spot.block.get("optional"):
            said[spot.block["block_id"]] = "Please complete this required field."
        elif value and (wrong := inputs.complaint(spot.element, value)):
            said[spot.block["block_id"]] = wrong
    return said


def kept(blocks: list[Json], entries: Entries) -> Entries:
    """The entries whose inputs still stand after an update, as Slack keeps them by their ids."""
    kinds = {spot.key: spot.element["type"] for spot in elements.placed(blocks)}
    return {key: entry for key, entry in entries.items() if kinds.get(key) == entry["type"]}


def _initial(element: Json) -> list[Json]:
    one = element.get("initial_option")
    return [*([one] if one else []), *element.get("initial_options", [])]
