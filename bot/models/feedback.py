"""What the sides owe each other an answer to: asks and disputes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from bot.models.columns import codes, due_index, points_to, until_index

_ASKED = text("answered_at IS NULL")
_UNSETTLED = text("settled_at IS NULL")


class Ask(SQLModel, table=True):
    """A question of sales to marketing about one lead."""

    __table_args__ = (
        points_to("handoff", "handoff_id"),
        # At most one open question per hand-off, whatever is pressed at once.
        Index(
            "uq_ask_open",
            "team_id",
            "handoff_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
        Index("ix_ask_handoff", "team_id", "handoff_id"),
        until_index("answered_at", "ix_ask_receiver", "team_id", "receiver_id"),
        due_index("ix_ask_late", "team_id", "late_check_at"),
        until_index("answered_at", "ix_ask_open", "team_id", "asked_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    asked_by: str
    receiver_id: str
    """Who was asked; others in marketing may answer too."""
    question: str = Field(sa_type=Text)
    asked_at: datetime
    due_at: datetime
    """By when marketing answers: two working days of the receiver."""
    pauses: bool
    """Whether reminders about the lead rest until it is answered or due; the first one's do."""
    late_check_at: datetime | None = None
    """`due_at` until somebody looked at it then; None = answered, or known to be late."""
    late_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str | None = Field(default=None, sa_type=Text)


class Verdict(StrEnum):
    """How a dispute was settled."""

    STANDS = "stands"
    REOPENED = "reopened"
    RELABELLED = "relabelled"


class Dispute(SQLModel, table=True):
    """Marketing contests an outcome; the liaison settles it."""

    __table_args__ = (
        points_to("handoff", "handoff_id"),
        # At most one open dispute per hand-off, whatever is pressed at once.
        Index(
            "uq_dispute_open",
            "team_id",
            "handoff_id",
            unique=True,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_dispute_handoff", "team_id", "handoff_id"),
        due_index("ix_dispute_late", "team_id", "late_check_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    by: str
    words: str = Field(sa_type=Text)
    """Why, in the words of whoever contests; empty once the lead was erased."""
    at: datetime
    due_at: datetime
    """Two working days of whoever got it first."""
    late_check_at: datetime | None = None
    """When it goes to the next in line; None = settled, or nobody is left to turn to."""
    passed_on_at: datetime | None = None
    """When it went to somebody else last; None = whoever got it first has it."""
    receiver_id: str
    """The liaison, or who stands in for them."""
    outcome: str
    """The one that is contested."""
    outcome_detail: str | None = None
    outcome_by: str | None = None
    outcome_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None
    verdict: Verdict | None = Field(default=None, sa_type=codes(Verdict))
    answer: str | None = Field(default=None, sa_type=Text)
    """The one line that both sides read."""
