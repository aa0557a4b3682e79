"""What is mine: App Home, the leads opened from it, and `/lead`."""

from functools import partial
from typing import Any

from bot import queries
from bot.delivery import homes
from bot.services import home
from bot.views import home as views
from bot.views import ids
from handlers.command import Command
from handlers.desk import Desk
from handlers.press import Press

HELP = (
    "`/lead` lists the leads that are open with you, soonest due first.\n"
    "`/lead acme` finds leads by company; your own by a person's name or e-mail too.\n"
    "`/lead new` hands a lead over by hand.\n"
    "Answer one with the buttons in my message about it: Accept, Log touch, Outcome…"
)
_LISTED = 15


def my_leads(command: Command) -> str:
    liaison = command.desk.liaison
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, command.by)
        mine = queries.open_of(tx, liaison.team_id, command.by, _LISTED)
    return views.my_list(person, mine, liaison.playbook)


def home_opened(desk: Desk, event: dict[str, Any]) -> None:
    """Show a person what is theirs; Slack also tells when the Messages tab is opened."""
    if event.get("tab") != "home":
        return
    shown = event.get("view") or {}
    homes.opened(desk.liaison, event["user"], shown.get("hash"))
    _publish(desk, event["user"])


def turn_page(press: Press) -> None:
    """The button's value is a section and its page."""
    section, _, page = press.handoff_id.partition(":")
    homes.turn(press.desk.liaison, press.by, section, int(page))
    show_home_again(press)


def show_home_again(press: Press) -> None:
    """What was pressed in a Home may have changed it."""
    press.desk.afterwards(lambda: _publish(press.desk, press.by))


def open_lead(press: Press) -> None:
    press.open(home.open_lead(press.desk.liaison, press.handoff_id, press.by))


def show_lead_again(press: Press) -> None:
    """What was pressed in an opened lead may have changed it, or what may be pressed next."""
    if press.view_name == ids.LEAD_VIEW:
        press.update(home.open_lead(press.desk.liaison, press.about, press.by))


def _publish(desk: Desk, person_id: str) -> None:
    homes.publish(desk.liaison, desk.slack, partial(home.render, desk.liaison), person_id)
