"""Presses on a hand-off's card."""

from bot import queries
from bot.services import handoffs
from bot.views import handoffs as views
from handlers.press import Press


def claim(press: Press) -> None:
    handoffs.claim(press.desk.liaison, press.handoff_id, press.by)


def open_history(press: Press) -> None:
    """Everybody may read what happened; it names no contact data, and nobody's reminders."""
    liaison = press.desk.liaison
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, press.handoff_id)
        rows = queries.history_for(tx, facts.handoff, press.by)
        names = queries.names(tx, liaison.team_id, rows)
    press.open(views.history(facts, rows, names))
