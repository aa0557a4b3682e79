"""Keeps the rehearsals of `/liaison try` going: their steps, their messages, their end."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from bot.delivery import messages
from bot.delivery.courier import Courier
from bot.errors import NotSaved, SlackError
from bot.liaison import Liaison
from bot.services import escalations, ladder, undo, walks
from jobs import Rounds, Tick

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks; each of them is minutes by the clock of a rehearsal."""
_EVERY = timedelta(seconds=LOOK)
STEPS = (
    Tick("take-due-steps", _EVERY, ladder.take_due_steps, ladder.due_now),
    Tick("send-managers-lists", _EVERY, escalations.send_lists, escalations.due_now),
    Tick("release-held-messages", _EVERY, messages.release_held, messages.due_now),
    Tick("end-undo-offers", _EVERY, undo.end_offers, undo.due_now),
)


class Walks:
    """One per process; each carries what it meets, as couriers always may."""

    def __init__(
        self,
        liaison: Liaison,
        new_courier: Callable[[Liaison], Courier],
        delete: Callable[[str, str], None],
    ) -> None:
        """`delete` takes a message away from Slack, by its channel and ts."""
        self._liaison = liaison
        self._new_courier = new_courier
        self._delete = delete
        self._couriers: dict[str, Courier] = {}
        self._stopping = Event()
        self._loop = Thread(target=self._run, name="walks", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """What is on its way is finished; the next start goes on."""
        self._stopping.set()
        if self._loop.is_alive():
            self._loop.join()
        for courier in self._couriers.values():
            courier.stop()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK):
            try:
                for own in walks.going_on(self._liaison):
                    self._go_on(own)
            except NotSaved:
                log.warning("walks: the database does not answer; trying again")

    def _go_on(self, own: Liaison) -> None:
        if walks.is_over(own):
            self._end(own)
            return
        if own.team_id not in self._couriers:
            self._couriers[own.team_id] = self._new_courier(own)
            self._couriers[own.team_id].start()
        Rounds(own, STEPS).run_all()

    def _end(self, own: Liaison) -> None:
        """First nobody sends any more, then what stands is taken away, then the rows."""
        if courier := self._couriers.pop(own.team_id, None):
            courier.stop()
        for channel, ts in walks.posts(own):
            try:
                self._delete(channel, ts)
            except SlackError as error:
                log.warning("walks: a message of a rehearsal stays in Slack: %s", error)
        walks.clear(own)
