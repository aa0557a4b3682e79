"""Every input, chosen plainly by a person and told to the app as Slack tells it."""

from typing import Any

import pytest
from slack_bolt import Ack
from slack_sdk import WebClient

from sandbox.control import Refused
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import (
    ANA,
    BEN,
    LEADS,
    STANDUP,
    Listener,
    actions,
    button,
    field,
    modal,
    text,
)

RED, GREEN = ({"text": text(word), "value": word} for word in ("red", "green"))
OPTIONS = {"options": [RED, GREEN]}

# element type, more of the element, what a person gives, the slot, what the app gets
PICKED: list[tuple[str, Json, Any, str, Any]] = [
    ("static_select", OPTIONS, "red", "selected_option", RED),
    ("radio_buttons", OPTIONS, "green", "selected_option", GREEN),
    ("checkboxes", OPTIONS, ["red", "green"], "selected_options", [RED, GREEN]),
    ("multi_static_select", OPTIONS, ["green"], "selected_options", [GREEN]),
    ("users_select", {}, BEN, "selected_user", BEN),
    ("multi_users_select", {}, [ANA, BEN], "selected_users", [ANA, BEN]),
    ("channels_select", {}, LEADS, "selected_channel", LEADS),
    ("multi_channels_select", {}, [STANDUP], "selected_channels", [STANDUP]),
    ("conversations_select", {}, LEADS, "selected_conversation", LEADS),
    ("multi_conversations_select", {}, [LEADS], "selected_conversations", [LEADS]),
    ("datepicker", {}, "2026-12-01", "selected_date", "2026-12-01"),
    ("timepicker", {}, "09:30", "selected_time", "09:30"),
    ("datetimepicker", {}, 1_795_000_000, "selected_date_time", 1_795_000_000),
]
WRITTEN: list[tuple[str, Json, Any, str, Any]] = [
    ("plain_text_input", {}, "words", "value", "words"),
    ("email_text_input", {}, "a@example.com", "value", "a@example.com"),
    ("url_text_input", {}, "https://example.com", "value", "https://example.com"),
    ("number_input", {"is_decimal_allowed": True}, "1.5", "value", "1.5"),
]


def opened(sandbox: Sandbox, bot: Listener, view: Json) -> str:
    sandbox.control.command(ANA, LEADS, "/lead")
    trigger = bot.next("command")["trigger_id"]
    return str(bot.client.views_open(trigger_id=trigger, view=view)["view"]["id"])


def submitted(sandbox: Sandbox, bot: Listener, element: Json, given: object) -> Json:
    view = opened(sandbox, bot, modal(field(element)))
    answer = sandbox.control.submit(ANA, view, {"field": {"pick": given}})
    assert answer["errors"] is None
    told: Json = bot.next("view_submission")["view"]["state"]["values"]["field"]["pick"]
    return told


@pytest.mark.parametrize(("kind", "more", "given", "slot", "told"), PICKED + WRITTEN)
def test_a_submission_tells_the_value_in_its_slot(
    sandbox: Sandbox, bot: Listener, kind: str, more: Json, given: object, slot: str, told: object
) -> None:
    element = {"type": kind, "action_id": "pick", **more}

    assert submitted(sandbox, bot, element, given) == {"type": kind, slot: told}


@pytest.mark.parametrize(("kind", "more", "given", "slot", "told"), PICKED)
def test_a_choice_in_a_message_is_told_at_once(
    sandbox: Sandbox, bot: Listener, kind: str, more: Json, given: object, slot: str, told: object
) -> None:
    element = {"type": kind, "action_id": "pick", **more}
    posted = bot.client.chat_postMessage(channel=LEADS, text="Pick", blocks=[actions(element)])

    sandbox.control.click(ANA, "pick", channel=LEADS, ts=posted["ts"], value=given)
    payload = bot.next("block_actions")

    assert payload["actions"][0][slot] == told
    assert payload["state"]["values"]["row"]["pick"][slot] == told


def test_rich_text_is_told_as_rich_text(sandbox: Sandbox, bot: Listener) -> None:
    told = submitted(sandbox, bot, {"type": "rich_text_input", "action_id": "pick"}, "bold")

    assert told["rich_text_value"]["elements"][0]["elements"] == [{"type": "text", "text": "bold"}]


def test_an_untouched_input_tells_its_initial_value(sandbox: Sandbox, bot: Listener) -> None:
    element = {"type": "static_select", "action_id": "pick", "initial_option": GREEN, **OPTIONS}
    view = opened(sandbox, bot, modal(field(element)))

    sandbox.control.submit(ANA, view)

    values = bot.next("view_submission")["view"]["state"]["values"]
    assert values["field"]["pick"]["selected_option"] == GREEN


def test_an_overflow_tells_its_choice_and_keeps_no_state(sandbox: Sandbox, bot: Listener) -> None:
    element = {"type": "overflow", "action_id": "more", **OPTIONS}
    posted = bot.client.chat_postMessage(channel=LEADS, text="More", blocks=[actions(element)])

    sandbox.control.click(ANA, "more", channel=LEADS, ts=posted["ts"], value="green")
    told = bot.next("block_actions")

    assert told["actions"][0]["selected_option"] == GREEN
    assert told["state"]["values"] == {}


def test_feedback_tells_which_of_two_buttons(sandbox: Sandbox, bot: Listener) -> None:
    good, bad = ({"text": text(word), "value": word} for word in ("good", "bad"))
    thumbs: Json = {"type": "feedback_buttons", "action_id": "rate"}
    thumbs |= {"positive_button": good, "negative_button": bad}
    row = {"type": "context_actions", "elements": [thumbs]}
    posted = bot.client.chat_postMessage(channel=LEADS, text="Rate", blocks=[row])

    sandbox.control.click(ANA, "rate", channel=LEADS, ts=posted["ts"], value="bad")

    assert bot.next("block_actions")["actions"][0]["value"] == "bad"


def test_an_input_tells_nothing_before_the_submission_unless_it_dispatches(
    sandbox: Sandbox, bot: Listener
) -> None:
    quiet = {"type": "static_select", "action_id": "quiet", **OPTIONS}
    loud = {"type": "static_select", "action_id": "loud", **OPTIONS}
    blocks = field(quiet), field(loud, "second", dispatch_action=True)
    view = opened(sandbox, bot, modal(*blocks))

    sandbox.control.click(ANA, "quiet", view_id=view, value="red")
    sandbox.control.click(ANA, "loud", view_id=view, value="green")
    told = bot.next("block_actions")

    assert [action["action_id"] for action in told["actions"]] == ["loud"]
    assert told["view"]["state"]["values"]["field"]["quiet"]["selected_option"] == RED


def test_an_external_select_offers_what_the_app_says(sandbox: Sandbox, bot: Listener) -> None:
    def offer(ack: Ack, body: Json, client: WebClient) -> None:
        ack(options=[RED] if body["value"] == "r" else [])

    bot.answers["block_suggestion"] = offer
    element = {"type": "external_select", "action_id": "pick", "min_query_length": 1}
    view = opened(sandbox, bot, modal(field(element)))

    with pytest.raises(Refused, match="not among the options"):
        sandbox.control.submit(ANA, view, {"field": {"pick": "red"}})
    assert sandbox.control.suggest(ANA, "pick", "r", view_id=view) == [RED]
    sandbox.control.submit(ANA, view, {"field": {"pick": "red"}})

    told = bot.next("view_submission")["view"]["state"]["values"]
    assert told["field"]["pick"]["selected_option"] == RED


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "static_select", **OPTIONS}, "blue"),
        ({"type": "checkboxes", **OPTIONS}, ["red", "blue"]),
        ({"type": "users_select"}, LEADS),
        ({"type": "channels_select"}, ANA),
        ({"type": "datepicker"}, "tomorrow"),
        ({"type": "timepicker"}, "25:00"),
        ({"type": "datetimepicker"}, "soon"),
        ({"type": "multi_users_select", "max_selected_items": 1}, [ANA, BEN]),
    ],
)
def test_what_a_picker_does_not_offer_cannot_be_chosen(
    sandbox: Sandbox, bot: Listener, element: Json, value: object
) -> None:
    view = opened(sandbox, bot, modal(field(element | {"action_id": "pick"})))

    with pytest.raises(Refused):
        sandbox.control.submit(ANA, view, {"field": {"pick": value}})


def test_a_button_meant_for_others_cannot_be_pressed(sandbox: Sandbox, bot: Listener) -> None:
    row = actions(button(visible_to_user_ids=[BEN]))
    posted = bot.client.chat_postMessage(channel=LEADS, text="Ben", blocks=[row])

    with pytest.raises(Refused, match="does not see"):
        sandbox.control.click(ANA, "press", channel=LEADS, ts=posted["ts"])
