"""What the ladder reads and writes for many runs: once for all of them, not for each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.business_time import Opening, is_open, next_opening
from bot.db import insert_each_once, table_of
from bot.delivery.sayings import queue_each
from bot.liaison import Liaison
from bot.models import Ask, Handoff, History, Person, Run, Step
from bot.queries.due import NOW, OF_TEAM, asking
from bot.queries.lists import evened
from bot.services.hours import opening_with

Row = dict[str, object]
Taken = dict[int, datetime]
"""When each step of a run was taken, by the step's number."""


class DueRun(NamedTuple):
    """What most steps ask of a run whose clock runs, and its lock; an object of all its columns
    costs as much again as deciding."""

    team_id: str
    handoff_id: str
    number: int
    actor_id: str
    counts_from: datetime
    due_at: datetime
    ladder_ended_at: datetime | None
    batch_id: str | None
    """Of its hand-off; None = it stands alone."""
    rests_until: datetime | None
    """Until when its reminders rest, for marketing was asked; None = they do not."""

    def whole(self, tx: Session) -> Run:
        """The run itself, to be changed."""
        return tx.get_one(Run, (self.team_id, self.handoff_id, self.number))


@dataclass(frozen=True)
class LadderRows:
    """Of runs that somebody holds a lock on; `put` writes what was gathered."""

    liaison: Liaison
    now: datetime
    ladder: Sequence[sla.LadderStep]
    people: Mapping[str, Person]
    away: Mapping[str, tuple[tuple[datetime, datetime], ...]]
    """When each person was, is or will be away."""
    taken: Mapping[tuple[str, int], Taken]
    """By hand-off and number of the run."""
    nudges: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    next_steps: list[Row] = field(default_factory=list)
    """When each run is looked at next."""
    _openings: dict[tuple[str, int], Opening] = field(default_factory=dict)
    _opens_at: dict[str, datetime | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, tx: Session, liaison: Liaison, runs: Sequence[DueRun], now: datetime
    ) -> "LadderRows":
        """All that deciding about these runs asks for."""
        ids = {run.handoff_id for run in runs}
        actors = {run.actor_id for run in runs}
        asked = {"of_team": liaison.team_id, "ids": evened(ids)}
        taken: dict[tuple[str, int], Taken] = defaultdict(dict)
        for handoff_id, run, number, taken_at in tx.execute(_taken(), asked):
            taken[handoff_id, run][number] = taken_at
        return cls(
            liaison,
            now,
            liaison.playbook.ladder,
            {person.id: person for person in tx.scalars(_people(liaison.team_id, actors))},
            queries.away_of_team(tx, liaison.team_id),
            taken,
        )

    def opening(self, person_id: str, at: datetime) -> Opening:
        """The working time of an actor around `at`, which is the same for all of a year."""
        asked = person_id, at.year
        known = self._openings.get(asked)
        if known is None:
            away = self.away.get(person_id, ())
            known = opening_with(self.liaison, self.people[person_id], away, at)
            self._openings[asked] = known
        return known

    def opens_at(self, person_id: str) -> datetime | None:
        """When an actor is at work again; None = they are now."""
        if person_id not in self._opens_at:
            opening = self.opening(person_id, self.now)
            is_at_work = is_open(opening, self.now)
            self._opens_at[person_id] = None if is_at_work else next_opening(opening, self.now)
        return self._opens_at[person_id]

    def plan(self, run: DueRun) -> tuple[sla.PlannedStep, ...]:
        """All steps of a run, in its actor's working time."""
        opening = self.opening(run.actor_id, run.counts_from)
        return sla.plan(opening, run.counts_from, run.due_at, self.ladder, self.taken_by(run))

    def taken_by(self, run: DueRun) -> Taken:
        return self.taken[run.handoff_id, run.number]

    def take_next(self, run: DueRun, at: datetime | None) -> None:
        """Look at a run again then; None = its ladder is climbed."""
        of_run = {"of_team": run.team_id, "of_handoff": run.handoff_id, "of_number": run.number}
        self.next_steps.append(of_run | {"at": at})

    def put(self, tx: Session) -> None:
        """Queue the nudges and remember the steps, each at most once, and when the next are due."""
        queue_each(tx, self.nudges)
        insert_each_once(tx, History, self.lines)
        insert_each_once(tx, Step, self.steps)
        if self.next_steps:
            tx.connection().execute(_take_next(), self.next_steps)


def due_runs(tx: Session, team_id: str, now: datetime, most: int) -> list[DueRun]:
    """The runs whose next step is due, the longest due first, locked; another process's are left
    to it."""
    asked = asking(team_id, now) | {"most": most}
    return [DueRun._make(row) for row in tx.execute(_due_runs(), asked)]


@cache
def _due_runs() -> Select[Any]:
    """Built once, as the others: every tick that finds something asks it. In the order of
    `DueRun`. A hand-off has one open question at most."""
    run, handoff, ask = table_of(Run), table_of(Handoff), table_of(Ask)
    of_handoff = (handoff.c.team_id == run.c.team_id) & (handoff.c.id == run.c.handoff_id)
    rests = (
        (ask.c.team_id == run.c.team_id)
        & (ask.c.handoff_id == run.c.handoff_id)
        & ask.c.answered_at.is_(None)
        & ask.c.pauses
        & (ask.c.due_at > NOW)
    )
    of_run = [run.c[name] for name in DueRun._fields if name in run.c]
    return (
        select(*of_run, handoff.c.batch_id, ask.c.due_at)
        .select_from(run.join(handoff, of_handoff).outerjoin(ask, rests))
        .where(run.c.team_id == OF_TEAM, run.c.next_step_at <= NOW)
        .order_by(run.c.next_step_at)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=run, skip_locked=True)
    )


@cache
def _taken() -> Select[str, int, int, datetime]:
    return select(col(Step.handoff_id), col(Step.run), col(Step.number), col(Step.taken_at)).where(
        col(Step.team_id) == bindparam("of_team"),
        col(Step.handoff_id).in_(bindparam("ids", expanding=True)),
    )


def _people(team_id: str, ids: Collection[str]) -> Select[Person]:
    return select(Person).where(col(Person.team_id) == team_id, col(Person.id).in_(evened(ids)))


@cache
def _take_next() -> Update:
    run = table_of(Run)
    of_handoff = (run.c.team_id == bindparam("of_team")) & (
        run.c.handoff_id == bindparam("of_handoff")
    )
    of_run = of_handoff & (run.c.number == bindparam("of_number"))
    return update(run).where(of_run).values(next_step_at=bindparam("at"))
