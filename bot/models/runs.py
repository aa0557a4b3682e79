"""One actor's holding of a hand-off: its clock, its steps, and what changes hands."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.models.columns import CHURNS, due_index, points_to, until_index

_ASLEEP = text("wakes_at IS NOT NULL")
_HELD = text("ended_at IS NULL")


class Run(SQLModel, table=True):
    """One actor's holding of a hand-off, with its own allowance: nobody inherits lateness."""

    __table_args__ = (
        ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        due_index("ix_run_next_step", "team_id", "next_step_at"),
        due_index("ix_run_asked", "team_id", "asked_at"),
        Index("ix_run_actor", "team_id", "actor_id", "ended_at"),
        Index(
            "ix_run_open",
            "team_id",
            "actor_id",
            "answered_at",
            "due_at",
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
        CHURNS,
    )

    team_id: str = Field(primary_key=True)
    handoff_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    actor_id: str
    why: str
    """How it came to this actor: owner, rule, round_robin, claim, took_on, reassigned, fixed,
    return, cover, back, crm."""
    allowance: str | None
    """`1h`, `1d` …; None = no clock."""
    started_at: datetime | None = None
    """When the card was shown (first run) or the hand-off changed hands."""
    counts_from: datetime | None = None
    """From when the allowance counts: the start, a later act of the lead, a meeting's end."""
    due_at: datetime | None = None
    next_step_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    """The touch or outcome that stopped the clock."""
    asked_at: datetime | None = None
    """When free colleagues were asked to take it on."""
    excused_at: datetime | None = None
    """When a manager said that this open first touch does not count."""
    ladder_ended_at: datetime | None = None
    """When a manager decided that no further step is taken."""
    ended_at: datetime | None = None


class Step(SQLModel, table=True):
    """A rung of the ladder that was taken. The key is the promise: at most once per run."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "handoff_id", "run"], ["run.team_id", "run.handoff_id", "run.number"]
        ),
    )

    team_id: str = Field(primary_key=True)
    handoff_id: str = Field(primary_key=True)
    run: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    recipient_id: str = Field(primary_key=True)
    planned_at: datetime
    taken_at: datetime
    message_id: str
    """What says it: a nudge, shared by steps that fell due together, a question to colleagues, or
    the escalation on a manager's list. Empty when there was nobody to tell."""


_UNANSWERED = text("answered_at IS NULL")


class Offer(SQLModel, table=True):
    """A lead offered to a colleague, who has to take it before anything changes hands."""

    __table_args__ = (
        points_to("handoff", "handoff_id"),
        points_to("person", "to_id"),
        Index(
            "uq_offer_open",
            "team_id",
            "handoff_id",
            unique=True,
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
        until_index("answered_at", "ix_offer_open", "team_id", "to_id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    by: str
    to_id: str
    words: str | None = Field(default=None, sa_type=Text)
    """Why, in the words of whoever asks."""
    made_at: datetime
    answered_at: datetime | None = None
    answer: str | None = None
    """taken, declined, replaced by a newer offer, or over: the lead was answered otherwise."""


class Escalation(SQLModel, table=True):
    """A run whose first touch is open, put before a manager to decide."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "handoff_id", "run"], ["run.team_id", "run.handoff_id", "run.number"]
        ),
        points_to("person", "manager_id"),
        UniqueConstraint("team_id", "handoff_id", "run", name="uq_escalation_run"),
        Index("ix_escalation_manager", "team_id", "manager_id", "decided_at"),
        due_index("ix_escalation_list_at", "team_id", "list_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    run: int
    manager_id: str
    at: datetime
    """The working morning from which on it stands on the manager's list."""
    list_at: datetime | None
    """`at` until that list is queued; None from then on."""
    decided_at: datetime | None = None
    decision: str | None = None
    """excused, or left."""
    by: str | None = None


class Snooze(SQLModel, table=True):
    """The actor of a run is left in peace until then; it moves no due time, and it ends with the
    run or its first touch, whatever `until` says."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "handoff_id", "run"], ["run.team_id", "run.handoff_id", "run.number"]
        ),
        # At most one at a time for a run, whoever presses at once.
        Index(
            "uq_snooze_run",
            "team_id",
            "handoff_id",
            "run",
            unique=True,
            sqlite_where=_ASLEEP,
            postgresql_where=_ASLEEP,
        ),
        Index("ix_snooze_person", "team_id", "handoff_id", "person_id"),
        due_index("ix_snooze_wakes", "team_id", "wakes_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    run: int
    person_id: str
    """Whose peace it is: the run's actor, also when their manager pressed."""
    by: str
    at: datetime
    until: datetime
    """Inside the person's working hours."""
    wakes_at: datetime | None
    """`until` while it lasts; None once it is over."""
    reason: str | None = Field(default=None, sa_type=Text)
    """In the person's own words; asked for from the third snooze on."""
