"""`/alignment-standup`, and the presses in an agenda."""

from bot.services import agenda
from bot.views.agenda import title
from bot.views.blocks import Post
from handlers.command import Command
from handlers.press import Press

HELP = (
    "`/alignment-standup` shows the next agenda; whoever runs the meeting posts it from there.\n"
    "`/alignment-standup add why do trials stop in week two?` puts a topic on it.\n"
    "`/alignment-standup items` lists your action items, to tick them or give them another day.\n"
    "`/alignment-standup minutes` shows what was decided last time; "
    "`/alignment-standup decisions form` looks for a word in all decisions.\n"
    "`/alignment-standup async` holds the next one in writing.\n"
    "`/alignment-standup skip everybody is at the fair` leaves the next one out.\n"
    "The managers of both sides and the liaison run it; everybody adds and ticks their own."
)


def next_agenda(command: Command) -> Post | None:
    """The draft, or a link to the message that stands."""
    desk = command.desk
    answered = agenda.for_command(desk.liaison, command.channel, command.by)
    if answered.draft:
        return answered.draft
    name = title(answered.occurrence)

    def point_to_it() -> None:
        where = f"<#{answered.channel}>"
        if answered.ts:
            link = desk.slack.permalink(answered.channel, answered.ts)
            where = f"<{link}|in its message>"
        command.respond(text=f"{name}: the agenda stands {where}.", response_type="ephemeral")

    desk.afterwards(point_to_it)
    return None


def skip(command: Command) -> str:
    skipped = agenda.skip(command.desk.liaison, command.channel, command.by, command.words)
    return f"{title(skipped)} is left out, and its channel reads why."


def post_now(press: Press) -> None:
    channel = agenda.post_now(press.desk.liaison, press.handoff_id, press.by)
    press.whisper(f"The agenda stands in <#{channel}>.")


def open_leads(press: Press) -> None:
    press.open(agenda.leads_list(press.desk.liaison, press.handoff_id, press.by))


def open_rest(press: Press) -> None:
    press.open(agenda.rest_list(press.desk.liaison, press.handoff_id))
