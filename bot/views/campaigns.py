"""What people read of campaigns: the table of all, one of them, and the leads behind a number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.core.marketing import Number, Side
from bot.core.results import COHORT, Answer, Result, is_judged, return_on, share
from bot.models import Campaign, Person, RatingValue
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids, marketing
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    chart,
    clean,
    context,
    escape,
    foreign,
    header,
    modal,
    on_day,
    overflow,
    section,
    short,
    static_select,
    table_block,
)
from bot.views.handoffs import RATINGS, company

NO_ORIGIN = "No origin"
NONE_ID = "none"
"""Stands for *no origin* where a campaign's id stands else."""
MOST_ROWS = 20
CHARTED = 6
LABEL = 20
"""Characters of a label in a chart."""
PAGE = 10

HELP = (
    "`/campaign` shows all campaigns of the last 180 days; `/campaign all`, or `/campaign 30d`.\n"
    "`/campaign Spring webinar` shows one: what became of its leads, ratings, reasons, and the "
    "last things reps wrote.\n"
    "`/campaign No origin` shows the leads that told nothing of where they came from.\n"
    "`/campaign flag Spring webinar` tells marketing what is wrong with its leads.\n"
    "`/campaign preview Spring webinar` asks reps before its launch: OK, or a concern.\n"
    "Every number opens its leads; a campaign's menu edits it, or merges it into another."
)


@dataclass(frozen=True)
class Line:
    """One campaign in the table."""

    name: str
    id: str
    result: Result
    ratings: Mapping[RatingValue, int]


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
    words: Sequence[tuple[Answer, str]]
    owner: Person | None = None
    alike: Sequence[str] = field(default_factory=list)
    """Names of other campaigns that differ only in how they are written."""
    preview: str = ""
    """How sales sees it before its launch; empty = nobody was asked."""
    preview_buttons: Sequence[Block] = field(default_factory=list)


def campaign_key(campaign: Campaign | None) -> str:
    return campaign.id if campaign else NONE_ID


def name_of(campaign: Campaign | None) -> str:
    """As it is; whoever puts it into mrkdwn escapes it."""
    return short(clean(campaign.name), 80) if campaign else NO_ORIGIN


def all_campaigns(lines: Sequence[Line], side: Side, window: str, closing: datetime) -> Post:
    """The table, with a chart of the largest, and marketing's side."""
    if not lines:
        sentence = f"No lead was handed over {_when(window)}; try `/campaign all`."
        return Post(sentence, [section(sentence)])
    title = f"Campaigns, {_when(window)}"
    shown, rest = lines[:MOST_ROWS], lines[MOST_ROWS:]
    told = [_as_text(line) for line in shown]
    notes = [_cohort_note(closing)]
    if rest:
        more = sum(line.result.handed for line in rest)
        notes.append(f"And {len(rest)} smaller campaigns with {more:,} leads: they are in the CSV.")
    of_marketing = marketing.lines(side, f"{window.removesuffix('d')} days")
    blocks = [
        header(title),
        _table(shown),
        _chart_of_all(lines),
        *map(context, notes),
        _buttons_of_all(lines, window),
        section("\n".join(of_marketing)),
        *marketing.menu(side, window),
    ]
    return Post("\n".join([title, *told, *notes, *of_marketing]), blocks)


def _when(window: str) -> str:
    if window == "all":
        return "all time"
    return f"the last {window.removesuffix('d')} days"


def _cohort_note(closing: datetime) -> str:
    return (
        f"Qualified and won are counted of leads handed over by {on_day(closing)}, "
        f"{COHORT.days} days ago: younger ones have had their wins and not yet their losses."
    )


_COLUMNS = ("Campaign", "Leads", "Touched", "Taken on", "Rated bad", "Qualified", "Won")


def _table(lines: Sequence[Line]) -> Block:
    rows = [[short(clean(line.name), 40), *_cells(line)] for line in lines]
    return table_block([list(_COLUMNS), *rows])


def _cells(line: Line) -> list[str]:
    result = line.result
    rated = sum(line.ratings.values())
    bad = line.ratings.get(RatingValue.BAD, 0)
    return [
        f"{result.handed:,}",
        _share(result.touched, result.handed),
        _of(result.accepted, result.decided),
        _of(bad, rated),
        _of(result.closed_qualified, result.closed),
        _of(result.closed_won, result.closed),
    ]


def _as_text(line: Line) -> str:
    cells = ", ".join(
        f"{label.lower()} {cell}"
        for label, cell in zip(_COLUMNS[2:], _cells(line)[1:], strict=True)
    )
    return f"{foreign(line.name, 60)}: {line.result.handed:,} leads, {cells}"


def _share(part: int, whole: int) -> str:
    percent = share(part, whole)
    return "–" if percent is None else f"{percent} %"


def _of(part: int, whole: int) -> str:
    """Never a share without what it is a share of."""
    return f"{part:,} of {whole:,}" if whole else "–"


def _chart_of_all(lines: Sequence[Line]) -> Block:
    largest = lines[:CHARTED]
    labels = _labels(line.name for line in largest)
    series = {
        "Leads": [line.result.handed for line in largest],
        "Touched": [line.result.touched for line in largest],
        "Taken on": [line.result.accepted for line in largest],
    }
    return chart("The largest campaigns, in leads", labels, series)


def _labels(names: Iterable[str]) -> list[str]:
    """Each short enough for a chart, and different from all others."""
    labels: list[str] = []
    for name in names:
        label = short(name, LABEL)
        if label in labels:
            label = f"{short(name, LABEL - 4)} ({len(labels)})"
        labels.append(label)
    return labels


def _buttons_of_all(lines: Sequence[Line], window: str) -> Block:
    options = [(short(line.name, 75), f"show:{window}:{line.id}") for line in lines[:100]]
    menu = static_select(ids.CAMPAIGN_OPEN, options, hint="Open a campaign…")
    return actions(
        "campaigns",
        menu,
        button("CSV", ids.CAMPAIGN_CSV, window),
        button("Post to channel", ids.CAMPAIGN_POST, window),
    )


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
    title = f"{name_of(told.campaign)}, {_when(dates.window)}"
    about = _about(told)
    lines = [
        _handed_line(told),
        _accepted_line(result),
        _ratings_line(told),
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
        f", half of them within {_minutes(told.median_minutes)} of working time"
        if told.median_minutes is not None
        else ""
    )
    return (
        f"*{result.handed:,} handed over*, {result.answered:,} answered, "
        f"{result.touched:,} touched{median}"
    )


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def _accepted_line(result: Result) -> str:
    percent = share(result.accepted, result.decided)
    told = f"{percent} %" if percent is not None else "–"
    apart = f"; {result.undecided:,} answers say nothing of it" if result.undecided else ""
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
    counted = (
        f"{until}: {result.closed:,} leads, {result.closed_qualified:,} qualified "
        f"({_share(result.closed_qualified, result.closed)}), {result.closed_won:,} won "
        f"({_share(result.closed_won, result.closed)})"
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


_CALLED = {
    "handed": "Handed over",
    "answered": "Answered",
    "touched": "Touched",
    "accepted": "Taken on",
    "decided": "Decided",
    "closed": "Closed, in all",
    "closed_qualified": "Closed, qualified",
    "closed_won": "Closed, won",
}


def number_called(number: str, playbook: Playbook) -> str:
    """What a number is called, by its key."""
    name, _, rest = number.partition(":")
    if name == "rated":
        return f"Rated {RATINGS[rest]}"
    if name == "outcome":
        outcome, _, detail = rest.partition(":")
        return playbook.outcome_label(outcome, detail or None)
    return marketing.CALLED[Number(name)] if name in {*Number} else _CALLED[name]


@dataclass(frozen=True)
class Behind:
    """A page of the leads behind a number."""

    title: str
    count: int
    page: int
    """Counted from 0."""
    leads: Sequence[HandoffFacts]
    about: str
    """Campaign, window and number: what another page is asked by."""


def leads_behind(behind: Behind, reader: Person, playbook: Playbook) -> View:
    """Who had a lead is told to nobody but them and their manager."""
    first = behind.page * PAGE
    shown = f"{first + 1:,}–{first + len(behind.leads):,} of {behind.count:,}"
    blocks = [
        section(
            f"*{foreign(behind.title, 100)}*: {shown if behind.count > PAGE else behind.count}"
        ),
        *(section(_lead(facts, reader, playbook)) for facts in behind.leads),
    ]
    pages = []
    if behind.page:
        pages.append(button("Back", ids.CAMPAIGN_PAGE_BACK, f"{behind.page - 1}:{behind.about}"))
    if first + PAGE < behind.count:
        pages.append(button("Next", ids.CAMPAIGN_PAGE, f"{behind.page + 1}:{behind.about}"))
    if pages:
        blocks.append(actions("pages", *pages))
    return modal(ids.CAMPAIGN_LEADS_VIEW, "Leads", blocks, submit=None)


def _lead(facts: HandoffFacts, reader: Person, playbook: Playbook) -> str:
    handoff = facts.handoff
    outcome = handoff.outcome and playbook.outcome_label(handoff.outcome, handoff.outcome_detail)
    words = f" “{foreign(handoff.outcome_words, 150)}”" if handoff.outcome_words else ""
    stage = f"{escape(outcome)}{words}" if outcome else handoff.stage.value
    mine = facts.actor and reader.id in {facts.actor.id, facts.actor.manager_id}
    who = f" · {escape(facts.actor.name)}" if facts.actor and mine else ""
    given = f"grade {handoff.grade}, handed over {on_day(handoff.handed_at)}"
    return f"*{company(facts.lead)}* · {given}{who}\n{stage}"
