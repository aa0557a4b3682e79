"""What people read of a flag: the flag itself, its leads, and what became of it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.quality import WINDOW
from bot.delivery.courier import Hold
from bot.errors import Unknown
from bot.liaison import Liaison
from bot.models import Campaign, Flag, Handoff, Message, Person, Rating, RatingValue
from bot.services.campaigns import members
from bot.services.flags import check_listed, open_leads
from bot.services.hours import back_at_work
from bot.views import flags as views
from bot.views.blocks import Post

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
    return views.flag(flag, campaign, _name(tx, flag, flag.raised_by), _name_of_answer(tx, flag))


def hint_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """The flag, to who has open leads of the campaign: nothing once there are none."""
    flag, campaign, reader = _told(liaison, tx, message)
    count = tx.scalar(
        select(func.count()).where(
            *open_leads(tx, campaign),
            col(Handoff.actor_id) == reader.id,
        )
    )
    if message.ts is None:
        if flag.closed_at or not count:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.hint(flag, campaign, count or 0)


def news_telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    """What marketing says to it, to who raised it or rated the campaign's leads bad."""
    flag, campaign, reader = _told(liaison, tx, message)
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    if (message.about or "").startswith("answer"):
        return views.answered(flag, campaign, _name(tx, flag, flag.answered_by))
    return views.changed(flag, campaign, reader)


def _told(liaison: Liaison, tx: Session, message: Message) -> tuple[Flag, Campaign, Person]:
    flag = tx.get_one(Flag, (liaison.team_id, message.subject_id))
    campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
    return flag, campaign, tx.get_one(Person, (flag.team_id, message.recipient_id))


def _name(tx: Session, flag: Flag, person_id: str | None) -> str | None:
    return tx.get_one(Person, (flag.team_id, person_id)).name if person_id else None


def _name_of_answer(tx: Session, flag: Flag) -> str | None:
    return _name(tx, flag, flag.closed_by or flag.answered_by)
