"""Slack does not take our messages somewhere: the admins hear of it, once a day and place."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.delivery.courier import Hold
from bot.delivery.sayings import Tale, say_to
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person
from bot.services.hours import back_at_work
from bot.views import troubles as views
from bot.views.blocks import Post

log = logging.getLogger(__name__)


def tell_admins(liaison: Liaison, tx: Session, message: Message, code: str) -> None:
    """Queue a DM to each admin that `message` met this error of Slack's."""
    log.error("message %s of kind %s: Slack answers %s", message.id, message.kind, code)
    if message.kind is MessageKind.TROUBLE:
        return  # whom should we tell that telling does not work
    _tell(liaison, tx, message.recipient_id or message.channel or "", code)


def tell_of_missing(tx: Session, liaison: Liaison, channel: str) -> None:
    """Queue a DM to each admin that the playbook names a channel the bot is not in."""
    _tell(liaison, tx, channel, "not_in_channel")


def _tell(liaison: Liaison, tx: Session, place: str, code: str) -> None:
    now = liaison.now()
    for admin in queries.admins(tx, liaison.team_id):
        if admin.id != place:
            held = back_at_work(tx, liaison, admin, now)
            tale = Tale(MessageKind.TROUBLE, place, code, again=f"{place}:{now.date()}")
            say_to(tx, liaison, tale, admin.id, hold_until=held)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    person = tx.get(Person, (liaison.team_id, message.subject_id))
    return views.trouble(message.subject_id, message.about or "", person)
