"""What the clock starts: a timetable of few fixed ticks. Due work is rows; a tick only looks.

Every job is an idempotent transaction, so any number of processes may run all of them.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from threading import Lock
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import SelectBase, select
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery import jumps, messages
from bot.errors import NotSaved, Untied
from bot.liaison import Liaison
from bot.outgoing import Outgoing
from bot.queries.due import asking
from bot.services import (
    absences,
    asks,
    batches,
    briefs,
    canvases,
    diary,
    disputes,
    escalations,
    flag_answers,
    ladder,
    link_news,
    playbooks,
    presence,
    previews,
    quality,
    rooms,
    snooze,
    standup,
    trial,
    turns,
    undo,
    usefulness,
    usergroups,
)
from bot.slack import Slack
from jobs import retention, sizes

log = logging.getLogger(__name__)

Job = Callable[[Liaison], int]
"""Does what is due now and says how many; may be run at any time, any number of times."""

Due = Callable[[], SelectBase]
"""The rows a job would take up now; its parameters are those of `bot.queries.due`."""


@dataclass(frozen=True)
class Tick:
    """One line of the timetable."""

    id: str
    every: timedelta
    job: Job
    due: Due | None = None
    """None = only the job itself finds out whether there is anything to do."""


EVERY_5_SECONDS = timedelta(seconds=5)
EVERY_30_SECONDS = timedelta(seconds=30)
EVERY_10_MINUTES = timedelta(minutes=10)

TIMETABLE = (
    Tick("keep-up-with-the-playbook", EVERY_5_SECONDS, playbooks.keep_up),
    Tick("go-live", EVERY_5_SECONDS, trial.go_live),
    Tick("take-due-steps", EVERY_5_SECONDS, ladder.take_due_steps, ladder.due_now),
    Tick("start-batches", EVERY_5_SECONDS, batches.start_shown, batches.due_now),
    Tick("write-briefs", EVERY_5_SECONDS, briefs.write_briefs, briefs.due_now),
    Tick("wake-snoozed-leads", EVERY_5_SECONDS, snooze.wake_snoozed, snooze.due_now),
    Tick("send-managers-lists", EVERY_5_SECONDS, escalations.send_lists, escalations.due_now),
    Tick("take-due-turns", EVERY_5_SECONDS, turns.take_due_turns, turns.due_now),
    Tick("take-due-absences", EVERY_5_SECONDS, absences.take_due_absences, absences.due_now),
    Tick("release-held-messages", EVERY_5_SECONDS, messages.release_held, messages.due_now),
    Tick("hold-stand-ups", EVERY_5_SECONDS, standup.take_due_standups),
    Tick("end-undo-offers", EVERY_5_SECONDS, undo.end_offers, undo.due_now),
    Tick("tell-late-asks", EVERY_30_SECONDS, asks.take_late, asks.due_now),
    Tick("tell-late-flags", EVERY_30_SECONDS, flag_answers.take_late_flags, flag_answers.due_now),
    Tick("pass-on-disputes", EVERY_30_SECONDS, disputes.pass_on_disputes, disputes.due_now),
    Tick("close-previews", EVERY_30_SECONDS, previews.close_previews, previews.due_now),
    Tick("tell-unlinked-owners", EVERY_30_SECONDS, link_news.tell_unlinked, link_news.due_now),
    Tick("judge-messages", EVERY_30_SECONDS, usefulness.judge_messages, usefulness.due_now),
    Tick("suggest-fewer-messages", EVERY_10_MINUTES, usefulness.suggest),
    Tick("judge-campaigns", EVERY_10_MINUTES, quality.judge_campaigns),
    Tick("erase-closed-leads", timedelta(hours=6), retention.erase_closed_leads),
)
"""What goes by business time, in the order in which it is run when the clock was set."""

UPKEEP = (
    Tick("bring-back-stray-times", EVERY_30_SECONDS, jumps.bring_back),
    Tick("blank-old-bodies", timedelta(hours=6), retention.blank_old_bodies),
    Tick("learn-sizes", timedelta(hours=1), sizes.learn_sizes),
)
"""What goes by wall time, which nobody sets."""


def errands(slack: Slack, outgoing: Outgoing) -> tuple[Tick, ...]:
    """The lines for which somebody else is asked something, outside every transaction."""
    read_diaries = partial(diary.read_diaries, outgoing)
    make_canvases = partial(canvases.make_due, slack)
    return (
        # Slack is asked when the playbook names other channels.
        Tick("follow-the-channels", EVERY_5_SECONDS, partial(rooms.follow, slack)),
        Tick("check-people", EVERY_10_MINUTES, partial(link_news.check_people, slack)),
        Tick("follow-slack", EVERY_30_SECONDS, partial(presence.follow, slack), presence.due_now),
        Tick("read-calendars", EVERY_30_SECONDS, read_diaries, diary.due_now),
        Tick("make-canvases", EVERY_30_SECONDS, make_canvases, canvases.due_now),
    )


def timetable(slack: Slack, outgoing: Outgoing) -> tuple[Tick, ...]:
    """All that goes by business time: who is in a user group is read before a stand-up decides by
    it."""
    groups = Tick("read-user-groups", EVERY_5_SECONDS, partial(usergroups.read_due, slack))
    return (groups, *TIMETABLE, *errands(slack, outgoing))


def look(liaison: Liaison, timetable: Sequence[Tick]) -> Collection[str]:
    """The ids of the jobs that find something to do now, and of those that have to look
    themselves: one question to the database, where each job alone would ask its own."""
    asked = asking(liaison.team_id, liaison.now())
    dues = tuple((tick.id, tick.due) for tick in timetable if tick.due)
    with liaison.reading() as tx:
        found = tx.execute(_of_all(dues), asked).mappings().one() if dues else {}
    return {tick.id for tick in timetable if tick.due is None or found[tick.id]}


@cache
def _of_all(dues: tuple[tuple[str, Due], ...]) -> Any:
    """Built once for each timetable."""
    return select(*(due().exists().label(name) for name, due in dues))


class Rounds:
    """The runs of one process: each job one at a time, whoever asks for it."""

    def __init__(
        self, liaison: Liaison, timetable: Sequence[Tick], upkeep: Sequence[Tick] = ()
    ) -> None:
        self._liaison = liaison
        self._timetable = timetable
        self.lines = (*timetable, *upkeep)
        self._turns = {tick.id: Lock() for tick in self.lines}

    def schedule(self) -> BackgroundScheduler:
        """A scheduler with the timetable in memory, not started.

        `misfire_grace_time=None`: the library's default of one second silently drops a late job.
        Every job runs at once when it starts: what fell due while nobody ran is late enough.
        """
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for tick in self.lines:
            every = IntervalTrigger(seconds=tick.every.total_seconds())
            now = self._liaison.wall()
            scheduler.add_job(self.run, every, (tick,), id=tick.id, next_run_time=now)
        return scheduler

    def run(self, tick: Tick) -> int:
        """Run one job, once nobody else here runs it; says what it says, 0 when it failed or the
        bot is to end.

        One of the two outer edges: a failing job is logged and comes back.
        """
        with self._turns[tick.id]:
            if self._liaison.stopping.is_set():
                return 0
            try:
                done = self._done_by(tick)
            except Exception:
                log.exception("job %s failed; it runs again in %s", tick.id, tick.every)
                self._liaison.meters.count("liaison_job_failures_total", job=tick.id)
                return 0
            self._liaison.meters.count("liaison_job_runs_total", job=tick.id)
        if done:
            log.info("job %s: %d", tick.id, done)
        return done

    def _done_by(self, tick: Tick) -> int:
        """Twice at most."""
        try:
            return tick.job(self._liaison)
        except Untied:
            log.info("job %s: a deadlock was untied, and it runs again", tick.id)
            return tick.job(self._liaison)

    def run_all(self) -> None:
        """Every job that has something to do, once, now: after the clock was set.

        A run that began before has asked for the time already, and would act on what comes by a
        time that is no longer; when this returns, none is left. What one job did may be another's
        work, so it is looked again after each that did something.
        """
        for tick in self._timetable:
            with self._turns[tick.id]:
                pass
        found = self._look()
        for tick in self._timetable:
            if tick.id in found and self.run(tick):
                found = self._look()

    def _look(self) -> Collection[str]:
        """While the database does not answer each job finds that out, and says so, itself."""
        try:
            return look(self._liaison, self._timetable)
        except (NotSaved, SQLAlchemyError):
            return [tick.id for tick in self._timetable]
