"""How a job's question for what is due names the workspace and the moment.

The same words everywhere, so that one statement can ask for all jobs at once; and no column is
called so, because SQLAlchemy keeps the names of columns to itself where rows are changed.
"""

from datetime import datetime

from sqlalchemy import BindParameter, bindparam

OF_TEAM: BindParameter[str] = bindparam("of_team")
NOW: BindParameter[datetime] = bindparam("as_of")
"""Business time."""


def asking(team_id: str, now: datetime) -> dict[str, object]:
    """What such a question is asked with."""
    return {"of_team": team_id, "as_of": now}
