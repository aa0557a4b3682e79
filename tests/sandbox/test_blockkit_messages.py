"""What a message is besides its blocks: text, attachments, metadata, and what they may weigh."""

import pytest

from sandbox.blockkit import Fault, check_message, error_code, messages

Json = dict[str, object]


def section(text: str = "hello", **extra: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **extra}


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


def table() -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}


def event(**payload: object) -> Json:
    return {"event_type": "lead_created", "event_payload": payload}


def data_table() -> Json:
    rows = [[{"type": "raw_text", "text": "x"}]] * 2
    return {"type": "data_table", "caption": "Leads", "rows": rows}


TAKEN: dict[str, Json] = {
    "text alone": {"text": "hello"},
    "text of 40,000": {"text": "x" * 40_000},
    "blocks alone": {"blocks": [section()]},
    "12,750 characters in five blocks": {"blocks": [section("x" * 2550)] * 5},
    "attachments alone": {"attachments": [{"color": "#333", "blocks": [section()]}]},
    "nulls for what is left out": {"text": "hello", "blocks": None, "metadata": None},
    "a deletion by response_url": {"delete_original": True},
    "a reply": {"text": "hello", "thread_ts": "1.2", "channel": "C1", "reply_broadcast": True},
    "markdown text": {"markdown_text": "**hello**"},
    "metadata": {"text": "hello", "metadata": event(id="1", score=4.5, hot=True)},
    "metadata one level deep": {
        "text": "hello",
        "metadata": event(lead={"id": 1}, touches=[{"id": 1}, {"id": 2}]),
    },
    "metadata of 8,000 bytes": {"text": "hello", "metadata": event(note="x" * 7_988)},
    "metadata of entities": {"text": "hello", "metadata": {"entities": [{"url": "x"}]}},
}

REFUSED: dict[str, tuple[Json, str, str]] = {
    "nothing": ({}, "/text", "no_text"),
    "empty text and no blocks": ({"text": "", "blocks": []}, "/text", "no_text"),
    "spaces": ({"text": " \n"}, "/text", "no_text"),
    "text is a number": ({"text": 1}, "/text", "invalid_arguments"),
    "text of 40,001": ({"text": "x" * 40_001}, "/text", "msg_too_long"),
    "markdown text beside text": (
        {"text": "x", "markdown_text": "y"},
        "/markdown_text",
        "markdown_text_conflict",
    ),
    "markdown text of 12,001": (
        {"markdown_text": "x" * 12_001},
        "/markdown_text",
        "msg_too_long",
    ),
    "blocks are an object": ({"blocks": {"type": "divider"}}, "/blocks", "invalid_blocks_format"),
    "12,751 characters in five blocks": (
        {"blocks": [*[section("x" * 2550)] * 4, section("x" * 2551)]},
        "/blocks",
        "msg_blocks_too_long",
    ),
    "13,000 characters in five blocks": (
        {"blocks": [section("x" * 2600)] * 5},
        "/blocks",
        "msg_blocks_too_long",
    ),
    "12,001 of markdown in two blocks": (
        {"blocks": [markdown(6000), markdown(6001)]},
        "/blocks/1/text",
        "msg_blocks_too_long",
    ),
    "two tables": ({"blocks": [table(), table()]}, "/blocks/1", "invalid_attachments"),
    "a table and a data table": (
        {"blocks": [table(), data_table()]},
        "/blocks/1",
        "invalid_attachments",
    ),
    "the second table in an attachment": (
        {"blocks": [table()], "attachments": [{"blocks": [table()]}]},
        "/attachments/0/blocks/0",
        "invalid_attachments",
    ),
    "attachments are an object": (
        {"text": "x", "attachments": {}},
        "/attachments",
        "invalid_attachments",
    ),
    "attachment is a string": (
        {"attachments": ["x"]},
        "/attachments/0",
        "invalid_attachments",
    ),
    "empty text in an attachment": (
        {"attachments": [{"blocks": [section("")]}]},
        "/attachments/0/blocks/0/text/text",
        "invalid_attachments",
    ),
    "101 attachments": (
        {"attachments": [{"text": "x"}] * 101},
        "/attachments",
        "too_many_attachments",
    ),
    "metadata is a string": (
        {"text": "x", "metadata": "lead"},
        "/metadata",
        "invalid_metadata_format",
    ),
    "metadata without a payload": (
        {"text": "x", "metadata": {"event_type": "lead"}},
        "/metadata",
        "invalid_metadata_format",
    ),
    "metadata without a type": (
        {"text": "x", "metadata": {"event_payload": {}}},
        "/metadata",
        "invalid_metadata_format",
    ),
    "metadata with a further key": (
        {"text": "x", "metadata": {**event(), "id": 1}},
        "/metadata",
        "invalid_metadata_format",
    ),
    "metadata payload is a list": (
        {"text": "x", "metadata": {"event_type": "lead", "event_payload": []}},
        "/metadata/event_payload",
        "invalid_metadata_format",
    ),
    "metadata value is null": (
        {"text": "x", "metadata": event(id=None)},
        "/metadata/event_payload/id",
        "invalid_metadata_format",
    ),
    "metadata two levels deep": (
        {"text": "x", "metadata": event(lead={"owner": {"id": 1}})},
        "/metadata/event_payload/lead/owner",
        "invalid_metadata_format",
    ),
    "metadata list of words": (
        {"text": "x", "metadata": event(tags=["hot"])},
        "/metadata/event_payload/tags/0",
        "invalid_metadata_format",
    ),
    "metadata key with a slash": (
        {"text": "x", "metadata": event(**{"a/b": None})},
        "/metadata/event_payload/a~1b",
        "invalid_metadata_format",
    ),
    "metadata of 8,001 bytes": (
        {"text": "x", "metadata": event(note="x" * 7_989)},
        "/metadata/event_payload",
        "metadata_too_large",
    ),
}


@pytest.mark.parametrize("payload", TAKEN.values(), ids=TAKEN.keys())
def test_slack_takes_this_message(payload: Json) -> None:
    assert check_message(payload) == []


@pytest.mark.parametrize(("payload", "pointer", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses_this_message_with_its_own_code(
    payload: Json, pointer: str, code: str
) -> None:
    faults = check_message(payload)
    assert [fault.pointer for fault in faults] == [pointer]
    assert error_code(faults) == code


# Sizes that users have reported in public issues as posted or as refused with msg_blocks_too_long.
@pytest.mark.parametrize(
    ("characters", "blocks", "posted"),
    [(4_649, 28, True), (6_020, 33, True), (9_597, 50, True), (11_341, 45, False)],
)
def test_the_budget_of_blocks_agrees_with_sizes_seen_in_the_wild(
    characters: int, blocks: int, posted: bool
) -> None:
    length, rest = divmod(characters, blocks)
    payload = [section("x" * length) for _ in range(blocks - 1)] + [section("x" * (length + rest))]
    assert (check_message({"blocks": payload}) == []) is posted


@pytest.mark.parametrize(
    ("block", "line"),
    [
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            section("x" * 3001),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (section(a=1), "invalid additional property: a [json-pointer:/blocks/0]"),
        ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "alert"}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
        (section(fields=[]), "no fewer than 1 items allowed [json-pointer:/blocks/0/fields]"),
        (
            {"type": "section"},
            "must define either `text` or `fields` [json-pointer:/blocks/0/type]",
        ),
    ],
)
def test_a_refusal_reads_as_slack_writes_it(block: Json, line: str) -> None:
    assert messages(check_message({"blocks": [block]})) == [f"[ERROR] {line}"]


def test_all_faults_are_named_and_the_first_gives_the_code() -> None:
    faults = check_message({"text": "x" * 40_001, "blocks": [{}, section("")], "metadata": 1})
    assert [fault.code for fault in faults] == [
        "msg_too_long",
        "invalid_blocks",
        "invalid_blocks",
        "invalid_metadata_format",
    ]
    assert error_code(faults) == "msg_too_long"


def test_no_fault_has_no_code() -> None:
    assert error_code([]) is None
    assert messages([Fault("/text", "is odd")]) == ["[ERROR] is odd [json-pointer:/text]"]
