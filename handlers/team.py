"""The team's numbers on App Home, and the leads behind them."""

from bot.services import team
from handlers.press import Press


def show_leads(press: Press) -> None:
    """The value is a number's key, or a rep."""
    press.open(team.leads_behind(press.desk.liaison, press.handoff_id, 0, press.by))


def turn_page(press: Press) -> None:
    page, _, about = press.handoff_id.partition(":")
    press.update(team.leads_behind(press.desk.liaison, about, int(page), press.by))
