"""Blocks Slack takes in a message and blocks it refuses, each refusal with its place."""

import pytest

from sandbox.blockkit import check_message, error_code

Json = dict[str, object]


def plain(words: str = "Open") -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str = "*Open*") -> Json:
    return {"type": "mrkdwn", "text": words}


def button(**extra: object) -> Json:
    return {"type": "button", "text": plain(), "action_id": "open", **extra}


def section(**extra: object) -> Json:
    return {"type": "section", "text": mrkdwn(), **extra}


def rich_text(*pieces: Json, kind: str = "rich_text_section", **extra: object) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(pieces), **extra}]}


def words(text: str = "hello") -> Json:
    return {"type": "text", "text": text}


def image(**extra: object) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A", **extra}


def card(**extra: object) -> Json:
    return {"type": "card", "title": mrkdwn("Acme"), **extra}


def container(*blocks: Json, **extra: object) -> Json:
    children = list(blocks) or [section()]
    return {"type": "container", "title": plain(), "child_blocks": children, **extra}


def task(**extra: object) -> Json:
    return {"task_id": "1", "title": "Look up", **extra}


def video(**extra: object) -> Json:
    url = "https://example.com/v"
    return {
        "type": "video",
        "alt_text": "A talk",
        "title": plain("Talk"),
        "video_url": url,
        "thumbnail_url": url,
        **extra,
    }


def without(value: Json, *names: str) -> Json:
    return {name: part for name, part in value.items() if name not in names}


TAKEN: dict[str, list[Json]] = {
    "no blocks at all": [],
    "section with 3000 characters": [section(text=mrkdwn("x" * 3000))],
    "3000 emoji are 3000 characters": [section(text=mrkdwn("😀" * 3000))],
    "section of ten fields": [without(section(fields=[mrkdwn()] * 10), "text")],
    "header, divider, context": [
        {"type": "header", "text": plain("x" * 150), "level": 2},
        {"type": "divider"},
        {"type": "context", "elements": [image(), mrkdwn(), plain()]},
    ],
    "fifty blocks": [{"type": "divider"}] * 50,
    "rich text of every kind": [
        rich_text(
            words(),
            {"type": "link", "url": "https://example.com", "style": {"bold": True}},
            {"type": "user", "user_id": "U0ANA000000"},
            {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
            {"type": "emoji", "name": "wave"},
            {"type": "broadcast", "range": "here"},
        ),
        rich_text(
            {"type": "rich_text_section", "elements": [words()]},
            kind="rich_text_list",
            style="ordered",
            indent=1,
        ),
        rich_text(words(), kind="rich_text_preformatted", language="python"),
        rich_text(words(), kind="rich_text_quote", border=1),
    ],
    "markdown up to 12,000": [{"type": "markdown", "text": "x" * 6000}] * 2,
    "video and remote file": [
        video(author_name="Pia"),
        {"type": "file", "external_id": "F1", "source": "remote"},
    ],
    "card and carousel": [
        card(slack_icon={"type": "icon", "name": "sparkle"}, subtext=plain(), actions=[button()]),
        {"type": "carousel", "elements": [card(hero_image=image())] * 10},
    ],
    "container that folds": [container(is_collapsible=True, default_collapsed=True, width="full")],
    "plan and task card": [
        {"type": "plan", "title": "Plan", "tasks": [task(status="pending"), task()]},
        {
            "type": "task_card",
            **task(status="complete", output=rich_text(words())),
            "sources": [{"type": "url", "url": "https://example.com", "text": "Source"}],
        },
    ],
    "image from a Slack file": [
        without(image(slack_file={"id": "F1"}, title=plain()), "image_url")
    ],
}

AT = "/blocks/0"
REFUSED: dict[str, tuple[list[Json], str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "unknown block": ([{"type": "sectoin"}], f"{AT}/type"),
    "block without a type": ([{}], AT),
    "block type is a number": ([{"type": 1}], f"{AT}/type"),
    "alert in a message": ([{"type": "alert", "text": plain()}], f"{AT}/type"),
    "unknown key": ([section(colour="red")], AT),
    "section without text or fields": ([{"type": "section"}], f"{AT}/type"),
    "section text is a bare string": ([section(text="hello")], f"{AT}/text"),
    "section text is null": ([section(text=None)], f"{AT}/text"),
    "section text is empty": ([section(text=mrkdwn(""))], f"{AT}/text/text"),
    "section text 3001": ([section(text=mrkdwn("x" * 3001))], f"{AT}/text/text"),
    "section text of an unknown kind": (
        [section(text={"type": "markdown", "text": "x"})],
        f"{AT}/text/type",
    ),
    "emoji on mrkdwn": ([section(text={**mrkdwn(), "emoji": True})], f"{AT}/text"),
    "eleven fields": ([section(fields=[mrkdwn()] * 11)], f"{AT}/fields"),
    "no fields": ([section(fields=[])], f"{AT}/fields"),
    "field of 2001": ([section(fields=[mrkdwn("x" * 2001)])], f"{AT}/fields/0/text"),
    "block id of 256": ([section(block_id="x" * 256)], f"{AT}/block_id"),
    "block id empty": ([section(block_id="")], f"{AT}/block_id"),
    "block id twice": ([section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    "block id twice, once in a container": (
        [section(block_id="a"), container(section(block_id="a"))],
        "/blocks/1/child_blocks/0/block_id",
    ),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn()}], f"{AT}/text/type"),
    "header of 151": ([{"type": "header", "text": plain("x" * 151)}], f"{AT}/text/text"),
    "header level 5": ([{"type": "header", "text": plain(), "level": 5}], f"{AT}/level"),
    "divider with text": ([{"type": "divider", "text": plain()}], AT),
    "context of eleven": ([{"type": "context", "elements": [plain()] * 11}], f"{AT}/elements"),
    "image without alt text": ([without(image(), "alt_text")], AT),
    "image with empty alt text": ([image(alt_text="")], f"{AT}/alt_text"),
    "image alt text of 2001": ([image(alt_text="x" * 2001)], f"{AT}/alt_text"),
    "image without a source": ([without(image(), "image_url")], AT),
    "image with two sources": ([image(slack_file={"id": "F1"})], AT),
    "slack file by id and url": (
        [without(image(slack_file={"id": "F1", "url": "https://example.com/a.png"}), "image_url")],
        f"{AT}/slack_file",
    ),
    "image url is a path": ([image(image_url="/a.png")], f"{AT}/image_url"),
    "image url of 3001": (
        [image(image_url="https://example.com/".ljust(3001, "x"))],
        f"{AT}/image_url",
    ),
    "image title in mrkdwn": ([image(title=mrkdwn())], f"{AT}/title/type"),
    "rich text without elements": ([{"type": "rich_text", "elements": []}], f"{AT}/elements"),
    "rich text with bare text": (
        [{"type": "rich_text", "elements": [words()]}],
        f"{AT}/elements/0/type",
    ),
    "rich text with empty text": ([rich_text(words(""))], f"{AT}/elements/0/elements/0/text"),
    "rich text with style as a word": (
        [rich_text({**words(), "style": "bold"})],
        f"{AT}/elements/0/elements/0/style",
    ),
    "rich text section with a style": ([rich_text(words(), style="bullet")], f"{AT}/elements/0"),
    "list without a style": (
        [rich_text({"type": "rich_text_section", "elements": []}, kind="rich_text_list")],
        f"{AT}/elements/0",
    ),
    "mention in preformatted": (
        [rich_text({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted")],
        f"{AT}/elements/0/elements/0/type",
    ),
    "link without a url": ([rich_text({"type": "link"})], f"{AT}/elements/0/elements/0"),
    "list indented nine times": (
        [
            rich_text(
                {"type": "rich_text_section", "elements": []},
                kind="rich_text_list",
                style="bullet",
                indent=9,
            )
        ],
        f"{AT}/elements/0/indent",
    ),
    "broadcast to all": (
        [rich_text({"type": "broadcast", "range": "all"})],
        f"{AT}/elements/0/elements/0/range",
    ),
    "markdown as an object": ([{"type": "markdown", "text": mrkdwn()}], f"{AT}/text"),
    "video over http": ([video(video_url="http://example.com/v")], f"{AT}/video_url"),
    "video without alt text": ([without(video(), "alt_text")], AT),
    "video title of 201": ([video(title=plain("x" * 201))], f"{AT}/title/text"),
    "file from here": ([{"type": "file", "external_id": "F", "source": "local"}], f"{AT}/source"),
    "empty card": ([{"type": "card"}], f"{AT}/type"),
    "card title is a bare string": ([card(title="Acme")], f"{AT}/title"),
    "card title of 151": ([card(title=plain("x" * 151))], f"{AT}/title/text"),
    "card body of 201": ([card(body=plain("x" * 201))], f"{AT}/body/text"),
    "card with four buttons": (
        [card(actions=[button(action_id=str(number)) for number in range(4)])],
        f"{AT}/actions",
    ),
    "card with two icons": ([card(icon=image(), slack_icon={"type": "icon", "name": "bot"})], AT),
    "carousel of eleven": ([{"type": "carousel", "elements": [card()] * 11}], f"{AT}/elements"),
    "carousel of sections": (
        [{"type": "carousel", "elements": [section()]}],
        f"{AT}/elements/0/type",
    ),
    "container without a title": ([without(container(), "title")], f"{AT}/type"),
    "container of eleven": ([container(*[section()] * 11)], f"{AT}/child_blocks"),
    "container in a container": ([container(container())], f"{AT}/child_blocks/0/type"),
    "folded but not foldable": ([container(default_collapsed=True)], f"{AT}/default_collapsed"),
    "plan title as an object": ([{"type": "plan", "title": plain()}], f"{AT}/title"),
    "pending task on its own": (
        [{"type": "task_card", **task(status="pending")}],
        f"{AT}/status",
    ),
    "task done": (
        [{"type": "plan", "title": "Plan", "tasks": [task(status="done")]}],
        f"{AT}/tasks/0/status",
    ),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN.keys())
def test_slack_takes_these_blocks(blocks: list[Json]) -> None:
    assert check_message({"text": "hello", "blocks": blocks}) == []


@pytest.mark.parametrize(("blocks", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses_these_blocks_and_says_where(blocks: list[Json], pointer: str) -> None:
    faults = check_message({"text": "hello", "blocks": blocks})
    assert [fault.pointer for fault in faults] == [pointer]
    assert error_code(faults) == "invalid_blocks"
