"""What is mine: App Home and `/lead`."""

from typing import Any

from bot import queries
from bot.liaison import Liaison
from bot.models import Person
from bot.queries import HandoffFacts
from bot.views import home as views
from handlers.command import Command
from handlers.desk import Desk

HELP = (
    "`/lead` lists the leads that are open with you, soonest due first.\n"
    "`/lead acme` finds leads by company; your own by a person's name or e-mail too.\n"
    "Answer one with the buttons in my message about it: Accept, Log touch, Outcome…"
)
_LISTED = 15


def my_leads(command: Command) -> str:
    liaison = command.desk.liaison
    person, mine = _mine(liaison, command.by, _LISTED)
    return views.my_list(person, mine, liaison.playbook)


def home_opened(desk: Desk, event: dict[str, Any]) -> None:
    """Show a person what is theirs; Slack also tells when the Messages tab is opened."""
    if event.get("tab") != "home":
        return
    person, mine = _mine(desk.liaison, event["user"], views.SHOWN + 1)
    desk.slack.publish_home(person.id, views.home(person, mine, desk.liaison.playbook))


def _mine(liaison: Liaison, person_id: str, most: int) -> tuple[Person, list[HandoffFacts]]:
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, person_id)
        return person, queries.open_of(tx, liaison.team_id, person_id, most)
