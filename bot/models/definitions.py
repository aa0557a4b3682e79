"""What each side says a word means, before both agree on one text."""

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from bot.models.columns import points_to

_OPEN = text("agreed_at IS NULL")


class DefinitionQuestion(SQLModel, table=True):
    """Both sides are asked apart what a word means."""

    __tablename__ = "definition_question"
    __table_args__ = (
        # A word is asked about once at a time, whatever is pressed at once.
        Index(
            "uq_definition_question_open",
            "team_id",
            "word",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    word: str
    """In lower case."""
    asked_by: str
    asked_at: datetime
    agreed_at: datetime | None = None
    agreed_by: str | None = None
    version: int | None = None
    """Of the playbook, the first that has what was agreed."""


class DefinitionAnswer(SQLModel, table=True):
    """What one side says; the other sees it once both have answered."""

    __tablename__ = "definition_answer"
    __table_args__ = (points_to("definition_question", "question_id"),)

    team_id: str = Field(primary_key=True)
    question_id: str = Field(primary_key=True)
    side: str = Field(primary_key=True)
    """sales or marketing."""
    by: str
    at: datetime
    must_have: str = Field(sa_type=Text)
    must_not_have: str = Field(sa_type=Text)
    who_decides: str = Field(sa_type=Text)
