"""What sales says of leads, and the warnings about campaigns that follow."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.models.columns import codes, due_index, points_to


class RatingValue(StrEnum):
    """How good a lead was, in a rep's eyes. So-so is not bad."""

    GOOD = "good"
    SO_SO = "so_so"
    BAD = "bad"


_IN_FORCE = text("ended_at IS NULL")


class Rating(SQLModel, table=True):
    """What one person says of one lead; append-only, and the one that is in force counts."""

    __table_args__ = (
        points_to("handoff", "handoff_id"),
        # At most one in force for each hand-off and rater.
        Index(
            "uq_rating_in_force",
            "team_id",
            "handoff_id",
            "rater_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "ix_rating_report",
            "team_id",
            "campaign_id",
            "value",
            "handed_at",
            "rater_id",
            "ended_at",
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    rater_id: str
    value: RatingValue = Field(sa_type=codes(RatingValue))
    at: datetime
    by_outcome: bool
    """Whether the outcome carried it; else it was tapped."""
    ended_at: datetime | None = None
    """When a newer one took its place, or it was taken back; None = it is in force."""
    taken_back: bool = False
    campaign_id: str | None = None
    """As the hand-off has it, and `handed_at` too: a report looks at ratings alone."""
    handed_at: datetime


class FlagKind(StrEnum):
    """What raised a flag."""

    NUMBERS = "numbers"
    """Its ratings, by `bot.core.quality`."""
    HAND = "hand"
    ACCEPTANCE = "acceptance"
    """Sales turned down many of its leads of late."""


class Severity(StrEnum):
    """How bad it is, in the eyes of whoever raised a flag by hand."""

    MINOR = "minor"
    SERIOUS = "serious"
    STOP = "stop"


_RAISED = text("closed_at IS NULL")


class Flag(SQLModel, table=True):
    """A warning about a campaign, until marketing says what it changed."""

    __table_args__ = (
        points_to("campaign", "campaign_id"),
        # At most one of a kind at a time, whoever raises it at once.
        Index(
            "uq_flag_raised",
            "team_id",
            "campaign_id",
            "kind",
            unique=True,
            sqlite_where=_RAISED,
            postgresql_where=_RAISED,
        ),
        due_index("ix_flag_late", "team_id", "late_check_at"),
        due_index("ix_flag_ends", "team_id", "ends_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign_id: str
    kind: FlagKind = Field(sa_type=codes(FlagKind))
    raised_at: datetime
    raised_by: str | None = None
    """Who raised it by hand; None = the numbers did."""
    receiver_id: str
    """Who is to answer; others in marketing may too."""
    issue: str | None = Field(default=None, sa_type=Text)
    """What is wrong, in the words of whoever raised it."""
    severity: Severity | None = Field(default=None, sa_type=codes(Severity))
    until: date | None = None
    """The last day on which cards show it."""
    ends_at: datetime | None = None
    """When that day is over; None = it has no end, or is closed."""
    figures: dict[str, float | int | str] = Field(default_factory=dict, sa_type=JSON)
    """What the numbers were when they raised it."""
    due_at: datetime
    """By when marketing answers: two working days of the receiver."""
    late_check_at: datetime | None = None
    """`due_at` until somebody looked at it then; None = answered, or known to be late."""
    late_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str | None = Field(default=None, sa_type=Text)
    closed_at: datetime | None = None
    closed_by: str | None = None
    """None = it ended by itself."""
    change: str | None = Field(default=None, sa_type=Text)
    """What marketing changed; `closed_at - raised_at` is how long that took."""
    marked_by: list[str] = Field(default_factory=list, sa_type=JSON)
    """Who had rated leads of the campaign bad when it was closed: they hear what changed."""


class SecondLook(SQLModel, table=True):
    """A rep asked how good a lead of a watched campaign is that a colleague rated."""

    __tablename__ = "second_look"
    __table_args__ = (
        points_to("campaign", "campaign_id"),
        points_to("handoff", "handoff_id"),
        UniqueConstraint("team_id", "handoff_id", "person_id", name="uq_second_look"),
        Index("ix_second_look_campaign", "team_id", "campaign_id", "asked_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign_id: str
    handoff_id: str
    person_id: str
    asked_at: datetime
