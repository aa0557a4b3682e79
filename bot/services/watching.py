"""Channels in which a form or a CRM posts new leads already: each such message is a hand-off."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.delivery.inbox import take_in
from bot.delivery.sayings import say_unread
from bot.errors import NotAllowed, Unknown
from bot.intake.lead_event import InvalidEvent, parse
from bot.intake.told_in_slack import labels, read_message
from bot.intake.webhook import Delivery
from bot.liaison import Liaison
from bot.models import Person, WatchedChannel
from bot.services.deliveries import receive
from bot.services.hours import back_at_work

_SET_UP = frozenset({"admin", "manager"})
_POSTS = frozenset({None, "bot_message"})
"""Subtypes of a message that is new; an edit, a join and a topic are none."""


def may_set_up(liaison: Liaison, by: str) -> None:
    """Admins and managers may. Raises `NotAllowed`, `NotListed`."""
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, by)
    if not queries.is_listed(person) or not _SET_UP & {*person.roles}:
        raise NotAllowed("Only a manager or an admin can choose what is watched.")


def watch(
    liaison: Liaison, channel_id: str, poster_id: str, mapping: Mapping[str, str], by: str
) -> None:
    """From now on each new message of this poster in this channel is a lead."""
    may_set_up(liaison, by)
    row = WatchedChannel(
        team_id=liaison.team_id,
        channel_id=channel_id,
        poster_id=poster_id,
        mapping=dict(mapping),
        set_by=by,
        set_at=liaison.now(),
    )
    with liaison.transaction() as tx:
        tx.merge(row)


def stop(liaison: Liaison, channel_id: str, by: str) -> None:
    """Raises `Unknown` when the channel is not watched."""
    may_set_up(liaison, by)
    with liaison.transaction() as tx:
        known = tx.get(WatchedChannel, (liaison.team_id, channel_id))
        if known is None:
            raise Unknown("This channel is not watched; type this in the one that is.")
        tx.delete(known)


def watched(liaison: Liaison) -> list[WatchedChannel]:
    with liaison.reading() as tx:
        ours = select(WatchedChannel).where(col(WatchedChannel.team_id) == liaison.team_id)
        return list(tx.scalars(ours.order_by(col(WatchedChannel.set_at))))


def is_heard(liaison: Liaison, event: Mapping[str, Any]) -> bool:
    """Whether a message is one we were asked to read; all others are dropped unread."""
    if event.get("subtype") not in _POSTS or event.get("thread_ts") not in {None, event.get("ts")}:
        return False
    with liaison.reading() as tx:
        known = tx.get(WatchedChannel, (liaison.team_id, event.get("channel")))
    return known is not None and known.poster_id in {event.get("bot_id"), event.get("user")}


def take(liaison: Liaison, event: Mapping[str, Any]) -> None:
    """Make a hand-off of a message that was heard; tell who set it up when it cannot be read."""
    channel_id, ts = event["channel"], event["ts"]
    with liaison.reading() as tx:
        known = tx.get(WatchedChannel, (liaison.team_id, channel_id))
    if known is None:
        return
    body = _body(event, known.mapping)
    try:
        told = parse(body, liaison.now())
    except InvalidEvent:
        _tell_unread(liaison, known)
        return
    take_in(liaison, [Delivery(f"watch:{channel_id}:{ts}", told, body)], partial(receive, liaison))


def _body(event: Mapping[str, Any], mapping: Mapping[str, str]) -> bytes:
    """As a webhook would have sent it; labels that are no field stand beside the lead."""
    fields = read_message(event, mapping)
    if not fields.get("email"):
        fields.setdefault("lead_id", f"slack:{event['channel']}:{event['ts']}")
    known = labels(event, mapping)
    rest = {
        label.name: label.value for label in known if not (mapping.get(label.name, label.field))
    }
    return json.dumps({"source": "Slack", **fields, "custom": rest}).encode()


def _tell_unread(liaison: Liaison, known: WatchedChannel) -> None:
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _who_set_it_up(tx, known)
        held = back_at_work(tx, liaison, person, now)
        say_unread(tx, liaison, known.channel_id, person, now, hold_until=held)


def _who_set_it_up(tx: Session, known: WatchedChannel) -> Person:
    return tx.get_one(Person, (known.team_id, known.set_by))
