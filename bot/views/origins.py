"""What an action item came from, opened from the item; and its items, shown with a flag or a
dispute."""

from collections.abc import Sequence

from bot.models import Campaign, Flag
from bot.views import ids
from bot.views.blocks import Block, Post, View, context, foreign, modal, on_day, section, told
from bot.views.items import ItemFacts, line

MOST = 10
TITLE = "Where it comes from"


def items_of(items: Sequence[ItemFacts]) -> tuple[list[Block], list[str]]:
    """What was made of it, as blocks and as lines of text; nothing where nothing was."""
    lines = [f"Action item: {line(facts)}" for facts in items[:MOST]]
    if len(items) > MOST:
        lines.append(f"and {len(items) - MOST} more action items.")
    return [context(each) for each in lines], lines


def flag(raised: Flag, campaign: Campaign, items: Sequence[ItemFacts]) -> View:
    """A flag as anybody listed may read it: neither who raised it nor who rated is named."""
    lines = [f"*{foreign(campaign.name, 80)}* was flagged {on_day(raised.raised_at)}."]
    if raised.issue:
        lines.append(f"“{foreign(raised.issue, 300)}”")
    if raised.answer:
        lines.append(f"Marketing answered: “{foreign(raised.answer, 300)}”")
    if raised.change:
        lines.append(f"What changed: “{foreign(raised.change, 300)}”")
    elif raised.closed_at:
        lines.append("It is flagged no more.")
    else:
        lines.append("It stands until marketing says what it changed.")
    blocks, _ = items_of(items)
    return modal(ids.TOLD_VIEW, TITLE, [section("\n".join(lines)), *blocks], submit=None)


def dispute(post: Post) -> View:
    """A dispute as whoever settles or opened it reads it, with nothing to press."""
    blocks = [block for block in post.blocks if block["type"] != "actions"]
    return modal(ids.TOLD_VIEW, TITLE, blocks, submit=None)


def private() -> View:
    """What everybody else is told of a dispute."""
    return told(
        TITLE, "It came from a contested outcome, which the liaison settles with those in it."
    )


def message(link: str | None) -> View:
    """`link`: where the message opens; None = it is not there any more."""
    if link is None:
        return told(TITLE, "The message it came from is not there any more.")
    return told(TITLE, f"<{link}|Open the message> it came from.")
