"""Modals and home tabs Slack opens, and those it refuses, each with the place."""

import pytest

from sandbox.blockkit import check_view, error_code, messages

Json = dict[str, object]


def plain(text: str = "Save") -> Json:
    return {"type": "plain_text", "text": text}


def field(element: Json, **extra: object) -> Json:
    return {"type": "input", "label": plain("Reason"), "element": element, **extra}


def text_input(**extra: object) -> Json:
    return field({"type": "plain_text_input", **extra})


def number_input(**extra: object) -> Json:
    return field({"type": "number_input", "is_decimal_allowed": False, **extra})


def modal(*blocks: Json, **extra: object) -> Json:
    return {
        "type": "modal",
        "title": plain("Lead"),
        "submit": plain(),
        "blocks": list(blocks) or [{"type": "divider"}],
        **extra,
    }


def home(*blocks: Json, **extra: object) -> Json:
    return {"type": "home", "blocks": list(blocks) or [{"type": "divider"}], **extra}


def without(value: Json, *names: str) -> Json:
    return {name: part for name, part in value.items() if name not in names}


DIVIDER: Json = {"type": "divider"}
ALERT: Json = {"type": "alert", "text": plain("Not saved"), "level": "error"}
BUTTON: Json = {"type": "button", "text": plain(), "action_id": "save"}
CARD: Json = {"type": "card", "title": plain("Acme")}

TAKEN: dict[str, Json] = {
    "the least modal": without(modal(), "submit"),
    "modal with everything": modal(
        ALERT,
        close=plain("x" * 24),
        callback_id="x" * 255,
        external_id="x" * 255,
        private_metadata="x" * 3000,
        clear_on_close=True,
        notify_on_close=True,
    ),
    "a hundred blocks": modal(*[DIVIDER] * 100),
    "every input": modal(
        text_input(min_length=0, max_length=3000, focus_on_load=True, placeholder=plain()),
        number_input(min_value="-1", max_value="10", initial_value="3"),
        field({"type": "email_text_input", "initial_value": "ana@example.com"}),
        field({"type": "url_text_input", "initial_value": "https://example.com"}),
        field({"type": "rich_text_input"}, hint=plain(), optional=True, dispatch_action=True),
        field({"type": "file_input", "filetypes": ["pdf"], "max_files": 10}),
        field({"type": "datetimepicker"}),
        field({"type": "multi_users_select"}),
        field(
            {
                "type": "plain_text_input",
                "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
            }
        ),
    ),
    "one action id in two inputs": modal(text_input(action_id="a"), text_input(action_id="a")),
    "a home tab": home({"type": "header", "text": plain()}, private_metadata="{}"),
    "inputs and cards at home": home(text_input(), CARD, {"type": "carousel", "elements": [CARD]}),
}

AT = "/view/blocks/0"
REFUSED: dict[str, tuple[object, str]] = {
    "no view": (None, "/view"),
    "a list": ([], "/view"),
    "no type": (without(modal(), "type"), "/view"),
    "workflow step": (modal(type="workflow_step"), "/view/type"),
    "no title": (without(modal(), "title"), "/view"),
    "no blocks": (without(modal(), "blocks"), "/view"),
    "empty blocks": (modal(blocks=[]), "/view/blocks"),
    "101 blocks": (modal(*[DIVIDER] * 101), "/view/blocks"),
    "title of 25": (modal(title=plain("x" * 25)), "/view/title/text"),
    "title in mrkdwn": (modal(title={"type": "mrkdwn", "text": "Lead"}), "/view/title/type"),
    "title is a string": (modal(title="Lead"), "/view/title"),
    "submit of 25": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "close of 25": (modal(close=plain("x" * 25)), "/view/close/text"),
    "callback id of 256": (modal(callback_id="x" * 256), "/view/callback_id"),
    "external id of 256": (modal(external_id="x" * 256), "/view/external_id"),
    "private metadata of 3001": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "private metadata is an object": (modal(private_metadata={}), "/view/private_metadata"),
    "notify is a word": (modal(notify_on_close="yes"), "/view/notify_on_close"),
    "unknown key": (modal(submit_disabled=True), "/view"),
    "what Slack sent back": (modal(hash="1.a"), "/view"),
    "inputs without submit": (
        without(modal({"type": "divider"}, text_input()), "submit"),
        "/view/blocks/1/input",
    ),
    "101 blocks at home": (home(*[DIVIDER] * 101), "/view/blocks"),
    "submit at home": (home(submit=plain()), "/view"),
    "title at home": (home(title=plain()), "/view"),
    "alert at home": (home(ALERT), f"{AT}/type"),
    "markdown in a modal": (modal({"type": "markdown", "text": "x"}), f"{AT}/type"),
    "table in a modal": (modal({"type": "table", "rows": []}), f"{AT}/type"),
    "data table at home": (home({"type": "data_table"}), f"{AT}/type"),
    "chart at home": (home({"type": "data_visualization"}), f"{AT}/type"),
    "container in a modal": (modal({"type": "container"}), f"{AT}/type"),
    "carousel in a modal": (modal({"type": "carousel"}), f"{AT}/type"),
    "feedback in a modal": (modal({"type": "context_actions"}), f"{AT}/type"),
    "plan at home": (home({"type": "plan"}), f"{AT}/type"),
    "remote file in a modal": (modal({"type": "file"}), f"{AT}/type"),
    "file input at home": (home(field({"type": "file_input"})), f"{AT}/element/type"),
    "alert of 201": (modal({**ALERT, "text": plain("x" * 201)}), f"{AT}/text/text"),
    "alert level": (modal({**ALERT, "level": "danger"}), f"{AT}/level"),
    "input without a label": (modal(without(text_input(), "label")), AT),
    "label in mrkdwn": (
        modal({**text_input(), "label": {"type": "mrkdwn", "text": "Why"}}),
        f"{AT}/label/type",
    ),
    "label of 2001": (modal({**text_input(), "label": plain("x" * 2001)}), f"{AT}/label/text"),
    "hint of 2001": (modal({**text_input(), "hint": plain("x" * 2001)}), f"{AT}/hint/text"),
    "button in an input": (modal(field(BUTTON)), f"{AT}/element/type"),
    "max length of 3001": (modal(text_input(max_length=3001)), f"{AT}/element/max_length"),
    "max length of 0": (modal(text_input(max_length=0)), f"{AT}/element/max_length"),
    "at least ten, at most two": (
        modal(text_input(min_length=10, max_length=2)),
        f"{AT}/element/min_length",
    ),
    "initial value past the max length": (
        modal(text_input(initial_value="abc", max_length=2)),
        f"{AT}/element/initial_value",
    ),
    "rich text of no lines": (
        modal(field({"type": "rich_text_input", "min_lines": 3, "max_lines": 2})),
        f"{AT}/element/min_lines",
    ),
    "confirm on a text input": (modal(text_input(confirm={})), f"{AT}/element"),
    "number input that says nothing of decimals": (
        modal(field({"type": "number_input"})),
        f"{AT}/element",
    ),
    "number that is a number": (modal(number_input(min_value=1)), f"{AT}/element/min_value"),
    "number in words": (modal(number_input(min_value="one")), f"{AT}/element/min_value"),
    "half a lead": (modal(number_input(initial_value="1.5")), f"{AT}/element/initial_value"),
    "from five to two": (
        modal(number_input(min_value="5", max_value="2")),
        f"{AT}/element/min_value",
    ),
    "eleven files": (
        modal(field({"type": "file_input", "max_files": 11})),
        f"{AT}/element/max_files",
    ),
    "files that dispatch": (
        modal(field({"type": "file_input"}, dispatch_action=True)),
        f"{AT}/element/type",
    ),
    "dispatch on a whim": (
        modal(text_input(dispatch_action_config={"trigger_actions_on": ["on_whim"]})),
        f"{AT}/element/dispatch_action_config/trigger_actions_on/0",
    ),
    "initial rich text as a string": (
        modal(field({"type": "rich_text_input", "initial_value": "hello"})),
        f"{AT}/element/initial_value",
    ),
    "block id twice": (
        modal({**text_input(), "block_id": "a"}, {**text_input(), "block_id": "a"}),
        "/view/blocks/1/block_id",
    ),
}


@pytest.mark.parametrize("view", TAKEN.values(), ids=TAKEN.keys())
def test_slack_opens_this_view(view: Json) -> None:
    assert check_view(view) == []


@pytest.mark.parametrize(("view", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses_this_view_and_says_where(view: object, pointer: str) -> None:
    faults = check_view(view)
    assert [fault.pointer for fault in faults] == [pointer]
    assert error_code(faults) == "invalid_arguments"


def test_a_modal_without_submit_is_told_which_input_wants_it() -> None:
    assert messages(check_view(without(modal(text_input()), "submit"))) == [
        "[ERROR] must define `submit` to use an `input` block in modals"
        " [json-pointer:/view/blocks/0/input]"
    ]
