"""What another playbook would have made of the last weeks: side by side, as text and as a modal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, foreign, modal, section

_A_SECTION = 10
_A_PAGE = 20
"""People on one page of the modal."""
HOW = (
    "Every lead is handed over again, oldest first, by both playbooks, and is taken to be touched "
    "when it was. Messages are those the app would have started with whoever had it: new leads "
    "told at once, lists of batches, reminders by the ladder, morning briefs, up to the cap."
)


@dataclass(frozen=True)
class Pair:
    """One number under the playbook in force, and under the other."""

    before: float
    after: float

    def __str__(self) -> str:
        before, after = (f"{value:,.1f}".removesuffix(".0") for value in (self.before, self.after))
        return before if before == after else f"{before} → {after}"


@dataclass(frozen=True)
class Compared:
    """What one person would have had."""

    name: str
    leads: Pair
    hot: Pair
    """Of them, grade A or B."""
    a_day: Pair
    """Messages on a working day, on average."""
    most: Pair
    """Messages on their fullest day."""


@dataclass(frozen=True)
class Tryout:
    days: int
    leads: int
    people: Sequence[Compared]
    """Those whose lot changes most first."""
    queue: Pair
    late: Pair
    """Leads that were not touched by their due time."""
    newly_late: int
    no_longer_late: int
    strangers: Sequence[str] = ()
    """Addresses of reps the other playbook lists and Slack does not have."""


def summary(tried: Tryout) -> Iterator[str]:
    """What holds for all of them, a sentence a line."""
    if not tried.leads:
        yield f"No lead was handed over in the last {tried.days} days, so there is nothing to try."
        return
    yield f"Of the {tried.leads:,} leads handed over in the last {tried.days} days:"
    yield f"first touches after their due time: {tried.late}{_moved(tried)};"
    yield f"left in the queue: {tried.queue}."
    if tried.strangers:
        more = len(tried.strangers) - 5
        named = ", ".join(tried.strangers[:5]) + (f" and {more} more" if more > 0 else "")
        yield f"Not in Slack, so they get none: {named}."


def _moved(tried: Tryout) -> str:
    if not tried.newly_late and not tried.no_longer_late:
        return ""
    return f" ({tried.newly_late:,} newly late, {tried.no_longer_late:,} no longer)"


def as_text(tried: Tryout) -> str:
    """For a terminal: now → then."""
    lines = [*summary(tried)]
    if tried.people:
        rows = [("", "leads", "A and B", "messages a day", "at most"), *map(_row, tried.people)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["", *(_line(row, widths) for row in rows)]
    return "\n".join([*lines, "", HOW])


def _row(one: Compared) -> tuple[str, ...]:
    return (one.name, *map(str, (one.leads, one.hot, one.a_day, one.most)))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([first, *others]).rstrip()


def counting() -> View:
    """While it is worked out."""
    sentence = "Handing the last weeks over again… this takes a few seconds."
    return modal(ids.TRYOUT_VIEW, "What would change", [section(sentence)], submit=None)


def shown(tried: Tryout, about: str, page: int = 0) -> View:
    """The same in Slack, a page at a time; `about` is the change, for the other pages."""
    blocks = [section("\n".join(foreign(line, 300) for line in summary(tried)))]
    first = page * _A_PAGE
    people = tried.people[first : first + _A_PAGE]
    for start in range(0, len(people), _A_SECTION):
        lines = [_person(one) for one in people[start : start + _A_SECTION]]
        blocks.append(section("\n".join(lines)))
    blocks += _pages(tried, page, about)
    blocks.append(context(f"{HOW} Nothing was changed."))
    return modal(ids.TRYOUT_VIEW, "What would change", blocks, submit=None, about=about)


def _pages(tried: Tryout, page: int, about: str) -> Iterator[Block]:
    last = (len(tried.people) - 1) // _A_PAGE
    if last < 1:
        return
    where = f"Page {page + 1} of {last + 1}, those whose lot changes most first."
    if not about:
        yield context(f"{where} `python -m bot playbook try FILE` shows all.")
        return
    turns = [button("Back", ids.TRYOUT_BACK, str(page - 1))] if page else []
    turns += [button("Show more", ids.TRYOUT_NEXT, str(page + 1))] if page < last else []
    yield actions("pages", *turns)
    yield context(where)


def _person(one: Compared) -> str:
    return (
        f"*{foreign(one.name, 60)}*: {one.leads} leads, A and B {one.hot}; "
        f"messages a day {one.a_day}, at most {one.most}"
    )
