"""A workspace on the day the app is installed."""

from slack_sdk import WebClient

from sandbox.people import BOT_TOKEN
from sandbox.server import Sandbox


def test_the_app_is_in_no_channel_until_it_joins_one() -> None:
    with Sandbox(bare=True) as sandbox:
        client = WebClient(BOT_TOKEN, sandbox.api_url)

        found = {each["name"]: each for each in client.conversations_list()["channels"]}
        assert found.keys() == {"general", "inbound", "sales", "marketing"}
        assert not any(each["is_member"] for each in found.values())
        assert len(client.conversations_members(channel=found["sales"]["id"])["members"]) == 8

        client.conversations_join(channel=found["inbound"]["id"])
        told = client.conversations_info(channel=found["inbound"]["id"])["channel"]
        assert told["is_member"]
