"""The door's limits are slack_sdk's, or Slack's pages': the limit passes, one more does not."""

from collections.abc import Callable

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    ConfirmObject,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownBlock,
    Option,
    OptionGroup,
    OverflowMenuElement,
    SectionBlock,
    StaticSelectElement,
    VideoBlock,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement, InteractiveElement
from slack_sdk.models.views import View

from sandbox.blockkit import check_message, check_view

Json = dict[str, object]

LINK = "https://example.com/"


def plain(length: int = 1) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def option(text: int = 1, value: int = 1) -> Json:
    return {"text": plain(text), "value": "x" * value}


def section(**fields: object) -> Json:
    return {"type": "section", "text": plain(), **fields}


def button(**fields: object) -> Json:
    return section(accessory={"type": "button", "text": plain(), **fields})


def confirm(**fields: object) -> Json:
    words: Json = {name: plain() for name in ("title", "text", "confirm", "deny")}
    return button(confirm={**words, **fields})


def select(**fields: object) -> Json:
    return section(accessory={"type": "static_select", **fields})


def image(**fields: object) -> Json:
    return {"type": "image", "alt_text": "x", "image_url": LINK, **fields}


def field(**fields: object) -> Json:
    element = {"type": "plain_text_input"}
    return {"type": "input", "label": plain(), "element": element, **fields}


def card(**fields: object) -> Json:
    return {"type": "card", "title": plain(), **fields}


def container(**fields: object) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": [section()], **fields}


def video(**fields: object) -> Json:
    urls = {"video_url": LINK, "thumbnail_url": LINK}
    return {"type": "video", "alt_text": "x", "title": plain(), **urls, **fields}


def feedback(**fields: object) -> Json:
    choice = {"text": plain(), "value": "x"}
    buttons = {"positive_button": {**choice, **fields}, "negative_button": choice}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **buttons}]}


def group(label: int = 1, options: int = 1) -> Json:
    return {"label": plain(label), "options": [option()] * options}


def holding(kind: str, element: Json) -> Callable[[int], Json]:
    return lambda count: {"type": kind, "elements": [element] * count}


Limit = tuple[int, Callable[[int], Json]]

BLOCK_LIMITS: dict[str, Limit] = {
    "block_id": (Block.block_id_max_length, lambda n: section(block_id="x" * n)),
    "section text": (SectionBlock.text_max_length, lambda n: section(text=plain(n))),
    "section fields": (SectionBlock.fields_max_length, lambda n: section(fields=[plain()] * n)),
    "header": (HeaderBlock.text_max_length, lambda n: {"type": "header", "text": plain(n)}),
    "image url": (
        ImageBlock.image_url_max_length,
        lambda n: image(image_url=LINK.ljust(n, "x")),
    ),
    "image alt": (ImageBlock.alt_text_max_length, lambda n: image(alt_text="x" * n)),
    "image title": (ImageBlock.title_max_length, lambda n: image(title=plain(n))),
    "actions": (
        ActionsBlock.elements_max_length,
        holding("actions", {"type": "button", "text": plain()}),
    ),
    "context": (ContextBlock.elements_max_length, holding("context", plain())),
    "context actions": (
        ContextActionsBlock.elements_max_length,
        holding("context_actions", {"type": "icon_button", "icon": "trash", "text": plain()}),
    ),
    "input label": (InputBlock.label_max_length, lambda n: field(label=plain(n))),
    "input hint": (InputBlock.hint_max_length, lambda n: field(hint=plain(n))),
    "markdown": (
        MarkdownBlock.text_max_length,
        lambda n: {"type": "markdown", "text": "x" * n},
    ),
    "video title": (VideoBlock.title_max_length, lambda n: video(title=plain(n))),
    "video author": (VideoBlock.author_name_max_length, lambda n: video(author_name="x" * n)),
    "card title": (CardBlock.title_max_length, lambda n: card(title=plain(n))),
    "card subtitle": (CardBlock.subtitle_max_length, lambda n: card(subtitle=plain(n))),
    "card body": (CardBlock.body_max_length, lambda n: card(body=plain(n))),
    "container title": (ContainerBlock.title_max_length, lambda n: container(title=plain(n))),
    "container subtitle": (
        ContainerBlock.subtitle_max_length,
        lambda n: container(subtitle=plain(n)),
    ),
    "container children": (
        ContainerBlock.child_blocks_max_length,
        lambda n: container(child_blocks=[section()] * n),
    ),
    "carousel": (CarouselBlock.elements_max_length, holding("carousel", card())),
}

ELEMENT_LIMITS: dict[str, Limit] = {
    "action_id": (InteractiveElement.action_id_max_length, lambda n: button(action_id="x" * n)),
    "button text": (ButtonElement.text_max_length, lambda n: button(text=plain(n))),
    "button url": (ButtonElement.url_max_length, lambda n: button(url=LINK.ljust(n, "x"))),
    "button value": (ButtonElement.value_max_length, lambda n: button(value="x" * n)),
    "agent prompt": (
        ButtonElement.agent_prompt_max_length,
        lambda n: button(agent_prompt="x" * n),
    ),
    "placeholder": (
        InputInteractiveElement.placeholder_max_length,
        lambda n: select(options=[option()], placeholder=plain(n)),
    ),
    "select options": (
        StaticSelectElement.options_max_length,
        lambda n: select(options=[option()] * n),
    ),
    "select groups": (
        StaticSelectElement.option_groups_max_length,
        lambda n: select(option_groups=[group()] * n),
    ),
    "overflow": (
        OverflowMenuElement.options_max_length,
        lambda n: section(accessory={"type": "overflow", "options": [option()] * n}),
    ),
    "option text": (Option.label_max_length, lambda n: select(options=[option(text=n)])),
    "option value": (Option.value_max_length, lambda n: select(options=[option(value=n)])),
    "group label": (
        OptionGroup.label_max_length,
        lambda n: select(option_groups=[group(label=n)]),
    ),
    "group options": (
        OptionGroup.options_max_length,
        lambda n: select(option_groups=[group(options=n)]),
    ),
    "confirm title": (ConfirmObject.title_max_length, lambda n: confirm(title=plain(n))),
    "confirm text": (ConfirmObject.text_max_length, lambda n: confirm(text=plain(n))),
    "confirm yes": (ConfirmObject.confirm_max_length, lambda n: confirm(confirm=plain(n))),
    "confirm no": (ConfirmObject.deny_max_length, lambda n: confirm(deny=plain(n))),
    "feedback text": (FeedbackButtonObject.text_max_length, lambda n: feedback(text=plain(n))),
    "feedback value": (FeedbackButtonObject.value_max_length, lambda n: feedback(value="x" * n)),
}


def icon(**fields: object) -> Json:
    element = {"type": "icon_button", "icon": "trash", "text": plain(), **fields}
    return {"type": "context_actions", "elements": [element]}


def overflow(**fields: object) -> Json:
    return section(accessory={"type": "overflow", "options": [option() | fields]})


def checkboxes(**fields: object) -> Json:
    return section(accessory={"type": "checkboxes", "options": [option() | fields]})


def written(**fields: object) -> Json:
    return field(element={"type": "plain_text_input", **fields})


def rows(kind: str, *lengths: int, **fields: object) -> Json:
    cells = [[{"type": "raw_text", "text": "x" * length}] for length in lengths]
    return {"type": kind, "rows": cells, **fields}


# Slack's pages state these; slack_sdk has no constant for them.
DOCUMENTED_LIMITS: dict[str, Limit] = {
    "section field": (2000, lambda n: section(fields=[plain(n)])),
    "context text": (3000, lambda n: {"type": "context", "elements": [plain(n)]}),
    "heading level": (4, lambda n: {"type": "header", "text": plain(), "level": n}),
    "card subtext": (200, lambda n: card(subtext=plain(n))),
    "video alt": (200, lambda n: video(alt_text="x" * n)),
    "video description": (200, lambda n: video(description=plain(n))),
    "video provider": (50, lambda n: video(provider_name="x" * n)),
    "picture alt": (2000, lambda n: section(accessory=image(alt_text="x" * n))),
    "icon text": (75, lambda n: icon(text=plain(n))),
    "icon value": (2000, lambda n: icon(value="x" * n)),
    "icon label": (75, lambda n: icon(accessibility_label="x" * n)),
    "feedback label": (75, lambda n: feedback(accessibility_label="x" * n)),
    "overflow text": (75, lambda n: overflow(text=plain(n))),
    "overflow value": (150, lambda n: overflow(value="x" * n)),
    "checkbox text": (75, lambda n: checkboxes(text=plain(n))),
    "checkbox description": (75, lambda n: checkboxes(description=plain(n))),
    "text placeholder": (150, lambda n: written(placeholder=plain(n))),
    "text already written": (3000, lambda n: written(initial_value="x" * n)),
    "least text": (3000, lambda n: written(min_length=n)),
    "ten digits of time": (
        9_999_999_999,
        lambda n: field(element={"type": "datetimepicker", "initial_date_time": n}),
    ),
    "table characters": (10_000, lambda n: rows("table", 1, n - 1)),
    "table columns described": (20, lambda n: rows("table", 1, column_settings=[{}] * n)),
    "data table characters": (20_000, lambda n: rows("data_table", 1, n - 1, caption="x")),
}

VIEW_LIMITS: dict[str, Limit] = {
    "title": (View.title_max_length, lambda n: {"title": plain(n)}),
    "submit": (View.submit_max_length, lambda n: {"submit": plain(n)}),
    "close": (View.close_max_length, lambda n: {"close": plain(n)}),
    "blocks": (View.blocks_max_length, lambda n: {"blocks": [section()] * n}),
    "private_metadata": (
        View.private_metadata_max_length,
        lambda n: {"private_metadata": "x" * n},
    ),
    "callback_id": (View.callback_id_max_length, lambda n: {"callback_id": "x" * n}),
}

SDK_LIMITS = BLOCK_LIMITS | ELEMENT_LIMITS


@pytest.mark.parametrize(("most", "make"), SDK_LIMITS.values(), ids=SDK_LIMITS.keys())
def test_a_limit_in_a_message_is_slack_sdks(most: int, make: Callable[[int], Json]) -> None:
    assert check_message({"blocks": [make(most)]}) == []
    assert len(check_message({"blocks": [make(most + 1)]})) == 1


@pytest.mark.parametrize(("most", "make"), VIEW_LIMITS.values(), ids=VIEW_LIMITS.keys())
def test_a_limit_of_a_view_is_slack_sdks(most: int, make: Callable[[int], Json]) -> None:
    modal: Json = {"type": "modal", "title": plain(), "blocks": [section()]}
    assert check_view(modal | make(most)) == []
    assert len(check_view(modal | make(most + 1))) == 1


@pytest.mark.parametrize(("most", "make"), DOCUMENTED_LIMITS.values(), ids=DOCUMENTED_LIMITS.keys())
def test_a_limit_in_a_message_is_the_documented_one(most: int, make: Callable[[int], Json]) -> None:
    assert check_message({"blocks": [make(most)]}) == []
    assert len(check_message({"blocks": [make(most + 1)]})) == 1
