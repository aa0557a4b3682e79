"""What became of the messages of a day."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Field, SQLModel

_NONE = {"server_default": text("0")}


class Usefulness(SQLModel, table=True):
    """The messages of one local day and kind that people were shown; counters, never a person."""

    team_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    """Of the ladder; 0 = none."""
    grade: str = Field(primary_key=True)
    """Of the lead; empty = none."""
    sent: int = Field(default=0, sa_column_kwargs=_NONE)
    acted: int = Field(default=0, sa_column_kwargs=_NONE)
    snoozed: int = Field(default=0, sa_column_kwargs=_NONE)
