"""The two doors: a message as chat.* and response_url take it, a view as views.* take it."""

from collections.abc import Mapping

from sandbox.blockkit.blocks import BLOCKS
from sandbox.blockkit.composition import plain
from sandbox.blockkit.faults import Fault, Inspection, Surface
from sandbox.blockkit.metadata import check_metadata
from sandbox.blockkit.shapes import Check, Fields, flag, string, tagged, typed

MOST_TEXT = 40_000
MOST_ATTACHMENTS = 100

# Slack publishes no total for the blocks of a message. A budget of 13,000 characters with 50 for
# each block agrees with the sizes users have reported as posted or refused.
BLOCKS_BUDGET = 13_000
COST_OF_A_BLOCK = 50


def check_message(payload: Mapping[str, object]) -> list[Fault]:
    """Why Slack would refuse this message; an empty list when it would not.

    `payload` is what chat.postMessage, chat.update, chat.postEphemeral or a response_url takes,
    decoded from JSON. A null argument counts as left out. Other arguments than the message itself
    (channel, thread_ts, ...) are not looked at.
    """
    given = {name: value for name, value in payload.items() if value is not None}
    faults = [*_text_faults(given), *_content_faults(given)]
    if "metadata" in given:
        faults += check_metadata(given["metadata"])
    return faults


def _text_faults(given: Mapping[str, object]) -> list[Fault]:
    text = given.get("text", "")
    if not isinstance(text, str):
        return [Fault("/text", "must provide a string", "invalid_arguments")]
    if len(text) > MOST_TEXT:
        return [Fault("/text", f"must be less than {MOST_TEXT + 1} characters", "msg_too_long")]
    if given.get("markdown_text"):
        return _markdown_faults(given)
    says_something = text.strip() or given.get("blocks") or given.get("attachments")
    if not says_something and given.get("delete_original") is not True:
        return [Fault("/text", "no message text provided", "no_text")]
    return []


def _markdown_faults(given: Mapping[str, object]) -> list[Fault]:
    inspection = Inspection("message", "msg_too_long")
    string(12_000)(given["markdown_text"], "/markdown_text", inspection)
    if given.get("text") or given.get("blocks"):
        problem = "cannot be used in conjunction with `blocks` or `text`"
        inspection.refuse("/markdown_text", problem, "markdown_text_conflict")
    return inspection.faults


def _content_faults(given: Mapping[str, object]) -> list[Fault]:
    """The blocks of a message and those of its attachments share ids and allowances."""
    inspection = Inspection("message", "invalid_blocks")
    if "blocks" in given:
        _check_blocks(given["blocks"], inspection)
    if "attachments" in given:
        inspection.code = "invalid_attachments"
        _check_attachments(given["attachments"], inspection)
    return inspection.faults


def _check_blocks(blocks: object, inspection: Inspection) -> None:
    if not isinstance(blocks, list):
        inspection.refuse("/blocks", "must provide an array", "invalid_blocks_format")
        return
    BLOCKS["message"](blocks, "/blocks", inspection)
    if inspection.characters + COST_OF_A_BLOCK * inspection.blocks > BLOCKS_BUDGET:
        problem = f"must be less than {BLOCKS_BUDGET + 1} characters in all"
        inspection.refuse("/blocks", problem, "msg_blocks_too_long")


def _check_attachments(attachments: object, inspection: Inspection) -> None:
    if not isinstance(attachments, list):
        inspection.refuse("/attachments", "must provide an array")
        return
    if len(attachments) > MOST_ATTACHMENTS:
        problem = f"no more than {MOST_ATTACHMENTS} items allowed"
        inspection.refuse("/attachments", problem, "too_many_attachments")
    for index, attachment in enumerate(attachments[:MOST_ATTACHMENTS]):
        if not isinstance(attachment, dict):
            inspection.refuse(f"/attachments/{index}", "must provide an object")
        elif "blocks" in attachment:
            BLOCKS["message"](attachment["blocks"], f"/attachments/{index}/blocks", inspection)


def check_view(view: object) -> list[Fault]:
    """Why views.open, push, update or publish would refuse this view; empty when they would not.

    The code of every fault is `invalid_arguments`, as Slack answers for views.
    """
    kind = view.get("type") if isinstance(view, dict) else None
    surface: Surface = "home" if kind == "home" else "modal"
    inspection = Inspection(surface, "invalid_arguments")
    _VIEWS(view, "/view", inspection)
    return inspection.faults


def _submit_for_inputs(value: dict[str, object], at: str, inspection: Inspection) -> None:
    if "submit" not in value:
        for block in inspection.input_blocks:
            problem = "must define `submit` to use an `input` block in modals"
            inspection.refuse(f"{block}/input", problem)


_KEPT: Fields = {
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
    "private_metadata": string(3000, least=0),
}

_VIEWS: Check = tagged(
    {
        "modal": typed(
            {"title": plain(24), "blocks": BLOCKS["modal"]},
            {
                **_KEPT,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
            },
            _submit_for_inputs,
        ),
        "home": typed({"blocks": BLOCKS["home"]}, _KEPT),
    }
)
