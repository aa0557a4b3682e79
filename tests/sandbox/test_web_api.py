"""The Web API through the real slack_sdk, one strictness at a time."""

from datetime import UTC, datetime
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from sandbox.people import APP_TOKEN
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANA,
    BEN,
    LEADS,
    STANDUP,
    actions,
    button,
    home,
    modal,
    refused,
    web_client,
)

DM_OF_ANA = "D0ANA000000"


def test_a_call_without_token_is_not_authed(sandbox: Sandbox) -> None:
    with refused("not_authed"):
        WebClient(base_url=sandbox.api_url).auth_test()


def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    with refused("invalid_auth"):
        web_client(sandbox, "xoxb-other").auth_test()


def test_the_app_token_opens_sockets_and_nothing_else(sandbox: Sandbox, client: WebClient) -> None:
    assert client.apps_connections_open(app_token=APP_TOKEN)["url"].startswith("ws://127.0.0.1:")

    with refused("not_allowed_token_type"):
        web_client(sandbox, APP_TOKEN).chat_postMessage(channel=LEADS, text="Hello")


def test_auth_test_names_the_bot(client: WebClient) -> None:
    who = client.auth_test()

    assert (who["team_id"], who["user_id"], who["bot_id"]) == (
        "T0SANDBOX00",
        "U0LIAISON00",
        "B0LIAISON00",
    )


def test_an_unknown_method_is_named_as_such(client: WebClient) -> None:
    with refused("unknown_method"):
        client.api_call("chat.shout")


def test_a_missing_argument_is_named(client: WebClient) -> None:
    with refused("invalid_arguments") as caught:
        client.api_call("users.info")

    said = caught.value.response["response_metadata"]["messages"]  # type: ignore[attr-defined]
    assert said == ["[ERROR] missing required field: user"]


def test_a_post_comes_back_as_slack_returns_it(client: WebClient) -> None:
    answer = client.chat_postMessage(channel=LEADS, text="Hi", blocks=[actions(button())])

    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (LEADS, message["ts"])
    assert (message["user"], message["bot_id"]) == ("U0LIAISON00", "B0LIAISON00")
    assert message["blocks"][0]["block_id"] == "row"


def test_blocks_without_ids_get_some(client: WebClient) -> None:
    bare = {"type": "section", "text": {"type": "mrkdwn", "text": "Hi"}}

    message = client.chat_postMessage(channel=LEADS, text="Hi", blocks=[bare])["message"]

    assert message["blocks"][0]["block_id"]


def test_ts_are_unique_and_rise_however_fast_they_come(sandbox: Sandbox, client: WebClient) -> None:
    given = [sandbox.workspace.new_ts() for _ in range(5000)]
    posted = client.chat_postMessage(channel=LEADS, text="Hi")["ts"]

    assert [*given, posted] == sorted({*given, posted})
    assert abs(float(posted) - datetime.now(UTC).timestamp()) < 10


@pytest.mark.parametrize("name", ["#leads", "leads", LEADS])
def test_a_channel_may_be_given_by_name_or_id(client: WebClient, name: str) -> None:
    assert client.chat_postMessage(channel=name, text="Hi")["channel"] == LEADS


def test_a_post_to_a_person_lands_in_their_dm(client: WebClient) -> None:
    assert client.chat_postMessage(channel=ANA, text="Hi")["channel"] == DM_OF_ANA
    assert client.conversations_open(users=ANA)["channel"]["id"] == DM_OF_ANA


def test_bad_blocks_are_refused_with_pointers(client: WebClient) -> None:
    with refused("invalid_blocks") as caught:
        client.chat_postMessage(channel=LEADS, text="Hi", blocks=[actions()])

    said = caught.value.response["response_metadata"]["messages"]  # type: ignore[attr-defined]
    assert "[json-pointer:/blocks/0/elements]" in said[0]


def test_a_message_must_say_something(client: WebClient) -> None:
    with refused("no_text"):
        client.api_call("chat.postMessage", json={"channel": LEADS, "text": " "})


def test_channels_refuse_what_slack_would(sandbox: Sandbox, client: WebClient) -> None:
    foreign, closed = sandbox.workspace.add_channel("foreign"), sandbox.workspace.add_channel("old")
    hidden = sandbox.workspace.add_channel("hidden", private=True)
    foreign.members.remove("U0LIAISON00")
    hidden.members.remove("U0LIAISON00")
    closed.archived = True

    for channel, code in (
        ("C0NOWHERE00", "channel_not_found"),
        (foreign.id, "not_in_channel"),
        (hidden.id, "channel_not_found"),
        (closed.id, "is_archived"),
    ):
        with refused(code):
            client.chat_postMessage(channel=channel, text="Hi")
    client.conversations_join(channel=foreign.id)
    assert client.chat_postMessage(channel=foreign.id, text="Hi")["ok"]


def test_an_edit_keeps_what_it_does_not_mention(sandbox: Sandbox, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=LEADS, text="Old", blocks=[actions(button())])["ts"]

    client.chat_update(channel=LEADS, ts=ts, text="New")
    client.api_call("chat.update", json={"channel": LEADS, "ts": ts, "blocks": []})

    found = sandbox.control.message(LEADS, lambda message: message["ts"] == ts)
    assert (found["text"], found.get("blocks"), found["edits"]) == ("New", None, 2)


def test_only_own_living_messages_can_be_edited_or_deleted(
    sandbox: Sandbox, client: WebClient
) -> None:
    hers = sandbox.control.post(ANA, LEADS, "Mine")
    own = client.chat_postMessage(channel=LEADS, text="Gone soon")["ts"]
    client.chat_delete(channel=LEADS, ts=own)

    with refused("cant_update_message"):
        client.chat_update(channel=LEADS, ts=hers, text="Ours")
    with refused("cant_delete_message"):
        client.chat_delete(channel=LEADS, ts=hers)
    with refused("message_not_found"):
        client.chat_update(channel=LEADS, ts=own, text="Back")
    assert own not in [m["ts"] for m in client.conversations_history(channel=LEADS)["messages"]]


def test_a_private_note_reaches_its_person_alone(sandbox: Sandbox, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel=LEADS, user=ANA, text="Psst")["message_ts"]

    def sees(person: str) -> bool:
        return ts in [m["ts"] for m in sandbox.control.state(person)["messages"][LEADS]]

    assert (sees(ANA), sees(BEN)) == (True, False)
    assert ts not in [m["ts"] for m in client.conversations_history(channel=LEADS)["messages"]]
    with refused("message_not_found"):
        client.chat_update(channel=LEADS, ts=ts, text="Louder")


def test_metadata_is_kept_and_returned_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "42"}}
    ts = client.chat_postMessage(channel=STANDUP, text="Hi", metadata=metadata)["ts"]

    plain = client.conversations_history(channel=STANDUP, latest=ts, inclusive=True, limit=1)
    full = client.conversations_history(
        channel=STANDUP, latest=ts, inclusive=True, limit=1, include_all_metadata=True
    )

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


def test_history_is_read_newest_first_in_pages(sandbox: Sandbox, client: WebClient) -> None:
    channel = sandbox.workspace.add_channel("pages").id
    posted = [client.chat_postMessage(channel=channel, text=str(n))["ts"] for n in range(5)]

    pages = [
        [message["ts"] for message in page["messages"]]
        for page in client.conversations_history(channel=channel, limit=2)
    ]

    newest_first = posted[::-1]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]


@pytest.mark.parametrize(("inclusive", "expected"), [(False, [2]), (True, [3, 2, 1])])
def test_history_windows_leave_their_ends_out_unless_inclusive(
    sandbox: Sandbox, client: WebClient, inclusive: bool, expected: list[int]
) -> None:
    channel = sandbox.workspace.add_channel(f"window-{inclusive}").id
    posted = [client.chat_postMessage(channel=channel, text=str(n))["ts"] for n in range(5)]

    found = client.conversations_history(
        channel=channel, oldest=posted[1], latest=posted[3], inclusive=inclusive
    )

    assert [int(message["text"]) for message in found["messages"]] == expected


def test_replies_stand_in_their_thread_only(sandbox: Sandbox, client: WebClient) -> None:
    channel = sandbox.workspace.add_channel("threads").id
    root = client.chat_postMessage(channel=channel, text="Root")["ts"]
    for number in range(3):
        client.chat_postMessage(channel=channel, text=f"Reply {number}", thread_ts=root)

    history = client.conversations_history(channel=channel)["messages"]
    pages = client.conversations_replies(channel=channel, ts=root, limit=2)
    texts = [[message["text"] for message in page["messages"]] for page in pages]

    assert [(m["text"], m["reply_count"]) for m in history] == [("Root", 3)]
    assert texts == [["Root", "Reply 0", "Reply 1"], ["Reply 2"]]
    with refused("thread_not_found"):
        client.chat_postMessage(channel=channel, text="Lost", thread_ts="1700000000.000001")


def test_cursors_that_were_never_given_are_refused(client: WebClient) -> None:
    with refused("invalid_cursor"):
        client.conversations_list(cursor="bm9uc2Vuc2U6eA==")


def test_members_and_users_come_in_pages(client: WebClient) -> None:
    pages = client.conversations_members(channel=LEADS, limit=5)
    members = [member for page in pages for member in page["members"]]
    users = [u["id"] for page in client.users_list(limit=7) for u in page["members"]]

    assert len(members) == len(set(members)) == 17
    assert members == users


def test_people_are_found_by_id_and_by_email(client: WebClient) -> None:
    dev = client.users_lookupByEmail(email="Dev@example.com")["user"]

    assert client.users_info(user=dev["id"])["user"] == dev
    assert (dev["tz"], dev["tz_offset"]) == ("Asia/Kathmandu", 20_700)
    with refused("users_not_found"):
        client.users_lookupByEmail(email="nobody@example.com")
    with refused("user_not_found"):
        client.users_info(user="U0NOBODY000")


def test_the_bots_channels_are_listed_by_type(client: WebClient) -> None:
    named = client.users_conversations(types="public_channel")["channels"]
    direct = client.users_conversations(types="im")["channels"]

    assert {LEADS, STANDUP} <= {channel["id"] for channel in named}
    assert DM_OF_ANA in {channel["id"] for channel in direct}
    with refused("invalid_types"):
        client.conversations_list(types="attic")


def test_reactions_are_given_once_and_taken_back(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=LEADS, text="Hi")["ts"]
    client.reactions_add(channel=LEADS, timestamp=ts, name="eyes")

    with refused("already_reacted"):
        client.reactions_add(channel=LEADS, timestamp=ts, name="eyes")
    given = client.reactions_get(channel=LEADS, timestamp=ts)["message"]["reactions"]
    client.reactions_remove(channel=LEADS, timestamp=ts, name="eyes")

    assert given == [{"name": "eyes", "users": ["U0LIAISON00"], "count": 1}]
    with refused("no_reaction"):
        client.reactions_remove(channel=LEADS, timestamp=ts, name="eyes")


def test_a_file_goes_up_in_slacks_three_steps(sandbox: Sandbox, client: WebClient) -> None:
    client.files_upload_v2(channel=LEADS, filename="chart.png", content="PNG", title="Chart")

    message = sandbox.control.message(LEADS, lambda found: "files" in found)
    assert client.files_info(file=message["files"][0]["id"])["file"]["size"] == 3


def test_a_permalink_names_channel_and_message(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=LEADS, text="Hi")["ts"]

    link = client.chat_getPermalink(channel=LEADS, message_ts=ts)["permalink"]

    assert link.endswith(f"/archives/{LEADS}/p{ts.replace('.', '')}")


def test_the_smaller_methods_answer(client: WebClient) -> None:
    assert client.team_info()["team"]["id"] == "T0SANDBOX00"
    assert client.bots_info(bot="B0LIAISON00")["bot"]["app_id"] == "A0LIAISON00"
    assert client.users_getPresence(user=ANA)["presence"] == "active"
    assert client.dnd_teamInfo(users=[ANA, BEN])["users"].keys() == {ANA, BEN}


def test_status_and_do_not_disturb_are_what_people_chose(
    sandbox: Sandbox, client: WebClient
) -> None:
    sandbox.control.change_person(
        ANA, status_text="Vacationing", status_emoji=":palm_tree:", dnd_start_ts=10, dnd_end_ts=20
    )
    profile = client.users_info(user=ANA)["user"]["profile"]

    assert (profile["status_text"], profile["status_emoji"]) == ("Vacationing", ":palm_tree:")
    assert profile["status_expiration"] == 0
    pause = {"dnd_enabled": True, "next_dnd_start_ts": 10, "next_dnd_end_ts": 20}
    never = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert client.dnd_teamInfo(users=[ANA, BEN])["users"] == {ANA: pause, BEN: never}
    told = client.dnd_info(user=ANA)
    assert {name: told[name] for name in pause} == pause
    with refused("user_not_found"):
        client.dnd_info(user="U0NOBODY000")


def test_a_home_is_published_per_person_and_guarded_by_its_hash(
    sandbox: Sandbox, client: WebClient
) -> None:
    line = {"type": "divider"}
    first = client.views_publish(user_id=BEN, view=home(actions(button())))["view"]
    client.views_publish(user_id=BEN, view=home(line), hash=first["hash"])

    with refused("hash_conflict"):
        client.views_publish(user_id=BEN, view=home(line), hash=first["hash"])
    assert sandbox.control.state(BEN)["home"]["blocks"][0]["type"] == "divider"
    assert sandbox.control.state(ANA)["home"] is None


def test_views_are_checked_at_the_door(client: WebClient) -> None:
    with refused("invalid_arguments"):
        client.views_publish(user_id=ANA, view=modal())
    with refused("view_too_large"):
        client.views_publish(
            user_id=ANA, view=home(actions(button())) | {"private_metadata": "x" * 250_000}
        )
    with refused("not_found"):
        client.views_update(view_id="V0NOWHERE00", view=modal())


def test_arguments_may_come_as_a_form_with_json_inside(sandbox: Sandbox) -> None:
    body = b"token=xoxb-sandbox&channel=leads&text=Hi&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D"

    with urlopen(Request(f"{sandbox.api_url}chat.postMessage", data=body)) as answer:
        assert b'"ok":true' in answer.read()
