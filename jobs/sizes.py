"""SQLite hears how large its tables have become."""

from bot import db
from bot.liaison import Liaison


def learn_sizes(liaison: Liaison) -> int:
    """1 when the planner was told, else 0."""
    return int(db.learn_sizes(liaison.engine))
