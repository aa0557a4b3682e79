"""What the clock starts: a timetable of few fixed ticks. Due work is rows; a tick only looks.

Every job is an idempotent transaction, so any number of processes may run all of them.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Lock

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.delivery.jumps import bring_back
from bot.delivery.messages import release_held
from bot.liaison import Liaison
from bot.outgoing import Outgoing
from bot.services import canvases, rooms, usergroups
from bot.services.absences import take_due_absences
from bot.services.asks import take_late
from bot.services.batches import start_shown
from bot.services.briefs import write_briefs
from bot.services.diary import read_diaries
from bot.services.disputes import pass_on_disputes
from bot.services.escalations import send_lists
from bot.services.flag_answers import take_late_flags
from bot.services.ladder import take_due_steps
from bot.services.link_news import check_people, tell_unlinked
from bot.services.playbooks import keep_up
from bot.services.presence import follow
from bot.services.previews import close_previews
from bot.services.quality import judge_campaigns
from bot.services.snooze import wake_snoozed
from bot.services.standup import take_due_standups
from bot.services.trial import go_live
from bot.services.turns import take_due_turns
from bot.services.undo import end_offers
from bot.services.usefulness import judge_messages, suggest
from bot.slack import Slack
from jobs.retention import blank_old_bodies, erase_closed_leads
from jobs.sizes import learn_sizes

log = logging.getLogger(__name__)

Job = Callable[[Liaison], int]
"""Does what is due now and says how many; may be run at any time, any number of times."""


@dataclass(frozen=True)
class Tick:
    """One line of the timetable."""

    id: str
    every: timedelta
    job: Job


TIMETABLE = (
    Tick("keep-up-with-the-playbook", timedelta(seconds=5), keep_up),
    Tick("go-live", timedelta(seconds=5), go_live),
    Tick("take-due-steps", timedelta(seconds=5), take_due_steps),
    Tick("start-batches", timedelta(seconds=5), start_shown),
    Tick("write-briefs", timedelta(seconds=5), write_briefs),
    Tick("wake-snoozed-leads", timedelta(seconds=5), wake_snoozed),
    Tick("send-managers-lists", timedelta(seconds=5), send_lists),
    Tick("take-due-turns", timedelta(seconds=5), take_due_turns),
    Tick("take-due-absences", timedelta(seconds=5), take_due_absences),
    Tick("release-held-messages", timedelta(seconds=5), release_held),
    Tick("hold-stand-ups", timedelta(seconds=5), take_due_standups),
    Tick("end-undo-offers", timedelta(seconds=5), end_offers),
    Tick("bring-back-stray-times", timedelta(seconds=30), bring_back),
    Tick("tell-late-asks", timedelta(seconds=30), take_late),
    Tick("tell-late-flags", timedelta(seconds=30), take_late_flags),
    Tick("pass-on-disputes", timedelta(seconds=30), pass_on_disputes),
    Tick("close-previews", timedelta(seconds=30), close_previews),
    Tick("tell-unlinked-owners", timedelta(seconds=30), tell_unlinked),
    Tick("judge-messages", timedelta(seconds=30), judge_messages),
    Tick("suggest-fewer-messages", timedelta(minutes=10), suggest),
    Tick("judge-campaigns", timedelta(minutes=10), judge_campaigns),
    Tick("blank-old-bodies", timedelta(hours=6), blank_old_bodies),
    Tick("learn-sizes", timedelta(hours=1), learn_sizes),
    Tick("erase-closed-leads", timedelta(hours=6), erase_closed_leads),
)


def errands(slack: Slack, outgoing: Outgoing) -> tuple[Tick, ...]:
    """The lines for which somebody else is asked something, outside every transaction."""
    return (
        # Slack is asked when the playbook names other channels.
        Tick("follow-the-channels", timedelta(seconds=5), partial(rooms.follow, slack)),
        Tick("check-people", timedelta(minutes=10), partial(check_people, slack)),
        Tick("follow-slack", timedelta(seconds=30), partial(follow, slack)),
        Tick("read-calendars", timedelta(seconds=30), partial(read_diaries, outgoing)),
        Tick("make-canvases", timedelta(seconds=30), partial(canvases.make_due, slack)),
    )


def timetable(slack: Slack, outgoing: Outgoing) -> tuple[Tick, ...]:
    """All of it, in the order in which it is run when the clock was set: who is in a user group
    is read before a stand-up decides by it."""
    groups = Tick("read-user-groups", timedelta(seconds=5), partial(usergroups.read_due, slack))
    return (groups, *TIMETABLE, *errands(slack, outgoing))


class Rounds:
    """The runs of one process: each job one at a time, whoever asks for it."""

    def __init__(self, liaison: Liaison, timetable: Sequence[Tick] = TIMETABLE) -> None:
        self._liaison = liaison
        self._timetable = timetable
        self._turns = {tick.id: Lock() for tick in timetable}

    def schedule(self) -> BackgroundScheduler:
        """A scheduler with the timetable in memory, not started.

        `misfire_grace_time=None`: the library's default of one second silently drops a late job.
        Every job runs at once when it starts: what fell due while nobody ran is late enough.
        """
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for tick in self._timetable:
            every = IntervalTrigger(seconds=tick.every.total_seconds())
            now = self._liaison.wall()
            scheduler.add_job(self.run, every, (tick,), id=tick.id, next_run_time=now)
        return scheduler

    def run(self, tick: Tick) -> None:
        """Run one job, once nobody else here runs it.

        One of the two outer edges: a failing job is logged and comes back.
        """
        with self._turns[tick.id]:
            try:
                done = tick.job(self._liaison)
            except Exception:
                log.exception("job %s failed; it runs again in %s", tick.id, tick.every)
                self._liaison.meters.count("liaison_job_failures_total", job=tick.id)
                return
            self._liaison.meters.count("liaison_job_runs_total", job=tick.id)
        if done:
            log.info("job %s: %d", tick.id, done)

    def run_all(self) -> None:
        """Every job once, now: after the clock was set.

        A run that began before has asked for the time already, and would act on what comes by a
        time that is no longer; when this returns, none is left.
        """
        for tick in self._timetable:
            self.run(tick)
