"""SQLite hears how large its tables have become."""

from bot import sqlite
from bot.liaison import Liaison


def learn_sizes(liaison: Liaison) -> int:
    """1 when the planner was told, else 0."""
    return int(sqlite.learn_sizes(liaison.engine))
