"""The joint meeting: its occurrences, action items, topics and decisions."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from bot.core.standup import State
from bot.core.standup import Step as Due
from bot.models.columns import codes, due_index, points_to, until_index


class Occurrence(SQLModel, table=True):
    """One meeting of one local date. The unique key is the promise: one agenda for each."""

    __table_args__ = (
        UniqueConstraint("team_id", "meeting", "day", name="uq_occurrence_day"),
        due_index("ix_occurrence_next", "team_id", "next_at"),
        due_index("ix_occurrence_canvas", "team_id", "canvas_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    """Its key in the playbook."""
    day: date
    """The local date, in the meeting's zone."""
    begins_at: datetime
    ends_at: datetime
    state: State = Field(sa_type=codes(State))
    next_at: datetime | None = None
    """When time does something to it next; None = nothing more."""
    next_step: Due | None = Field(default=None, sa_type=codes(Due))
    planned_at: datetime
    facilitator_id: str | None = None
    rep_id: str | None = None
    """The one rep who is invited; None = nobody was found yet."""
    declined: list[str] = Field(default_factory=list, sa_type=JSON)
    """Who said that they cannot this time."""
    late_at: datetime | None = None
    """When it began, where the bot was not running at its time."""
    frozen: list[dict[str, object]] | None = Field(default=None, sa_type=JSON)
    """What is talked about, from its beginning on: problems by key and number of leads, topics by
    id; each with `parked`. Until then it follows the data."""
    page: int = 0
    """Which item is shown while it runs: 0 = the action items."""
    held_at: datetime | None = None
    """When somebody first did something in it; None = nobody did."""
    closed_at: datetime | None = None
    skipped_by: str | None = None
    """Who skipped it; None = it skipped itself, or was not skipped."""
    reason: str | None = Field(default=None, sa_type=Text)
    """Why it was skipped, in that person's words."""
    canvas_at: datetime | None = None
    """When a canvas of its minutes is made; None = none is wanted, or Slack was asked."""
    canvas_trouble: str | None = None
    """Slack's word for why it made none."""
    is_async: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Held in writing: every attendee is asked in their own morning."""


class ActionItem(SQLModel, table=True):
    """What somebody does about a problem, until when, and how one sees that it is done.

    An agenda never copies it: whatever is open is asked for each time.
    """

    __tablename__ = "action_item"
    __table_args__ = (
        until_index("closed_at", "ix_action_item_open", "team_id", "meeting", "created_at"),
        until_index("closed_at", "ix_action_item_owner", "team_id", "owner_id", "due_on"),
        Index("ix_action_item_closed", "team_id", "meeting", "closed_at"),
        due_index("ix_action_item_lead", "team_id", "lead_id"),
        due_index("ix_action_item_origin", "team_id", "origin"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    words: str = Field(sa_type=Text)
    """Empty once the lead was erased whose words they may have held."""
    owner_id: str | None = None
    due_on: date | None = None
    done_when: str | None = Field(default=None, sa_type=Text)
    """What done looks like."""
    created_at: datetime
    created_by: str
    occurrence_id: str | None = None
    """The stand-up in which it was added; None = it was added between two."""
    origin: str | None = None
    """What it came from, as `bot.core.origins` writes it."""
    lead_id: str | None = None
    """The lead whose words it may hold, because of what it came from."""
    counts_from: datetime
    """Since when it is as agreed; a new day or owner counts its carries anew."""
    closed_at: datetime | None = None
    closed_by: str | None = None
    is_dropped: bool = False
    reason: str | None = Field(default=None, sa_type=Text)
    """Why it was dropped."""


class ActionItemLine(SQLModel, table=True):
    """What happened to an action item, append-only."""

    __tablename__ = "action_item_line"
    __table_args__ = (
        points_to("action_item", "item_id"),
        Index("ix_action_item_line_item", "team_id", "item_id", "id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    item_id: str
    at: datetime
    kind: str
    """added, done, reopened, redated, reowned, dropped, or handed_on: its owner left."""
    by: str | None = None
    facts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Topic(SQLModel, table=True):
    """What somebody wants to talk about at a stand-up."""

    __table_args__ = (
        UniqueConstraint("team_id", "origin", name="uq_topic_origin"),
        until_index("settled_at", "ix_topic_open", "team_id", "meeting", "id"),
        due_index("ix_topic_lead", "team_id", "lead_id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    words: str = Field(sa_type=Text)
    """Empty once the lead was erased whose words they may have held."""
    by: str
    at: datetime
    origin: str | None = None
    """`<channel>:<ts>` of the message it came from: the same message twice is one topic."""
    lead_id: str | None = None
    """The lead whose words it may hold, because of what it came from."""
    settled_at: datetime | None = None
    """When a stand-up that had it ended without parking it."""


class Decision(SQLModel, table=True):
    """What was decided at a stand-up."""

    __table_args__ = (
        points_to("occurrence", "occurrence_id"),
        Index("ix_decision_occurrence", "team_id", "occurrence_id", "id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    occurrence_id: str
    words: str = Field(sa_type=Text)
    by: str
    at: datetime


class WrittenAnswer(SQLModel, table=True):
    """What one person answered at a stand-up that is held in writing."""

    __tablename__ = "written_answer"
    __table_args__ = (points_to("occurrence", "occurrence_id"),)

    team_id: str = Field(primary_key=True)
    occurrence_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    progress: str | None = Field(default=None, sa_type=Text)
    problem: str | None = Field(default=None, sa_type=Text)
    at: datetime
    is_late: bool = False
    """It came after the summary."""
    is_skipped: bool = False
