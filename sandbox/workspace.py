"""The state of the workspace: people, channels, messages, modals, homes. No wire in here.

Everything is read and changed under `lock`, by the server's loop and by tests alike. Each act
costs the same however many messages there are.
"""

import threading
import time
from collections import defaultdict

from sandbox import elements, people, usergroups
from sandbox.canvases import Canvas
from sandbox.changes import Changes
from sandbox.channels import Channel, dm_with
from sandbox.clock import BusinessClock
from sandbox.errors import Misuse
from sandbox.files import Files
from sandbox.forms import Entries, Offers
from sandbox.limits import Limits, Pacing
from sandbox.people import BOT_USER_ID
from sandbox.posts import SLACKBOT, Author, Post
from sandbox.tickets import ReplyAddresses, Triggers
from sandbox.views import Modals, View
from sandbox.wire import mint


class Workspace:
    """One Slack workspace with one app installed."""

    def __init__(self, limits: Limits, *, bare: bool = False) -> None:
        """`bare`: as on the day the app is installed, which is in no channel."""
        self.lock = threading.RLock()
        self.limits = limits
        self.people = people.roster()
        self.user_groups = usergroups.of_teams(self.people.values())
        self.on_free_plan = False
        """A plan without user groups, and with canvases in tabs of channels alone."""
        self.changes = Changes()
        self.clock = BusinessClock()
        self.pacing = Pacing(limits)
        self.triggers = Triggers(limits)
        self.reply_addresses = ReplyAddresses(limits)
        self.files = Files()
        self.canvases: list[Canvas] = []
        self.modals = Modals()
        self.homes: dict[str, View] = {}
        self.entries: dict[tuple[str, str, str], Entries] = {}
        """What a person has chosen in the inputs of a message: by person, channel, ts."""
        self.offers: dict[str, Offers] = defaultdict(dict)
        """What external selects have offered a person."""
        self.channels: dict[str, Channel] = {}
        self._ids_by_name: dict[str, str] = {}
        self._last_ts = 0
        self._furnish_bare() if bare else self._furnish()
        for person in self.people.values():
            dm = dm_with(person)
            self.channels[dm.id] = dm

    def add_channel(self, name: str, channel_id: str = "", *, private: bool = False) -> Channel:
        """A channel everybody and the bot are in; change the result as a test needs it."""
        members = [*self.people, BOT_USER_ID]
        channel = Channel(channel_id or mint("C"), name, members, private=private)
        self.channels[channel.id] = channel
        self._ids_by_name[name] = channel.id
        return channel

    def admit(self, person: people.Person) -> list[Channel]:
        """Somebody new, with a DM of their own; gives the public channels they are in now."""
        self.people[person.id] = person
        dm = dm_with(person)
        public = [each for each in self.channels.values() if each.family == "channels"]
        for channel in public:
            channel.members.append(person.id)
        self.channels[dm.id] = dm
        self.changes.note_everybody()
        return public

    def channel(self, name_or_id: str) -> Channel | None:
        """A channel by "#name", "name" or id; None when there is none."""
        by_name = self._ids_by_name.get(name_or_id.removeprefix("#"), name_or_id)
        return self.channels.get(by_name)

    def dm(self, person: str) -> Channel:
        """The bot's direct messages with a person."""
        return self.channels[self.people[person].dm]

    def person(self, user_id: object) -> people.Person:
        """Somebody who can act; Misuse for an unknown id."""
        found = self.people.get(user_id) if isinstance(user_id, str) else None
        if found is None:
            raise Misuse(f'There is no person "{user_id}" in the workspace.')
        return found

    def new_ts(self) -> str:
        """Wall time in microseconds, never the same twice, always rising."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def draft(self, channel: Channel, author: Author) -> Post:
        """An empty message with its ts and business time, not yet posted."""
        return Post(self.new_ts(), channel.id, author, self.clock.now())

    def publish(self, post: Post) -> None:
        """Put a drafted message into its channel."""
        channel = self.channels[post.channel]
        elements.name_all(post.all_blocks)
        channel.timeline.add(post)
        parent = channel.timeline.living(post.thread_ts or "") if post.is_reply else None
        self.note_change(post, *([parent] if parent else []))

    def note_edit(self, post: Post) -> None:
        """A message has other content now."""
        elements.name_all(post.all_blocks)
        post.edits += 1
        post.edited_at = self.new_ts()
        self.note_change(post)

    def delete(self, post: Post) -> None:
        """Take a message away."""
        self.channels[post.channel].timeline.delete(post)
        self.note_change(post)

    def note_change(self, post: Post, *also: Post) -> None:
        """A message, and others of its channel with it, are no longer as they were."""
        timeline = self.channels[post.channel].timeline
        self.changes.note(post.ephemeral_to or post.channel, timeline, post, *also)

    def whisper(self, person: str, channel: Channel, text: str) -> None:
        """A private line to one person from Slack itself."""
        post = self.draft(channel, SLACKBOT)
        post.text, post.ephemeral_to = text, person
        self.publish(post)

    def mark_read(self, person: str, channel: Channel) -> None:
        """The person has seen everything in the channel."""
        channel.read_up_to[person] = self.new_ts()
        self.changes.note(person)

    def seen_by(self, person: str) -> list[Channel]:
        """The channels a person is in: the named ones, then the DM with the bot."""
        return [channel for channel in self.channels.values() if person in channel.members]

    def version(self, person: str) -> int:
        """Goes up whenever something this person can see changes."""
        return self.changes.version([person, *(c.id for c in self.seen_by(person))])

    def _furnish(self) -> None:
        self.add_channel("leads", "C0LEADS0000")
        self.add_channel("standup", "C0STANDUP00")

    def _furnish_bare(self) -> None:
        everybody = list(self.people.values())
        for name in ("general", "inbound", "sales", "marketing"):
            channel = self.add_channel(name, f"C0{name.upper():0<9}"[:11])
            members = [one.id for one in everybody if name in (one.team, "general", "inbound")]
            channel.members[:] = members
