"""The few Block Kit pieces the views are made of, and the only place where text is escaped."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from bot.views import ids

Block: TypeAlias = dict[str, Any]
View: TypeAlias = dict[str, Any]

SECTION_TEXT = 3000
MOST_BLOCKS = 50
"""Blocks of one message."""
NATIVE = frozenset({"table", "data_visualization"})
"""Blocks that Slack brings to its workspaces one by one."""
MODAL_TITLE = 24
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LIVE_MARK = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])")
"""A mark of mrkdwn where it could begin or end something; inside a word it means nothing."""
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_HALF = re.compile(r"(&[a-z]{0,3}|<[^>]*)…$")


@dataclass(frozen=True)
class Post:
    """A message: the text says all that the blocks say."""

    text: str
    blocks: list[Block]

    @property
    def is_native(self) -> bool:
        """Whether it has tables or charts, which not every Slack takes yet."""
        return any(block["type"] in NATIVE for block in self.blocks)

    @property
    def plain(self) -> "Post":
        """The same for a Slack that does not know tables and charts yet: the text says it all."""
        kept = [block for block in self.blocks if block["type"] not in NATIVE]
        has_table = any(block["type"] == "table" for block in self.blocks)
        return Post(self.text, [section(self.text), *kept[1:]] if has_table else kept)


def clean(text: str) -> str:
    """Without control characters and tricks of direction; line breaks stay."""
    return _CONTROLS.sub("", text)


def escape(text: str) -> str:
    """Foreign text made harmless for mrkdwn: no mention, no link, no formatting of its own."""
    safe = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # mrkdwn has no escape for its own marks, so those that would take effect are swapped.
    return _LIVE_MARK.sub(lambda mark: _LOOKALIKES[mark[0]], safe)


def short(text: str, most: int) -> str:
    """Cut to `most` characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def foreign(text: str, most: int) -> str:
    """Somebody else's words on one line of at most `most` characters, escaped for mrkdwn."""
    return escape(short(" ".join(clean(text).split()), most))


def quote(text: str, most: int = 600) -> str:
    """Somebody else's words as a quotation of one line."""
    return f"> {foreign(text, most)}"


def when(at: datetime) -> str:
    """An instant in each reader's own zone; the fallback says UTC."""
    fallback = at.strftime("%a %d %b %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def on_day(at: datetime) -> str:
    """The day of an instant in each reader's own zone."""
    fallback = at.strftime("%a %d %b")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}|{fallback}>"


def _mrkdwn(text: str) -> dict[str, Any]:
    """Cut to what a block takes; an entity or a link that the cut went through goes with it.

    `verbatim`: Slack would otherwise make links and mentions of its own out of foreign text.
    """
    fits = len(text) <= SECTION_TEXT
    cut = text if fits else _HALF.sub("…", short(text, SECTION_TEXT))
    return {"type": "mrkdwn", "text": cut, "verbatim": True}


def section(text: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": _mrkdwn(text)}
    return block | ({"accessory": accessory} if accessory else {})


def plain_section(text: str) -> Block:
    """Text without any markup, exactly as it is."""
    return {"type": "section", "text": plain(short(text, SECTION_TEXT))}


def context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(short(clean(text), 150))}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    """A button; `value` carries an id and nothing else."""
    block: Block = {
        "type": "button",
        "text": plain(text),
        "action_id": action_id,
        "value": value,
    }
    return block | ({"style": style} if style else {})


def overflow(action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of (label, value)."""
    return {"type": "overflow", "action_id": action_id, "options": _options(options)}


def actions(block_id: str, *elements: Block) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def radios(action_id: str, options: Sequence[tuple[str, str]], chosen: str | None = None) -> Block:
    """One of (label, value); `chosen` is marked at first."""
    listed = _options(options)
    block: Block = {"type": "radio_buttons", "action_id": action_id, "options": listed}
    initial = [option for option in listed if option["value"] == chosen]
    return block | ({"initial_option": initial[0]} if initial else {})


def moment_picker(action_id: str) -> Block:
    """A day and a time, in the reader's own zone."""
    return {"type": "datetimepicker", "action_id": action_id}


def day_field(action_id: str, at_first: date | None = None) -> Block:
    hint = plain("Choose a day")
    block: Block = {"type": "datepicker", "action_id": action_id, "placeholder": hint}
    return block | ({"initial_date": at_first.isoformat()} if at_first else {})


def checks(
    action_id: str, options: Sequence[tuple[str, str]], chosen: Collection[str] = ()
) -> Block:
    """Any of (label, value); `chosen` are marked at first."""
    listed = _options(options)
    block: Block = {"type": "checkboxes", "action_id": action_id, "options": listed}
    initial = [option for option in listed if option["value"] in chosen]
    return block | ({"initial_options": initial} if initial else {})


def text_field(action_id: str, *, most: int, hint: str) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": most,
        "placeholder": plain(short(hint, 150)),
    }


def line_field(
    action_id: str, *, most: int, initial: str | None = None, lines: bool = False
) -> Block:
    """A text of one line, or of `lines`; `initial` is cut to what may be typed."""
    block: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": lines,
        "max_length": most,
    }
    return block | ({"initial_value": short(clean(initial), most)} if initial else {})


def static_select(
    action_id: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None = None,
    *,
    hint: str = "",
) -> Block:
    """One of many (label, value) in a menu; `chosen` is marked at first, else `hint` is read."""
    listed = _options(options)
    block: Block = {"type": "static_select", "action_id": action_id, "options": listed}
    initial = [option for option in listed if option["value"] == chosen]
    block |= {"placeholder": plain(hint)} if hint else {}
    return block | ({"initial_option": initial[0]} if initial else {})


def table_block(rows: Sequence[Sequence[str]]) -> Block:
    """Rows of plain text under a first row of headings; all but the first column are figures."""
    cells = [[{"type": "raw_text", "text": clean(cell)} for cell in row] for row in rows]
    figures = [{"align": "right"} for _ in rows[0][1:]]
    return {"type": "table", "rows": cells, "column_settings": [{"is_wrapped": True}, *figures]}


def chart(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Block:
    """Bars that Slack draws itself: for each label one of every series."""
    drawn = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in points]}
        for name, values in series.items()
        for points in [list(zip(labels, values, strict=True))]
    ]
    axes = {"categories": [*labels]}
    return {
        "type": "data_visualization",
        "title": short(title, 50),
        "chart": {"type": "bar", "series": drawn, "axis_config": axes},
    }


def channel_picker(action_id: str, chosen: str | None = None) -> Block:
    """A channel, public or private, of this workspace alone; `chosen` is the id of what stands
    there at first."""
    block: Block = {
        "type": "conversations_select",
        "action_id": action_id,
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    return block | ({"initial_conversation": chosen} if chosen else {})


def person_picker(action_id: str, hint: str, chosen: str | None = None) -> Block:
    """A member of the workspace; `chosen` is the Slack id of who stands there at first."""
    block: Block = {"type": "users_select", "action_id": action_id, "placeholder": plain(hint)}
    return block | ({"initial_user": chosen} if chosen else {})


def people_picker(action_id: str, hint: str, chosen: Sequence[str], most: int) -> Block:
    """Up to `most` members of the workspace; `chosen` are the Slack ids of who stands there."""
    block: Block = {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain(hint),
        "max_selected_items": most,
    }
    return block | ({"initial_users": [*chosen]} if chosen else {})


def field(
    block_id: str,
    label: str,
    element: Block,
    *,
    optional: bool = False,
    hint: str = "",
    tells: bool = False,
) -> Block:
    """A form's field; its block_id is where an error is shown, and the hint stands below it.

    `tells`: the choice reaches us at once, as a press, so that the form can follow it.
    """
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    block |= {"dispatch_action": True} if tells else {}
    return block | ({"hint": plain(hint)} if hint else {})


def modal(
    callback_id: str, title: str, blocks: list[Block], *, submit: str | None, about: str = ""
) -> View:
    """A modal; `about` comes back with the submission. Without `submit` it only shows."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(short(clean(title), MODAL_TITLE)),
        "close": plain("Cancel" if submit else "Close"),
        "private_metadata": about,
        "blocks": blocks,
    }
    return view | ({"submit": plain(submit)} if submit else {})


def in_a_modal(title: str, post: Post) -> View:
    """A message's blocks where there is no message to answer beside; its text says the tables, and
    nothing is posted to a channel from there."""
    kept = [_without_posting(block) for block in post.plain.blocks]
    return modal(ids.TOLD_VIEW, title, kept, submit=None)


def _without_posting(block: Block) -> Block:
    if block["type"] != "actions":
        return block
    posts = {ids.CAMPAIGN_POST, ids.REPORT_POST}
    return block | {
        "elements": [each for each in block["elements"] if each["action_id"] not in posts]
    }


def told(title: str, sentence: str) -> View:
    """A modal that says one sentence, where there is no message to say it beside."""
    return modal(ids.TOLD_VIEW, title, [section(sentence)], submit=None)


def _options(options: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"text": plain(short(clean(label), 75)), "value": value} for label, value in options]
