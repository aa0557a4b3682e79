"""The rehearsal of `/liaison try`: what is said before it, and its made-up lead."""

from datetime import datetime, timedelta

from bot.views import ids
from bot.views.blocks import Post, actions, button, context, section

ANSWER = (
    "A rehearsal begins in our direct messages: a made-up lead goes through the whole ladder in a "
    "minute. Nobody else hears of it."
)


def intro(lasts: timedelta) -> Post:
    """Stands above it, with the way out."""
    lines = [
        "*A rehearsal.* A made-up lead is yours, and a working day passes in forty seconds: its "
        "card, the message to you, a reminder at 80 % of its four hours, one at 100 %, the "
        "question to colleagues at 150 %, and in the next morning your manager's list.",
        "What would go to somebody else says so, and its buttons act for them. *Log touch* or "
        "*Outcome…* ends the reminders whenever you like.",
    ]
    minutes = round(lasts.total_seconds() / 60)
    why = (
        "Why me? You typed `/liaison try`. Nobody else reads any of it, no report counts it, and "
        f"{minutes} minutes after its beginning it is taken away."
    )
    text = "\n".join(lines)
    remove = button("Remove it now", ids.WALK_REMOVE, "remove")
    return Post(f"{text}\n{why}", [section(text), actions("walk", remove), context(why)])


def sample(owner: str | None, at: datetime, grade: str) -> dict[str, object]:
    """The lead, as an event of the webhook tells one."""
    return {
        "lead_id": "try",
        "company": "Northwind Traders",
        "first_name": "Jane",
        "last_name": "Sample",
        "title": "Head of Procurement",
        "email": "jane@example.com",
        "phone": "+1 555 0100",
        "reason": "asked for a demo",
        "campaign": "Spring webinar",
        "grade": grade,
        "owner": owner,
        "occurred_at": at.isoformat(),
    }
