"""What leads come from, and what sales said of a campaign before its launch."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from bot.models.columns import codes, due_index, points_to


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
        points_to("campaign", "campaign_id"),
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
        points_to("campaign", "campaign_id"),
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
        due_index("ix_preview_closes", "team_id", "close_check_at"),
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
        points_to("preview", "preview_id"),
        Index("ix_preview_voice_person", "team_id", "person_id"),
    )

    team_id: str = Field(primary_key=True)
    preview_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    answer: PreviewAnswer | None = Field(default=None, sa_type=codes(PreviewAnswer))
    """None = no answer, which never counts as OK."""
    words: str | None = Field(default=None, sa_type=Text)
    """The concern."""
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    """When marketing dealt with the concern; None = it is open."""
    settled_by: str | None = None
    change: str | None = Field(default=None, sa_type=Text)
    """What was changed, as whoever raised it reads it."""
