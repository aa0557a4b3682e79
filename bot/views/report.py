"""The two-way board: each side's numbers with their targets, week by week, and what is behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.board import MARKETING, SALES, Board, Number, Parts, Standing, standing
from bot.core.marketing import Part
from bot.models import Flag, Person
from bot.playbook import Playbook, Report
from bot.views import campaign_leads, ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    chart,
    context,
    foreign,
    header,
    modal,
    on_day,
    section,
    static_select,
    when,
)
from bot.views.campaign_leads import PAGE, Behind
from bot.views.campaign_page import minutes

__all__ = ["PAGE", "leads_behind"]

USUAL_DAYS = 30
PERIODS = (7, 30, 90, 180, 365)
SIDES: Mapping[str, Sequence[Number]] = {"Sales": SALES, "Marketing": MARKETING}
WHICH = ("kept", "missed")
_CALLED = {
    Number.IN_TIME: ("First touch in time", "First touch late or open"),
    Number.TOUCHED: ("Touched or answered", "Never touched"),
    Number.REASONS: ("Turned down with a reason", "Ended without a reason"),
    Number.COMPLETE: ("Data complete", "Something missing"),
    Number.ASKS: ("Questions answered in time", "Questions late or open"),
    Number.FLAGS: ("Flags answered in time", "Flags late or open"),
    Number.DISPUTES: ("Disputes settled in time", "Disputes late or open"),
}
"""What a number counts, and what it misses."""
_SHORT = {
    Number.IN_TIME: "in time",
    Number.TOUCHED: "touched",
    Number.REASONS: "reasons",
    Number.COMPLETE: "data",
    Number.ASKS: "questions",
    Number.FLAGS: "flags",
    Number.DISPUTES: "disputes",
}
HOW = (
    "Counted by when each began: a lead by when it was handed over. What was due and never "
    "answered counts as missed; what is not due yet counts nowhere. The targets stand in the "
    "playbook under `[report]`."
)


@dataclass(frozen=True)
class Dates:
    """Which time is told of."""

    days: int
    since: datetime
    now: datetime


def target_of(number: Number, targets: Report) -> float:
    target: float = getattr(targets, number.value)
    return target


def called(number: Number, *, kept: bool) -> str:
    return _CALLED[number][0 if kept else 1]


def board(counted: Board, dates: Dates, targets: Report) -> Post:
    """The team's numbers, which name nobody."""
    title = f"Sales and marketing, the last {dates.days} days"
    about = f"{on_day(dates.since)} to {on_day(dates.now)} · {counted.handed:,} leads handed over"
    if not counted.handed and not any(part.of for part in counted.parts.values()):
        sentence = f"Nothing was handed over in the last {dates.days} days."
        shown = [header(title), section(sentence), actions("report", _periods(dates.days))]
        return Post(f"{title}\n{sentence}", shown)
    sides = [_side(name, numbers, counted, targets) for name, numbers in SIDES.items()]
    weeks = _weeks(counted)
    blocks = [
        header(title),
        context(about),
        *(section("\n".join(lines)) for lines in sides),
        _trend(counted),
        section("\n".join(weeks)),
        context(HOW),
        _buttons(counted.parts, dates.days),
    ]
    text = [title, about, *(line for lines in sides for line in lines), *weeks, HOW]
    return Post("\n".join(text), blocks)


def _side(name: str, numbers: Sequence[Number], counted: Board, targets: Report) -> list[str]:
    told = {number: _line(number, counted.parts[number], targets) for number in numbers}
    below = sum(
        standing(counted.parts[number], target_of(number, targets)) is Standing.BELOW
        for number in numbers
    )
    how = f"{below} below target" if below else "nothing below target"
    extra = [_median(counted)] if name == "Sales" else _top(counted)
    return [f"*{name}*: {how}", *told.values(), *extra]


def _line(number: Number, part: Part, targets: Report) -> str:
    target = target_of(number, targets)
    how = standing(part, target)
    if how is Standing.NOTHING:
        return f"• {called(number, kept=True)}: nothing to count"
    says = f"*{how}*" if how is Standing.BELOW else how
    return (
        f"• {called(number, kept=True)}: {part.share} % ({part.count:,} of {part.of:,}), "
        f"target {round(100 * target)} %: {says}"
    )


def _median(counted: Board) -> str:
    if not counted.parts[Number.TOUCHED].of:
        return "• Half touched within: nothing to count"
    if counted.median_minutes is None:
        return "• No median: more than half are untouched"
    within = minutes(counted.median_minutes)
    return f"• Half touched within {within} of working time, the untouched counted in"


def _top(counted: Board) -> list[str]:
    if not counted.handed:
        return []
    part = Part(counted.top, counted.handed)
    return [f"• Grade A: {part.share} % ({part.count:,} of {part.of:,}), no target"]


def _weeks(counted: Board) -> list[str]:
    """A line for each week from the first with something to count in it, with its shares."""
    lines: list[str] = []
    for monday, parts in counted.weeks.items():
        shares = " · ".join(
            f"{_SHORT[number]} {part.share} %" for number, part in parts.items() if part.of
        )
        if shares or lines:
            lines.append(f"{monday:%d %b}: {shares or 'nothing to count'}")
    return ["*Week by week*", *lines]


def _trend(counted: Board) -> Block:
    """What each side answers for first: a week without any is drawn as nothing."""
    drawn = {"First touch in time": Number.IN_TIME, "Data complete": Number.COMPLETE}
    series = {
        name: [parts[number].share or 0 for parts in counted.weeks.values()]
        for name, number in drawn.items()
    }
    return chart(
        "Week by week, in per cent", [f"{monday:%d %b}" for monday in counted.weeks], series
    )


def _buttons(parts: Parts, days: int) -> Block:
    options = [
        (f"{called(number, kept=kept)}: {count:,}", f"show:{days}:{number}:{which}")
        for number, part in parts.items()
        for which, kept, count in (("missed", False, part.missed), ("kept", True, part.count))
        if count
    ]
    leads = static_select(ids.REPORT_LEADS, options, hint="Show the leads of…")
    return actions(
        "report",
        *([leads] if options else []),
        _periods(days),
        button("CSV", ids.REPORT_CSV, str(days)),
        button("Post to channel", ids.REPORT_POST, str(days)),
    )


def _periods(days: int) -> Block:
    options = [(f"The last {each} days", f"show:{each}") for each in sorted({*PERIODS, days})]
    return static_select(ids.REPORT_PERIOD, options, f"show:{days}", hint="Another period…")


def leads_behind(behind: Behind, reader: Person, playbook: Playbook) -> View:
    """Who had a lead is told to nobody but them and their manager."""
    turns = (ids.REPORT_PAGE_BACK, ids.REPORT_PAGE)
    return campaign_leads.leads_behind(behind, reader, playbook, turns)


def flags(found: Sequence[tuple[str, Flag]], *, kept: bool) -> View:
    """The campaigns whose flags a number counts; who was to answer is not told."""
    lines = [section(_flag(name, flag)) for name, flag in found]
    nothing = [section("None.")] if not found else []
    title = section(f"*{called(Number.FLAGS, kept=kept)}*: {len(found)}")
    return modal(ids.REPORT_FLAGS_VIEW, "Flags", [title, *lines, *nothing], submit=None)


def _flag(name: str, flag: Flag) -> str:
    answered = f"answered {when(flag.answered_at)}" if flag.answered_at else "no answer so far"
    return (
        f"*{foreign(name, 80)}*\nFlagged {when(flag.raised_at)}, to be answered by "
        f"{when(flag.due_at)}; {answered}"
    )
