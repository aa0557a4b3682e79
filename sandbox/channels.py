"""Channels and direct messages: who is in them and what was said."""

from dataclasses import dataclass, field

from sandbox.people import BOT_USER_ID, Person
from sandbox.timeline import Timeline
from sandbox.wire import Json

CREATED = 1_760_000_000


@dataclass
class Channel:
    """A public or private channel, or the bot's DM with `person`."""

    id: str
    name: str
    members: list[str]
    person: str | None = None
    private: bool = False
    archived: bool = False
    timeline: Timeline = field(default_factory=Timeline)
    read_up_to: dict[str, str] = field(default_factory=dict)

    @property
    def is_dm(self) -> bool:
        """Whether this is the bot's direct messages with one person."""
        return self.person is not None

    @property
    def family(self) -> str:
        """The first half of the scopes that open it: "channels", "groups" or "im"."""
        if self.is_dm:
            return "im"
        return "groups" if self.private else "channels"

    @property
    def type(self) -> str:
        """`channel_type` of message events."""
        return {"im": "im", "groups": "group", "channels": "channel"}[self.family]

    @property
    def list_type(self) -> str:
        """The word `types` of conversations.list knows it by."""
        kinds = {"im": "im", "groups": "private_channel", "channels": "public_channel"}
        return kinds[self.family]

    def as_slack(self) -> Json:
        """The conversation object of the Web API, seen by the bot."""
        shown: Json = {"id": self.id, "created": CREATED, "is_archived": self.archived}
        if self.is_dm:
            return shown | {"is_im": True, "user": self.person, "is_user_deleted": False}
        nothing = {"value": "", "creator": "", "last_set": 0}
        return shown | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_general": False,
            "is_member": BOT_USER_ID in self.members,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "creator": self.members[0] if self.members else "",
            "num_members": len(self.members),
            "topic": nothing,
            "purpose": nothing,
        }


def dm_with(person: Person) -> Channel:
    """The bot's direct messages with a person."""
    return Channel(person.dm, "directmessage", [person.id, BOT_USER_ID], person=person.id)
