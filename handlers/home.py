"""What is mine: App Home and `/lead`."""

from typing import Any

from slack_bolt import Ack, BoltContext

from bot import queries
from bot.liaison import Liaison
from bot.models import Person
from bot.queries import HandoffFacts
from bot.views import home as views
from handlers.desk import Desk, desk_of

LEAD_COMMAND = "/lead"
HELP = (
    "`/lead` lists the leads that are open with you, soonest due first.\n"
    "Answer one with the buttons in my message about it: Accept, Log touch, Outcome…"
)
_LISTED = 15


def lead_command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
    """The bare command lists; anything else gets the one sentence that says what to type."""
    if command.get("text", "").strip():
        ack(HELP)
        return
    liaison = desk_of(context).liaison
    person, mine = _mine(liaison, command["user_id"], _LISTED)
    ack(views.my_list(person, mine, liaison.playbook))


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
