"""The minutes and their files, and decisions that are looked for."""

from bot.services import invitations, minutes
from bot.views.blocks import Post
from handlers.campaigns import check_channel
from handlers.command import Command
from handlers.press import Press


def last_minutes(command: Command) -> Post:
    return minutes.last(command.desk.liaison, command.channel, command.by)


def decisions(command: Command) -> Post:
    return minutes.search(command.desk.liaison, command.channel, command.by, command.words)


def post_to_channel(press: Press) -> None:
    """The button's value is the meeting's id."""
    check_channel(press)
    minutes.post_to_channel(press.desk.liaison, press.handoff_id, press.channel, press.by)


def send_minutes(press: Press) -> None:
    """The minutes as text, and the action items for a calendar, to whoever pressed."""
    liaison = press.desk.liaison
    text = minutes.markdown(liaison, press.handoff_id, press.by)
    tasks = invitations.tasks_file(liaison, press.handoff_id, press.by)
    _send_files(press, [text, *([tasks] if tasks else [])])


def send_calendar(press: Press) -> None:
    _send_files(press, [invitations.calendar_file(press.desk.liaison, press.handoff_id, press.by)])


def _send_files(press: Press, files: list[tuple[str, str]]) -> None:
    """Into the person's own conversation with the bot, best effort: they can press again."""
    slack = press.desk.slack

    def send() -> None:
        channel = slack.open_dm(press.acting.played_by)
        for name, content in files:
            slack.upload(channel, name, content)

    press.desk.afterwards(send)
