"""Every input of Block Kit: where its value is filed, how it starts, what a person may choose.

A value travels in two shapes. People (the page, a test) give it plainly: "2026-12-01", an option's
value, a list of user ids. The app gets what Slack sends: {"selected_date": …},
{"selected_option": {…}}, {"selected_users": […]}. `filed` turns the first into the second.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import cast

from sandbox.errors import Misuse
from sandbox.wire import Json

Reader = Callable[[Json, object], object]


@dataclass(frozen=True)
class Input:
    """`slot` is the key of the value in the payload, `initial` its key in the element."""

    slot: str
    initial: str
    read: Reader
    nothing: object = None


def _text(element: Json, value: object) -> object:
    if value is not None and not isinstance(value, str):
        raise Misuse(f'"{element["action_id"]}" takes text.')
    return value or None


def _date(element: Json, value: object) -> object:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Misuse(f'"{value}" is no date; say 2026-12-01.') from None


def _time(element: Json, value: object) -> object:
    try:
        return time.fromisoformat(str(value)).strftime("%H:%M")
    except ValueError:
        raise Misuse(f'"{value}" is no time; say 09:30.') from None


def _instant(element: Json, value: object) -> object:
    if not isinstance(value, int) or len(str(value)) != 10:
        raise Misuse(f'"{value}" is no instant; give seconds since 1970 in ten digits.')
    return value


def _rich_text(element: Json, value: object) -> object:
    words = [{"type": "text", "text": str(value)}]
    section = {"type": "rich_text_section", "elements": words}
    return {"type": "rich_text", "elements": [section]} if value else None


def chosen(element: Json, value: object) -> Json:
    """The option with this value; Misuse when the element offers none such."""
    for option in options(element):
        if option["value"] == value:
            return option
    raise Misuse(f'"{value}" is not among the options of "{element["action_id"]}".')


def feedback(element: Json, value: object) -> Json:
    """The one of two feedback buttons with this value; Misuse for a third."""
    for button in (element["positive_button"], element["negative_button"]):
        if button["value"] == value:
            return cast(Json, button)
    raise Misuse(f'"{value}" is neither of the two buttons.')


def _one(element: Json, value: object) -> object:
    return chosen(element, value) if value else None


def _options(element: Json, value: object) -> object:
    return [chosen(element, each) for each in _within_maximum(element, value)]


def _id(prefixes: str) -> Reader:
    def read(element: Json, value: object) -> object:
        if value and not (isinstance(value, str) and value[0] in prefixes):
            raise Misuse(f'"{value}" is no id that "{element["action_id"]}" offers.')
        return value or None

    return read


def _ids(prefixes: str) -> Reader:
    read_one = _id(prefixes)

    def read(element: Json, value: object) -> object:
        return [read_one(element, each) for each in _within_maximum(element, value)]

    return read


def _within_maximum(element: Json, value: object) -> list[object]:
    chosen = value if isinstance(value, list) else [value] if value else []
    if len(chosen) > element.get("max_selected_items", len(chosen)):
        raise Misuse(f'"{element["action_id"]}" takes {element["max_selected_items"]} at most.')
    return chosen


INPUTS: dict[str, Input] = {
    "plain_text_input": Input("value", "initial_value", _text),
    "email_text_input": Input("value", "initial_value", _text),
    "url_text_input": Input("value", "initial_value", _text),
    "number_input": Input("value", "initial_value", _text),
    "rich_text_input": Input("rich_text_value", "initial_value", _rich_text),
    "datepicker": Input("selected_date", "initial_date", _date),
    "timepicker": Input("selected_time", "initial_time", _time),
    "datetimepicker": Input("selected_date_time", "initial_date_time", _instant),
    "static_select": Input("selected_option", "initial_option", _one),
    "external_select": Input("selected_option", "initial_option", _one),
    "users_select": Input("selected_user", "initial_user", _id("UW")),
    "conversations_select": Input("selected_conversation", "initial_conversation", _id("CDGUW")),
    "channels_select": Input("selected_channel", "initial_channel", _id("C")),
    "multi_static_select": Input("selected_options", "initial_options", _options, ()),
    "multi_external_select": Input("selected_options", "initial_options", _options, ()),
    "multi_users_select": Input("selected_users", "initial_users", _ids("UW"), ()),
    "multi_conversations_select": Input(
        "selected_conversations", "initial_conversations", _ids("CDGUW"), ()
    ),
    "multi_channels_select": Input("selected_channels", "initial_channels", _ids("C"), ()),
    "checkboxes": Input("selected_options", "initial_options", _options, ()),
    "radio_buttons": Input("selected_option", "initial_option", _one),
}
CLEARABLE = frozenset({"datepicker", "timepicker", "datetimepicker"})


def options(element: Json) -> list[Json]:
    """All options of a select, its groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return cast(list[Json], element.get("options", [])) + grouped


def filed(element: Json, value: object) -> Json:
    """The plain value of one input as Slack files it; Misuse when it cannot be chosen."""
    kind = INPUTS[element["type"]]
    empty = value in (None, "") and element["type"] in CLEARABLE
    return {"type": element["type"], kind.slot: None if empty else kind.read(element, value)}


def at_start(element: Json) -> Json:
    """What Slack files for an input nobody has touched."""
    kind = INPUTS[element["type"]]
    nothing = list(kind.nothing) if isinstance(kind.nothing, tuple) else kind.nothing
    return {"type": element["type"], kind.slot: element.get(kind.initial, nothing)}


def content(element: Json, entry: Json) -> object:
    """The value inside a filed entry; falsy when the input is empty."""
    return entry.get(INPUTS[element["type"]].slot)


def complaint(element: Json, value: object) -> str | None:
    """What Slack's client says under a field before it sends anything; None when all is well."""
    if not isinstance(value, str):
        return None
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    if element["type"] == "number_input":
        return _number_complaint(element, value)
    if element["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not re.match(r"https?://\S+$", value):
        return "Please enter a valid URL."
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    decimals = r"(\.\d+)?" if element.get("is_decimal_allowed") else ""
    if not re.fullmatch(rf"-?\d+{decimals}", value):
        return "Please enter a valid number."
    if float(value) < float(element.get("min_value", value)):
        return f"Please enter {element['min_value']} or more."
    if float(value) > float(element.get("max_value", value)):
        return f"Please enter {element['max_value']} or less."
    return None
