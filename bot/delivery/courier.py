"""The courier carries what the outbox holds to Slack, several messages at once, in no hurry.

claim  -> a sender thread: render from the current rows, call Slack -> record
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import (
    Claim,
    Dropped,
    Folded,
    Held,
    Outcome,
    Removed,
    Repost,
    Retry,
    Shown,
    Unclear,
)
from bot.delivery.pacing import Pace
from bot.errors import (
    NotSaved,
    SlackGone,
    SlackRefused,
    SlackShut,
    SlackUnavailable,
    SlackUnclear,
    SlackUnfit,
)
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person
from bot.slack import Slack
from bot.views.blocks import MOST_BLOCKS, Post, context, short

log = logging.getLogger(__name__)

SENDERS = 16
CLAIMED = 2 * SENDERS
"""At most so many are ours at a time: a sender that is done finds its next one ready, and what a
claim costs is shared by many."""
IDLE = 1.0
"""Seconds between two looks when nothing wakes the courier; other processes queue rows too."""
AGAIN = 1 / 12
"""The part of a lease after which what did not happen is tried again: 5 s of 60."""
CHANNEL_AGAIN = timedelta(minutes=5)
"""Somebody has to invite the bot again, or choose another channel."""
SHUT_AGAIN = timedelta(minutes=1)
"""Somebody has to give the bot a token that is good; until then one message a minute knocks."""
PLAIN = 3900
"""Characters of a message that goes out as plain text alone; Slack advises at most 4,000."""


@dataclass(frozen=True)
class Hold:
    """Not now: the recipient is back at work then (business time)."""

    until: datetime


@dataclass(frozen=True)
class Fold:
    """Not as a message of its own: the recipient reads of it in the next brief."""


@dataclass(frozen=True)
class Remove:
    """It holds nothing any more: Slack is to show it no longer, or never."""


NOT_WANTED = "no longer wanted"
"""Why a message was dropped that said nothing new."""

Told = Post | Hold | Fold | Remove | None
"""A message as of now; None = it is no longer wanted."""


@dataclass(frozen=True)
class Telling:
    """How one kind of message is told."""

    render: Callable[[Session, Message, datetime], Told]
    """The message as of now (business time)."""
    shown: Callable[[Session, Message, datetime], None] | None = None
    """What follows when Slack first shows it, in the transaction that records it."""


@dataclass(frozen=True)
class Detour:
    """In a trial: to whom a message goes instead, and the line above it that says so."""

    player: Person | None
    """None = it stands there already."""
    meant_for: str
    line: str

    def marked(self, told: Told) -> Told:
        """The line goes first, in the text too; a message that is full has it there alone."""
        if not isinstance(told, Post):
            return told
        has_room = 0 < len(told.blocks) < MOST_BLOCKS
        above = [context(self.line)] if has_room else []
        return Post(f"{self.line}\n{told.text}", [*above, *told.blocks])


@dataclass(frozen=True)
class Wait:
    """Nothing is sent yet: the app is still being set up."""


Divert = Callable[[Session, Message], Detour | Wait | None]
"""Where a message goes instead; None = where it is meant to go."""

Troubled = Callable[[Session, Message, str], None]
"""What follows when Slack does not take a message as it was meant, by its word for why."""


@dataclass(frozen=True)
class Routes:
    """What happens to a message that does not simply reach whom it is meant for."""

    troubled: Troubled | None = None
    divert: Divert | None = None


class Courier:
    """One per process. `start`, then `stop`, which waits for what is on its way."""

    def __init__(
        self,
        liaison: Liaison,
        slack: Slack,
        tellings: Mapping[MessageKind, Telling],
        *,
        pace: Pace,
        lease: timedelta,
        routes: Routes | None = None,
    ) -> None:
        """`lease` must be at least twice the Slack client's time-out, or a slow post doubles."""
        self._liaison = liaison
        self._slack = slack
        self._tellings = tellings
        self._pace = pace
        self._lease = lease
        self._again = lease * AGAIN
        self._routes = routes or Routes()
        self._shut_until: datetime | None = None
        self._away_until: datetime | None = None
        """While Slack cannot be reached: when one message tries again."""
        self._door = Lock()
        """Held while the senders say what they met: the operator hears of it once."""
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="courier")
        self._recorder = ThreadPoolExecutor(1, thread_name_prefix="courier-record")
        self._done: SimpleQueue[tuple[Claim, Future[Outcome]]] = SimpleQueue()
        self._to_record: list[tuple[Claim, Outcome]] = []
        self._on_the_way = 0
        self._is_stopping = False
        self._loop = Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """Take nothing new, finish what is on its way, record it."""
        self._is_stopping = True
        self._liaison.something_to_tell.set()
        if self._loop.is_alive():
            self._loop.join()
        self._senders.shutdown(wait=True)
        try:
            self._record_done()
        except NotSaved:
            log.warning("courier: what was sent last is not recorded; the next start looks it up")
        self._recorder.shutdown(wait=True)

    @property
    def is_alive(self) -> bool:
        return self._loop.is_alive()

    @property
    def is_let_in(self) -> bool:
        """False while Slack says that our token is not good any more."""
        return self._shut_until is None

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._record_done()
                # What was recorded just now is looked for at once; it need not wake us again.
                self._liaison.something_to_tell.clear()
                wait = self._send_next() if self._done.empty() else 0.0
            except NotSaved:
                log.warning("courier: the database does not answer; trying again")
                # Set by what came back, which is not recorded yet: it would wake us at once.
                self._liaison.something_to_tell.clear()
                wait = IDLE
            if not self._is_stopping:
                self._liaison.something_to_tell.wait(wait)

    def _send_next(self) -> float:
        """Hand what may go now to the senders; returns how many seconds nothing more may."""
        room, wait = CLAIMED - self._on_the_way, IDLE
        if closed := self._shut_until or self._away_until:
            # One message finds out whether the token is good again, or Slack is there.
            left = (closed - self._liaison.wall()).total_seconds()
            room = 0 if self._on_the_way or left > 0 else 1
            wait = min(IDLE, left) if left > 0 else IDLE
        if room <= 0:
            return wait
        lease = new_id(self._liaison.wall())
        claims, opens = outbox.claim(
            self._liaison, lease=lease, lasts=self._lease, most=room, pace=self._pace
        )
        for claimed in claims:
            self._on_the_way += 1
            sending = self._senders.submit(self._send, claimed)
            sending.add_done_callback(partial(self._put_done, claimed))
        if claims:
            # More may wait at the same gates; they need not wait for these to arrive.
            return 0.0
        if opens is None:
            return IDLE
        return min(IDLE, max(0.0, (opens - self._liaison.wall()).total_seconds()))

    def _put_done(self, claimed: Claim, sending: "Future[Outcome]") -> None:
        self._done.put((claimed, sending))
        self._liaison.something_to_tell.set()

    def _record_done(self) -> None:
        """Record all that came back, in one transaction; kept for later if that fails.

        When one of them cannot be recorded at all, the others are, each by itself; the bad one
        comes back with its lease.
        """
        self._collect_done()
        if not self._to_record:
            return
        error = self._record(self._to_record)
        if isinstance(error, NotSaved):
            raise error
        for done in self._to_record if error else ():
            if one := self._record([done]):
                log.error("message %s could not be recorded", done[0].id, exc_info=one)
        self._to_record.clear()

    def _record(self, done: Sequence[tuple[Claim, Outcome]]) -> BaseException | None:
        return self._recorder.submit(self._write_down, done).exception()

    def _write_down(self, done: Sequence[tuple[Claim, Outcome]]) -> None:
        now = self._liaison.now()
        with self._liaison.transaction() as tx:
            ours = outbox.still_ours(tx, self._liaison, [claimed for claimed, _ in done])
            shown = [
                message
                for claimed, outcome in done
                if (message := ours.get(claimed.id))
                and outbox.record(tx, self._liaison, message, outcome)
            ]
            tx.flush()
            for message in shown:
                if follow := self._tellings[message.kind].shown:
                    follow(tx, message, now)
            for claimed, outcome in done:
                self._tell_trouble(tx, claimed, outcome)

    def _tell_trouble(self, tx: Session, claimed: Claim, outcome: Outcome) -> None:
        trouble = getattr(outcome, "trouble", None)
        if trouble and self._routes.troubled:
            message = tx.get_one(Message, (self._liaison.team_id, claimed.id))
            self._routes.troubled(tx, message, trouble)

    def _collect_done(self) -> None:
        while True:
            try:
                claimed, sending = self._done.get_nowait()
            except Empty:
                return
            self._on_the_way -= 1
            if error := sending.exception():
                # Its lease stands, so one bad row waits while the queue goes on.
                is_known = isinstance(error, NotSaved)
                log.error(
                    "message %s could not be sent: %s",
                    claimed.id,
                    type(error).__name__,
                    exc_info=None if is_known else error,
                )
                continue
            outcome = sending.result()
            self._meter(outcome)
            if isinstance(outcome, Dropped):
                log.info("message %s dropped: %s", claimed.id, outcome.why)
            self._to_record.append((claimed, outcome))

    def _meter(self, outcome: Outcome) -> None:
        what = type(outcome).__name__.lower()
        self._liaison.meters.count("liaison_messages_total", outcome=what)
        if isinstance(outcome, Retry) and outcome.closes_gate:
            self._liaison.meters.count("liaison_rate_limited_total")

    def _send(self, claimed: Claim) -> Outcome:
        message = claimed.message
        with self._liaison.reading() as tx:
            detour = self._routes.divert(tx, message) if self._routes.divert else None
            if isinstance(detour, Wait):
                return Retry(CHANNEL_AGAIN)
            person = message.recipient_id and tx.get_one(
                Person, (self._liaison.team_id, message.recipient_id)
            )
            thread = _thread_of(tx, message)
            post = self._tellings[message.kind].render(tx, message, self._liaison.now())
        if detour:
            post = detour.marked(post)
        if message.ts is not None:
            return self._edit(message, post)
        if detour and detour.player:
            return self._send_instead(claimed, message, detour, thread, post)
        if (message.channel or "").startswith("#"):
            # The playbook names it and the bot is not in it; `rooms` sends it on once it is.
            return Retry(CHANNEL_AGAIN, trouble="not_in_channel")
        place = message.channel or (person.dm_channel if person else None)
        return self._send_to(claimed, message, message.recipient_id or "", place, thread, post)

    def _send_instead(
        self, claimed: Claim, message: Message, detour: Detour, thread: str | None, post: Told
    ) -> Outcome:
        """Into the DM of who plays everybody; a thread of somebody else's message is not there."""
        assert detour.player
        player = detour.player
        thread = None if message.thread_ts else thread
        outcome = self._send_to(claimed, message, player.id, player.dm_channel, thread, post)
        if isinstance(outcome, Shown):
            return replace(outcome, meant_for=detour.meant_for)
        return outcome

    def _send_to(
        self,
        claimed: Claim,
        message: Message,
        person_id: str,
        place: str | None,
        thread: str | None,
        post: Told,
    ) -> Outcome:
        """Post it there, unless an earlier try did; without a `place`, into the person's DM."""
        try:
            channel = place or self._slack.open_dm(person_id)
            if claimed.was_unclear and (ts := self._find(message, channel, thread)):
                return Shown(channel, ts, 0, None)
        except SlackUnavailable as error:
            return Retry(self._after(error), is_unclear=claimed.was_unclear)
        except SlackUnclear:
            return Retry(self._again, is_unclear=claimed.was_unclear)
        except (SlackGone, SlackRefused) as error:
            return Dropped(str(error), str(error))
        if self._liaison.wall() > claimed.until - self._lease / 2:
            # Looking took so long that the post could still be on its way when the lease ends.
            return Retry(timedelta(0), is_unclear=claimed.was_unclear)
        return self._post(message, channel, thread, post)

    def _find(self, message: Message, channel: str, thread: str | None) -> str | None:
        tried_at = message.first_tried_at or self._liaison.wall()
        since = tried_at - self._pace.clocks_apart
        return self._slack.find(channel, _mark(message), since.timestamp(), thread)

    def _post(self, message: Message, channel: str, thread: str | None, post: Told) -> Outcome:
        if post is None or isinstance(post, Remove):
            return Dropped(NOT_WANTED)
        if isinstance(post, Fold):
            return Folded()
        if isinstance(post, Hold):
            return Held(post.until)
        try:
            aloud = message.thread_ts is None
            ts = self._slack.post(channel, post, _mark(message), thread, aloud=aloud)
        except SlackUnavailable as error:
            return self._later(message, error)
        except SlackUnclear:
            return Unclear()
        except SlackGone as error:
            return self._without(message, error)
        except SlackUnfit as error:
            if post.blocks:
                return _owning_up(self._post(message, channel, thread, _plainly(post)), error)
            return Dropped(str(error), str(error))
        except SlackRefused as error:
            return Dropped(str(error), str(error))
        self._let_in()
        return Shown(channel, ts, message.revision, _digest(post))

    def _without(self, message: Message, error: SlackGone) -> Outcome:
        """A person who is gone reads nothing, nor does a thread; a channel may come back, and its
        cards matter."""
        if str(error) == "thread_not_found":
            return Dropped(str(error))
        if message.recipient_id:
            return Dropped(str(error), str(error))
        log.warning("channel %s cannot be posted to: %s", message.channel, error)
        return Retry(CHANNEL_AGAIN, trouble=str(error))

    def _edit(self, message: Message, post: Told) -> Outcome:
        """Editing again is harmless, so an unclear answer is simply tried again."""
        channel, ts = message.channel or "", message.ts or ""
        if isinstance(post, Remove):
            return self._remove(message, Removed())
        if not isinstance(post, Post) or _digest(post) == message.shown_digest:
            return Shown(channel, ts, message.revision, message.shown_digest)
        try:
            self._slack.edit(channel, ts, post)
        except SlackUnavailable as error:
            return self._later(message, error)
        except SlackUnclear:
            return Retry(self._again)
        except SlackGone as error:
            # What cannot be edited must not stay beside its successor, and say what was.
            return Dropped(str(error)) if _nobody_there(error) else self._remove(message, Repost())
        except SlackUnfit as error:
            if post.blocks:
                return _owning_up(self._edit(message, _plainly(post)), error)
            return Dropped(str(error), str(error))
        except SlackRefused as error:
            return Dropped(str(error), str(error))
        self._let_in()
        return Shown(channel, ts, message.revision, _digest(post))

    def _let_in(self) -> None:
        with self._door:
            if self._shut_until:
                log.info("Slack lets the bot in again")
            if self._away_until:
                log.info("Slack can be reached again")
            self._shut_until = self._away_until = None

    def _remove(self, message: Message, then: Outcome) -> Outcome:
        """Take a message away; one that is gone already is as good."""
        try:
            self._slack.delete(message.channel or "", message.ts or "")
        except SlackUnavailable as error:
            return self._later(message, error)
        except SlackUnclear:
            return Retry(self._again)
        except SlackGone:
            return then
        except SlackRefused as error:
            log.error("message %s cannot be deleted: %s", message.id, error)
        return then

    def _later(self, message: Message, error: SlackUnavailable) -> Retry:
        after = self._after(error)
        if error.retry_after is None:
            return Retry(after)
        # A gate that may run ahead of its average must be that much further behind to be closed.
        return Retry(after, closes_gate=after + self._pace.burst(message.gate))

    def _after(self, error: SlackUnavailable) -> timedelta:
        if isinstance(error, SlackShut):
            self._shut_out(error)
            return SHUT_AGAIN
        if error.retry_after is None:
            self._miss()
            return self._again
        return timedelta(seconds=error.retry_after)

    def _miss(self) -> None:
        """Thousands that wait would each try in turn, and keep a core busy with nothing."""
        with self._door:
            if self._away_until is None:
                log.warning("Slack cannot be reached; one message at a time tries until it can be")
            self._away_until = self._liaison.wall() + self._again

    def _shut_out(self, error: SlackShut) -> None:
        with self._door:
            if self._shut_until is None:
                log.error("Slack lets the bot in no more: %s; nothing is sent until it does", error)
            self._shut_until = self._liaison.wall() + SHUT_AGAIN


def _plainly(post: Post) -> Post:
    """The text alone, which says all that the blocks say; nothing to press."""
    return Post(short(post.text, PLAIN), [])


def _owning_up(outcome: Outcome, error: SlackUnfit) -> Outcome:
    """It was told plainly, and an admin hears that it had to be."""
    return replace(outcome, trouble=str(error)) if isinstance(outcome, Shown) else outcome


def _mark(message: Message) -> str:
    """What a post is recognised by; a post made anew has a mark of its own."""
    return f"{message.id}.{message.posts}"


def _thread_of(tx: Session, message: Message) -> str | None:
    """The ts of the message it replies to; None when it is no reply."""
    if message.parent_id is None:
        return message.thread_ts
    return tx.get_one(Message, (message.team_id, message.parent_id)).ts


def _digest(post: Post) -> str:
    return hashlib.sha256(json.dumps([post.text, post.blocks]).encode()).hexdigest()


def _nobody_there(error: SlackGone) -> bool:
    return str(error) not in {"message_not_found", "edit_window_closed", "cant_update_message"}
