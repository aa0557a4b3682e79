"""What people read of marketing's side of the board. It names nobody, in a channel or elsewhere."""

from collections.abc import Sequence

from bot.core.marketing import Number, Part, Side
from bot.models import Campaign, Flag
from bot.views import ids
from bot.views.blocks import Block, View, actions, foreign, modal, section, static_select, when

TITLE = "Marketing's side"
ALL = "all"
"""Stands for all campaigns where a campaign's id stands else."""
CALLED = {
    Number.TOP: "Grade A",
    Number.DATA: "Turned down for their data",
    Number.UPHELD: "Disputes upheld",
    Number.ASKS_LATE: "Questions answered late",
    Number.FLAGS_LATE: "Flags answered late",
}


def lines(side: Side, before: str) -> list[str]:
    """All of it; `before` names the time that the change is told from, such as `180 days`."""
    return [
        f"*{TITLE}*",
        f"• Grade A: {_share(side.top, 'leads')}{_change(side, before)}",
        f"• Turned down for their data: {_share(side.data, 'answered')}",
        f"• Disputes upheld: {_upheld(side)}",
        f"• Answered late: {_of(side.asks_late, 'questions')}, {_of(side.flags_late, 'flags')}",
    ]


def line_of_one(side: Side) -> str:
    """Of one campaign: what its leads say. Whether its one owner was late is left out."""
    return (
        f"*{TITLE}* grade A {_share(side.top, 'leads')} · turned down for their data "
        f"{_share(side.data, 'answered')} · disputes upheld {_upheld(side)}"
    )


def _upheld(side: Side) -> str:
    return _of(side.upheld, "settled") if side.upheld.of else "none settled yet"


def _of(part: Part, things: str) -> str:
    return f"{part.count:,} of {part.of:,} {things}" if part.of else f"no {things}"


def _share(part: Part, things: str) -> str:
    return f"{part.share} % ({_of(part, things)})" if part.of else f"no {things} yet"


def _change(side: Side, before: str) -> str:
    points = side.top_change
    if points is None:
        return ""
    if not points:
        return f", as in the {before} before"
    word = "point" if abs(points) == 1 else "points"
    return f", {abs(points)} {word} {'more' if points > 0 else 'less'} than in the {before} before"


def menu(side: Side, window: str) -> list[Block]:
    """Opens what stands behind each number; nothing where all are zero."""
    options = [
        (f"{CALLED[number]}: {side.part(number).count:,}", f"show:{window}:{ALL}:{number}")
        for number in Number
        if side.part(number).count
    ]
    if not options:
        return []
    return [actions("marketing", static_select(ids.CAMPAIGN_LEADS, options, hint="Show what…"))]


def late_flags(found: Sequence[tuple[Flag, Campaign]]) -> View:
    """The campaigns whose flags were answered late, or not yet; who was to answer is not told."""
    told = [section(_late_flag(flag, campaign)) for flag, campaign in found]
    title = section(f"*{CALLED[Number.FLAGS_LATE]}*: {len(found)}")
    return modal(ids.CAMPAIGN_LEADS_VIEW, "Flags", [title, *told], submit=None)


def _late_flag(flag: Flag, campaign: Campaign) -> str:
    done = flag.answered_at or flag.closed_at
    answered = f"answered {when(done)}" if done else "no answer so far"
    return (
        f"*{foreign(campaign.name, 80)}*\nFlagged {when(flag.raised_at)}, "
        f"to be answered by {when(flag.due_at)}; {answered}"
    )
