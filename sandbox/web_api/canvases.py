"""canvases.*: pages of Markdown."""

from typing import cast

from sandbox.canvases import Canvas
from sandbox.errors import SlackError, invalid_arguments
from sandbox.web_api.call import Call
from sandbox.wire import Json, mint

_LONGEST = 1_048_576
"""Characters of Markdown."""


def create(call: Call) -> Json:
    """canvases.create"""
    canvas = Canvas(
        mint("F"), call.args.text("title"), _markdown(call), call.args.text("channel_id") or None
    )
    if canvas.channel:
        call.joined_channel("channel_id")
    elif call.workspace.on_free_plan:
        raise SlackError("free_teams_cannot_create_non_tabbed_canvases")
    call.workspace.canvases.append(canvas)
    return {"canvas_id": canvas.id}


def _markdown(call: Call) -> str:
    """What is in it; empty when nothing was given."""
    given = call.args.json("document_content")
    if given is None:
        return ""
    content = cast(Json, given) if isinstance(given, dict) else {}
    text = content.get("markdown")
    if content.get("type") != "markdown" or not isinstance(text, str):
        raise invalid_arguments('type must be "markdown" [json-pointer:/document_content]')
    if len(text) > _LONGEST:
        raise invalid_arguments("must be less than 1048577 characters [json-pointer:/markdown]")
    return text
