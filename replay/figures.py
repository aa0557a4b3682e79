"""What public analyses of the Olist set count, counted anew from the bot's rows."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.lifecycle import Stage
from bot.models import Handoff
from replay.books import Books
from replay.checks import Finding


def olist_figures(books: Books) -> dict[str, object]:
    """By the names the published figures have."""
    won = [handoff for handoff in books.handoffs if handoff.stage is Stage.WON]
    handed_on = sorted(handoff.handed_at.date().isoformat() for handoff in books.handoffs)
    won_at = sorted(handoff.outcome_at for handoff in won if handoff.outcome_at)
    early = [w for w in won if w.outcome_at and w.outcome_at.date() < w.handed_at.date()]
    return {
        "leads": len(books.handoffs),
        "won": len(won),
        "by_origin": _by_origin(books.handoffs, won),
        "missing_origin": sum(handoff.source is None for handoff in books.handoffs),
        "won_before_first_contact": len(early),
        "first_lead": handed_on[0],
        "last_lead": handed_on[-1],
        "first_won": f"{won_at[0]:%Y-%m-%d %H:%M:%S}",
        "last_won": f"{won_at[-1]:%Y-%m-%d %H:%M:%S}",
        "landing_pages": len({handoff.utm.get("content") for handoff in books.handoffs}),
    }


def _by_origin(all_of_them: tuple[Handoff, ...], won: list[Handoff]) -> dict[str, list[int]]:
    leads = Counter(handoff.source or "(missing)" for handoff in all_of_them)
    wins = Counter(handoff.source or "(missing)" for handoff in won)
    return {origin: [leads[origin], wins[origin]] for origin in sorted(leads)}


def agree(books: Books, published: Mapping[str, object]) -> Finding:
    """Every figure we count is the published one."""
    counted = olist_figures(books)
    wrong = [
        f"{name}: {figure}, published {published.get(name)}"
        for name, figure in counted.items()
        if figure != published.get(name)
    ]
    return Finding("the figures are the published ones", len(counted), tuple(wrong))


def campaigns_agree(books: Books, published: Mapping[str, Any]) -> Finding:
    """What `/campaign all` tells of each origin is published too; no origin and "unknown" are two
    lines."""
    counted = {name or "(missing)": [*figures] for name, figures in books.campaigns.items()}
    wrong = [
        f"{origin}: {counted.get(origin)}, published {published['by_origin'].get(origin)}"
        for origin in sorted({*counted, *published["by_origin"]})
        if counted.get(origin) != published["by_origin"].get(origin)
    ]
    promise = "/campaign counts the leads and wins of each origin as published"
    return Finding(promise, len(counted), tuple(wrong))


def published_figures(file: Path) -> dict[str, Any]:
    """Those of the Olist set. Raises OSError when the file cannot be read."""
    figures: dict[str, Any] = json.loads(file.read_text("utf-8"))["olist"]
    return figures
