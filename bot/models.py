"""Every table: columns, constraints, indexes, and nothing else.

Keys lead with `team_id`, so one deployment can serve many workspaces later, and so the tables can
be distributed by it. Ids are UUIDv7 text made by us (`bot.identity`): SQLite refuses a composite
key with an autoincrement part, and they sort by time.

Two kinds of time stand side by side. Business time (`at`, `due_at`, `hold_until` …) may be set in a
sandbox; wall time (`send_at`, `first_tried_at`, everything on `Gate` and `InboxEvent`) never is.

What identifies a lead stands in `Lead` alone. `Handoff` keeps the sentences told about one hand-off
(`reason`, `last_activity`, `url`, `owner_given`, `outcome_words`, `follow_up_words`); everything
else keeps ids and codes, and is rendered anew at each send. `InboxEvent.body` is blanked after some
days.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Enum,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

from bot.core.lifecycle import Stage
from bot.core.standup import State
from bot.core.standup import Step as Due

# Rows that become due again and again leave dead entries at the head of an index; PostgreSQL's
# default autovacuum lets them slow the idle tick eightfold before it cleans up.
_CHURNS = {"postgresql_with": {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.01}}


def _due(name: str, *columns: str) -> Index:
    """An index that holds only the rows whose last column is set: the ones that wait for it."""
    waiting = text(f"{columns[-1]} IS NOT NULL")
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


def _until(column: str, name: str, *columns: str) -> Index:
    """An index that holds only the rows in which that column is not set yet."""
    open_yet = text(f"{column} IS NULL")
    return Index(name, *columns, sqlite_where=open_yet, postgresql_where=open_yet)


def _codes(codes: type[StrEnum]) -> Enum:
    """Stored by value, as plain text: a database's own enum type is hard to widen later."""
    return Enum(
        codes,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def _to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["team_id", column], [f"{table}.team_id", f"{table}.id"])


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
    turns: int = 0
    """How many leads were routed to the next in turn; whoever routes one locks this row."""


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


class Person(SQLModel, table=True):
    """A member of the workspace; `id` is the Slack user id.

    `team`, `roles`, `opens`, `holidays` and `manager_id` come from the playbook; `team` is None for
    somebody it does not list, who may read and not press.
    """

    __table_args__ = (
        Index("ix_person_email", "team_id", "email"),
        _due("ix_person_brief", "team_id", "brief_at"),
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
    """The number of the last turn they had; None = none yet."""


class Absence(SQLModel, table=True):
    """A span in which a person does not work; half-open. An empty one was called off."""

    __table_args__ = (
        _to("person", "person_id"),
        Index("ix_absence_person", "team_id", "person_id", "ends_at"),
        _due("ix_absence_turn", "team_id", "turn_at"),
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


class Lead(SQLModel, table=True):
    """A person or company marketing won interest from. The one table with personal fields."""

    __table_args__ = (
        UniqueConstraint("team_id", "lead_key", name="uq_lead_key"),
        _due("ix_lead_do_not_contact", "team_id", "email", "do_not_contact_at"),
        Index("ix_lead_email", "team_id", "email"),
        _due("ix_lead_merged", "team_id", "merged_into"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lead_key: str
    """`id:<the CRM's id>`, or `email:<hash>` when the source has no id of its own; once erased,
    `erased:<id>`."""
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    company: str | None = None
    country: str | None = None
    message: str | None = Field(default=None, sa_type=Text)
    custom: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    told_at: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """When each field was told last, in ISO 8601: an older event never overwrites a newer one."""
    merged_into: str | None = None
    """The lead that stands for this one since the CRM merged them; never itself merged."""
    created_at: datetime
    erased_at: datetime | None = None
    do_not_contact_at: datetime | None = None
    """When this person asked to be left alone: later hand-offs are refused, and none returns."""


class ErasedKey(SQLModel, table=True):
    """A key of an erased lead, as a hash that only this workspace can make."""

    __tablename__ = "erased_key"

    team_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    erased_at: datetime


_OPEN = text("closed_at IS NULL")
_UNSHOWN = text("batch_id IS NOT NULL AND shown_at IS NULL")
_WON = text("stage = 'won'")
_SAID = text("outcome_words IS NOT NULL")
_ASLEEP = text("wakes_at IS NOT NULL")
_HELD = text("ended_at IS NULL")
_ASKED = text("answered_at IS NULL")
_UNSETTLED = text("settled_at IS NULL")


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

    __table_args__ = (_CHURNS,)

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
        _to("lead", "lead_id"),
        _due("ix_handoff_batch", "team_id", "batch_id"),
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
        _due("ix_handoff_absence", "team_id", "absence_id"),
        _due("ix_handoff_closed", "team_id", "closed_at"),
        _due("ix_handoff_turns", "team_id", "turns_at"),
        _due("ix_handoff_silent", "team_id", "silent_since"),
        _due("ix_handoff_returned", "team_id", "owner_id", "received_at", "returned_from"),
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
        ),
        _due("ix_handoff_touch", "team_id", "campaign_id", "touch_minutes"),
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
    stage: Stage = Field(sa_type=_codes(Stage))
    owner_id: str | None = None
    actor_id: str | None = None
    """Who acts now: the owner, or their cover while away. None while it waits in the queue."""
    absence_id: str | None = None
    """The absence for which somebody last covered, or it went to the queue."""
    owner_given: str | None = None
    """The owner's address as it arrived, kept when nobody here has it, so the card can say so."""
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


class Campaign(SQLModel, table=True):
    """What marketing runs to win leads; recognised by its signs, or entered by a marketer."""

    __table_args__ = (Index("ix_campaign_merged", "team_id", "merged_into"),)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    owner_id: str | None = None
    """Who answers for it; None = whom the playbook names, or marketing's manager."""
    starts_on: date | None = None
    ends_on: date | None = None
    judge_on: date | None = None
    """Before this day no verdict is given; None = as soon as a cohort is closed."""
    cost: str | None = None
    """A decimal number as text, exact."""
    currency: str | None = None
    audience: str | None = Field(default=None, sa_type=Text)
    offer: str | None = Field(default=None, sa_type=Text)
    follow_up: str | None = Field(default=None, sa_type=Text)
    """How sales is to follow up."""
    talk_track: str | None = Field(default=None, sa_type=Text)
    merged_into: str | None = None
    """The campaign that counts its leads since a marketer merged them; may itself be merged."""
    created_at: datetime
    changed_at: datetime
    """When something about it changed last that makes earlier ratings say less."""


class CampaignAlias(SQLModel, table=True):
    """A sign by which a campaign is recognised."""

    __tablename__ = "campaign_alias"
    __table_args__ = (
        _to("campaign", "campaign_id"),
        Index("ix_campaign_alias_campaign", "team_id", "campaign_id"),
    )

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """`crm:<id>`, `utm:<slug>`, `page:<address>`, `name:<as written>` or `source:<as written>`."""
    campaign_id: str


class PreviewAnswer(StrEnum):
    """What somebody says of a campaign before its launch. Silence is none of them."""

    OK = "ok"
    CONCERN = "concern"


_IN_PREVIEW = text("closed_at IS NULL")


class Preview(SQLModel, table=True):
    """A campaign that is shown to sales before its launch, as its brief was at that moment."""

    __table_args__ = (
        _to("campaign", "campaign_id"),
        # At most one open preview of a campaign, whatever is sent at once.
        Index(
            "uq_preview_open",
            "team_id",
            "campaign_id",
            unique=True,
            sqlite_where=_IN_PREVIEW,
            postgresql_where=_IN_PREVIEW,
        ),
        Index("ix_preview_campaign", "team_id", "campaign_id", "put_at"),
        _due("ix_preview_closes", "team_id", "close_check_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign_id: str
    put_by: str
    put_at: datetime
    owner_id: str
    """Who reads the answers: the campaign's owner when it was put, else whoever put it."""
    audience: str = Field(sa_type=Text)
    offer: str = Field(sa_type=Text)
    launches_on: date
    follow_up: str = Field(sa_type=Text)
    talk_track: str | None = Field(default=None, sa_type=Text)
    closes_at: datetime
    """48 hours before the first instant of that day where the team is."""
    close_check_at: datetime | None = None
    """`closes_at` until somebody looked at it then; None = closed."""
    closed_at: datetime | None = None
    called_off_by: str | None = None
    """Who called it off; None = nobody did."""
    called_off_words: str | None = Field(default=None, sa_type=Text)


class PreviewVoice(SQLModel, table=True):
    """One person who is asked about a campaign before its launch, and what they say for now."""

    __tablename__ = "preview_voice"
    __table_args__ = (
        _to("preview", "preview_id"),
        Index("ix_preview_voice_person", "team_id", "person_id"),
    )

    team_id: str = Field(primary_key=True)
    preview_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    answer: PreviewAnswer | None = Field(default=None, sa_type=_codes(PreviewAnswer))
    """None = no answer, which never counts as OK."""
    words: str | None = Field(default=None, sa_type=Text)
    """The concern."""
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    """When marketing dealt with the concern; None = it is open."""
    settled_by: str | None = None
    change: str | None = Field(default=None, sa_type=Text)
    """What was changed, as whoever raised it reads it."""


class RatingValue(StrEnum):
    """How good a lead was, in a rep's eyes. So-so is not bad."""

    GOOD = "good"
    SO_SO = "so_so"
    BAD = "bad"


_IN_FORCE = text("ended_at IS NULL")


class Rating(SQLModel, table=True):
    """What one person says of one lead; append-only, and the one that is in force counts."""

    __table_args__ = (
        _to("handoff", "handoff_id"),
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
    value: RatingValue = Field(sa_type=_codes(RatingValue))
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
        _to("campaign", "campaign_id"),
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
        _due("ix_flag_late", "team_id", "late_check_at"),
        _due("ix_flag_ends", "team_id", "ends_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign_id: str
    kind: FlagKind = Field(sa_type=_codes(FlagKind))
    raised_at: datetime
    raised_by: str | None = None
    """Who raised it by hand; None = the numbers did."""
    receiver_id: str
    """Who is to answer; others in marketing may too."""
    issue: str | None = Field(default=None, sa_type=Text)
    """What is wrong, in the words of whoever raised it."""
    severity: Severity | None = Field(default=None, sa_type=_codes(Severity))
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
        _to("campaign", "campaign_id"),
        _to("handoff", "handoff_id"),
        UniqueConstraint("team_id", "handoff_id", "person_id", name="uq_second_look"),
        Index("ix_second_look_campaign", "team_id", "campaign_id", "asked_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign_id: str
    handoff_id: str
    person_id: str
    asked_at: datetime


class History(SQLModel, table=True):
    """What happened to a hand-off, append-only: who, when, what, by codes and ids."""

    __table_args__ = (
        _to("handoff", "handoff_id"),
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


class Run(SQLModel, table=True):
    """One actor's holding of a hand-off, with its own allowance: nobody inherits lateness."""

    __table_args__ = (
        ForeignKeyConstraint(["team_id", "handoff_id"], ["handoff.team_id", "handoff.id"]),
        _due("ix_run_next_step", "team_id", "next_step_at"),
        _due("ix_run_asked", "team_id", "asked_at"),
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
        _CHURNS,
    )

    team_id: str = Field(primary_key=True)
    handoff_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    actor_id: str
    why: str
    """How it came to this actor: owner, round_robin, claim, took_on, reassigned, fixed, return,
    cover, back, crm."""
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
        _to("handoff", "handoff_id"),
        _to("person", "to_id"),
        Index(
            "uq_offer_open",
            "team_id",
            "handoff_id",
            unique=True,
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
        _until("answered_at", "ix_offer_open", "team_id", "to_id"),
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
        _to("person", "manager_id"),
        UniqueConstraint("team_id", "handoff_id", "run", name="uq_escalation_run"),
        Index("ix_escalation_manager", "team_id", "manager_id", "decided_at"),
        _due("ix_escalation_list_at", "team_id", "list_at"),
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
        _due("ix_snooze_wakes", "team_id", "wakes_at"),
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


class MessageKind(StrEnum):
    CARD = "card"
    LEAD_DM = "lead_dm"
    NUDGE = "nudge"
    NOTE = "note"
    """A line of a hand-off's history, told to one person."""
    BRIEF = "brief"
    """The one message that opens a person's working day."""
    FLAG = "flag"
    """A warning about a campaign, told to who answers for it."""
    FLAG_HINT = "flag_hint"
    """The same, told to who has open leads of it."""
    FLAG_NEWS = "flag_news"
    """What marketing says to a flag, told to who raised it or rated the campaign's leads bad."""
    PREVIEW = "preview"
    """A campaign before its launch, shown to one of those who are asked."""
    PREVIEW_STATE = "preview_state"
    """What they said so far, told to who answers for the campaign."""
    PREVIEW_ALERT = "preview_alert"
    """Concerns that are open at the deadline, told to the same."""
    PREVIEW_NEWS = "preview_news"
    """A concern was dealt with, or the preview called off; told to who was asked."""
    SECOND_LOOK = "second_look"
    """A rep is asked about a lead that a colleague rated."""
    ASK = "ask"
    ANSWER = "answer"
    AWAY = "away"
    """An absence, told to whoever covers, and to its person when a manager entered it."""
    BACK = "back"
    """What became of the leads of somebody who was away."""
    OFFER = "offer"
    """A lead offered to one colleague."""
    ANYONE = "anyone"
    """A reply to the card that asks free colleagues."""
    MANAGER_LIST = "manager_list"
    """What one manager has to decide, once a day."""
    FOLLOW_UP = "follow_up"
    """The next step falls today."""
    DIGEST = "digest"
    """Lines of several hand-offs' history, told to one person in one message a day."""
    BATCH_CARD = "batch_card"
    """The one message of a batch in the channel."""
    BATCH_LIST = "batch_list"
    """An actor's leads of a batch, in work order."""
    BATCH_NUDGE = "batch_nudge"
    """The open first touches of an actor in a batch, once a day."""
    BATCH_ANYONE = "batch_anyone"
    """A reply to a batch's card that asks free colleagues, once a day."""
    DISPUTE = "dispute"
    """A contested outcome, to the liaison."""
    SETTLED = "settled"
    """How a dispute ended, to one of its two sides."""
    WON = "won"
    """A lead was won: the channel reads of it."""
    CAMPAIGN = "campaign"
    """A report on campaigns, posted to a channel."""
    UNREAD = "unread"
    """A watched channel's message could not be read as a lead; told to who set it up."""
    AGENDA = "agenda"
    """The one message of a stand-up: its agenda, the running of it, and why it was skipped."""
    STANDUP_START = "standup_start"
    """The short note when it begins, with the link of the call."""
    MINUTES = "minutes"
    DUTY = "duty"
    """Whose turn it is to lead a stand-up, or to come along."""
    LOOSE = "loose"
    """Action items nobody had, told to whoever led the stand-up."""
    NO_STANDUP = "no_standup"
    """For two weeks no stand-up took place; told to the liaison."""
    INVITATION = "invitation"
    """When a stand-up takes place every week, told to whoever attends it."""
    WRITTEN_ASK = "written_ask"
    """The questions of a stand-up that is held in writing."""
    ADDED = "added"
    """What somebody asked to have on the agenda stands there; a reply to their message."""
    TROUBLE = "trouble"
    """Slack does not take our messages somewhere; told to the admins."""


NEXT_BRIEF = "next"
"""In place of a brief's id: its recipient's next one."""


class Lane(StrEnum):
    """Who goes first through a gate. The values sort."""

    ACT = "1_act"
    STEP = "2_step"
    BULK = "3_bulk"


_REPLIES = text("parent_id IS NOT NULL")


class Message(SQLModel, table=True):
    """One lasting Slack message: what it is about, where it stands, what Slack still has to hear.

    A message waits for Slack while `send_at` is set: first to be posted (`ts` is None), later to be
    edited (`revision > shown_revision`). While somebody is sending it, `send_at` is the end of
    their lease, so a message of a dead process comes back by itself. `is_unclear` is set before a
    post leaves and cleared when its fate is known: a message that comes back unclear is looked for
    in Slack's history before it is sent again.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "key", name="uq_message_key"),
        Index("ix_message_subject", "team_id", "subject_id"),
        _due("ix_message_waiting", "team_id", "gate", "lane", "id", "send_at"),
        _due("ix_message_send_at", "team_id", "send_at"),
        _due("ix_message_held", "team_id", "hold_until"),
        _due("ix_message_settled", "team_id", "recipient_id", "settled_at"),
        _due("ix_message_brief", "team_id", "recipient_id", "brief_id"),
        Index(
            "ix_message_replies",
            "team_id",
            "parent_id",
            "id",
            sqlite_where=_REPLIES,
            postgresql_where=_REPLIES,
        ),
        _CHURNS,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    key: str
    """Why it is sent, once: `card:<handoff>`, `nudge:<handoff>:<run>:<step>:<recipient>` …"""
    kind: MessageKind = Field(sa_type=_codes(MessageKind))
    subject_id: str
    """The hand-off or batch it shows; the flag, absence, channel, person or stand-up it tells of;
    the reader of a list, a digest or a brief."""
    run: int | None = None
    """The run it belongs to; None when it belongs to the whole hand-off."""
    step: int | None = None
    about: str | None = None
    """A note's line of history, an offer, a question, a follow-up's day, the instant a brief was
    written, Slack's word for what is wrong; else None."""
    recipient_id: str | None = None
    """The person whose DM it goes to; None = `channel` is a channel."""
    channel: str | None = None
    """Where it stands; for a DM None until the conversation is open."""
    parent_id: str | None = None
    """The message it replies to; it waits until that one has a ts."""
    thread_ts: str | None = None
    """The ts of somebody else's message that it replies to."""
    lane: Lane = Field(sa_type=_codes(Lane))
    gate: str
    """Which limit it has to pass next: `post:<channel or person>`, later `chat.update`."""
    hold_until: datetime | None = None
    """Business time before which it may not go out: the recipient's next opening."""
    send_at: datetime | None = None
    lease: str | None = None
    """The sender's token; a late answer of an older sender is recognised by it and ignored."""
    is_unclear: bool = False
    attempts: int = 0
    first_tried_at: datetime | None = None
    posts: int = 0
    """How often it was posted anew, because an edit was refused for good."""
    ts: str | None = None
    revision: int = 1
    shown_revision: int = 0
    shown_digest: str | None = None
    """Hash of what Slack shows, so that an edit that changes nothing costs no call."""
    dropped: str | None = None
    """Why it will never be sent: no longer wanted, told in the brief, or Slack's refusal."""
    brief_id: str | None = None
    """The brief that tells it instead, `NEXT_BRIEF` until one does; None = it stands for itself."""
    is_answer: bool = False
    """Its recipient asked for it by a press: it is not counted, and no cap keeps it back."""
    settled_at: datetime | None = None
    """Business time at which Slack first showed it, or at which it was dropped."""


class Ask(SQLModel, table=True):
    """A question of sales to marketing about one lead."""

    __table_args__ = (
        _to("handoff", "handoff_id"),
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
        _until("answered_at", "ix_ask_receiver", "team_id", "receiver_id"),
        _due("ix_ask_late", "team_id", "late_check_at"),
        _until("answered_at", "ix_ask_open", "team_id", "asked_at"),
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


class Occurrence(SQLModel, table=True):
    """One meeting of one local date. The unique key is the promise: one agenda for each."""

    __table_args__ = (
        UniqueConstraint("team_id", "meeting", "day", name="uq_occurrence_day"),
        _due("ix_occurrence_next", "team_id", "next_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    """Its key in the playbook."""
    day: date
    """The local date, in the meeting's zone."""
    begins_at: datetime
    ends_at: datetime
    state: State = Field(sa_type=_codes(State))
    next_at: datetime | None = None
    """When time does something to it next; None = nothing more."""
    next_step: Due | None = Field(default=None, sa_type=_codes(Due))
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
    is_async: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Held in writing: every attendee is asked in their own morning."""


class ActionItem(SQLModel, table=True):
    """What somebody does about a problem, until when, and how one sees that it is done.

    An agenda never copies it: whatever is open is asked for each time.
    """

    __tablename__ = "action_item"
    __table_args__ = (
        _until("closed_at", "ix_action_item_open", "team_id", "meeting", "created_at"),
        _until("closed_at", "ix_action_item_owner", "team_id", "owner_id", "due_on"),
        Index("ix_action_item_closed", "team_id", "meeting", "closed_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    words: str = Field(sa_type=Text)
    owner_id: str | None = None
    due_on: date | None = None
    done_when: str | None = Field(default=None, sa_type=Text)
    """What done looks like."""
    created_at: datetime
    created_by: str
    occurrence_id: str | None = None
    """The stand-up in which it was added; None = it was added between two."""
    origin: str | None = None
    """`<channel>:<ts>` of the message it came from."""
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
        _to("action_item", "item_id"),
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
        _until("settled_at", "ix_topic_open", "team_id", "meeting", "id"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    meeting: str
    words: str = Field(sa_type=Text)
    by: str
    at: datetime
    origin: str | None = None
    """`<channel>:<ts>` of the message it came from: the same message twice is one topic."""
    settled_at: datetime | None = None
    """When a stand-up that had it ended without parking it."""


class Decision(SQLModel, table=True):
    """What was decided at a stand-up."""

    __table_args__ = (
        _to("occurrence", "occurrence_id"),
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
    __table_args__ = (_to("occurrence", "occurrence_id"),)

    team_id: str = Field(primary_key=True)
    occurrence_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    progress: str | None = Field(default=None, sa_type=Text)
    problem: str | None = Field(default=None, sa_type=Text)
    at: datetime
    is_late: bool = False
    """It came after the summary."""
    is_skipped: bool = False


class Verdict(StrEnum):
    """How a dispute was settled."""

    STANDS = "stands"
    REOPENED = "reopened"
    RELABELLED = "relabelled"


class Dispute(SQLModel, table=True):
    """Marketing contests an outcome; the liaison settles it."""

    __table_args__ = (
        _to("handoff", "handoff_id"),
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
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    by: str
    words: str = Field(sa_type=Text)
    """Why, in the words of whoever contests; empty once the lead was erased."""
    at: datetime
    due_at: datetime
    """Two working days of the receiver."""
    receiver_id: str
    """The liaison, or who stands in for them."""
    outcome: str
    """The one that is contested."""
    outcome_detail: str | None = None
    outcome_by: str | None = None
    outcome_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None
    verdict: Verdict | None = Field(default=None, sa_type=_codes(Verdict))
    answer: str | None = Field(default=None, sa_type=Text)
    """The one line that both sides read."""


class HomeView(SQLModel, table=True):
    """A person's App Home as Slack shows it."""

    __tablename__ = "home_view"

    team_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    opened_at: datetime
    """Wall time; a Home is kept up to date for a day after it."""
    pages: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """The page shown of each section, counted from 0; what is not named shows its first."""
    hash: str | None = None
    """Slack's, of what it shows; publishing over something newer is refused by it."""
    digest: str | None = None
    """Ours, of the same, so that a change the person does not see costs no call."""


class HomeChange(SQLModel, table=True):
    """A hand-off changed, and Homes that show it are out of date; gone once they are published."""

    __tablename__ = "home_change"
    __table_args__ = (_CHURNS,)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    in_queue: bool
    """Whether it is in the queue, or just left it: then everybody's Home shows it."""


class Collected(SQLModel, table=True):
    """A line of history that a digest tells among others."""

    __table_args__ = (_to("message", "message_id"), _to("history", "line_id"))

    team_id: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    line_id: str = Field(primary_key=True)


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


class Gate(SQLModel, table=True):
    """A limit of Slack's, shared by every process: the next second a message may pass."""

    __table_args__ = (_CHURNS,)

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    next_at: datetime


class InboxEvent(SQLModel, table=True):
    """Something told to us from outside, stored before it is acknowledged."""

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("team_id", "key", name="uq_inbox_key"),
        _due("ix_inbox_waiting", "team_id", "next_try_at"),
        _CHURNS,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    key: str
    """`slack:<event_id>`, `wh:<webhook-id>` or `body:<hash>`: the same delivery twice is one."""
    kind: str
    body: str | None = Field(default=None, sa_type=Text)
    """As received; blanked some days after processing."""
    received_at: datetime
    next_try_at: datetime | None = None
    """When a worker should take it; None = done, or given up (`error` says why)."""
    attempts: int = 0
    processed_at: datetime | None = None
    handoff_id: str | None = None
    """What the delivery was answered with, so that a repeat gets the same answer."""
    error: str | None = None
