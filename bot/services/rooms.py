"""Where the app speaks to everybody: the playbook's channels by id, looked up when it changes."""

import logging
from collections.abc import Callable
from datetime import timedelta

from bot.delivery.messages import move_waiting
from bot.errors import SlackError
from bot.liaison import Liaison, Rooms, Shelf
from bot.services.troubles import tell_of_missing
from bot.slack import Slack

log = logging.getLogger(__name__)

LOOKS_AGAIN = timedelta(minutes=1)
"""Between two looks for a channel the bot is not in yet: a listing is one of Slack's dear calls."""


Lookup = Callable[[str], str | None]
"""The id of a channel by `#name` or id; None while the bot is not in it."""


def find(look_up: Lookup, shelf: Shelf) -> Rooms:
    """The channels of the playbook in force."""
    named = shelf.playbook.channels.handoffs
    handoffs = look_up(named)
    meetings = {each.key: each.channel for each in shelf.playbook.standups}
    found = {key: look_up(channel) for key, channel in meetings.items()}
    missing = [meetings[key] for key, channel in found.items() if channel is None]
    return Rooms(
        handoffs or named,
        {key: channel for key, channel in found.items() if channel},
        shelf.number,
        tuple(dict.fromkeys(missing if handoffs else [named, *missing])),
    )


def enter(slack: Slack, liaison: Liaison) -> None:
    """Join what a start found the bot not to be in; nothing waits for it yet."""
    if liaison.rooms.missing:
        _put(liaison.rooms, find(slack.enter, liaison.shelf))


def follow(slack: Slack, liaison: Liaison) -> int:
    """Look the channels up when the playbook changed, or somebody may have invited the bot, which
    joins the public ones by itself.

    What waits for the old channel goes to the new one; what stands there stays. Says how many of
    them changed; each process follows by itself.
    """
    rooms, shelf, wall = liaison.rooms, liaison.shelf, liaison.wall()
    looked_at = rooms.looked_at or wall - LOOKS_AGAIN
    is_new = rooms.number != shelf.number
    if not is_new and not (rooms.missing and wall - looked_at >= LOOKS_AGAIN):
        return 0
    try:
        found = find(slack.enter, shelf)
    except SlackError as error:
        log.warning("rooms: Slack does not tell the channels (%s); trying again", error)
        return 0
    _take(liaison, found)
    return int(is_new)


def _take(liaison: Liaison, found: Rooms) -> None:
    before = liaison.rooms.handoffs
    with liaison.transaction() as tx:
        if found.handoffs != before:
            move_waiting(tx, liaison, before, found.handoffs)
        for channel in found.missing if liaison.shelf.number else ():
            tell_of_missing(tx, liaison, channel)
    _put(liaison.rooms, found)
    liaison.rooms.looked_at = liaison.wall()


def _put(rooms: Rooms, found: Rooms) -> None:
    rooms.handoffs, rooms.standups = found.handoffs, found.standups
    rooms.missing, rooms.number = found.missing, found.number
