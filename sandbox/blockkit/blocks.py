"""The blocks, and the surfaces each may stand on."""

from sandbox.blockkit.block import block
from sandbox.blockkit.charts import DATA_VISUALIZATION
from sandbox.blockkit.composition import (
    HTTPS_LINK,
    IMAGE_ELEMENT,
    LINK,
    PICTURE,
    PICTURE_FIELDS,
    PICTURE_SOURCE,
    WEB_LINK,
    plain,
    text,
    text_kinds,
)
from sandbox.blockkit.elements import CHOICES, INPUTS, MULTI_SELECTS, SELECTS, any_of
from sandbox.blockkit.faults import Inspection, Surface
from sandbox.blockkit.rich_text import RICH_TEXT_FIELDS, RICH_TEXT_VALUE
from sandbox.blockkit.rules import at_least_one, not_both
from sandbox.blockkit.shapes import (
    Check,
    Fields,
    anything,
    flag,
    listing,
    one_of,
    record,
    string,
    tagged,
    typed,
    whole,
    words,
)
from sandbox.blockkit.tables import DATA_TABLE, TABLE

_CHOSEN = ("checkboxes", "radio_buttons", "datepicker", "timepicker", *SELECTS, *MULTI_SELECTS)
_IN_SECTION = any_of("button", "workflow_button", "overflow", "image", *_CHOSEN)
_IN_ACTIONS = any_of(
    "button", "workflow_button", "overflow", "datetimepicker", "rich_text_input", *_CHOSEN
)
_IN_INPUT = any_of(*CHOICES, *SELECTS, *MULTI_SELECTS, *INPUTS)
_IN_CONTEXT = tagged({**text_kinds(3000), "image": IMAGE_ELEMENT})


_MARKDOWN = words()


def _markdown_text(value: object, at: str, inspection: Inspection) -> None:
    """One allowance of 12,000 characters for all the markdown of a message."""
    _MARKDOWN(value, at, inspection)
    inspection.markdown_characters += len(value) if isinstance(value, str) else 0
    if inspection.markdown_characters > 12_000:
        inspection.refuse(at, "must be less than 12001 characters", "msg_blocks_too_long")


def _note_input(value: dict[str, object], at: str, inspection: Inspection) -> None:
    inspection.input_blocks.append(at)


def _files_do_not_dispatch(value: dict[str, object], at: str, inspection: Inspection) -> None:
    element = value.get("element")
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == "file_input" and value.get("dispatch_action") is True:
        inspection.refuse(f"{at}/element/type", "unsupported type: file_input")


def _collapses(value: dict[str, object], at: str, inspection: Inspection) -> None:
    collapsible = value.get("is_collapsible") is True
    if collapsible and value.get("has_header_divider") is True:
        inspection.refuse(f"{at}/has_header_divider", "cannot be set when `is_collapsible` is")
    if value.get("default_collapsed") is True and not collapsible:
        inspection.refuse(f"{at}/default_collapsed", "cannot be set unless `is_collapsible` is")


_BASIC: Fields = {
    "section": block(
        {},
        {
            "text": text(3000),
            "fields": listing(text(2000), 10),
            "accessory": _IN_SECTION,
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": block({"text": plain(150)}, {"level": whole(1, 4)}),
    "divider": block({}),
    "image": block(
        {"alt_text": string(2000)}, {**PICTURE_FIELDS, "title": plain(2000)}, PICTURE_SOURCE
    ),
    "context": block({"elements": listing(_IN_CONTEXT, 10)}),
    "actions": block({"elements": listing(_IN_ACTIONS, 25)}),
    "input": block(
        {"label": plain(2000), "element": _IN_INPUT},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
        _note_input,
        _files_do_not_dispatch,
    ),
    "rich_text": block(RICH_TEXT_FIELDS),
    "file": block({"external_id": string(), "source": one_of("remote")}),
    "video": block(
        {
            "alt_text": string(200),
            "title": plain(200),
            "video_url": HTTPS_LINK,
            "thumbnail_url": WEB_LINK,
        },
        {
            "title_url": HTTPS_LINK,
            "description": plain(200),
            "provider_icon_url": WEB_LINK,
            "provider_name": string(50),
            "author_name": string(50),
        },
    ),
}

_CARD = block(
    {},
    {
        "hero_image": PICTURE,
        "icon": PICTURE,
        "slack_icon": tagged({"icon": typed({"name": string()})}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": listing(any_of("button"), 3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
    not_both("icon", "slack_icon"),
)

_CONTAINER = block(
    {"child_blocks": listing(tagged({**_BASIC, "table": TABLE}), 10)},
    {
        "title": plain(150),
        "rich_text_title": RICH_TEXT_VALUE,
        "subtitle": text(150),
        "icon": PICTURE,
        "width": one_of("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    at_least_one("title", "rich_text_title"),
    _collapses,
)

_TASK: Fields = {"task_id": string(), "title": words()}
_TASK_EXTRAS: Fields = {
    "details": RICH_TEXT_VALUE,
    "output": RICH_TEXT_VALUE,
    "sources": listing(tagged({"url": typed({"url": LINK, "text": words()})}), least=0),
}
_TASK_STATES = ("in_progress", "complete", "error")

# A task waits only within a plan: alone, Slack refuses "pending". Its type may be left out there.
_TASK_CARD = block(_TASK, {**_TASK_EXTRAS, "status": one_of(*_TASK_STATES)})
_PLANNED_TASK = record(
    _TASK,
    {
        **_TASK_EXTRAS,
        "type": one_of("task_card"),
        "block_id": string(255),
        "status": one_of("pending", *_TASK_STATES),
    },
)

_OF_MESSAGES: Fields = {
    "markdown": block({"text": _markdown_text}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "context_actions": block({"elements": listing(any_of("feedback_buttons", "icon_button"), 5)}),
    "container": _CONTAINER,
    "plan": block(
        # The title is a bare string here, unlike a card's; the status shows nothing.
        {"title": words()},
        {"tasks": listing(_PLANNED_TASK, least=0), "status": anything},
    ),
    "task_card": _TASK_CARD,
}

_EVERYWHERE: Fields = {kind: one for kind, one in _BASIC.items() if kind != "file"}
_CAROUSEL = block({"elements": listing(tagged({"card": _CARD}), 10)})

# Where Slack's pages disagree on a surface, the narrower reading stands.
_KINDS: dict[Surface, Fields] = {
    "message": {**_BASIC, **_OF_MESSAGES, "card": _CARD, "carousel": _CAROUSEL},
    "modal": {
        **_EVERYWHERE,
        "card": _CARD,
        "alert": block(
            {"text": text(200)},
            {"level": one_of("default", "info", "warning", "error", "success")},
        ),
    },
    "home": {**_EVERYWHERE, "card": _CARD, "carousel": _CAROUSEL},
}

BLOCKS: dict[Surface, Check] = {
    "message": listing(tagged(_KINDS["message"]), 50, least=0),
    "modal": listing(tagged(_KINDS["modal"]), 100),
    "home": listing(tagged(_KINDS["home"]), 100),
}
