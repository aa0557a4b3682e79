"""Whether a campaign is flagged, in a cell and in a line; or what a verdict still needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.quality import ENOUGH_RATERS, ENOUGH_RATINGS, SoFar
from bot.core.results import is_judged
from bot.models import Flag, FlagKind
from bot.views.blocks import foreign, when
from bot.views.flags import WORDS


@dataclass(frozen=True)
class Standing:
    """What is said of a campaign today."""

    flags: Sequence[Flag]
    """Those that are not closed."""
    so_far: SoFar
    judge_on: date | None
    today: date


def cell(standing: Standing) -> str:
    """In the table, under *Flag*."""
    if standing.flags:
        return "flagged"
    if standing.judge_on and not is_judged(standing.judge_on, standing.today):
        return f"from {standing.judge_on:%d %b}"
    return _missing(standing.so_far) or "none"


def lines(standing: Standing) -> list[str]:
    """On the campaign's page; empty before its judge-on day, of which the page tells anyhow."""
    if standing.flags:
        return [_flag(flag) for flag in standing.flags]
    if standing.judge_on and not is_judged(standing.judge_on, standing.today):
        return []
    so_far = standing.so_far
    if missing := _missing(so_far):
        return [f"*Flag* none yet: {missing} so far, by which it could be judged"]
    return [f"*Flag* none: {so_far.ratings:,} ratings by {so_far.raters:,} people in 90 days"]


def _missing(so_far: SoFar) -> str:
    """Empty = nothing."""
    if so_far.ratings < ENOUGH_RATINGS:
        return f"{so_far.ratings} of {ENOUGH_RATINGS} ratings"
    if so_far.raters < ENOUGH_RATERS:
        return f"{so_far.raters} of {ENOUGH_RATERS} raters"
    return ""


def _flag(flag: Flag) -> str:
    since, n = when(flag.raised_at), flag.figures
    if flag.kind is FlagKind.NUMBERS:
        told = f"{n['bad']} of {n['ratings']} ratings bad, where {n['expected']} would be usual"
        return f"*Flagged* by its ratings since {since}: {told}"
    if flag.kind is FlagKind.ACCEPTANCE:
        return f"*Flagged* since {since}: sales took on {n['accepted']} of {n['decided']} in a week"
    return f"*Flagged* by hand since {since}: “{foreign(flag.issue or '', WORDS)}”"
