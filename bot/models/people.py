"""Who is listed in the playbook, and when they are away."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Text, false, text
from sqlmodel import Field, SQLModel

from bot.models.columns import due_index, points_to


class Person(SQLModel, table=True):
    """A member of the workspace; `id` is the Slack user id.

    `team`, `roles`, `opens`, `holidays` and `manager_id` come from the playbook; `team` is None for
    somebody it does not list, who may read and not press.
    """

    __table_args__ = (
        Index("ix_person_email", "team_id", "email"),
        due_index("ix_person_brief", "team_id", "brief_at"),
        due_index("ix_person_follow", "team_id", "follow_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    email: str | None
    timezone: str
    is_active: bool = True
    is_primary_owner: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Of the Slack workspace: whom something reaches that has nobody else."""
    dm_channel: str | None = None
    team: str | None = None
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    opens: str | None = None
    own_opens: str | None = None
    """Hours the person set themselves; they go before the playbook's."""
    holidays: list[str] | None = Field(default=None, sa_type=JSON)
    """None = the team's; empty = none at all."""
    manager_id: str | None = None
    brief_at: datetime | None = None
    """When their next brief is written: the opening of a working day. None = they get none."""
    is_unnamed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether they want no mention where the channel reads of a win."""
    last_turn: int | None = None
    """What the version before routed by; it may still run beside this one. Goes with the next."""
    routed_on: date | None = None
    """The local date on which they were last routed a lead."""
    routed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How many they were routed on that date."""
    hot_in_brief: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether they read of leads in their brief that the team tells at once."""
    own_cap: int | None = None
    """Messages a day they want; None = the team's cap, 0 = nothing but the brief."""
    quiet: str | None = None
    """Times of day without messages: `12:00-13:00, 16:00-17:00`, local."""
    follow_at: datetime | None = None
    """When Slack is asked next for their status and Do Not Disturb; None = they do not want it."""
    dnd_until: datetime | None = None
    """Until when their Do Not Disturb holds, as Slack said last."""
    skips_week: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether their brief leaves out what went well in the week."""


class Absence(SQLModel, table=True):
    """A span in which a person does not work; half-open. An empty one was called off."""

    __table_args__ = (
        points_to("person", "person_id"),
        Index("ix_absence_person", "team_id", "person_id", "ends_at"),
        due_index("ix_absence_turn", "team_id", "turn_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    starts_at: datetime
    ends_at: datetime
    cover_id: str | None = None
    """Who acts meanwhile; None = nobody was named."""
    note: str | None = None
    """For whoever covers, and shown to nobody else."""
    created_by: str | None = None
    begun_at: datetime | None = None
    """When what waited for the person was handed on."""
    ended_at: datetime | None = None
    """When it was ended early or called off; `ends_at` moved with it."""
    turn_at: datetime | None = None
    """When it begins or ends next, whichever is still to be done; None = it is over."""
    source: str | None = None
    """What told of it, calendar or status; None = somebody entered it."""
    source_key: str | None = None
    """What it is recognised by there; None = it is told no longer."""


class Diary(SQLModel, table=True):
    """A calendar whose address somebody gave, to be read for their leave."""

    __table_args__ = (
        points_to("person", "person_id"),
        due_index("ix_diary_next", "team_id", "next_at"),
    )

    team_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    address: str = Field(sa_type=Text)
    """Locked by `bot.vault`."""
    host: str
    """The machine it is read from, which gives nothing away."""
    given_at: datetime
    next_at: datetime | None = None
    """When it is read next."""
    read_at: datetime | None = None
    """When it was read last; None = never yet."""
    found: int = 0
    """The absences it told of then."""
    fault: str | None = None
    """Why it was not read the last time; None = it was."""


class UserGroup(SQLModel, table=True):
    """Who is in a user group of Slack's that the playbook names, as it was read last."""

    __tablename__ = "user_group"

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    """As the playbook writes it: `@handle`, or an id."""
    members: list[str] = Field(default_factory=list, sa_type=JSON)
    """Slack ids, listed or not."""
    asked_at: datetime
    """Business time at which Slack was asked last, whatever it answered."""
    trouble: str | None = None
    """Slack's word for why it did not answer; the members are those of before."""
