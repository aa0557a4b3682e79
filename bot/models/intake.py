"""What arrived, before it is worked on."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.models.columns import CHURNS, due_index


class InboxEvent(SQLModel, table=True):
    """Something told to us from outside, stored before it is acknowledged."""

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("team_id", "key", name="uq_inbox_key"),
        due_index("ix_inbox_waiting", "team_id", "next_try_at"),
        CHURNS,
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
