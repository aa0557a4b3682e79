"""Elements Slack takes in a message and elements it refuses, each refusal with its place."""

import pytest

from sandbox.blockkit import check_message, error_code

Json = dict[str, object]


def plain(words: str = "Open") -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str = "*Open*") -> Json:
    return {"type": "mrkdwn", "text": words}


def button(**extra: object) -> Json:
    return {"type": "button", "text": plain(), "action_id": "open", **extra}


def option(value: str = "a", **extra: object) -> Json:
    return {"text": plain(value.upper()), "value": value, **extra}


def section(**extra: object) -> Json:
    return {"type": "section", "text": mrkdwn(), **extra}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**extra: object) -> Json:
    return {"type": "static_select", "options": [option("a"), option("b")], **extra}


def feedback(**extra: object) -> Json:
    good, bad = {"text": plain("Good"), "value": "1"}, {"text": plain("Bad"), "value": "0"}
    return {"type": "feedback_buttons", "positive_button": good, "negative_button": bad, **extra}


def trash(**extra: object) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": plain("Delete"), **extra}


def context_actions(*elements: Json) -> Json:
    return {"type": "context_actions", "elements": list(elements)}


def confirm(**extra: object) -> Json:
    return {
        "title": plain("Sure?"),
        "text": mrkdwn("It is gone then."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
        **extra,
    }


def input_block(element: Json, **extra: object) -> Json:
    return {"type": "input", "label": plain("Reason"), "element": element, **extra}


def without(value: Json, *names: str) -> Json:
    return {name: part for name, part in value.items() if name not in names}


TAKEN: dict[str, list[Json]] = {
    "one action id in two blocks": [actions(button()), actions(button())],
    "button with everything": [
        actions(
            button(
                url="https://example.com",
                value="1",
                style="danger",
                confirm=confirm(style="danger"),
                accessibility_label="Open the lead",
            )
        )
    ],
    "overflow with a link": [
        section(
            accessory={"type": "overflow", "options": [option(url="https://example.com"), option()]}
        )
    ],
    "select with an initial option": [actions(select(initial_option=option("b")))],
    "select with groups": [
        actions(
            without(
                select(
                    option_groups=[{"label": plain(), "options": [option("a")]}],
                    initial_option=option("a"),
                ),
                "options",
            )
        )
    ],
    "every select": [
        actions(
            {"type": "users_select", "initial_user": "U0ANA000000", "action_id": "1"},
            {"type": "channels_select", "action_id": "2", "placeholder": plain()},
            {"type": "conversations_select", "action_id": "3", "filter": {"include": ["im"]}},
            {"type": "external_select", "action_id": "4", "min_query_length": 0},
        )
    ],
    "every multi-select": [
        actions(
            {"type": "multi_static_select", "options": [option()], "max_selected_items": 1},
            {"type": "multi_users_select", "initial_users": ["U0ANA000000"]},
            {"type": "multi_channels_select"},
            {"type": "multi_conversations_select", "default_to_current_conversation": True},
            {"type": "multi_external_select"},
        )
    ],
    "pickers": [
        actions(
            {"type": "datepicker", "initial_date": "2026-02-28"},
            {"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"},
            {"type": "datetimepicker", "initial_date_time": 1_790_000_000},
        )
    ],
    "mrkdwn in checkbox options": [
        actions({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "a"}]})
    ],
    "feedback and trash": [context_actions(feedback(action_id="rate"), trash(action_id="drop"))],
    "an input": [input_block({"type": "plain_text_input", "multiline": True})],
    "run a workflow": [
        actions(
            {
                "type": "workflow_button",
                "text": plain(),
                "workflow": {"trigger": {"url": "https://example.com/shortcuts/Ft1"}},
            }
        )
    ],
}

AT = "/blocks/0"
REFUSED: dict[str, tuple[list[Json], str]] = {
    "text input beside a section": (
        [section(accessory={"type": "plain_text_input"})],
        f"{AT}/accessory/type",
    ),
    "button in a context": (
        [{"type": "context", "elements": [button()]}],
        f"{AT}/elements/0/type",
    ),
    "no actions": ([actions()], f"{AT}/elements"),
    "26 actions": ([actions(*[without(button(), "action_id")] * 26)], f"{AT}/elements"),
    "action id twice in a block": ([actions(button(), button())], f"{AT}/elements/1/action_id"),
    "action id of 256": ([actions(button(action_id="x" * 256))], f"{AT}/elements/0/action_id"),
    "text input among actions": (
        [actions({"type": "plain_text_input"})],
        f"{AT}/elements/0/type",
    ),
    "button without text": ([actions(without(button(), "text"))], f"{AT}/elements/0"),
    "button text in mrkdwn": ([actions(button(text=mrkdwn()))], f"{AT}/elements/0/text/type"),
    "button text of 76": (
        [actions(button(text=plain("x" * 76)))],
        f"{AT}/elements/0/text/text",
    ),
    "button value of 2001": ([actions(button(value="x" * 2001))], f"{AT}/elements/0/value"),
    "button value is a number": ([actions(button(value=1))], f"{AT}/elements/0/value"),
    "button style": ([actions(button(style="warning"))], f"{AT}/elements/0/style"),
    "button style default": ([actions(button(style="default"))], f"{AT}/elements/0/style"),
    "button url without a scheme": ([actions(button(url="example"))], f"{AT}/elements/0/url"),
    "accessibility label of 76": (
        [actions(button(accessibility_label="x" * 76))],
        f"{AT}/elements/0/accessibility_label",
    ),
    "confirm without deny": (
        [actions(button(confirm=without(confirm(), "deny")))],
        f"{AT}/elements/0/confirm",
    ),
    "confirm title of 101": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        f"{AT}/elements/0/confirm/title/text",
    ),
    "confirm text of 301": (
        [actions(button(confirm=confirm(text=mrkdwn("x" * 301))))],
        f"{AT}/elements/0/confirm/text/text",
    ),
    "confirm button of 31": (
        [actions(button(confirm=confirm(confirm=plain("x" * 31))))],
        f"{AT}/elements/0/confirm/confirm/text",
    ),
    "overflow of six": (
        [actions({"type": "overflow", "options": [option()] * 6})],
        f"{AT}/elements/0/options",
    ),
    "overflow in an input": (
        [input_block({"type": "overflow", "options": [option()]})],
        f"{AT}/element/type",
    ),
    "checkboxes of eleven": (
        [actions({"type": "checkboxes", "options": [option()] * 11})],
        f"{AT}/elements/0/options",
    ),
    "radio buttons of eleven": (
        [actions({"type": "radio_buttons", "options": [option()] * 11})],
        f"{AT}/elements/0/options",
    ),
    "radio buttons start on nothing": (
        [actions({"type": "radio_buttons", "options": [option()], "initial_option": option("z")})],
        f"{AT}/elements/0/initial_option",
    ),
    "select of 101": (
        [actions(select(options=[option()] * 101))],
        f"{AT}/elements/0/options",
    ),
    "select without options": ([actions({"type": "static_select"})], f"{AT}/elements/0"),
    "select with an empty list": ([actions(select(options=[]))], f"{AT}/elements/0/options"),
    "select with options and groups": (
        [actions(select(option_groups=[{"label": plain(), "options": [option()]}]))],
        f"{AT}/elements/0",
    ),
    "group label of 76": (
        [
            actions(
                {
                    "type": "static_select",
                    "option_groups": [{"label": plain("x" * 76), "options": [option()]}],
                }
            )
        ],
        f"{AT}/elements/0/option_groups/0/label/text",
    ),
    "empty group": (
        [actions({"type": "static_select", "option_groups": [{"label": plain(), "options": []}]})],
        f"{AT}/elements/0/option_groups/0/options",
    ),
    "select starts on nothing": (
        [actions(select(initial_option=option("z")))],
        f"{AT}/elements/0/initial_option",
    ),
    "initial option with another text": (
        [actions(select(initial_option={"text": plain("other"), "value": "a"}))],
        f"{AT}/elements/0/initial_option",
    ),
    "initial option null": (
        [actions(select(initial_option=None))],
        f"{AT}/elements/0/initial_option",
    ),
    "second of the initial options": (
        [
            actions(
                {
                    "type": "multi_static_select",
                    "options": [option()],
                    "initial_options": [option(), option("z")],
                }
            )
        ],
        f"{AT}/elements/0/initial_options/1",
    ),
    "option in mrkdwn": (
        [actions(select(options=[{"text": mrkdwn(), "value": "a"}]))],
        f"{AT}/elements/0/options/0/text/type",
    ),
    "option text of 76": (
        [actions(select(options=[{"text": plain("x" * 76), "value": "a"}]))],
        f"{AT}/elements/0/options/0/text/text",
    ),
    "option value of 151": (
        [actions(select(options=[option("x") | {"value": "x" * 151}]))],
        f"{AT}/elements/0/options/0/value",
    ),
    "option value empty": (
        [actions(select(options=[option("x") | {"value": ""}]))],
        f"{AT}/elements/0/options/0/value",
    ),
    "option description of 76": (
        [actions(select(options=[option(description=plain("x" * 76))]))],
        f"{AT}/elements/0/options/0/description/text",
    ),
    "option url outside overflow": (
        [actions(select(options=[option(url="https://example.com")]))],
        f"{AT}/elements/0/options/0",
    ),
    "placeholder of 151": (
        [actions(select(placeholder=plain("x" * 151)))],
        f"{AT}/elements/0/placeholder/text",
    ),
    "picture without a source": (
        [section(accessory={"type": "image", "alt_text": "A"})],
        f"{AT}/accessory",
    ),
    "checkboxes start on nothing": (
        [actions({"type": "checkboxes", "options": [option()], "initial_options": [option("z")]})],
        f"{AT}/elements/0/initial_options/0",
    ),
    "multi-select without options": (
        [actions({"type": "multi_static_select"})],
        f"{AT}/elements/0",
    ),
    "nine digits of time": (
        [actions({"type": "datetimepicker", "initial_date_time": 999_999_999})],
        f"{AT}/elements/0/initial_date_time",
    ),
    "filter that filters nothing": (
        [actions({"type": "conversations_select", "filter": {}})],
        f"{AT}/elements/0/filter",
    ),
    "no selection allowed": (
        [actions({"type": "multi_users_select", "max_selected_items": 0})],
        f"{AT}/elements/0/max_selected_items",
    ),
    "29 February 2026": (
        [actions({"type": "datepicker", "initial_date": "2026-02-29"})],
        f"{AT}/elements/0/initial_date",
    ),
    "half past 24": (
        [actions({"type": "timepicker", "initial_time": "24:30"})],
        f"{AT}/elements/0/initial_time",
    ),
    "milliseconds for seconds": (
        [actions({"type": "datetimepicker", "initial_date_time": 1_790_000_000_000})],
        f"{AT}/elements/0/initial_date_time",
    ),
    "datetimepicker beside a section": (
        [section(accessory={"type": "datetimepicker"})],
        f"{AT}/accessory/type",
    ),
    "two fields with the focus": (
        [
            input_block({"type": "plain_text_input", "focus_on_load": True}),
            input_block({"type": "plain_text_input", "focus_on_load": True}),
        ],
        "/blocks/1/element/focus_on_load",
    ),
    "file input in a message": ([input_block({"type": "file_input"})], f"{AT}/element/type"),
    "six context actions": ([context_actions(*[trash()] * 6)], f"{AT}/elements"),
    "button among context actions": ([context_actions(button())], f"{AT}/elements/0/type"),
    "one-sided feedback": (
        [context_actions(without(feedback(), "negative_button"))],
        f"{AT}/elements/0",
    ),
    "icon that is not trash": ([context_actions(trash(icon="pencil"))], f"{AT}/elements/0/icon"),
    "shown to eleven": (
        [context_actions(trash(visible_to_user_ids=["U1"] * 11))],
        f"{AT}/elements/0/visible_to_user_ids",
    ),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN.keys())
def test_slack_takes_these_elements(blocks: list[Json]) -> None:
    assert check_message({"text": "hello", "blocks": blocks}) == []


@pytest.mark.parametrize(("blocks", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses_these_elements_and_says_where(blocks: list[Json], pointer: str) -> None:
    faults = check_message({"text": "hello", "blocks": blocks})
    assert [fault.pointer for fault in faults] == [pointer]
    assert error_code(faults) == "invalid_blocks"
