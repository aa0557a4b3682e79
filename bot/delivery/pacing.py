"""Gates: how fast Slack lets messages pass, shared by every process through one row each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once, rows_changed
from bot.models import Gate

UPDATES = "chat.update"


def posting_to(channel_or_person: str) -> str:
    """The gate of posts into one channel, or into one person's DM."""
    return f"post:{channel_or_person}"


@dataclass(frozen=True)
class Pace:
    """How fast the gates open. `speed` is 1 for Slack itself; a sandbox may allow more.

    Slack documents about one post a second and channel, and at least 50 chat.update a minute for
    an app in a workspace: 40 a minute after a burst of 8 stays under it in every minute.
    """

    speed: float = 1.0

    def interval(self, gate: str) -> timedelta:
        """The time between two passes, on average."""
        return timedelta(seconds=(1.5 if gate == UPDATES else 1.0) / self.speed)

    def burst(self, gate: str) -> timedelta:
        """How far ahead of that average a gate may run after a quiet time."""
        return 7 * self.interval(gate) if gate == UPDATES else timedelta(0)

    @property
    def clocks_apart(self) -> timedelta:
        """By how much Slack's clock and ours may differ when a post is looked for.

        A sandbox that is faster than Slack is on this machine and has its clock.
        """
        return timedelta(seconds=300 / max(1.0, self.speed))

    def passes(self, gate: str, next_at: datetime | None, wall: datetime) -> int:
        """How many may pass right now; 0 = the gate is closed."""
        ahead = wall + self.burst(gate) - max(next_at or wall, wall)
        return max(0, ahead // self.interval(gate) + 1)


def pass_gate(
    tx: Session,
    team_id: str,
    name: str,
    next_at: datetime | None,
    wall: datetime,
    after: timedelta,
) -> bool:
    """Take passes that keep the gate busy for `after`.

    False when somebody took one since `next_at` was read (None = the gate is new).
    """
    until = max(next_at or wall, wall) + after
    if next_at is None:
        return insert_once(tx, Gate(team_id=team_id, name=name, next_at=until))
    asked = {"of_team": team_id, "gate": name, "read": next_at, "until": until}
    return bool(rows_changed(tx, _pass(), asked))


@cache
def _pass() -> Update:
    """Built once: every claim asks it."""
    return (
        update(Gate)
        .where(
            col(Gate.team_id) == bindparam("of_team"),
            col(Gate.name) == bindparam("gate"),
            col(Gate.next_at) == bindparam("read"),
        )
        .values(next_at=bindparam("until"))
        .execution_options(synchronize_session=False)
    )


def close_gate(tx: Session, team_id: str, name: str, until: datetime) -> None:
    """Slack said to wait: nobody passes before `until`."""
    tx.execute(
        update(Gate)
        .where(col(Gate.team_id) == team_id, col(Gate.name) == name, col(Gate.next_at) < until)
        .values(next_at=until)
    )
