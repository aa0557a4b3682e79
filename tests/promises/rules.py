"""The promises of the product, watched from outside: by what was done and what people were told."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.delivery.courier import NOT_WANTED
from bot.delivery.outbox import FOLDED
from bot.models import (
    NEXT_BRIEF,
    Absence,
    Ask,
    Handoff,
    Message,
    MessageKind,
    Offer,
    Run,
    Snooze,
)
from tests.promises.floor import Floor, Posted

LONG_ENOUGH = timedelta(days=10)
"""Whoever waits for an opening has had one by then: the longest leave here is five days."""
GAP = timedelta(minutes=30)
WARNS = ("Overdue", "Due today", "Held back")
"""Parts of a brief that warn of a first touch."""
DECIDES = ("To decide",)
"""The part that puts a first touch before a manager."""
SAID_IN_BRIEF = (MessageKind.NOTE, MessageKind.ANSWER, MessageKind.BACK, MessageKind.DIGEST)
"""What a brief says as the sentence it would have been."""
OF_A_RUN = (MessageKind.NUDGE, MessageKind.LEAD_DM)
ABOUT_ONE = (MessageKind.NUDGE, MessageKind.ANYONE)


RunKey = tuple[str, int]


@dataclass
class Watch:
    """Keeps its own book of what is done; each broken promise is a sentence in `broken`."""

    floor: Floor
    broken: list[str] = field(default_factory=list)
    lead_ids: dict[str, str] = field(default_factory=dict)
    """How the CRM calls each lead, by its id here."""
    companies: dict[str, str] = field(default_factory=dict)
    """By hand-off."""
    last_by: dict[str, str] = field(default_factory=dict)
    _done: dict[str, bool] = field(default_factory=dict)
    _before: dict[str, bool] = field(default_factory=dict)
    """Whether it was done before the last answer, which may be taken back."""
    _pressed: dict[str, datetime] = field(default_factory=dict)
    _warned: dict[tuple[str, int], datetime] = field(default_factory=dict)
    """When the actor of each run was first warned."""
    _steps: Counter[tuple[str, int | None, int | None, str | None]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.floor.watch = self.shown

    # What was done.

    def handed(self, handoff_id: str, lead_id: str) -> None:
        handoff = self._handoff(handoff_id)
        self.lead_ids[handoff.lead_id] = lead_id

    def pressed(self, by: str, handoff: Handoff) -> None:
        """A press that was accepted; what answers it may be told at once."""
        self._pressed[by] = self.floor.now
        self.last_by[handoff.id] = by

    def answering(self, by: str, handoff: Handoff) -> None:
        """An answer that may be taken back."""
        self.pressed(by, handoff)
        self._before[handoff.id] = self.is_done(handoff.id)

    def answered(self, by: str, handoff: Handoff) -> None:
        self.answering(by, handoff)
        self._done[handoff.id] = True

    def undone(self, by: str, handoff: Handoff) -> None:
        self.pressed(by, handoff)
        self._done[handoff.id] = self._before.pop(handoff.id)

    def done_elsewhere(self, handoff: Handoff) -> None:
        """In the CRM, or because the lead is erased."""
        self._done[handoff.id] = True

    def reopened(self, handoff: Handoff) -> None:
        self._done[handoff.id] = False

    def is_done(self, handoff_id: str) -> bool:
        return self._done.get(handoff_id, False)

    # What people were told.

    def shown(self, posted: Posted) -> None:
        """Somebody reads this now."""
        self._inside_hours(posted)
        self._not_after_the_work(posted)
        self._not_while_asleep(posted)
        self._once(posted)
        self._warned_first(posted)
        self._remember_warning(posted)

    def _say(self, sentence: str, posted: Posted) -> None:
        self.broken.append(f"{sentence}: {posted}")

    def _inside_hours(self, posted: Posted) -> None:
        if posted.reader is None:
            if posted.kind is MessageKind.ANYONE and not self.floor.is_team_at_work():
                self._say("colleagues were asked outside the team's hours", posted)
            return
        is_answer = posted.kind is MessageKind.LEAD_DM and posted.is_answer
        if is_answer and self._pressed.get(posted.reader) == posted.at:
            return
        if not self.floor.is_at_work(posted.reader):
            self._say("told outside their hours", posted)

    def _not_after_the_work(self, posted: Posted) -> None:
        if posted.kind in ABOUT_ONE and self.is_done(posted.subject):
            self._say("reminded after the work was done", posted)
        for handoff_id in self._named_in(posted, WARNS + DECIDES):
            if self.is_done(handoff_id):
                self._say("listed after the work was done", posted)

    def _not_while_asleep(self, posted: Posted) -> None:
        """Neither what is snoozed nor what marketing was asked about for the first time."""
        if posted.kind is not MessageKind.NUDGE or posted.step is None:
            return
        with self.floor.liaison.reading() as tx:
            last = tx.scalars(
                select(Snooze)
                .where(
                    col(Snooze.team_id) == self.floor.team_id,
                    col(Snooze.handoff_id) == posted.subject,
                    col(Snooze.run) == posted.run,
                )
                .order_by(col(Snooze.id))
            ).all()
            asked = tx.scalars(
                select(Ask).where(
                    col(Ask.team_id) == self.floor.team_id, col(Ask.handoff_id) == posted.subject
                )
            ).all()
        if last and posted.at < last[-1].until:
            self._say("reminded while snoozed", posted)
        if any(a.pauses and a.answered_at is None and posted.at < a.due_at for a in asked):
            self._say("reminded while marketing is asked", posted)

    def _once(self, posted: Posted) -> None:
        if posted.kind in ABOUT_ONE and posted.step is not None:
            key = (posted.subject, posted.run, posted.step, posted.reader)
            self._steps[key] += 1
            if self._steps[key] > 1:
                self._say("a step was taken twice", posted)

    def _warned_first(self, posted: Posted) -> None:
        """Neither colleagues nor a manager hear of a lead before its actor was warned."""
        upward = []
        if posted.kind is MessageKind.ANYONE:
            upward = [posted.subject]
        elif posted.kind in {MessageKind.MANAGER_LIST, MessageKind.BRIEF}:
            upward = self._named_in(posted, DECIDES)
        for handoff_id in upward:
            warned = self._warned.get((handoff_id, self._handoff(handoff_id).runs))
            if warned is None or posted.at < warned + GAP:
                self._say(f"a step upward, its actor warned {warned}", posted)

    def _remember_warning(self, posted: Posted) -> None:
        if posted.kind is MessageKind.NUDGE:
            assert posted.run
            self._warned.setdefault((posted.subject, posted.run), posted.at)
        elif posted.kind is MessageKind.BRIEF:
            for handoff_id in self._named_in(posted, WARNS):
                handoff = self._handoff(handoff_id)
                if handoff.actor_id == posted.reader:
                    self._warned.setdefault((handoff_id, handoff.runs), posted.at)

    def _named_in(self, posted: Posted, headings: Collection[str]) -> list[str]:
        """The hand-offs that a list, or a brief under these headings, wants a first touch for."""
        is_named = posted.kind is MessageKind.MANAGER_LIST
        found = []
        for line in posted.text.splitlines():
            if not line.startswith("*"):
                is_named = is_named if line.startswith(("Spring", "and ")) else line in headings
            elif is_named and "first touch" in line:
                found += [self._open_of(line.split("*")[1])]
        return found

    def _open_of(self, company: str) -> str:
        """The newest hand-off of a company."""
        return [h.id for h in self.floor.handoffs() if self.company(h) == company][-1]

    def company(self, handoff: Handoff) -> str:
        return self.lead_ids[handoff.lead_id].replace("lead-", "Acme ")

    def _handoff(self, handoff_id: str) -> Handoff:
        return next(each for each in self.floor.handoffs() if each.id == handoff_id)

    # How things stand.

    def look(self) -> None:
        """Never two open runs of a hand-off, and the open one is its actor's."""
        open_runs: dict[str, list[Run]] = {}
        for run in self.floor.runs():
            if run.ended_at is None:
                open_runs.setdefault(run.handoff_id, []).append(run)
        for handoff in self.floor.handoffs():
            actors = [run.actor_id for run in open_runs.get(handoff.id, [])]
            wanted = [handoff.actor_id] if handoff.actor_id and not handoff.closed_at else []
            if actors != wanted:
                self.broken.append(f"open runs of {actors}, but the actor is {wanted}")

    def end(self) -> None:
        """Some days in which nobody does anything: whatever was deferred is shown by then."""
        floor = self.floor
        floor.slack.is_down = False
        floor.advance(floor.now)
        self.look()
        known = {message.id for message in floor.messages()}
        runs = [_key(run) for run in floor.runs() if run.started_at]
        is_over = floor.now + LONG_ENOUGH
        while (owed := self._owed(known, runs)) and floor.now < is_over:
            floor.advance(floor.now + timedelta(days=1))
        self.broken += owed

    def _owed(self, messages: Collection[str], runs: Collection[RunKey]) -> list[str]:
        """What people still have to be told: of these messages, and who has a lead that waits."""
        rows = [message for message in self.floor.messages() if message.id in messages]
        lost = [f"{sentence}: {row!r}" for row in rows if (sentence := self._lost(row))]
        waiting = [run for run in self.floor.runs() if _key(run) in runs]
        untold = [f"not told of what they have: {run!r}" for run in waiting if self._is_untold(run)]
        return lost + untold

    def _is_untold(self, run: Run) -> bool:
        handoff = self._handoff(run.handoff_id)
        if run.ended_at or run.answered_at or handoff.touched_at or run.started_at is None:
            return False
        return not self._told(run.actor_id, handoff, run.started_at)

    def _told(self, reader: str | None, handoff: Handoff, since: datetime) -> bool:
        """Whether they read of it since: in a message of its own, or by name in another."""
        name = self.company(handoff)
        return any(
            posted.reader == reader and posted.at >= since and name in posted.text
            for posted in self.floor.posted
        )

    def _lost(self, message: Message) -> str | None:
        """Why a message that nobody ever saw is a promise broken; None = it is none."""
        if message.ts is not None or message.dropped == "removed":
            return None
        if message.dropped is None:
            return "never sent"
        if message.dropped not in {FOLDED, NOT_WANTED}:
            return None if message.dropped == "taken back" else "given up"
        assert message.settled_at
        if message.dropped == FOLDED and message.kind in SAID_IN_BRIEF:
            is_said = (
                message.brief_id != NEXT_BRIEF and self.floor.row(Message, message.brief_id).ts
            )
            return None if is_said else "kept for a brief that never came"
        if message.kind is MessageKind.CARD:
            return "a card was dropped"
        return None if self._is_needless(message, message.settled_at) else "dropped and not said"

    def _is_needless(self, message: Message, dropped_at: datetime) -> bool:
        match message.kind:
            case MessageKind.NUDGE | MessageKind.LEAD_DM | MessageKind.NOTE | MessageKind.FOLLOW_UP:
                handoff = self._handoff(message.subject_id)
                return self._is_over(message, handoff) or self._told(
                    message.recipient_id, handoff, dropped_at
                )
            case MessageKind.ANYONE:
                return self._is_over(message, self._handoff(message.subject_id))
            case MessageKind.ASK:
                return self.floor.row(Ask, message.about).answered_at is not None
            case MessageKind.OFFER:
                return self.floor.row(Offer, message.about).answered_at is not None
            case MessageKind.AWAY:
                return self.floor.row(Absence, message.subject_id).ends_at <= dropped_at
        return message.kind in {MessageKind.BRIEF, MessageKind.MANAGER_LIST}

    def _is_over(self, message: Message, handoff: Handoff) -> bool:
        """Whether what it was to say is so no more."""
        if handoff.outcome == "erased":
            return True
        if message.kind is MessageKind.NOTE:
            return False
        if message.kind is MessageKind.FOLLOW_UP:
            is_theirs = handoff.actor_id == message.recipient_id and handoff.closed_at is None
            return not is_theirs or str(handoff.follow_up_on) != message.about
        run = next((r for r in self.floor.runs() if _key(r) == (handoff.id, message.run)), None)
        return bool(run is None or run.ended_at or run.answered_at or handoff.touched_at)


def _key(run: Run) -> RunKey:
    return run.handoff_id, run.number
