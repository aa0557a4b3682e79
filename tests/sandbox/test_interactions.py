"""Clicks, modals, commands, shortcuts and homes, through real Bolt over Socket Mode."""

import pytest
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from sandbox.control import Refused
from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.sandbox.conftest import (
    ANA,
    BEN,
    IDA,
    LEADS,
    STANDUP,
    Handler,
    Listener,
    actions,
    button,
    field,
    home,
    modal,
    text,
    words,
)

MENU = {
    "type": "static_select",
    "action_id": "menu",
    "options": [{"text": text(word), "value": word} for word in ("red", "green")],
}


def card(client: WebClient, *elements: Json) -> str:
    row = actions(*(elements or (button(),)))
    ts = client.chat_postMessage(channel=LEADS, text="Card", blocks=[row])["ts"]
    return str(ts)


def opened(sandbox: Sandbox, bot: Listener, view: Json, person: str = ANA) -> str:
    """A modal on this person's screen, opened as an app opens one: from a click."""
    ts = card(bot.client)
    sandbox.control.click(person, "press", channel=LEADS, ts=ts)
    trigger = bot.next("block_actions")["trigger_id"]
    shown = bot.client.views_open(trigger_id=trigger, view=view)["view"]
    return str(shown["id"])


def acking(**answer: object) -> Handler:
    def handler(ack: Ack, body: Json, client: WebClient) -> None:
        ack(**answer)  # type: ignore[arg-type]

    return handler


def note(sandbox: Sandbox, person: str, channel: str) -> Json:
    """The newest private line in a channel."""
    found: Json = sandbox.control.message(channel, lambda m: m["ephemeral_to"] == person)
    return found


def test_a_click_tells_who_where_and_what(sandbox: Sandbox, bot: Listener) -> None:
    ts = card(bot.client, button(value="42"), MENU)

    answer = sandbox.control.click(ANA, "press", channel=LEADS, ts=ts)
    told = bot.next("block_actions")

    assert answer["acked"]
    assert told["user"] | {} == {
        "id": ANA,
        "username": "ana",
        "name": "ana",
        "team_id": "T0SANDBOX00",
    }
    assert told["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": LEADS,
        "is_ephemeral": False,
    }
    assert told["channel"] == {"id": LEADS, "name": "leads"}
    assert told["message"]["ts"] == ts
    action = told["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("press", "row", "42")
    assert told["state"]["values"]["row"]["menu"]["selected_option"] is None


def test_a_choice_stays_in_the_state_of_the_one_who_made_it(
    sandbox: Sandbox, bot: Listener
) -> None:
    ts = card(bot.client, button(), MENU)
    sandbox.control.click(ANA, "menu", channel=LEADS, ts=ts, value="red")
    bot.next("block_actions")

    def seen_by(person: str) -> object:
        sandbox.control.click(person, "press", channel=LEADS, ts=ts)
        told = bot.next("block_actions")
        return told["state"]["values"]["row"]["menu"]["selected_option"]

    assert seen_by(ANA) == {"text": text("red"), "value": "red"}
    assert seen_by(BEN) is None


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"ts": "1.0"}, "sees no message"),
        ({"action_id": "other"}, 'no "other" to press'),
        ({"person": "U0NOBODY000"}, "no person"),
        ({"channel": "D0BEN000000"}, "in no channel"),
        ({"action_id": "menu", "value": "blue"}, "not among the options"),
    ],
)
def test_nobody_clicks_what_they_do_not_see(
    sandbox: Sandbox, bot: Listener, place: Json, sentence: str
) -> None:
    asked: Json = {"person": ANA, "action_id": "press", "channel": LEADS}
    asked |= {"ts": card(bot.client, button(), MENU)} | place

    with pytest.raises(Refused, match=sentence):
        sandbox.control.click(asked.pop("person"), asked.pop("action_id"), **asked)


def test_a_private_note_is_clicked_without_its_content(sandbox: Sandbox, bot: Listener) -> None:
    row = actions(button())
    ts = bot.client.chat_postEphemeral(channel=LEADS, user=ANA, text="Psst", blocks=[row])

    sandbox.control.click(ANA, "press", channel=LEADS, ts=ts["message_ts"])
    told = bot.next("block_actions")

    assert told["container"]["is_ephemeral"] is True
    assert "message" not in told
    with pytest.raises(Refused, match="sees no message"):
        sandbox.control.click(BEN, "press", channel=LEADS, ts=ts["message_ts"])


def test_one_form_goes_through_errors_update_push_and_clear(
    sandbox: Sandbox, bot: Listener
) -> None:
    control = sandbox.control
    first = opened(sandbox, bot, modal(private_metadata="42", callback_id="form"))

    bot.answers["view_submission"] = acking(response_action="errors", errors={"field": "Why?"})
    told_why = control.submit(ANA, first, {"field": {"words": "no"}})
    bot.answers["view_submission"] = acking(response_action="update", view=modal(title=text("B")))
    updated = control.submit(ANA, first, {"field": {"words": "yes"}})
    submitted = bot.next("view_submission")
    bot.answers["view_submission"] = acking(response_action="push", view=modal(title=text("C")))
    pushed = control.submit(ANA, first, {"field": {"words": "more"}})
    stack = control.state(ANA)["views"]
    bot.answers["view_submission"] = acking(response_action="clear")
    cleared = control.submit(ANA, stack[-1]["id"], {"field": {"words": "done"}})

    assert (told_why["response_action"], told_why["errors"]) == ("errors", {"field": "Why?"})
    assert submitted["view"]["private_metadata"] == "42"
    assert submitted["view"]["state"]["values"]["field"]["words"]["value"] == "no"
    assert (updated["response_action"], pushed["response_action"]) == ("update", "push")
    assert [view["title"]["text"] for view in stack] == ["B", "C"]
    assert stack[1]["previous_view_id"] == stack[1]["root_view_id"] == first
    assert cleared["response_action"] == "clear"
    assert control.state(ANA)["views"] == []


def test_a_plain_ack_closes_one_modal_and_shows_the_one_below(
    sandbox: Sandbox, bot: Listener
) -> None:
    first = opened(sandbox, bot, modal())
    bot.answers["view_submission"] = acking(response_action="push", view=modal())
    sandbox.control.submit(ANA, first, {"field": {"words": "yes"}})
    second = sandbox.control.state(ANA)["views"][-1]["id"]

    bot.answers["view_submission"] = acking()
    sandbox.control.submit(ANA, second, {"field": {"words": "yes"}})

    assert [view["id"] for view in sandbox.control.state(ANA)["views"]] == [first]


def test_a_stack_is_three_deep_at_most(sandbox: Sandbox, bot: Listener) -> None:
    opened(sandbox, bot, modal())
    bot.answers["view_submission"] = acking(response_action="push", view=modal())

    for _ in range(2):
        top = sandbox.control.state(ANA)["views"][-1]["id"]
        sandbox.control.submit(ANA, top, {"field": {"words": "deeper"}})
    top = sandbox.control.state(ANA)["views"][-1]["id"]
    answer = sandbox.control.submit(ANA, top, {"field": {"words": "deeper"}})

    assert "push_limit_reached" in answer["trouble"]
    assert len(sandbox.control.state(ANA)["views"]) == 3


def test_views_push_needs_a_click_in_the_modal_below(sandbox: Sandbox, bot: Listener) -> None:
    view = opened(sandbox, bot, modal(actions(button("deeper")), field(words())))
    sandbox.control.click(ANA, "deeper", view_id=view)
    told = bot.next("block_actions")

    bot.client.views_push(trigger_id=told["trigger_id"], view=modal(title=text("Two")))

    assert [v["title"]["text"] for v in sandbox.control.state(ANA)["views"]] == ["Form", "Two"]
    with pytest.raises(Refused, match="not on top"):
        sandbox.control.submit(ANA, view)


def test_an_update_keeps_what_was_typed_where_the_ids_stay(sandbox: Sandbox, bot: Listener) -> None:
    view = opened(sandbox, bot, modal(actions(button("more")), field(words())))
    sandbox.control.click(ANA, "more", view_id=view, values={"field": {"words": "typed"}})
    told = bot.next("block_actions")
    wider = modal(field(words()), field(words("new"), "second", optional=True))

    bot.client.views_update(view_id=view, hash=told["view"]["hash"], view=wider)
    sandbox.control.submit(ANA, view)

    assert told["view"]["state"]["values"]["field"]["words"]["value"] == "typed"
    values = bot.next("view_submission")["view"]["state"]["values"]
    assert values["field"]["words"]["value"] == "typed"
    assert values["second"]["new"]["value"] is None


def test_slacks_client_holds_back_what_it_would(sandbox: Sandbox, bot: Listener) -> None:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}
    number |= {"min_value": "3", "max_value": "9"}
    view = opened(
        sandbox,
        bot,
        modal(
            field(words(min_length=3, max_length=5)),
            field(number, "amount"),
            field({"type": "email_text_input", "action_id": "e"}, "mail"),
            field({"type": "url_text_input", "action_id": "u"}, "link", optional=True),
        ),
    )
    bot.heard()

    wrong = {"field": {"words": "ab"}, "amount": {"n": "10"}, "mail": {"e": "x"}}
    answer = sandbox.control.submit(ANA, view, wrong | {"link": {"u": "x"}})

    assert answer["errors"].keys() == {"field", "amount", "mail", "link"}
    assert (answer["acked"], bot.heard()) == (False, [])


def test_required_fields_must_be_filled(sandbox: Sandbox, bot: Listener) -> None:
    view = opened(sandbox, bot, modal(field(words()), field(words(), "free", optional=True)))

    answer = sandbox.control.submit(ANA, view)

    assert answer["errors"] == {"field": "Please complete this required field."}


def test_errors_that_name_no_input_are_trouble(sandbox: Sandbox, bot: Listener) -> None:
    view = opened(sandbox, bot, modal(), IDA)
    bot.answers["view_submission"] = acking(response_action="errors", errors={"typo": "No."})

    answer = sandbox.control.submit(IDA, view, {"field": {"words": "yes"}})

    assert "typo" in answer["trouble"]
    assert sandbox.control.state(IDA)["views"][0]["id"] == view
    assert note(sandbox, IDA, "D0IDA000000")["text"].startswith("Liaison did not answer")


def test_a_bad_view_in_an_answer_is_trouble(sandbox: Sandbox, bot: Listener) -> None:
    view = opened(sandbox, bot, modal())
    bad = modal() | {"title": text("x" * 25)}
    bot.answers["view_submission"] = acking(response_action="update", view=bad)

    answer = sandbox.control.submit(ANA, view, {"field": {"words": "yes"}})

    assert "/view/title" in answer["trouble"]


def test_a_closed_modal_is_told_only_where_asked_for(sandbox: Sandbox, bot: Listener) -> None:
    quiet = opened(sandbox, bot, modal())
    sandbox.control.close(ANA, quiet)
    heard_of_quiet = bot.heard()
    loud = opened(sandbox, bot, modal(notify_on_close=True, private_metadata="7"))

    sandbox.control.close(ANA, loud)
    told = bot.next("view_closed")

    assert "view_closed" not in heard_of_quiet
    assert (told["view"]["private_metadata"], told["is_cleared"]) == ("7", False)
    assert sandbox.control.state(ANA)["views"] == []


def test_a_command_brings_its_form_and_shows_its_answer(sandbox: Sandbox, bot: Listener) -> None:
    bot.answers["command"] = acking(text="Your leads: none.")

    sandbox.control.command(ANA, STANDUP, "/lead", "acme")
    told = bot.next("command")

    assert (told["command"], told["text"], told["user_name"]) == ("/lead", "acme", "ana")
    assert (told["channel_id"], told["channel_name"]) == (STANDUP, "standup")
    assert note(sandbox, ANA, STANDUP)["text"] == "Your leads: none."


def test_an_answer_in_the_channel_is_for_all(sandbox: Sandbox, bot: Listener) -> None:
    bot.answers["command"] = acking(text="For all", response_type="in_channel")

    sandbox.control.command(ANA, LEADS, "/lead")

    found = sandbox.control.message(LEADS, lambda message: message["text"] == "For all")
    assert (found["ephemeral_to"], found["bot_id"]) == (None, "B0LIAISON00")


def test_a_reply_stands_beside_instead_or_takes_the_original_away(
    sandbox: Sandbox, bot: Listener
) -> None:
    ts = card(bot.client)
    sandbox.control.click(ANA, "press", channel=LEADS, ts=ts)
    reply = WebhookClient(bot.next("block_actions")["response_url"])

    def original() -> Json:
        return next(m for m in sandbox.control.messages(LEADS) if m["ts"] == ts)

    reply.send(text="Beside")
    assert note(sandbox, ANA, LEADS)["text"] == "Beside"
    reply.send(text="Instead", replace_original=True)
    assert original()["text"] == "Instead"
    reply.send(delete_original=True)
    assert original()["deleted"]


def test_shortcuts_come_global_and_on_a_message(sandbox: Sandbox, bot: Listener) -> None:
    ts = sandbox.control.post(BEN, LEADS, "Acme called")

    sandbox.control.shortcut(ANA, "new_lead")
    global_one = bot.next("shortcut")
    sandbox.control.shortcut(ANA, "make_lead", channel=LEADS, ts=ts)
    on_message = bot.next("message_action")

    assert global_one["callback_id"] == "new_lead"
    assert "response_url" not in global_one
    assert (on_message["message"]["text"], on_message["message_ts"]) == ("Acme called", ts)
    assert on_message["response_url"].startswith(sandbox.url)


def test_opening_the_home_tells_the_tab_and_what_stands_there(
    sandbox: Sandbox, bot: Listener
) -> None:
    sandbox.control.home(IDA)
    empty = bot.next("app_home_opened")["event"]
    bot.client.views_publish(user_id=IDA, view=home(actions(button("refresh"))))
    sandbox.control.home(IDA)
    drawn = bot.next("app_home_opened")["event"]
    sandbox.control.click(IDA, "refresh", home=True)
    clicked = bot.next("block_actions")

    assert (empty["tab"], empty["channel"], "view" in empty) == ("home", "D0IDA000000", False)
    assert drawn["view"]["blocks"][0]["block_id"] == "row"
    assert clicked["container"] == {"type": "view", "view_id": drawn["view"]["id"]}
    assert clicked["view"]["type"] == "home"


def test_a_changed_zone_is_told_and_kept(sandbox: Sandbox, bot: Listener) -> None:
    sandbox.control.change_person("U0LEO000000", tz="America/New_York")

    told = bot.next("user_change")["event"]["user"]

    assert (told["id"], told["tz"]) == ("U0LEO000000", "America/New_York")
    assert bot.client.users_info(user="U0LEO000000")["user"]["tz"] == "America/New_York"
    with pytest.raises(Refused, match="Say what to change"):
        sandbox.control.change_person("U0LEO000000")


def test_a_mention_in_a_channel_is_heard_twice_and_in_a_dm_once(
    sandbox: Sandbox, bot: Listener
) -> None:
    sandbox.control.post(ANA, LEADS, "<@U0LIAISON00> help")
    first = {bot.next("message")["event"]["channel_type"], bot.next("app_mention")["event"]["text"]}
    sandbox.control.post(ANA, "D0ANA000000", "<@U0LIAISON00> help")
    direct = bot.next("message")["event"]

    assert first == {"channel", "<@U0LIAISON00> help"}
    assert (direct["channel_type"], direct["user"]) == ("im", ANA)


def test_another_apps_metadata_is_an_event(sandbox: Sandbox, bot: Listener) -> None:
    metadata = {"event_type": "lead", "event_payload": {"id": "7"}}

    ts = sandbox.control.post(ANA, LEADS, "New lead", metadata=metadata, bot_name="CRM")
    told = bot.next("message_metadata_posted")["event"]

    assert (told["metadata"], told["message_ts"]) == (metadata, ts)
    assert (told["channel_id"], told["app_id"]) == (LEADS, "A0CRM000000")
    with pytest.raises(Refused, match="bot_name"):
        sandbox.control.post(ANA, LEADS, "Mine", metadata=metadata)


def test_both_metadata_and_text_of_a_reply_stand_in_its_thread(
    sandbox: Sandbox, bot: Listener
) -> None:
    ts = card(bot.client)

    reply = sandbox.control.post(ANA, LEADS, "In the thread", thread_ts=ts)
    told = bot.next("message")["event"]

    assert (told["thread_ts"], told["ts"]) == (ts, reply)
