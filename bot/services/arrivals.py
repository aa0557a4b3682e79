"""Leads of one campaign are counted as they come; many within minutes are a batch.

Whoever takes leads in has locked their campaigns' rows before (`delivery.inbox`), so that of two
who bring the tenth lead at once, one brings the tenth and the other the eleventh.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.batches import still_counted
from bot.core.history import Line
from bot.delivery.batches import put_card, withdraw_cards
from bot.delivery.inbox import campaign_key
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Arrivals, Batch, Handoff, History


class Arrival(NamedTuple):
    """What a new hand-off makes of those that came before it."""

    batch: Batch | None = None
    """Which it belongs to; None = it stands alone."""
    earlier: tuple[str, ...] = ()
    """Hand-offs counted before that join the batch now."""


def arrive(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> Batch | None:
    """Count a new hand-off, and put it into the batch it belongs to; None = it stands alone."""
    arrival = count_in(tx, liaison, handoff.id, handoff.campaign, now)
    if arrival.batch:
        handoff.batch_id = arrival.batch.id
        gather(tx, liaison, arrival, now)
    return arrival.batch


def count_in(
    tx: Session, liaison: Liaison, handoff_id: str, campaign: str | None, now: datetime
) -> Arrival:
    """The same before the hand-off is stored; `gather` follows once it is.

    With the lead that makes a batch, those counted before it join too. A batch goes on for as long
    as so many come within the agreed minutes.
    """
    key = campaign_key(campaign)
    came = tx.get(Arrivals, (liaison.team_id, key)) if key else None
    if came is None:
        return Arrival()
    rules = liaison.playbook.batches
    within = timedelta(minutes=rules.minutes)
    if came.until and now < came.until:
        return Arrival(tx.get_one(Batch, (liaison.team_id, came.batch_id)))
    if came.batch_id and _came_since(tx, came, now - within) >= rules.size - 1:
        came.until = now + within
        return Arrival(tx.get_one(Batch, (liaison.team_id, came.batch_id)))
    recent = {each: datetime.fromisoformat(at) for each, at in came.recent.items()}
    counted = {**still_counted(recent, now, within), handoff_id: now}
    if len(counted) < rules.size:
        came.recent = {each: at.isoformat() for each, at in counted.items()}
        return Arrival()
    batch = _form(tx, liaison, campaign, now)
    came.recent, came.batch_id, came.until = {}, batch.id, now + within
    return Arrival(batch, tuple(each for each in counted if each != handoff_id))


def gather(tx: Session, liaison: Liaison, arrival: Arrival, now: datetime) -> None:
    """Bring those that came earlier into a batch that was formed, whose card is queued with that.

    What their actors were promised stays; a card that Slack shows shrinks to a line, and one that
    was not sent is not.
    """
    if not arrival.batch or not arrival.earlier:
        return
    for handoff_id in sorted(arrival.earlier):
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        handoff.batch_id = arrival.batch.id
        tx.add(
            History(
                team_id=liaison.team_id,
                id=new_id(now),
                handoff_id=handoff_id,
                at=now,
                kind=Line.GATHERED,
            )
        )
    tx.flush()
    withdraw_cards(tx, liaison, arrival.earlier)
    put_card(tx, liaison, arrival.batch)


def _form(tx: Session, liaison: Liaison, campaign: str | None, now: datetime) -> Batch:
    batch_id = new_id(now)
    batch = Batch(
        team_id=liaison.team_id,
        id=batch_id,
        key=f"rush:{batch_id}",
        name=campaign,
        is_file=False,
        formed_at=now,
    )
    tx.add(batch)
    tx.flush()
    return batch


def _came_since(tx: Session, came: Arrivals, since: datetime) -> int:
    counted = select(func.count()).where(
        col(Handoff.team_id) == came.team_id,
        col(Handoff.batch_id) == came.batch_id,
        col(Handoff.received_at) > since,
    )
    return tx.scalars(counted).one()
