"""Who marketing won interest from: the only rows that hold personal fields of a lead."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.models.columns import due_index


class Lead(SQLModel, table=True):
    """A person or company marketing won interest from. The one table with personal fields."""

    __table_args__ = (
        UniqueConstraint("team_id", "lead_key", name="uq_lead_key"),
        due_index("ix_lead_do_not_contact", "team_id", "email", "do_not_contact_at"),
        Index("ix_lead_email", "team_id", "email"),
        due_index("ix_lead_merged", "team_id", "merged_into"),
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
