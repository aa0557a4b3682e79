"""What action items and topics came from: a message, a flag, a dispute; and the lead in it, so that
their words go with that lead when it is erased."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.origins import Origin, Source
from bot.delivery.messages import revise, revise_those
from bot.errors import Unknown
from bot.intake.lead_event import key_of_id
from bot.liaison import Liaison
from bot.models import (
    ActionItem,
    Campaign,
    Dispute,
    Flag,
    Handoff,
    Lead,
    Message,
    MessageKind,
    Occurrence,
    Topic,
)
from bot.views.topics import FORGOTTEN

Row = TypeVar("Row")


def lead_of(tx: Session, liaison: Liaison, *kept: str | None) -> str | None:
    """The lead whose words something from one of these may hold; None = there is none.

    Raises `Unknown` when what it came from is not here.
    """
    leads = (_lead_of(tx, liaison, Origin.of(each)) for each in kept if each)
    return next((lead for lead in leads if lead), None)


def _lead_of(tx: Session, liaison: Liaison, origin: Origin) -> str | None:
    if origin.source is Source.FLAG:
        _found(tx.get(Flag, (liaison.team_id, origin.id)))
        return None
    if origin.source is Source.DISPUTE:
        contested = _found(tx.get(Dispute, (liaison.team_id, origin.id)))
        return tx.get_one(Handoff, (liaison.team_id, contested.handoff_id)).lead_id
    return _shown_by(tx, liaison, origin.id) or _read_from(tx, liaison, origin.id)


def _found(row: Row | None) -> Row:
    if row is None:
        raise Unknown("What it came from is not here any more.")
    return row


def _shown_by(tx: Session, liaison: Liaison, place: str) -> str | None:
    """The lead that a message of ours shows."""
    channel, _, ts = place.partition(":")
    of_handoff = (col(Message.team_id) == Handoff.team_id) & (
        col(Message.subject_id) == col(Handoff.id)
    )
    return tx.scalars(
        select(col(Handoff.lead_id))
        .join(Message, of_handoff)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.channel) == channel,
            col(Message.ts) == ts,
        )
    ).first()


def _read_from(tx: Session, liaison: Liaison, place: str) -> str | None:
    """The lead that was read from somebody else's message."""
    of_message = select(col(Lead.id)).where(
        col(Lead.team_id) == liaison.team_id, col(Lead.lead_key) == key_of_id(f"slack:{place}")
    )
    return tx.scalars(of_message).first()


def labels(tx: Session, items: Iterable[ActionItem]) -> dict[str, str]:
    """In words, by the item's id: `a flag on Spring webinar`; nothing of a lead or a person."""
    kept = {item.id: Origin.of(item.origin) for item in items if item.origin}
    team_ids = {item.team_id for item in items}
    flags = {origin.id for origin in kept.values() if origin.source is Source.FLAG}
    names = _campaigns(tx, team_ids, flags) if flags else {}
    return {item_id: _label(origin, names) for item_id, origin in kept.items()}


def _campaigns(tx: Session, team_ids: set[str], flags: set[str]) -> dict[str, str]:
    of_flag = (col(Campaign.team_id) == Flag.team_id) & (col(Campaign.id) == Flag.campaign_id)
    rows = tx.execute(
        select(col(Flag.id), col(Campaign.name))
        .join(Campaign, of_flag)
        .where(col(Flag.team_id).in_(team_ids), col(Flag.id).in_(flags))
    )
    return {flag_id: name for flag_id, name in rows}


def _label(origin: Origin, campaigns: dict[str, str]) -> str:
    if origin.source is Source.FLAG:
        return f"a flag on {campaigns.get(origin.id, 'a campaign')}"
    return "a contested outcome" if origin.source is Source.DISPUTE else "a message"


def show_again(tx: Session, liaison: Liaison, item: ActionItem) -> None:
    """The messages of what it came from show it, and are due for an edit."""
    origin = Origin.of(item.origin or "")
    if origin.source is Source.FLAG:
        revise(tx, liaison, origin.id)
    elif origin.source is Source.DISPUTE:
        is_its = (col(Message.kind) == MessageKind.DISPUTE) & (col(Message.about) == origin.id)
        revise_those(tx, liaison, is_its)


def forget(tx: Session, liaison: Liaison, lead_ids: Collection[str], now: datetime) -> None:
    """These leads are erased: the words of what was made from their messages go with them. An
    action item stays with its owner and its day; nobody can talk about a topic without words."""
    items = select(ActionItem).where(
        col(ActionItem.team_id) == liaison.team_id, col(ActionItem.lead_id).in_(lead_ids)
    )
    for item in tx.scalars(items).all():
        item.words, item.done_when = "", None
        item.reason = None if item.reason is None else ""
        _revise_meetings(tx, liaison, item.meeting, item.created_at)
        is_posted = (col(Message.kind) == MessageKind.ITEMS) & (col(Message.about) == item.owner_id)
        revise_those(tx, liaison, is_posted)
        show_again(tx, liaison, item)
    topics = select(Topic).where(
        col(Topic.team_id) == liaison.team_id, col(Topic.lead_id).in_(lead_ids)
    )
    for topic in tx.scalars(topics).all():
        topic.words, topic.settled_at = "", topic.settled_at or now
        _revise_meetings(tx, liaison, topic.meeting, topic.at)
        _forget_answer(tx, liaison, topic)


def _revise_meetings(tx: Session, liaison: Liaison, key: str, since: datetime) -> None:
    """Whatever stands in Slack of the meetings that may have shown it: agendas, minutes, and what
    was given to whoever led one."""
    tx.flush()
    meetings = select(col(Occurrence.id)).where(
        col(Occurrence.team_id) == liaison.team_id,
        col(Occurrence.meeting) == key,
        col(Occurrence.ends_at) >= since,
    )
    revise_those(tx, liaison, col(Message.subject_id).in_(meetings))


def _forget_answer(tx: Session, liaison: Liaison, topic: Topic) -> None:
    """The reply to whoever asked for it quoted it."""
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.kind) == MessageKind.ADDED,
            col(Message.subject_id) == topic.id,
        )
        .values(about=FORGOTTEN)
    )
    revise(tx, liaison, topic.id)
