"""What waits for Slack: claim it, and record what became of it. Two short transactions.

Everything here may be killed at any moment and run in any number of processes. A claim is a
conditional update with a lease; an answer counts only while its lease does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Update,
    bindparam,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bot.delivery.pacing import UPDATES, Pace, Passing, close_gate, pass_gates, posting_to
from bot.liaison import Liaison
from bot.models import NEXT_BRIEF, Gate, Handoff, Message, Person
from bot.queries.lists import evened

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FOLDED = "in the brief"
"""Why a message was dropped that a brief says instead."""
# Made once: making one costs twenty times what the query does.
_Parent = aliased(Message)
_Earlier = aliased(Message)


@dataclass(frozen=True)
class Claim:
    """One message, ours to send until the lease ends."""

    message: Message
    """As it was claimed, under our lease, and of no session. A revision that it has since gained is
    not shown yet, and so is shown by an edit."""
    lease: str
    until: datetime
    """When the lease ends; wall time."""
    was_unclear: bool
    """An earlier post may have arrived: look before sending again."""

    @property
    def id(self) -> str:
        return self.message.id


@dataclass(frozen=True)
class Shown:
    """Slack shows the message. `revision` 0 = found in history, so its content is not known."""

    channel: str
    ts: str
    revision: int
    digest: str | None
    trouble: str | None = None
    meant_for: str | None = None
    """In a trial: whose it was; None = it stands where it was meant to."""


@dataclass(frozen=True)
class Dropped:
    """It will never be sent, and why."""

    why: str
    trouble: str | None = None
    """Slack's word for what an admin has to hear of; None = nothing is wrong."""


@dataclass(frozen=True)
class Folded:
    """Its recipient's next brief says it."""


@dataclass(frozen=True)
class Held:
    """Its recipient is not at work: it waits until then (business time)."""

    until: datetime


@dataclass(frozen=True)
class Retry:
    """It did not happen; try again after that."""

    after: timedelta
    is_unclear: bool = False
    closes_gate: timedelta | None = None
    """How long Slack asked everybody at this gate to wait; None = it did not."""
    trouble: str | None = None


@dataclass(frozen=True)
class Repost:
    """The post can no longer be edited: it becomes a fresh one."""


@dataclass(frozen=True)
class Removed:
    """Slack shows it no longer, and never will again."""


@dataclass(frozen=True)
class Unclear:
    """Nobody knows: leave it to the end of the lease, then look."""


Outcome = Shown | Dropped | Folded | Held | Retry | Repost | Removed | Unclear


def claim(
    liaison: Liaison, *, lease: str, lasts: timedelta, most: int, pace: Pace
) -> tuple[list[Claim], datetime | None]:
    """Claim for every open gate what may pass it now, `most` messages in all.

    Also returns when a closed gate opens that something waits for; None = nothing waits.
    """
    wall = liaison.wall()
    with liaison.reading() as tx:
        heads = _heads(tx, liaison.team_id, wall)
    opening = [head for head in heads if head.opens_at(pace) <= wall][:most]
    closed = [head.opens_at(pace) for head in heads if head.opens_at(pace) > wall]
    if not opening:
        return [], min(closed, default=None)
    spare = most - len(opening)
    first: dict[str, list[str]] = {}
    passings: list[Passing] = []
    with liaison.transaction() as tx:
        for head in opening:
            passes = min(pace.passes(head.gate, head.next_at, wall), 1 + spare)
            ids = first[head.gate] = _first(tx, liaison.team_id, head, wall, passes)
            spare -= len(ids) - 1
            passings.append(Passing(head.gate, head.next_at, len(ids) * pace.interval(head.gate)))
        passed = pass_gates(tx, liaison.team_id, passings, wall)
        ours = [message_id for gate in first if gate in passed for message_id in first[gate]]
        claims = _take(tx, liaison.team_id, ours, lease, wall, wall + lasts) if ours else []
    return claims, min(closed, default=None)


class Head(NamedTuple):
    """The first message that waits at a gate, and when that gate opens on average."""

    gate: str
    first: str
    next_at: datetime | None

    def opens_at(self, pace: Pace) -> datetime:
        return (self.next_at or LONG_AGO) - pace.burst(self.gate)


@cache
def _waiting_heads() -> Select[str, str, datetime]:
    """Built once: building it takes longer than running it."""
    first = func.min(cast(col(Message.lane), String) + col(Message.id))
    return (
        select(col(Message.gate), first, func.min(col(Gate.next_at)))
        .outerjoin(Gate, (col(Gate.team_id) == Message.team_id) & (col(Gate.name) == Message.gate))
        .outerjoin(_Parent, _is_parent())
        .where(_is_waiting())
        .group_by(col(Message.gate))
        .order_by(first)
    )


@cache
def _waiting_at_gate() -> Select[str]:
    return (
        select(col(Message.id))
        .outerjoin(_Parent, _is_parent())
        .where(_is_waiting(), col(Message.gate) == bindparam("gate"))
        .order_by(col(Message.lane), col(Message.id))
        .limit(bindparam("most", type_=Integer))
    )


def _is_parent() -> ColumnElement[bool]:
    return (col(_Parent.team_id) == Message.team_id) & (col(_Parent.id) == Message.parent_id)


def _is_waiting() -> ColumnElement[bool]:
    """A reply waits for its parent's ts and for the replies before it; only its thread waits."""
    earlier = (
        select(col(_Earlier.id))
        .where(
            col(_Earlier.team_id) == Message.team_id,
            col(_Earlier.parent_id) == Message.parent_id,
            col(_Earlier.id) < Message.id,
            col(_Earlier.ts).is_(None),
            col(_Earlier.send_at).is_not(None),
        )
        .correlate(Message)
        .exists()
    )
    has_its_turn = col(_Parent.ts).is_not(None) & (col(Message.ts).is_not(None) | ~earlier)
    return (
        (col(Message.team_id) == bindparam("team_id"))
        & (col(Message.send_at) <= bindparam("wall"))
        & (col(Message.parent_id).is_(None) | has_its_turn)
    )


def _heads(tx: Session, team_id: str, wall: datetime) -> list[Head]:
    """For each gate with something due, its head; who goes first comes first."""
    rows = tx.execute(_waiting_heads(), {"team_id": team_id, "wall": wall})
    return [Head(gate, first[-36:], next_at) for gate, first, next_at in rows]


def _first(tx: Session, team_id: str, head: Head, wall: datetime, most: int) -> list[str]:
    """The ids of the first messages that wait at the gate of `head`, itself the first."""
    if most == 1:
        return [head.first]
    asked = {"team_id": team_id, "wall": wall, "gate": head.gate, "most": most}
    return list(tx.scalars(_waiting_at_gate(), asked)) or [head.first]


def _take(
    tx: Session,
    team_id: str,
    message_ids: Sequence[str],
    lease: str,
    wall: datetime,
    until: datetime,
) -> list[Claim]:
    """Put our lease on those that still wait."""
    # What somebody changes right now is left for the next look: waiting for one message while
    # holding another would meet whoever marks both as changed, in the other order.
    asked = {"of_team": team_id, "ids": evened(message_ids), "wall": wall}
    claims = [
        Claim(message, lease, until, was_unclear=message.is_unclear and message.ts is None)
        for message in tx.scalars(_still_waiting(), asked)
    ]
    if claims:
        ids = evened(claimed.id for claimed in claims)
        taken = asked | {"ids": ids, "by": lease, "until": until}
        tx.execute(_put_lease(), taken)
    for claimed in claims:
        # Whoever renders it asks who goes first of those that were claimed.
        tx.expunge(claimed.message)
        claimed.message.lease = lease
    return claims


@cache
def _still_waiting() -> Select[Message]:
    return select(Message).where(*_is_claimed_now()).with_for_update(skip_locked=True)


@cache
def _put_lease() -> Update:
    return (
        update(Message)
        .where(*_is_claimed_now())
        .values(
            send_at=bindparam("until"),
            lease=bindparam("by"),
            attempts=Message.attempts + 1,
            # From here on a post may have left; a crash must not send it blindly again.
            is_unclear=col(Message.ts).is_(None),
            first_tried_at=func.coalesce(col(Message.first_tried_at), bindparam("wall")),
        )
        .execution_options(synchronize_session=False)
    )


def _is_claimed_now() -> tuple[ColumnElement[bool], ...]:
    return (*_are_these(), col(Message.send_at) <= bindparam("wall"))


def _are_these() -> tuple[ColumnElement[bool], ...]:
    """By `of_team` and `ids`."""
    return (
        col(Message.team_id) == bindparam("of_team"),
        col(Message.id).in_(bindparam("ids", expanding=True)),
    )


def still_ours(tx: Session, liaison: Liaison, claims: Sequence[Claim]) -> dict[str, Message]:
    """The messages of those claims whose lease is still ours, locked, by their ids.

    Their hand-offs are locked before them. A click locks its hand-off first and then marks the
    messages as changed; in the other order the two would wait for each other. On SQLite writers
    take turns, and there is nothing to lock.
    """
    asked = {"of_team": liaison.team_id, "ids": evened(claimed.id for claimed in claims)}
    if tx.get_bind().dialect.name != "sqlite":
        tx.execute(_subjects(), asked)
    leases = {claimed.id: claimed.lease for claimed in claims}
    messages = tx.scalars(_in_order(), asked)
    return {message.id: message for message in messages if message.lease == leases[message.id]}


@cache
def _in_order() -> Select[Message]:
    return select(Message).where(*_are_these()).order_by(col(Message.id)).with_for_update()


@cache
def _subjects() -> Select[str]:
    subjects = select(col(Message.subject_id)).where(*_are_these())
    return (
        select(col(Handoff.id))
        .where(col(Handoff.team_id) == bindparam("of_team"), col(Handoff.id).in_(subjects))
        .order_by(col(Handoff.id))
        .with_for_update(key_share=True)
    )


def record(tx: Session, liaison: Liaison, message: Message, outcome: Outcome) -> bool:
    """Write down what became of a message that is `still_ours`.

    Says whether this was its first showing, so that what waits for it can go on. All of a
    transaction are written down before that: what follows one may mark another as changed.
    """
    if isinstance(outcome, Unclear):
        return False
    wall = liaison.wall()
    message.lease = None
    if isinstance(outcome, Shown | Dropped | Folded):
        message.settled_at = message.settled_at or liaison.now()
    match outcome:
        case Shown():
            return _record_shown(tx, message, outcome, wall)
        case Repost():
            _repost(message, wall)
        case Removed():
            message.ts, message.shown_digest = None, None
            message.send_at, message.dropped = None, "removed"
        case Dropped():
            message.send_at, message.is_unclear, message.dropped = None, False, outcome.why
        case Folded():
            message.send_at, message.is_unclear, message.dropped = None, False, FOLDED
            message.brief_id = NEXT_BRIEF
        case Held():
            message.send_at, message.is_unclear, message.hold_until = None, False, outcome.until
        case Retry():
            _retry(tx, message, outcome, wall)
    return False


def _record_shown(tx: Session, message: Message, shown: Shown, wall: datetime) -> bool:
    is_first = message.ts is None and message.posts == 0
    message.meant_for = message.meant_for or shown.meant_for
    if is_first and message.recipient_id and not message.meant_for:
        message.judge_at = message.settled_at
    if message.recipient_id and not message.meant_for and message.channel != shown.channel:
        tx.get_one(Person, (message.team_id, message.recipient_id)).dm_channel = shown.channel
    message.channel, message.ts = shown.channel, shown.ts
    message.shown_revision, message.shown_digest = shown.revision, shown.digest
    message.is_unclear, message.first_tried_at, message.attempts = False, None, 0
    message.gate = UPDATES
    message.send_at = wall if message.revision > shown.revision else None
    return is_first


def _retry(tx: Session, message: Message, retry: Retry, wall: datetime) -> None:
    message.send_at, message.is_unclear = wall + retry.after, retry.is_unclear
    if not retry.is_unclear:
        # Nothing left, so a later look need not go back to before now.
        message.first_tried_at = None
    if retry.closes_gate:
        close_gate(tx, message.team_id, message.gate, wall + retry.closes_gate)


def _repost(message: Message, wall: datetime) -> None:
    message.ts, message.posts, message.shown_digest = None, message.posts + 1, None
    message.is_unclear, message.first_tried_at = False, None
    message.gate = posting_to(message.recipient_id or message.channel or "")
    message.send_at = wall
