"""Gates: how fast Slack lets messages pass, shared by every process through one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_each_named, table_of
from bot.models import Gate
from bot.queries.lists import evened

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


@dataclass(frozen=True)
class Passing:
    """Passes that somebody wants to take at a gate, which keep it busy for `after`."""

    gate: str
    read: datetime | None
    """When it opened as it was looked at; None = it is new."""
    after: timedelta

    def until(self, wall: datetime) -> datetime:
        """When the gate opens next, if they are taken now."""
        return max(self.read or wall, wall) + self.after


def pass_gates(tx: Session, team_id: str, passings: Sequence[Passing], wall: datetime) -> set[str]:
    """Take passes at several gates; the names of those at which nobody took one since.

    In one order, so that two couriers do not wait for each other's gates.
    """
    wanted = sorted(passings, key=lambda each: each.gate)
    new = [
        {"team_id": team_id, "name": each.gate, "next_at": each.until(wall)}
        for each in wanted
        if each.read is None
    ]
    made = insert_each_named(tx, Gate, new, "name")
    known = {each.gate: each for each in wanted if each.read is not None}
    if not known:
        return made
    asked = {"of_team": team_id, "gates": evened(known)}
    found = tx.execute(_gates(), asked).all()
    free = [known[name] for name, next_at in found if next_at == known[name].read]
    if free:
        busy = [{"gate": each.gate, "until": each.until(wall)} for each in free]
        tx.execute(_keep_busy(), [{"of_team": team_id} | each for each in busy])
    return made | {each.gate for each in free}


@cache
def _gates() -> Select[str, datetime]:
    """Built once, as the other: every claim asks it."""
    return (
        select(col(Gate.name), col(Gate.next_at))
        .where(
            col(Gate.team_id) == bindparam("of_team"),
            col(Gate.name).in_(bindparam("gates", expanding=True)),
        )
        .order_by(col(Gate.name))
        .with_for_update()
    )


@cache
def _keep_busy() -> Update:
    gate = table_of(Gate)
    of_team = gate.c.team_id == bindparam("of_team")
    return (
        update(gate)
        .where(of_team, gate.c.name == bindparam("gate"))
        .values(next_at=bindparam("until"))
    )


def close_gate(tx: Session, team_id: str, name: str, until: datetime) -> None:
    """Slack said to wait: nobody passes before `until`."""
    tx.execute(
        update(Gate)
        .where(col(Gate.team_id) == team_id, col(Gate.name) == name, col(Gate.next_at) < until)
        .values(next_at=until)
    )
