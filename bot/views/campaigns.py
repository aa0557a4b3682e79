"""What people read of all campaigns: a line for each, and a chart of the largest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.marketing import Side
from bot.core.results import COHORT, Result, share
from bot.models import Campaign, RatingValue
from bot.views import ids, marketing, verdicts
from bot.views.blocks import (
    Block,
    Post,
    actions,
    button,
    chart,
    clean,
    context,
    foreign,
    header,
    on_day,
    section,
    short,
    static_select,
    table_block,
)
from bot.views.brief import Item
from bot.views.verdicts import Standing

NO_ORIGIN = "No origin"
NONE_ID = "none"
"""Stands for *no origin* where a campaign's id stands else."""
MOST_ROWS = 20
CHARTED = 6
LABEL = 20
"""Characters of a label in a chart."""

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
    standing: Standing | None
    """None = leads without origin are judged by nobody."""


def campaign_key(campaign: Campaign | None) -> str:
    return campaign.id if campaign else NONE_ID


def name_of(campaign: Campaign | None) -> str:
    """As it is; whoever puts it into mrkdwn escapes it."""
    return short(clean(campaign.name), 80) if campaign else NO_ORIGIN


def all_campaigns(lines: Sequence[Line], side: Side, window: str, closing: datetime) -> Post:
    """The table, with a chart of the largest, and marketing's side."""
    if not lines:
        sentence = f"No lead was handed over {in_window(window)}; try `/campaign all`."
        return Post(sentence, [section(sentence)])
    title = f"Campaigns, {in_window(window)}"
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


def item(campaign: Campaign, result: Result | None) -> Item:
    """A campaign as a line of App Home; None = it had no leads of late."""
    name = f"*{foreign(campaign.name, 80)}*"
    show = (button("Show", ids.CAMPAIGN_SHOW, campaign.id),)
    if result is None:
        return Item(f"{name}: no lead in the last 180 days", show)
    taken_on = part_of(result.accepted, result.decided)
    counts = f"{result.handed:,} handed over, {result.answered:,} answered, taken on {taken_on}"
    return Item(f"{name}: {counts}", show)


def in_window(window: str) -> str:
    if window == "all":
        return "all time"
    return f"the last {window.removesuffix('d')} days"


def _cohort_note(closing: datetime) -> str:
    return (
        f"Qualified and won are counted of leads handed over by {on_day(closing)}, "
        f"{COHORT.days} days ago: younger ones have had their wins and not yet their losses."
    )


_COLUMNS = ("Campaign", "Leads", "Flag", "Taken on", "Rated bad", "Touched", "Qualified", "Won")


def _table(lines: Sequence[Line]) -> Block:
    rows = [[short(clean(line.name), 40), *_cells(line)] for line in lines]
    return table_block([list(_COLUMNS), *rows])


def _cells(line: Line) -> list[str]:
    result = line.result
    rated = sum(line.ratings.values())
    bad = line.ratings.get(RatingValue.BAD, 0)
    return [
        f"{result.handed:,}",
        verdicts.cell(line.standing) if line.standing else "–",
        part_of(result.accepted, result.decided),
        part_of(bad, rated),
        per_cent(result.touched, result.handed),
        part_of(result.closed_qualified, result.closed),
        part_of(result.closed_won, result.closed),
    ]


def _as_text(line: Line) -> str:
    cells = ", ".join(
        f"{label.lower()} {cell}"
        for label, cell in zip(_COLUMNS[2:], _cells(line)[1:], strict=True)
    )
    count = line.result.handed
    return f"{foreign(line.name, 60)}: {count:,} lead{'' if count == 1 else 's'}, {cells}"


def per_cent(part: int, whole: int) -> str:
    percent = share(part, whole)
    return "–" if percent is None else f"{percent} %"


def part_of(part: int, whole: int) -> str:
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
