"""The door holds against anything, and does not keep a message waiting."""

import json
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.blockkit import check_message, check_view
from sandbox.blockkit.elements import ELEMENTS

Json = dict[str, object]

BUTTON: Json = {
    "type": "button",
    "action_id": "open",
    "text": {"type": "plain_text", "text": "Open"},
    "value": "1",
}
CHOICE: Json = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}
SOUND: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Lead*"}, "accessory": BUTTON},
    {
        "type": "actions",
        "elements": [{"type": "static_select", "options": [CHOICE], "initial_option": CHOICE}],
    },
    {"type": "data_table", "caption": "c", "rows": [[{"type": "raw_text", "text": "x"}]] * 2},
    {
        "type": "data_visualization",
        "title": "t",
        "chart": {
            "type": "bar",
            "series": [{"name": "a", "data": [{"label": "l", "value": 1}]}],
            "axis_config": {"categories": ["l"]},
        },
    },
    {
        "type": "input",
        "label": {"type": "plain_text", "text": "Why"},
        "element": {
            "type": "number_input",
            "is_decimal_allowed": True,
            "min_value": "1",
            "max_value": "2",
        },
    },
]


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path to every node of a payload."""
    if not isinstance(value, dict | list):
        return [path]
    nodes = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(found for key, part in nodes for found in places(part, (*path, key)))]


def replaced(value: object, path: tuple[object, ...], new: object) -> object:
    if not path:
        return new
    if isinstance(value, dict):
        return {k: replaced(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    assert isinstance(value, list)
    return [replaced(v, path[1:], new) if k == path[0] else v for k, v in enumerate(value)]


NAMES = st.sampled_from(
    sorted({key for path in places(SOUND) for key in path if isinstance(key, str)})
)
KINDS = st.sampled_from(
    [
        "section",
        "actions",
        "input",
        "context",
        "table",
        "data_table",
        "data_visualization",
        "pie",
        "line",
        "rich_text",
        "rich_text_section",
        "raw_text",
        "plain_text",
        "card",
        "container",
        "carousel",
        "plan",
        "modal",
        "home",
        *ELEMENTS,
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | KINDS


def containers(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    named = st.dictionaries(NAMES | st.text(), inner, max_size=6)
    blocklike = st.builds(lambda kind, rest: {**rest, "type": kind}, KINDS, named)
    return st.lists(inner, max_size=4) | named | blocklike


ANYTHING = st.recursive(SCALARS, containers, max_leaves=15)
# Two shared cores: how long one example takes says nothing, and nothing is left on disk.
UNHURRIED = settings(deadline=None, database=None)

ARGUMENTS = st.sampled_from(["text", "blocks", "attachments", "metadata", "markdown_text"])


@UNHURRIED
@given(st.dictionaries(ARGUMENTS, ANYTHING))
def test_no_message_whatever_makes_the_door_fall(payload: Json) -> None:
    check_message(payload)


@UNHURRIED
@given(ANYTHING)
def test_no_view_whatever_makes_the_door_fall(view: object) -> None:
    check_view(view)


@UNHURRIED
@given(st.sampled_from(places(SOUND)), ANYTHING)
def test_a_sound_message_with_one_part_replaced_is_judged_not_dropped(
    path: tuple[object, ...], new: object
) -> None:
    assert check_message({"text": "x", "blocks": SOUND}) == []
    check_message({"text": "x", "blocks": replaced(SOUND, path, new)})


def test_depth_beyond_the_stack_is_refused_without_a_crash() -> None:
    deep: object = "x"
    for _ in range(100_000):
        deep = {"type": "container", "child_blocks": [deep], "x": deep}
    option: Json = {"text": deep, "value": deep}
    select: Json = {"type": "static_select", "options": [option], "initial_option": option}
    blocks: list[object] = [deep, {"type": "actions", "elements": [select]}]
    assert check_message({"blocks": blocks, "metadata": {"event_type": "x", "event_payload": deep}})
    assert check_message({"text": "x", "metadata": {"entities": [deep]}}) == []


def test_numbers_json_cannot_write_are_refused() -> None:
    for odd in (float("nan"), float("inf"), 10**5000):
        metadata = {"event_type": "x", "event_payload": {"score": odd}}
        [fault] = check_message({"text": "x", "metadata": metadata})
        assert fault.pointer == "/metadata/event_payload/score"


def test_half_an_emoji_is_counted_not_choked_on() -> None:
    half = json.loads('"\\ud83d"')
    metadata = {"event_type": "x", "event_payload": {half: half}}
    assert check_message({"text": half, "metadata": metadata}) == []


def test_a_message_of_fifty_blocks_is_judged_in_about_a_millisecond() -> None:
    blocks = [{**SOUND[0], "block_id": str(number)} for number in range(50)]
    seconds = []
    for _ in range(20):
        start = time.perf_counter()
        assert check_message({"text": "x", "blocks": blocks}) == []
        seconds.append(time.perf_counter() - start)
    # 0.7 ms where this was written; the rest is room for a busy machine.
    assert min(seconds) < 0.003
