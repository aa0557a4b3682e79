"""Which of our people a CRM means by an owner, and what changed about people that admins hear."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from bot.models.columns import due_index, points_to


class Link(SQLModel, table=True):
    """An owner as a CRM names them, and who that is here."""

    __table_args__ = (
        UniqueConstraint("team_id", "system", "given", name="uq_link_given"),
        Index("ix_link_person", "team_id", "person_id"),
        due_index("ix_link_tell", "team_id", "tell_at"),
        due_index("ix_link_told", "team_id", "told_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    system: str
    """Which CRM, as it calls itself; empty where it does not say."""
    given: str
    """An address in lower case, or the CRM's own id of the owner."""
    person_id: str | None = None
    settled_at: datetime | None = None
    """Since when that is certain; None = a guess, or nobody."""
    settled_by: str | None = None
    """Who said so; None = the address is theirs in Slack."""
    refused: list[str] = Field(default_factory=list, sa_type=JSON)
    """Who said that it is not them."""
    is_nobody: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """An admin said that it is nobody here: no guess is made, and nobody is told again."""
    met_at: datetime
    tell_at: datetime | None = None
    """From when on the admins are to hear that it is nobody here; None = there is nothing to say,
    or it was said."""
    told_at: datetime | None = None
    """The telling that said it."""


class PersonChange(SQLModel, table=True):
    """Somebody the playbook lists moved to another zone, left, or is back."""

    __tablename__ = "person_change"
    __table_args__ = (
        points_to("person", "person_id"),
        due_index("ix_person_change_tell", "team_id", "tell_at"),
        due_index("ix_person_change_told", "team_id", "told_at"),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    kind: str
    """zone, left, or back."""
    was: str | None = None
    """The zone before."""
    now: str | None = None
    at: datetime
    tell_at: datetime | None
    """As in `Link`."""
    told_at: datetime | None = None
