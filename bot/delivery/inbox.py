"""What is told to us from outside, stored before anybody is thanked for it.

Two ways in. Slack's events are stored by the middleware before Bolt acknowledges them, and worked
on afterwards. Webhook deliveries are stored and worked on in one transaction, many at a time,
because the sender wants the hand-off's id in the answer.
"""

import json
import logging
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future as CommittedFuture
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import zip_longest
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_each_new, insert_once, table_of
from bot.errors import LiaisonError, NotSaved, Untied
from bot.identity import new_id
from bot.intake.lead_event import EventKind
from bot.intake.webhook import Delivery, NotStored, Receipt
from bot.liaison import Liaison
from bot.models import Arrivals, InboxEvent, Workspace

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Deliveries in one commit: past this the commit itself no longer dominates."""
MOST_WAITING = 2000
"""Deliveries that may wait for their commit; a sender beyond them is asked to come again."""
LEASE = timedelta(seconds=60)
TRIES = 8
IDLE = 1.0

EventHandler = Callable[[dict[str, Any]], None]
"""Works on one stored event; runs again, some times, when it raises."""


def store_slack_event(liaison: Liaison, body: Mapping[str, Any]) -> bool:
    """Store an Events API delivery; False when it was stored before.

    Raises `NotSaved`; then Slack must not get its acknowledgement.
    """
    wall = liaison.wall()
    row = InboxEvent(
        team_id=liaison.team_id,
        id=new_id(wall),
        key=f"slack:{body['event_id']}",
        kind=str(body["event"]["type"]),
        body=json.dumps(body["event"]),
        received_at=wall,
        next_try_at=wall,
    )
    with liaison.transaction() as tx:
        return insert_once(tx, row)


class EventWorker:
    """Works on stored Slack events, oldest first. One thread; several processes may run it."""

    def __init__(self, liaison: Liaison, handlers: Mapping[str, EventHandler], wake: Event) -> None:
        """`wake` is set by whoever stores an event; without it the worker looks every second."""
        self._liaison = liaison
        self._handlers = handlers
        self._wake = wake
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="inbox-work")
        self._is_stopping = False
        self._loop = Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """Finish the event at hand."""
        self._is_stopping = True
        self._wake.set()
        if self._loop.is_alive():
            self._loop.join()
        self._hands.shutdown(wait=True)

    @property
    def is_alive(self) -> bool:
        return self._loop.is_alive()

    def _run(self) -> None:
        while True:
            self._wake.clear()
            if self._is_stopping:
                return
            try:
                self._work()
            except NotSaved:
                log.warning("inbox: the database does not answer; trying again")
            self._wake.wait(IDLE)

    def _work(self) -> None:
        while self._work_on_one():
            if self._is_stopping:
                return

    def _work_on_one(self) -> bool:
        taken = self._take()
        if taken is None:
            return False
        error = self._hands.submit(self._handle, taken).exception()
        if error is None:
            self._finish(taken, None, again=False)
            return True
        # One bad event waits for its next try while the queue goes on.
        is_known = isinstance(error, LiaisonError)
        what = str(error) if is_known else type(error).__name__
        log.warning(
            "event %s (%s): %s", taken.id, taken.kind, what, exc_info=None if is_known else error
        )
        self._finish(taken, what, again=taken.attempts + 1 < TRIES)
        return True

    def _handle(self, event: InboxEvent) -> None:
        if handler := self._handlers.get(event.kind):
            handler(json.loads(event.body or "{}"))

    def _take(self) -> InboxEvent | None:
        """The oldest waiting event, leased: a worker that dies gives it back."""
        wall = self._liaison.wall()
        with self._liaison.transaction() as tx:
            row = tx.scalars(
                select(InboxEvent)
                .where(
                    col(InboxEvent.team_id) == self._liaison.team_id,
                    col(InboxEvent.next_try_at) <= wall,
                )
                .order_by(col(InboxEvent.next_try_at))
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            tx.expunge(row)
            tx.execute(
                update(InboxEvent)
                .where(col(InboxEvent.team_id) == row.team_id, col(InboxEvent.id) == row.id)
                .values(next_try_at=wall + LEASE, attempts=row.attempts + 1)
            )
            return row

    def _finish(self, event: InboxEvent, error: str | None, *, again: bool) -> None:
        wall = self._liaison.wall()
        next_try = wall + timedelta(seconds=2**event.attempts) if again else None
        with self._liaison.transaction() as tx:
            tx.execute(
                update(InboxEvent)
                .where(col(InboxEvent.team_id) == event.team_id, col(InboxEvent.id) == event.id)
                .values(next_try_at=next_try, processed_at=None if again else wall, error=error)
            )


Receive = Callable[[Session, Sequence[Delivery], datetime], list[Receipt]]
"""Apply deliveries inside a transaction, in their order, at a business time."""


def take_in(liaison: Liaison, deliveries: Sequence[Delivery], receive: Receive) -> list[Receipt]:
    """Store and apply deliveries in one transaction; a repeat gets its first answer again."""
    now = liaison.now()
    with liaison.transaction() as tx:
        _lock_campaigns(tx, liaison, deliveries, now)
        # Held, so that each delivery finds it in the session.
        tx.info["workspace"] = tx.get(Workspace, liaison.team_id)
        new = _stored(tx, liaison, deliveries)
        first = {each.key: each for each in reversed(deliveries) if each.key in new}
        told = [each for each in deliveries if first.get(each.key) is each]
        receipts = receive(tx, told, now)
        answers = {each.key: receipt for each, receipt in zip(told, receipts, strict=True)}
        _note_handoffs(tx, liaison, {new[key]: receipt for key, receipt in answers.items()})
        return [
            answers[each.key] if first.get(each.key) is each else _again(tx, liaison, each, answers)
            for each in deliveries
        ]


def _again(
    tx: Session, liaison: Liaison, delivery: Delivery, answers: Mapping[str, Receipt]
) -> Receipt:
    """What a repeat is answered."""
    first = answers.get(delivery.key)
    known = first.handoff_id if first else _first_answer(tx, liaison, delivery.key)
    return Receipt(known, duplicate=True)


def _stored(tx: Session, liaison: Liaison, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """Write down what was delivered, in one statement; the ids of those that are new, by key."""
    wall = liaison.wall()
    rows = {
        delivery.key: {
            "team_id": liaison.team_id,
            "id": new_id(wall),
            "key": delivery.key,
            "kind": f"lead.{delivery.event.event}",
            "body": delivery.body.decode(),
            "received_at": wall,
            "processed_at": wall,
            "attempts": 0,
        }
        for delivery in reversed(deliveries)
    }
    # In one order, so that two who are told the same do not wait for each other.
    new = insert_each_new(tx, InboxEvent, [rows[key] for key in sorted(rows)], "key")
    return {key: str(rows[key]["id"]) for key in new}


def _note_handoffs(tx: Session, liaison: Liaison, receipts: Mapping[str, Receipt]) -> None:
    became = [
        {"of_team": liaison.team_id, "event": event_id, "handoff": receipt.handoff_id}
        for event_id, receipt in receipts.items()
        if receipt.handoff_id
    ]
    if became:
        tx.connection().execute(_note_handoff(), became)


def campaign_key(campaign: str | None) -> str:
    """What the arrivals of a campaign are counted under; "" = it has no name."""
    return (campaign or "").strip().casefold()


def _lock_campaigns(
    tx: Session, liaison: Liaison, deliveries: Sequence[Delivery], now: datetime
) -> None:
    """Whoever counts the leads of a campaign has it alone until the end of the transaction.

    All at once and in one order, before anything else is locked, so that two who take in leads of
    the same campaigns do not wait for each other. A batch that is open needs no counting.
    """
    told = [each.event for each in deliveries if each.event.event is EventKind.HANDOFF]
    keys = {campaign_key(event.campaign or event.campaign_id) for event in told}
    keys -= {""}
    if not keys:
        return
    ours = (col(Arrivals.team_id) == liaison.team_id) & col(Arrivals.campaign).in_(keys)
    for key in sorted(keys - {*tx.scalars(select(col(Arrivals.campaign)).where(ours))}):
        insert_once(tx, Arrivals(team_id=liaison.team_id, campaign=key))
    tx.scalars(
        select(Arrivals)
        .where(ours, col(Arrivals.until).is_(None) | (col(Arrivals.until) <= now))
        .order_by(col(Arrivals.campaign))
        .with_for_update()
    ).all()


@cache
def _note_handoff() -> Update:
    """Built once: every group runs it."""
    table = table_of(InboxEvent)
    of_event = (table.c.team_id == bindparam("of_team")) & (table.c.id == bindparam("event"))
    return update(table).where(of_event).values(handoff_id=bindparam("handoff"))


def _first_answer(tx: Session, liaison: Liaison, key: str) -> str | None:
    return tx.execute(
        select(col(InboxEvent.handoff_id)).where(
            col(InboxEvent.team_id) == liaison.team_id, col(InboxEvent.key) == key
        )
    ).scalar_one()


@dataclass(frozen=True)
class _Waiting:
    delivery: Delivery
    loop: AbstractEventLoop
    answer: "Future[Receipt]"

    def resolve(self, receipt: Receipt | None) -> None:
        if self.answer.done():
            return
        if receipt is None:
            self.answer.set_exception(NotStored())
        else:
            self.answer.set_result(receipt)


def _answer(group: Sequence[_Waiting], receipts: Sequence[Receipt]) -> None:
    """Give each its receipt, or none, and wake each web server once for all of its own."""
    answers: dict[AbstractEventLoop, list[tuple[_Waiting, Receipt | None]]] = {}
    for waiting, receipt in zip_longest(group, receipts):
        answers.setdefault(waiting.loop, []).append((waiting, receipt))
    for loop, its_own in answers.items():
        loop.call_soon_threadsafe(_resolve_each, its_own)


def _resolve_each(answers: Sequence[tuple[_Waiting, Receipt | None]]) -> None:
    for waiting, receipt in answers:
        waiting.resolve(receipt)


class GroupWriter:
    """Takes deliveries from the web server's loop and commits them in groups from one thread.

    Ten times what a transaction per request can do: a commit waits for the disk, and a group
    waits once.
    """

    def __init__(self, liaison: Liaison, receive: Receive) -> None:
        self._liaison = liaison
        self._receive = receive
        self._waiting: SimpleQueue[_Waiting] = SimpleQueue()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._is_asked = False

    async def store(self, delivery: Delivery) -> Receipt:
        """Return once the delivery is durable. Raises `NotStored`, too when too many wait."""
        if self._waiting.qsize() >= MOST_WAITING:
            raise NotStored
        loop = get_running_loop()
        waiting = _Waiting(delivery, loop, loop.create_future())
        self._waiting.put(waiting)
        if not self._is_asked:
            self._ask()
        return await waiting.answer

    def _ask(self) -> None:
        self._is_asked = True
        self._writer.submit(self._commit_waiting).add_done_callback(_log_failure)

    def stop(self) -> None:
        """Commit what is waiting."""
        self._writer.shutdown(wait=True)

    def _commit_waiting(self) -> None:
        # Before the first is taken: whoever comes later finds that nobody was asked.
        self._is_asked = False
        group: list[_Waiting] = []
        while len(group) < AT_ONCE and not self._waiting.empty():
            group.append(self._waiting.get_nowait())
        try:
            if group:
                self._commit(group)
        finally:
            if not self._waiting.empty():
                self._ask()

    def _commit(self, group: list[_Waiting]) -> None:
        """Commit a group; when one is bad, each alone, so that the bad one fails alone."""
        receipts: list[Receipt] = []
        is_settled = len(group) == 1
        try:
            receipts = self._take_in([waiting.delivery for waiting in group])
        except NotSaved as error:
            # Each alone would wait for the same lock, one after the other.
            is_settled = True
            why = getattr(error.__cause__, "orig", None) or error.__cause__
            log.warning("intake: not saved (%s); the sender will try again", type(why).__name__)
        finally:
            if receipts or is_settled:
                _answer(group, receipts)
            else:
                for waiting in group:
                    self._writer.submit(self._commit, [waiting]).add_done_callback(_log_failure)

    def _take_in(self, deliveries: list[Delivery]) -> list[Receipt]:
        """Twice at most."""
        try:
            return take_in(self._liaison, deliveries, self._receive)
        except Untied:
            log.info("intake: a deadlock was untied, and the same is stored again")
            return take_in(self._liaison, deliveries, self._receive)


def _log_failure(committing: "CommittedFuture[None]") -> None:
    if error := committing.exception():
        log.error("a delivery could not be stored", exc_info=error)
