"""Somebody's action items, said in a channel because they pressed for it."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import local_date
from bot.delivery.sayings import Saying, say
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Person
from bot.services.item_lists import mine
from bot.services.occurrences import listed
from bot.views import ids
from bot.views import items as views
from bot.views.blocks import Post


def post_to_channel(liaison: Liaison, channel: str, by: str) -> None:
    """Say one's own in a channel, once a minute however often it is pressed."""
    now = liaison.now()
    with liaison.transaction() as tx:
        listed(tx, liaison, by)
        kind = MessageKind.ITEMS
        key = f"{kind}:{by}:{channel}:{now:%Y-%m-%dT%H:%M}"
        saying = Saying(key, kind, f"{kind}:{by}", channel=channel, about=by, is_answer=True)
        say(tx, liaison, saying, hold_until=None)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post:
    """It stays as it was when it was sent, until a lead in it is erased."""
    person: Person = queries.person(tx, liaison.team_id, message.about or "")
    found, count, _ = mine(tx, liaison, person, ids.ITEMS_A_PAGE)
    return views.posted(person, found, count, local_date(person.timezone, now))
