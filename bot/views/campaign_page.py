"""One campaign as people read it: what became of its leads, and what can be opened there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.core.marketing import Number, Side
from bot.core.results import Answer, Result, is_judged, return_on, share
from bot.models import Campaign, Person, RatingValue
from bot.playbook import Playbook
from bot.views import ids, marketing, verdicts
from bot.views.blocks import (
    Block,
    Post,
    actions,
    button,
    chart,
    context,
    escape,
    foreign,
    header,
    on_day,
    overflow,
    section,
    short,
    static_select,
)
from bot.views.campaign_leads import number_called
from bot.views.campaigns import campaign_key, in_window, name_of, per_cent
from bot.views.handoffs import RATINGS
from bot.views.verdicts import Standing


@dataclass(frozen=True)
class One:
    """All that is told of one campaign."""

    campaign: Campaign | None
    """None = leads without origin."""
    result: Result
    ratings: Mapping[RatingValue, int]
    revenue: Mapping[str, Decimal]
    median_minutes: int | None
    side: Side
    """Marketing's, as far as this campaign tells of it."""
    standing: Standing | None
    """None = leads without origin are judged by nobody."""
    words: Sequence[tuple[Answer, str]]
    owner: Person | None = None
    alike: Sequence[str] = field(default_factory=list)
    """Names of other campaigns that differ only in how they are written."""
    preview: str = ""
    """How sales sees it before its launch; empty = nobody was asked."""
    preview_buttons: Sequence[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Dates:
    """When it is, for whoever reads of a campaign."""

    window: str
    closing: datetime
    """What was handed over by then is closed."""
    today: date


def one_campaign(told: One, dates: Dates, playbook: Playbook) -> Post:
    """One campaign, live from its first lead; only the verdict waits."""
    result = told.result
    title = f"{name_of(told.campaign)}, {in_window(dates.window)}"
    about = _about(told)
    lines = [
        _handed_line(told),
        _accepted_line(result),
        _ratings_line(told),
        *(verdicts.lines(told.standing) if told.standing else []),
        _reasons_line(result, playbook),
        _closed_line(told, dates),
        marketing.line_of_one(told.side),
        *([told.preview] if told.preview else []),
    ]
    words = [f"• {_label(playbook, answer)}: “{foreign(said, 150)}”" for answer, said in told.words]
    blocks = [
        header(title),
        context(about),
        section("\n".join(lines)),
        *([section("\n".join(["*Last words of reps*", *words]))] if words else []),
        *([_chart_of_one(result)] if result.handed else []),
        *map(context, _hints(told)),
        *([actions("campaign_preview", *told.preview_buttons)] if told.preview_buttons else []),
        _buttons_of_one(told, dates.window, playbook),
    ]
    text = [escape(title), about, *lines, *words, *_hints(told)]
    return Post("\n".join(text), blocks)


def _about(told: One) -> str:
    campaign = told.campaign
    if campaign is None:
        return "Leads that told nothing of where they came from."
    days = "–".join(f"{day:%d %b %Y}" for day in (campaign.starts_on, campaign.ends_on) if day)
    parts = [
        f"owner {foreign(told.owner.name, 60)}" if told.owner else "no owner",
        days,
        f"judged on {campaign.judge_on:%d %b %Y}" if campaign.judge_on else "",
        f"cost {_money(Decimal(campaign.cost), campaign.currency)}" if campaign.cost else "",
    ]
    return " · ".join(part for part in parts if part)


def _handed_line(told: One) -> str:
    result = told.result
    median = (
        f", half of them within {minutes(told.median_minutes)} of working time"
        if told.median_minutes is not None
        else ""
    )
    return (
        f"*{result.handed:,} handed over*, {result.answered:,} answered, "
        f"{result.touched:,} touched{median}"
    )


def minutes(count: int) -> str:
    """`95` is `1 h 35 min`."""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def _accepted_line(result: Result) -> str:
    percent = share(result.accepted, result.decided)
    told = f"{percent} %" if percent is not None else "–"
    silent = "answer says" if result.undecided == 1 else "answers say"
    apart = f"; {result.undecided:,} {silent} nothing of it" if result.undecided else ""
    return f"*Taken on* {told}: {result.accepted:,} of {result.decided:,} decided{apart}"


def _ratings_line(told: One) -> str:
    counts = ", ".join(f"{told.ratings.get(value, 0):,} {RATINGS[value]}" for value in RatingValue)
    return f"*Ratings* {counts} ({told.result.rated:,} of {told.result.handed:,} rated)"


def _reasons_line(result: Result, playbook: Playbook) -> str:
    reasons = [
        f"{_label(playbook, answer)} {count:,}" for answer, count in [*result.reasons.items()][:8]
    ]
    return f"*Reasons* {' · '.join(reasons) if reasons else 'none so far'}"


def _label(playbook: Playbook, answer: Answer) -> str:
    return foreign(playbook.outcome_label(*answer), 100)


def _closed_line(told: One, dates: Dates) -> str:
    result, campaign = told.result, told.campaign
    judge_on = campaign.judge_on if campaign else None
    until = f"*Handed over by {on_day(dates.closing)}*"
    if not result.closed:
        return f"{until}: none yet, so no verdict"
    plural = "" if result.closed == 1 else "s"
    counted = (
        f"{until}: {result.closed:,} lead{plural}, {result.closed_qualified:,} qualified "
        f"({per_cent(result.closed_qualified, result.closed)}), {result.closed_won:,} won "
        f"({per_cent(result.closed_won, result.closed)})"
    )
    if judge_on and not is_judged(judge_on, dates.today):
        return f"{counted}; no verdict before {judge_on:%d %b %Y}"
    return f"{counted}{_worth(told)}"


def _worth(told: One) -> str:
    """What the wins are worth, and what each unit of cost brought in; in one currency only."""
    worth = ", ".join(_money(amount, currency) for currency, amount in told.revenue.items())
    if not worth:
        return ""
    campaign = told.campaign
    cost = Decimal(campaign.cost) if campaign and campaign.cost else None
    currency = (campaign.currency if campaign else None) or ""
    roi = return_on(cost, told.revenue[currency]) if [*told.revenue] == [currency] else None
    return f", worth {worth}" + (f", ROI {roi}" if roi is not None else "")


def _money(amount: Decimal, currency: str | None) -> str:
    figure = f"{amount:,.2f}".removesuffix(".00")
    return f"{figure} {currency}" if currency else figure


def _hints(told: One) -> list[str]:
    if not told.alike:
        return []
    names = ", ".join(f"“{foreign(name, 60)}”" for name in told.alike[:3])
    return [f"{names} looks like the same campaign: *Merge…* in the menu counts both as one."]


def _chart_of_one(result: Result) -> Block:
    steps = {
        "Handed over": result.handed,
        "Answered": result.answered,
        "Touched": result.touched,
        "Taken on": result.accepted,
    }
    return chart("What became of the leads", [*steps], {"Leads": [*steps.values()]})


def _buttons_of_one(told: One, window: str, playbook: Playbook) -> Block:
    key = f"{window}:{campaign_key(told.campaign)}"
    numbers = [
        (f"{short(number_called(number, playbook), 60)}: {count:,}", f"show:{key}:{number}")
        for number, count in _numbers(told)
        if count
    ]
    menu = [("Edit…", f"edit:{key}"), ("Merge…", f"merge:{key}")]
    leads = static_select(ids.CAMPAIGN_LEADS, numbers[:100], hint="Show the leads of…")
    return actions(
        "campaign",
        *([leads] if numbers else []),
        button("CSV", ids.CAMPAIGN_CSV, key),
        button("Post to channel", ids.CAMPAIGN_POST, key),
        *([overflow(ids.CAMPAIGN_MORE, menu)] if told.campaign else []),
    )


def _numbers(told: One) -> Iterator[tuple[str, int]]:
    """Every number that is shown: its key, and how many leads it counts."""
    result = told.result
    yield "handed", result.handed
    yield "answered", result.answered
    yield "decided", result.decided
    yield "touched", result.touched
    yield "accepted", result.accepted
    yield from ((f"rated:{value}", told.ratings.get(value, 0)) for value in RatingValue)
    for (outcome, detail), count in result.answers.items():
        yield f"outcome:{outcome}:{detail or ''}", count
    yield "closed", result.closed
    yield "closed_qualified", result.closed_qualified
    yield "closed_won", result.closed_won
    for number in (Number.TOP, Number.DATA, Number.UPHELD):
        yield number, told.side.part(number).count
