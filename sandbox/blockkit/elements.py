"""Block elements: what people press, choose from and write into."""

from datetime import date

from sandbox.blockkit.composition import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IMAGE_ELEMENT,
    LINK,
    LINK_OPTION,
    MARKED_OPTION,
    OPTION_GROUPS,
    PLAIN_OPTION,
    STYLE,
    WORKFLOW,
    plain,
)
from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.rich_text import RICH_TEXT_VALUE
from sandbox.blockkit.rules import exactly_one, in_order, initial_among_options
from sandbox.blockkit.shapes import (
    Check,
    Fields,
    flag,
    listing,
    matching,
    one_of,
    record,
    string,
    tagged,
    typed,
    whole,
)

_ID = string(255)


def action_id(value: object, at: str, inspection: Inspection) -> None:
    """Unique within its block; the same id may serve in the next block."""
    _ID(value, at, inspection)
    if not isinstance(value, str):
        return
    if value in inspection.action_ids:
        inspection.refuse(at, f'`action_id` "{value}" already exists')
    inspection.action_ids.add(value)


def focus_on_load(value: object, at: str, inspection: Inspection) -> None:
    """One element of the whole surface at most."""
    flag(value, at, inspection)
    if value is True and inspection.focused:
        inspection.refuse(at, "only one element may set `focus_on_load`")
    inspection.focused = inspection.focused or value is True


def calendar_date(value: object, at: str, inspection: Inspection) -> None:
    _DATE(value, at, inspection)
    try:
        date.fromisoformat(value if isinstance(value, str) else "2000-01-01")
    except ValueError:
        inspection.refuse(at, "must be a valid date")


_DATE = matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "must be in the form YYYY-MM-DD")
_TIME = matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", "must be in the form HH:mm")
_DECIMAL = matching(r"-?[0-9]+(\.[0-9]+)?", "must be a number in a string")

_PRESSED: Fields = {"action_id": action_id, "confirm": CONFIRM}
_BUTTON: Fields = {**_PRESSED, "style": STYLE, "accessibility_label": string(75)}
_VIEWERS: Fields = {"visible_to_user_ids": listing(string(), 10)}
_CHOSEN: Fields = {**_PRESSED, "focus_on_load": focus_on_load}
_MENU: Fields = {**_CHOSEN, "placeholder": plain(150)}
_WRITTEN: Fields = {
    "action_id": action_id,
    "placeholder": plain(150),
    "focus_on_load": focus_on_load,
    "dispatch_action_config": DISPATCH,
}
_OFFERED: Fields = {"options": listing(PLAIN_OPTION, 100), "option_groups": OPTION_GROUPS}


def _whole_if_no_decimals(value: dict[str, object], at: str, inspection: Inspection) -> None:
    if value.get("is_decimal_allowed") is not False:
        return
    for name in ("initial_value", "min_value", "max_value"):
        if isinstance(amount := value.get(name), str) and "." in amount:
            inspection.refuse(f"{at}/{name}", "must be a whole number")


def _initial_fits(value: dict[str, object], at: str, inspection: Inspection) -> None:
    most, written = value.get("max_length"), value.get("initial_value")
    if isinstance(most, int) and isinstance(written, str) and len(written) > most:
        inspection.refuse(f"{at}/initial_value", f"must be less than {most + 1} characters")


def _only_in_modals(value: dict[str, object], at: str, inspection: Inspection) -> None:
    if inspection.surface != "modal":
        inspection.refuse(f"{at}/type", f"unsupported type: {value['type']}")


_FEEDBACK_BUTTON = record(
    {"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}
)

BUTTONS: Fields = {
    "button": typed(
        {"text": plain(75)},
        {
            **_BUTTON,
            **_VIEWERS,
            "url": LINK,
            "value": string(2000),
            "agent_prompt": string(4000),
            "agent_prompt_display": string(),
        },
    ),
    "workflow_button": typed({"text": plain(75), "workflow": WORKFLOW}, _BUTTON),
    "overflow": typed({"options": listing(LINK_OPTION, 5)}, _PRESSED),
    "feedback_buttons": typed(
        {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
        {"action_id": action_id},
    ),
    "icon_button": typed(
        {"icon": one_of("trash"), "text": plain(75)},
        {**_PRESSED, **_VIEWERS, "value": string(2000), "accessibility_label": string(75)},
    ),
    "image": IMAGE_ELEMENT,
}

CHOICES: Fields = {
    "checkboxes": typed(
        {"options": listing(MARKED_OPTION, 10)},
        {**_CHOSEN, "initial_options": listing(MARKED_OPTION, 10)},
        initial_among_options,
    ),
    "radio_buttons": typed(
        {"options": listing(MARKED_OPTION, 10)},
        {**_CHOSEN, "initial_option": MARKED_OPTION},
        initial_among_options,
    ),
    "datepicker": typed({}, {**_MENU, "initial_date": calendar_date}),
    "timepicker": typed({}, {**_MENU, "initial_time": _TIME, "timezone": string()}),
    # Ten digits: seconds, not milliseconds.
    "datetimepicker": typed(
        {}, {**_CHOSEN, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}
    ),
}

SELECTS: Fields = {
    "static_select": typed(
        {},
        {**_MENU, **_OFFERED, "initial_option": PLAIN_OPTION},
        exactly_one("options", "option_groups"),
        initial_among_options,
    ),
    "external_select": typed(
        {}, {**_MENU, "initial_option": PLAIN_OPTION, "min_query_length": whole(0)}
    ),
    "users_select": typed({}, {**_MENU, "initial_user": string()}),
    "conversations_select": typed(
        {},
        {
            **_MENU,
            "initial_conversation": string(),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "channels_select": typed(
        {}, {**_MENU, "initial_channel": string(), "response_url_enabled": flag}
    ),
}

_MANY: Fields = {**_MENU, "max_selected_items": whole(1)}

MULTI_SELECTS: Fields = {
    "multi_static_select": typed(
        {},
        {**_MANY, **_OFFERED, "initial_options": listing(PLAIN_OPTION, 100)},
        exactly_one("options", "option_groups"),
        initial_among_options,
    ),
    "multi_external_select": typed(
        {},
        {**_MANY, "initial_options": listing(PLAIN_OPTION, 100), "min_query_length": whole(0)},
    ),
    "multi_users_select": typed({}, {**_MANY, "initial_users": listing(string())}),
    "multi_conversations_select": typed(
        {},
        {
            **_MANY,
            "initial_conversations": listing(string()),
            "default_to_current_conversation": flag,
            "filter": CONVERSATION_FILTER,
        },
    ),
    "multi_channels_select": typed({}, {**_MANY, "initial_channels": listing(string())}),
}

INPUTS: Fields = {
    "plain_text_input": typed(
        {},
        {
            **_WRITTEN,
            "initial_value": string(3000, least=0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        in_order("min_length", "max_length"),
        _initial_fits,
    ),
    "rich_text_input": typed(
        {},
        {
            **_WRITTEN,
            "initial_value": RICH_TEXT_VALUE,
            "min_lines": whole(1),
            "max_lines": whole(1),
        },
        in_order("min_lines", "max_lines"),
    ),
    "email_text_input": typed({}, {**_WRITTEN, "initial_value": string()}),
    "url_text_input": typed({}, {**_WRITTEN, "initial_value": LINK}),
    "number_input": typed(
        {"is_decimal_allowed": flag},
        {**_WRITTEN, "initial_value": _DECIMAL, "min_value": _DECIMAL, "max_value": _DECIMAL},
        in_order("min_value", "max_value"),
        _whole_if_no_decimals,
    ),
    "file_input": typed(
        {},
        {"action_id": action_id, "filetypes": listing(string()), "max_files": whole(1, 10)},
        _only_in_modals,
    ),
}

ELEMENTS: Fields = {**BUTTONS, **CHOICES, **SELECTS, **MULTI_SELECTS, **INPUTS}


def any_of(*kinds: str) -> Check:
    return tagged({kind: ELEMENTS[kind] for kind in kinds})
