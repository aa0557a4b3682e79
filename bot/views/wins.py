"""What the channel reads when a lead was won."""

from bot.models import Lead, Person
from bot.views.blocks import Post, escape, foreign, section
from bot.views.handoffs import company


def won(
    lead: Lead, campaign: str | None, marketer: Person | None, rep: Person | None, days: int
) -> Post:
    """None = there is nobody to name, or they want no mention."""
    of = f", from {foreign(campaign, 80)}" if campaign else ""
    by_marketing = f" ({escape(marketer.name)})" if campaign and marketer else ""
    by_sales = f", won by {escape(rep.name)}" if rep else ""
    took = f"{days:,} day{'' if days == 1 else 's'} after it was handed over"
    sentence = f"Won: *{company(lead)}*{of}{by_marketing}{by_sales}, {took}."
    return Post(sentence, [section(sentence)])
