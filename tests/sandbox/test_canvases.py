"""Canvases through the real slack_sdk."""

import pytest
from slack_sdk import WebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import STANDUP, refused


def test_a_canvas_is_made_of_markdown_in_a_channels_tab(
    sandbox: Sandbox, client: WebClient
) -> None:
    content = {"type": "markdown", "markdown": "# Minutes"}
    answer = client.canvases_create(title="Week 1", document_content=content, channel_id=STANDUP)

    made = sandbox.workspace.canvases[-1]
    assert answer["canvas_id"] == made.id
    assert made.id.startswith("F")
    assert (made.title, made.markdown, made.channel) == ("Week 1", "# Minutes", STANDUP)


def test_a_canvas_may_be_empty_and_alone_except_on_a_free_plan(
    sandbox: Sandbox, client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.canvases_create(title="Alone")["canvas_id"]
    monkeypatch.setattr(sandbox.workspace, "on_free_plan", True)

    with refused("free_teams_cannot_create_non_tabbed_canvases"):
        client.canvases_create(title="Alone")


def test_a_canvas_takes_markdown_alone_and_a_channel_that_is_there(client: WebClient) -> None:
    with refused("invalid_arguments"):
        client.canvases_create(document_content={"type": "html", "markdown": "<p>"})
    with refused("channel_not_found"):
        client.canvases_create(title="Lost", channel_id="C0NOWHERE00")
