"""What people read of a flag: the flag itself, its leads, and what became of it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.origins import Origin, Source
from bot.core.quality import WINDOW
from bot.delivery.courier import Hold
from bot.errors import Unknown
from bot.liaison import Liaison
from bot.models import Campaign, Flag, Handoff, Message, MessageKind, Person, Rating, RatingValue
from bot.services.campaigns import members
from bot.services.edition import OF_TEAM, READER, Edition, Page, page_of
from bot.services.flags import check_listed, open_leads
from bot.services.hours import back_at_work
from bot.services.item_lists import made_from
from bot.views import flags as views
from bot.views.blocks import Post
from bot.views.brief import Heading

MOST_LISTED = 30


def evidence(
    liaison: Liaison, flag_id: str, by: str
) -> tuple[Campaign, list[queries.HandoffFacts]]:
    """The campaign and its leads that were last rated bad, newest first: what stands behind the
    numbers."""
    with liaison.reading() as tx:
        check_listed(tx, liaison, by)
        flag = tx.get(Flag, (liaison.team_id, flag_id))
        if flag is None:
            raise Unknown
        campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
        bad = (
            select(col(Rating.handoff_id))
            .where(
                col(Rating.team_id) == flag.team_id,
                col(Rating.campaign_id).in_(members(tx, campaign)),
                col(Rating.value) == RatingValue.BAD,
                col(Rating.ended_at).is_(None),
                col(Rating.at) > flag.raised_at - WINDOW,
            )
            .group_by(col(Rating.handoff_id))
            .order_by(func.max(col(Rating.at)).desc())
            .limit(MOST_LISTED)
        )
        return campaign, queries.facts_of(tx, liaison.team_id, list(tx.scalars(bad)))


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The flag, to who answers for it: with its buttons until it is closed."""
    flag, campaign, reader = _told(liaison, tx, message)
    if message.ts is None:
        if flag.closed_at or (flag.answered_at and message.key.endswith(":late")):
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    items = made_from(tx, liaison, Origin(Source.FLAG, flag.id))
    raiser, answerer = _name(tx, flag, flag.raised_by), _name_of_answer(tx, flag)
    return views.flag(flag, campaign, raiser, answerer, items)


def hint_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """The flag, to who has open leads of the campaign: nothing once there are none."""
    flag, campaign, reader = _told(liaison, tx, message)
    count = _open_leads(tx, campaign, reader)
    if message.ts is None:
        if flag.closed_at or not count:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.hint(flag, campaign, count)


def _open_leads(tx: Session, campaign: Campaign, reader: Person) -> int:
    """How many of it they have."""
    theirs = select(func.count()).where(
        *open_leads(tx, campaign), col(Handoff.actor_id) == reader.id
    )
    return tx.scalars(theirs).one()


def news_telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    """What marketing says to it, to who raised it or rated the campaign's leads bad."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return _news(liaison, tx, message)


def _news(liaison: Liaison, tx: Session, message: Message) -> Post:
    flag, campaign, reader = _told(liaison, tx, message)
    if (message.about or "").startswith("answer"):
        return views.answered(flag, campaign, _name(tx, flag, flag.answered_by))
    return views.changed(flag, campaign, reader)


def sentence(liaison: Liaison, tx: Session, message: Message) -> str:
    """A hint or news of a flag, as the brief says it in place of the message."""
    if message.kind is MessageKind.FLAG_NEWS:
        return _news(liaison, tx, message).text
    flag, campaign, reader = _told(liaison, tx, message)
    return views.hint(flag, campaign, _open_leads(tx, campaign, reader)).text


def to_answer(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: flags that wait for its reader's answer, late ones first."""
    found, more = page_of(tx, edition, _waiting, page)
    items = []
    for flag in found:
        campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
        items.append(views.to_answer(flag, campaign, _name(tx, flag, flag.raised_by)))
    return Heading("Flags to answer", tuple(items), more) if items else None


def _waiting() -> Select[Flag]:
    late_first = (col(Flag.late_at).is_(None), col(Flag.due_at), col(Flag.id))
    return select(Flag).where(_waits_for_reader()).order_by(*late_first)


def flags_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists().where(_waits_for_reader())


def _waits_for_reader() -> ColumnElement[bool]:
    """Put to this person or, once it is late, to somebody whose manager they are."""
    managed = select(col(Person.id)).where(
        col(Person.team_id) == OF_TEAM, col(Person.manager_id) == READER
    )
    is_theirs = (col(Flag.receiver_id) == READER) | (
        col(Flag.late_at).is_not(None) & col(Flag.receiver_id).in_(managed)
    )
    is_open = col(Flag.answered_at).is_(None) & col(Flag.closed_at).is_(None)
    return (col(Flag.team_id) == OF_TEAM) & is_open & is_theirs


def _told(liaison: Liaison, tx: Session, message: Message) -> tuple[Flag, Campaign, Person]:
    flag = tx.get_one(Flag, (liaison.team_id, message.subject_id))
    campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
    return flag, campaign, tx.get_one(Person, (flag.team_id, message.recipient_id))


def _name(tx: Session, flag: Flag, person_id: str | None) -> str | None:
    return tx.get_one(Person, (flag.team_id, person_id)).name if person_id else None


def _name_of_answer(tx: Session, flag: Flag) -> str | None:
    return _name(tx, flag, flag.closed_by or flag.answered_by)
