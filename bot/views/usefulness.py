"""What became of messages: the admins' table, and the one suggestion a week."""

from collections.abc import Collection, Mapping

from bot.core.usefulness import Count, Kind
from bot.views import ids
from bot.views.blocks import (
    Post,
    actions,
    button,
    context,
    header,
    section,
    table_block,
)

_NAMES = {
    "lead_dm": "new leads",
    "nudge": "reminders",
    "follow_up": "next steps",
    "batch_list": "lists of an event's leads",
    "batch_nudge": "reminders of an event's leads",
    "ask": "questions of sales",
    "offer": "offers of a lead",
    "brief": "morning briefs",
    "manager_list": "managers' lists",
}
_SECTION = {"nudge": "ladder", "batch_nudge": "ladder", "follow_up": "timing"}
"""Where the playbook says how often a kind is sent; `attention` for the rest."""
_COLUMNS = ("Message", "Sent", "Acted on", "Snoozed", "Ignored")
_HOW = (
    "Of the last two weeks. Acted on: its reader did something about the lead within a working "
    "hour of theirs. Ignored: neither that nor a snooze; they may have come to it later. Of news "
    "it is counted only that they were sent."
)


def table(counts: Mapping[Kind, Count], judged: Collection[str]) -> Post:
    """A line for each kind of message, most sent first."""
    if not counts:
        empty = "No message was shown for a working hour yet; look again tomorrow."
        return Post(empty, [section(empty)])
    by_sent = sorted(counts.items(), key=lambda each: (-each[1].sent, str(each[0])))
    rows = [
        [name(kind), *_cells(count, is_judged=kind.message in judged)] for kind, count in by_sent
    ]
    said = [f"{cells[0]}: {', '.join(_said(cells))}" for cells in rows]
    title = "Were my messages of use?"
    blocks = [header(title), table_block([list(_COLUMNS), *rows[:90]]), context(_HOW)]
    return Post("\n".join([title, *said, _HOW]), blocks)


def _cells(count: Count, *, is_judged: bool) -> list[str]:
    if not is_judged:
        return [f"{count.sent:,}", "–", "–", "–"]
    share = f"{count.acted:,} ({count.share:.0%})"
    return [f"{count.sent:,}", share, f"{count.snoozed:,}", f"{count.ignored:,}"]


def _said(cells: list[str]) -> list[str]:
    pairs = zip(_COLUMNS[1:], cells[1:], strict=True)
    return [f"{label.lower()} {cell}" for label, cell in pairs if cell != "–"]


def name(kind: Kind) -> str:
    """As a reader calls it: `Reminders, step 1, of C leads`."""
    words = _NAMES.get(kind.message, kind.message.replace("_", " "))
    step = f", step {kind.step}" if kind.step else ""
    grade = f", of {kind.grade} leads" if kind.grade else ""
    return f"{words[:1].upper()}{words[1:]}{step}{grade}"


def suggestion(kind: Kind, count: Count, at: float | None, version: int) -> Post:
    """`at` is the share of the clock at which the playbook has that reminder sent."""
    section_ = _SECTION.get(kind.message, "attention")
    what = _NAMES.get(kind.message, kind.message.replace("_", " "))
    what = f"{at:.0%} {what}" if at else what
    leads = f" to {kind.grade} leads" if kind.message == "nudge" and kind.grade else ""
    leads = leads or (f" of grade {kind.grade}" if kind.grade else "")
    sentence = (
        f"*{what[:1].upper()}{what[1:]}{leads}*: {count.ignored} of {count.sent} were ignored "
        f"for a working hour in the last two weeks, {count.acted} acted on. {_instead(kind)}"
    )
    change = button("Change the playbook…", ids.BOOK_EDIT, f"{section_}:{version}")
    return Post(sentence, [section(sentence), actions(f"suggestion:{section_}", change)])


def _instead(kind: Kind) -> str:
    if kind.message in {"nudge", "batch_nudge"}:
        return "In the brief instead, or later?"
    if kind.message == "lead_dm":
        return "In the brief instead?"
    if kind.message == "follow_up":
        return "On another day?"
    return "Fewer of them?"
