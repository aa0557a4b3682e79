"""How the team stands, as its managers read it on App Home."""

from collections.abc import Mapping

from bot.models import Person
from bot.playbook import Playbook
from bot.views import campaign_leads, ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    escape,
    header,
    section,
    static_select,
)
from bot.views.brief import Item
from bot.views.campaign_leads import PAGE, Behind

__all__ = ["CALLED", "OF_A_REP", "PAGE", "leads_behind", "numbers", "rep"]

CALLED = {
    "open": "Open with reps",
    "overdue": "First touch overdue",
    "today": "First touch due today",
    "silent": "Silent",
    "queue": "In the queue",
}
OF_A_REP = ("open", "overdue", "today")


def numbers(counts: Mapping[str, int]) -> list[Block]:
    """Every number, and a menu that opens its leads."""
    lines = " · ".join(f"{CALLED[name]} {count:,}" for name, count in counts.items())
    options = [
        (f"{CALLED[name]}: {count:,}", f"show:{name}") for name, count in counts.items() if count
    ]
    blocks = [header("The team now"), section(lines)]
    if not options:
        return [*blocks, context("Nothing is open. New leads count here as they come.")]
    menu = static_select(ids.TEAM_LIST, options, hint="Show the leads of…")
    return [*blocks, actions("team", menu)]


def rep(person: Person, counts: Mapping[str, int]) -> Item:
    """One of the reader's own reps."""
    name = f"*{escape(person.name)}*"
    if not counts.get("open"):
        return Item(f"{name}: nothing open")
    text = (
        f"{name}: {counts['open']:,} open, {counts['overdue']:,} overdue, "
        f"{counts['today']:,} due today"
    )
    return Item(text, (button("Show", ids.TEAM_LEADS, f"rep:{person.id}"),))


def leads_behind(behind: Behind, reader: Person, playbook: Playbook) -> View:
    """Who has a lead is told to nobody but them and their manager."""
    turns = (ids.TEAM_PAGE_BACK, ids.TEAM_PAGE)
    return campaign_leads.leads_behind(behind, reader, playbook, turns)
