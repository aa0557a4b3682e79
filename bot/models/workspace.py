"""The workspace, the versions of its playbook, and the channels it has us read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Text
from sqlmodel import Field, SQLModel

from bot.models.columns import CHURNS


class Workspace(SQLModel, table=True):
    """The Slack workspace this database belongs to. The bot refuses to start on another's."""

    team_id: str = Field(primary_key=True)
    name: str
    bot_user_id: str
    connected_at: datetime
    erasing_secret: str | None = None
    """Keys the hashes by which erased leads are recognised; None until the first was erased."""
    judged_at: datetime | None = None
    """When the campaigns were last judged by their ratings."""
    people_check_at: datetime | None = None
    """When people are compared with Slack's list next; None = at the next look."""
    turns: int = 0
    """How often leads were routed; whoever routes some locks this row until they are."""


class TurnOrder(SQLModel, table=True):
    """How the turns stand among the reps that a rule, or the round robin, gives leads to."""

    __tablename__ = "turn_order"
    __table_args__ = (CHURNS,)

    team_id: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
    """The groups and addresses the rule names; empty = the round robin of all reps."""
    pace: int = Field(default=0, sa_type=BigInteger)
    places: dict[str, list[int | None]] = Field(default_factory=dict, sa_type=JSON)
    """By person: their place, and where the pace was when they had no more turns."""


class PlaybookVersion(SQLModel, table=True):
    """One agreed state of the playbook, normalised to JSON with a schema number."""

    __tablename__ = "playbook_version"

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    file_digest: str | None
    """SHA-256 of the file it was read from; None when it was edited in Slack."""
    created_at: datetime
    edited_by: str | None = None
    """Who changed it in Slack; None = it was read from a file."""


class PlaybookSignature(SQLModel, table=True):
    """One side's head agreed to a version."""

    __tablename__ = "playbook_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "number"], ["playbook_version.team_id", "playbook_version.number"]
        ),
    )

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    side: str = Field(primary_key=True)
    """sales or marketing."""
    by: str
    at: datetime


class Setup(SQLModel, table=True):
    """How far a new workspace is on its way to real leads. A workspace without one is live."""

    team_id: str = Field(primary_key=True)
    person_id: str
    """Who sets it up; in the trial they play both sides, and nobody else is messaged."""
    step: int = 1
    """See `bot.core.setup.Step`."""
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Sections of the playbook to be, as in its file; and beside them, under `left_out`, whom it
    cannot list."""
    begun_at: datetime
    trial_at: datetime | None = None
    asked_at: datetime | None = None
    """When the heads of both sides were asked to agree, so that it goes live."""
    live_at: datetime | None = None


class WatchedChannel(SQLModel, table=True):
    """A channel in which one poster's messages are leads."""

    __tablename__ = "watched_channel"

    team_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    poster_id: str
    """The bot or person whose messages are leads."""
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """What a label is read as where that differs from its name; "" = left out."""
    set_by: str
    set_at: datetime
