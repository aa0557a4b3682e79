"""The trial: until both sides agree, only whoever sets the app up is messaged, and plays them all.

Two functions hold all of it together: `divert` says where a message goes instead, `acting` as whom
somebody presses. No other part knows that there is a trial.
"""

import json
from datetime import datetime
from functools import partial

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bot import queries
from bot.delivery.courier import Detour, Wait
from bot.delivery.inbox import take_in
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import NotAllowed, TooLate
from bot.identity import new_id
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery
from bot.liaison import Liaison
from bot.models import (
    ActionItem,
    ActionItemLine,
    Arrivals,
    Batch,
    Collected,
    Decision,
    Flag,
    Handoff,
    Lead,
    Message,
    MessageKind,
    Occurrence,
    Person,
    PlaybookSignature,
    Preview,
    PreviewVoice,
    Setup,
    Topic,
    WrittenAnswer,
)
from bot.services import playbooks, setup
from bot.services.deliveries import receive
from bot.views import trial as views
from bot.views.blocks import Post
from bot.views.trial import Side

BY_ITSELF = frozenset({MessageKind.SETUP, MessageKind.AGREE})
"""What reaches its reader in a trial too."""
PLAYED = frozenset(
    table.__tablename__
    for table in (
        ActionItem,
        ActionItemLine,
        Arrivals,
        Batch,
        Collected,
        Decision,
        Flag,
        Occurrence,
        Preview,
        PreviewVoice,
        Topic,
        WrittenAnswer,
    )
)
"""What only ever is of a trial when it ends, besides what hangs on a hand-off."""
OF_THE_CARD = frozenset({MessageKind.CARD, MessageKind.ANYONE})


def divert(liaison: Liaison, tx: Session, message: Message) -> Detour | Wait | None:
    """Where a message goes instead; None = where it is meant to go."""
    if message.meant_for:
        return Detour(None, message.meant_for, _line(tx, liaison, message.meant_for))
    if liaison.shelf.is_live or message.ts is not None or message.kind in BY_ITSELF:
        return None
    row = _unfinished(tx, liaison)
    if row is None:
        return None
    if row.trial_at is None:
        return Wait()
    meant_for = _meant_for(tx, message)
    if meant_for == row.person_id:
        return None
    player = tx.get_one(Person, (liaison.team_id, row.person_id))
    return Detour(player, meant_for, _line(tx, liaison, meant_for))


def _meant_for(tx: Session, message: Message) -> str:
    """A reply goes where its parent would have stood."""
    parent = message.parent_id and tx.get(Message, (message.team_id, message.parent_id))
    above = parent.meant_for if parent else None
    return message.recipient_id or above or message.channel or ""


def _line(tx: Session, liaison: Liaison, meant_for: str) -> str:
    return views.line(meant_for, tx.get(Person, (liaison.team_id, meant_for)))


def acting(liaison: Liaison, by: str, channel: str, ts: str) -> str:
    """As whom somebody presses in this message: in a trial, whoever plays both sides presses as the
    one it was meant for; everybody else, and at any other time, as themselves."""
    if liaison.shelf.is_live:
        return by
    with liaison.reading() as tx:
        if not _plays(tx, liaison, by):
            return by
        message = _standing_at(tx, liaison, channel, ts)
        if message is None or message.meant_for is None:
            return by
        return message.recipient_id or _of_channel(tx, liaison, message) or by


def _standing_at(tx: Session, liaison: Liaison, channel: str, ts: str) -> Message | None:
    return tx.scalars(
        select(Message).where(
            col(Message.team_id) == liaison.team_id,
            col(Message.channel) == channel,
            col(Message.ts) == ts,
        )
    ).first()


def has_posted(liaison: Liaison, channel: str, ts: str) -> bool:
    """Whether the message that stands there is of this workspace, real or rehearsed."""
    with liaison.reading() as tx:
        return _standing_at(tx, liaison, channel, ts) is not None


def may_act_as(liaison: Liaison, by: str, other: str) -> bool:
    """Whether `by` plays `other` in a trial that goes on; for a form that says so."""
    if liaison.shelf.is_live:
        return False
    with liaison.reading() as tx:
        return _plays(tx, liaison, by) and tx.get(Person, (liaison.team_id, other)) is not None


def _plays(tx: Session, liaison: Liaison, by: str) -> bool:
    row = _unfinished(tx, liaison)
    return row is not None and row.trial_at is not None and row.person_id == by


def _unfinished(tx: Session, liaison: Liaison) -> Setup | None:
    """The set-up or trial that goes on; None = everything is real, and nobody asks again."""
    row = tx.get(Setup, liaison.team_id)
    if row and not row.live_at:
        return row
    liaison.shelf.is_live = row is not None or liaison.shelf.number > 0
    return None


def _of_channel(tx: Session, liaison: Liaison, message: Message) -> str | None:
    """Who presses in the channel: the actor of the lead, or the first who may claim it."""
    if message.kind not in OF_THE_CARD:
        people = queries.everybody(tx, liaison.team_id)
        return next((one.id for one in people if "manager" in one.roles), None)
    handoff = tx.get(Handoff, (liaison.team_id, message.subject_id))
    actor = handoff.actor_id if handoff else None
    if actor and message.kind is MessageKind.CARD:
        return actor
    return next((one.id for one in _reps(tx, liaison) if one.id != actor), None)


def awaited(tx: Session, liaison: Liaison) -> list[Side]:
    """Both sides, by the version in force."""
    signed = set(
        tx.scalars(
            select(col(PlaybookSignature.side)).where(
                col(PlaybookSignature.team_id) == liaison.team_id,
                col(PlaybookSignature.number) == liaison.shelf.number,
            )
        )
    )
    return [
        Side(
            side,
            tuple(head.name for head in playbooks.heads(tx, liaison, side)),
            side in signed,
        )
        for side in playbooks.SIDES
    ]


def ask_both_sides(liaison: Liaison, by: str) -> None:
    """Ask the heads of both sides to agree. Raises `NotAllowed` when a side has none."""
    with liaison.transaction() as tx:
        row = _on_trial(tx, liaison, by)
        heads = {side: playbooks.heads(tx, liaison, side) for side in playbooks.SIDES}
        if lacking := [side for side, found in heads.items() if not found]:
            raise NotAllowed(
                f"Nobody heads {lacking[0]} yet: give somebody of it the role manager under "
                "People in `/liaison playbook`."
            )
        row.asked_at = row.asked_at or liaison.now()
        for head in (one for found in heads.values() for one in found):
            kind = MessageKind.AGREE
            saying = Saying(f"{kind}:{head.id}", kind, setup.SUBJECT, head.id)
            say(tx, liaison, saying, hold_until=None)
        revise(tx, liaison, setup.SUBJECT)


def agree(liaison: Liaison, by: str, number: int) -> None:
    """A head agrees to what they were shown. Raises as `playbooks.sign` does."""
    playbooks.sign(liaison, by, number)
    with liaison.transaction() as tx:
        revise(tx, liaison, setup.SUBJECT)
    go_live(liaison)


def go_live(liaison: Liaison) -> int:
    """End the trial once both sides agreed, wherever they signed; says whether it did.

    What the trial left goes with it, so that no report ever counts it; what was imported stays.
    """
    if liaison.shelf.is_live:
        return 0
    with liaison.reading() as tx:
        row = _unfinished(tx, liaison)
        if row is None or row.asked_at is None or not _is_agreed(tx, liaison):
            return 0
    with liaison.transaction() as tx:
        row = tx.get_one(Setup, liaison.team_id, with_for_update=True)
        if row.live_at or not _is_agreed(tx, liaison):
            return 0
        _clear(tx, liaison)
        row.live_at = liaison.now()
        revise(tx, liaison, setup.SUBJECT)
    liaison.shelf.is_live = True
    return 1


def _is_agreed(tx: Session, liaison: Liaison) -> bool:
    return all(side.has_agreed for side in awaited(tx, liaison))


def _clear(tx: Session, liaison: Liaison) -> None:
    """Take out every hand-off of the trial with all that hangs on it, what was played of meetings,
    flags and previews, and every other message."""
    team = liaison.team_id
    of_trial = (col(Handoff.team_id) == team) & ~col(Handoff.is_imported)
    played = select(col(Handoff.id)).where(of_trial)
    for table in reversed(SQLModel.metadata.sorted_tables):
        of_team = table.c.team_id == team
        if table.name == Message.__tablename__:
            tx.execute(delete(table).where(of_team, table.c.kind.not_in(BY_ITSELF)))
        elif table.name == Handoff.__tablename__:
            tx.execute(delete(table).where(of_team, table.c.id.in_(played)))
        elif "handoff_id" in table.columns:
            tx.execute(delete(table).where(of_team, table.c.handoff_id.in_(played)))
        elif table.name in PLAYED:
            tx.execute(delete(table).where(of_team))
    kept = select(col(Handoff.lead_id)).where(col(Handoff.team_id) == team)
    tx.execute(delete(Lead).where(col(Lead.team_id) == team, col(Lead.id).not_in(kept)))


def hand_over_sample(liaison: Liaison, by: str) -> None:
    """A made-up lead for the first rep, through the door every lead comes by."""
    with liaison.reading() as tx:
        _on_trial(tx, liaison, by)
        rep = next(iter(_reps(tx, liaison)), None)
        handoffs = select(func.count()).where(col(Handoff.team_id) == liaison.team_id)
        number = tx.scalars(handoffs).one() + 1
    wall = liaison.wall()
    event = views.sample(number, rep.email if rep else None)
    body = json.dumps({**event, "lead_id": f"trial:{new_id(wall)}"}).encode()
    delivery = Delivery(f"trial:{new_id(wall)}", parse(body, liaison.now()), body)
    take_in(liaison, [delivery], partial(receive, liaison))


def _reps(tx: Session, liaison: Liaison) -> list[Person]:
    """Whoever may have a lead; those who only lead come last."""
    sellers = [one for one in queries.everybody(tx, liaison.team_id) if queries.sells(one)]
    return sorted(sellers, key=lambda one: "rep" not in one.roles)


def _on_trial(tx: Session, liaison: Liaison, by: str) -> Setup:
    row = tx.get(Setup, liaison.team_id)
    if row is None or row.live_at or not row.trial_at:
        raise TooLate("There is no trial going on.")
    if row.person_id != by:
        raise NotAllowed("Somebody else plays this trial; `/liaison setup` takes it over.")
    return row


def look(liaison: Liaison, by: str) -> list[Side]:
    """Who would be asked, for the form of whoever plays the trial."""
    with liaison.reading() as tx:
        _on_trial(tx, liaison, by)
        return awaited(tx, liaison)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | None:
    """The one message of the set-up, which is the trial's panel later."""
    row = tx.get_one(Setup, liaison.team_id)
    if row.trial_at is None or row.person_id != message.recipient_id:
        return setup.telling(liaison, tx, message, now)
    if row.live_at:
        return views.live(row.live_at)
    return views.trial(liaison.shelf.number, awaited(tx, liaison), row.asked_at)


def agree_telling(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> Post | None:
    row = tx.get_one(Setup, liaison.team_id)
    asked_by = tx.get_one(Person, (liaison.team_id, row.person_id))
    head = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    mine = next((one for one in awaited(tx, liaison) if one.side == head.team), None)
    if message.ts is None and (row.live_at or mine is None):
        return None
    return views.agree(
        liaison.playbook, liaison.shelf.number, asked_by, mine, is_live=row.live_at is not None
    )
