"""The passing of a lead to sales, and what is told of it: batches, history, undo."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from bot.core.lifecycle import Stage
from bot.models.columns import CHURNS, codes, due_index, points_to

_OPEN = text("closed_at IS NULL")
_UNSHOWN = text("batch_id IS NOT NULL AND shown_at IS NULL")
_WON = text("stage = 'won'")
_SAID = text("outcome_words IS NOT NULL")


class Batch(SQLModel, table=True):
    """Leads that came together: one card in the channel, and one list for each actor."""

    __table_args__ = (UniqueConstraint("team_id", "key", name="uq_batch_key"),)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    key: str
    """`file:<sha256 of the file>`, or `rush:<its own id>`: a file that is announced again goes on
    with the batch it made."""
    name: str | None
    """The campaign; None when a file brought leads of several, or of none."""
    is_file: bool
    formed_at: datetime


class Arrivals(SQLModel, table=True):
    """The latest leads of one campaign. Whoever takes one in locks this row before it counts."""

    __table_args__ = (CHURNS,)

    team_id: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    """Its name, trimmed and in lower case."""
    recent: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """The hand-offs that are counted and in no batch yet, and when each came, in ISO 8601."""
    batch_id: str | None = None
    """The latest batch of the campaign."""
    until: datetime | None = None
    """Before then every lead of the campaign joins that batch."""


class Handoff(SQLModel, table=True):
    """The passing of one lead to sales: the record everything hangs on."""

    __table_args__ = (
        points_to("lead", "lead_id"),
        due_index("ix_handoff_batch", "team_id", "batch_id"),
        Index(
            "ix_handoff_unshown",
            "team_id",
            "batch_id",
            sqlite_where=_UNSHOWN,
            postgresql_where=_UNSHOWN,
        ),
        # At most one open hand-off per lead, whatever arrives at once.
        Index(
            "uq_handoff_open_lead",
            "team_id",
            "lead_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_handoff_actor", "team_id", "actor_id", "closed_at"),
        Index(
            "ix_handoff_open",
            "team_id",
            "actor_id",
            "due_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_handoff_lead", "team_id", "lead_id", "id"),
        Index("ix_handoff_stage", "team_id", "stage"),
        Index("ix_handoff_handed", "team_id", "handed_at"),
        due_index("ix_handoff_absence", "team_id", "absence_id"),
        due_index("ix_handoff_closed", "team_id", "closed_at"),
        due_index("ix_handoff_turns", "team_id", "turns_at"),
        due_index("ix_handoff_silent", "team_id", "silent_since"),
        due_index("ix_handoff_returned", "team_id", "owner_id", "received_at", "returned_from"),
        # The reports read nothing but this index, however many hand-offs there are.
        Index(
            "ix_handoff_report",
            "team_id",
            "campaign_id",
            "stage",
            "outcome",
            "outcome_detail",
            "handed_at",
            "touched_at",
            "rated_at",
            "grade",
        ),
        due_index("ix_handoff_touch", "team_id", "campaign_id", "touch_minutes"),
        Index(
            "ix_handoff_words",
            "team_id",
            "campaign_id",
            "outcome_at",
            sqlite_where=_SAID,
            postgresql_where=_SAID,
        ),
        Index(
            "ix_handoff_won",
            "team_id",
            "campaign_id",
            "currency",
            "handed_at",
            "amount",
            "stage",
            sqlite_where=_WON,
            postgresql_where=_WON,
        ),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead_id: str
    batch_id: str | None = None
    """The batch whose card and lists show it; None = it has a card of its own."""
    stage: Stage = Field(sa_type=codes(Stage))
    owner_id: str | None = None
    actor_id: str | None = None
    """Who acts now: the owner, or their cover while away. None while it waits in the queue."""
    absence_id: str | None = None
    """The absence for which somebody last covered, or it went to the queue."""
    owner_given: str | None = None
    """The owner as they arrived, an address or the CRM's id, kept when that is nobody here, so the
    card can say so."""
    owner_system: str | None = None
    """Which CRM calls them that; None = it did not say."""
    routed: dict[str, str] | None = Field(default=None, sa_type=JSON)
    """Which routing rule it met, why, and what came of it; None = it met none."""
    playbook: int | None = None
    """The version of the playbook that was in force when it was handed over; 0 = the built-in
    one."""
    grade: str
    grade_given: bool = True
    """False when the hand-off came without a grade and counts as C."""
    campaign: str | None = None
    campaign_ref: str | None = None
    """The campaign's id in the sender's system."""
    landing_page: str | None = None
    utm: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    source: str | None = None
    campaign_id: str | None = None
    """The campaign it was recognised as; what that was merged into since, the campaign says.
    None = no origin."""
    reason: str | None = None
    """Why this lead qualifies, in marketing's words."""
    last_activity: str | None = None
    url: str | None = None
    score: float | None = None
    amount: str | None = None
    """A decimal number as text, exact."""
    currency: str | None = None
    handed_at: datetime
    """When the lead acted, as the source tells it."""
    received_at: datetime
    is_imported: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Brought in as history from a file: it never had a card, a clock or a rep's answer."""
    shown_at: datetime | None = None
    due_at: datetime | None = None
    """What marketing was promised; never moves later. None = no clock, or not shown yet."""
    touched_at: datetime | None = None
    touch_minutes: int | None = None
    """Working minutes of the actor from the card to the first touch; None = not touched."""
    rated_at: datetime | None = None
    """When it was first rated; None = no rating of it is in force."""
    meeting_at: datetime | None = None
    """A meeting with the lead; no first touch is due before it is over."""
    meeting_ends_at: datetime | None = None
    """None = an hour after it begins."""
    outcome: str | None = None
    """A reason's key of the playbook, or qualified, won, lost."""
    outcome_detail: str | None = None
    """Which of the reason's details it was, as the playbook writes it."""
    outcome_words: str | None = Field(default=None, sa_type=Text)
    outcome_at: datetime | None = None
    """When the outcome happened, as told; an older event never overwrites a newer one."""
    outcome_by: str | None = None
    """Who said so here; None when a machine told us."""
    outcome_person: str | None = None
    """Whom the outcome names: who goes on with it, or whose it was already."""
    return_at: datetime | None = None
    """When a recycled lead comes back."""
    closed_at: datetime | None = None
    fixed_at: datetime | None = None
    """When marketing put its data right and sent it back, which it may do once."""
    runs: int = 0
    """How many runs there were; the number of the current one."""
    revision: int = 1
    turns_at: datetime | None = None
    """The next instant at which time alone changes it; None = only somebody's act does."""
    last_touch_at: datetime | None = None
    follow_up_on: date | None = None
    """The day of the next step, in the calendar of whoever acts then."""
    follow_up_words: str | None = None
    """What the next step is, in the actor's words."""
    reminded_at: datetime | None = None
    """When the actor was reminded of the next step; a touch or another date clears it."""
    silent_since: datetime | None = None
    """Since when it counts as silent; None = somebody is in touch, or it has a date."""
    return_announced_at: datetime | None = None
    """Since when the card says so and marketing may cancel it."""
    returned_from: str | None = None
    """The hand-off of the same lead that this one is the return of."""
    returns: int = 0
    """How often the lead had come back by this hand-off."""


class History(SQLModel, table=True):
    """What happened to a hand-off, append-only: who, when, what, by codes and ids."""

    __table_args__ = (
        points_to("handoff", "handoff_id"),
        Index("ix_history_handoff", "team_id", "handoff_id", "id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    at: datetime
    kind: str
    by: str | None = None
    """A person's id; None when a machine told us."""
    facts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Undo(SQLModel, table=True):
    """The latest answer to a hand-off, as long as whoever gave it may take it back."""

    __table_args__ = (
        ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        Index("ix_undo_until", "team_id", "until"),
    )

    team_id: str = Field(primary_key=True)
    handoff_id: str = Field(primary_key=True)
    by: str
    until: datetime
    before: dict[str, dict[str, object]] = Field(default_factory=dict, sa_type=JSON)
    """What the answer changed, as it was before: columns of the hand-off, its run and its lead."""
    lines: int
    """Lines of history right after the answer: one more, and something happened since."""
    told: str | None = None
    """The line of history a colleague was told of; they hear when it is taken back."""
