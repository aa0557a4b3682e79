"""A second rep is asked how good a lead of a watched campaign is, with one tap."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.db import insert_once
from bot.delivery.briefs import waiting_for_brief
from bot.delivery.courier import Hold
from bot.delivery.sayings import Tale, say_to
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Message, MessageKind, Person, Rating, SecondLook
from bot.services import ratings
from bot.services.campaigns import members
from bot.services.edition import Edition, Page, page_of, said
from bot.services.hours import back_at_work
from bot.views import flags as views
from bot.views.blocks import Post
from bot.views.brief import Heading
from bot.views.handoffs import RATINGS

PATIENCE = timedelta(days=3)
"""How long a rep who was asked for a second look has before another one is."""


def ask(
    tx: Session, liaison: Liaison, campaign: Campaign, raters: Collection[str], now: datetime
) -> bool:
    """One rep who has not rated the campaign yet is asked about one of its leads."""
    if _is_waiting(tx, campaign, now):
        return False
    lead = _newest_rated(tx, campaign, now)
    person = _free_eyes(tx, campaign, raters)
    if lead is None or person is None:
        return False
    look = SecondLook(
        team_id=campaign.team_id,
        id=new_id(now),
        campaign_id=campaign.id,
        handoff_id=lead,
        person_id=person.id,
        asked_at=now,
    )
    if not insert_once(tx, look):
        return False
    held = back_at_work(tx, liaison, person, now)
    tale = Tale(MessageKind.SECOND_LOOK, lead, look.id)
    say_to(tx, liaison, tale, person.id, hold_until=held)
    return True


def _is_waiting(tx: Session, campaign: Campaign, now: datetime) -> bool:
    """Whether somebody was asked of late and has not said yet."""
    latest = tx.scalars(
        select(SecondLook)
        .where(
            col(SecondLook.team_id) == campaign.team_id,
            col(SecondLook.campaign_id) == campaign.id,
            col(SecondLook.asked_at) > now - PATIENCE,
        )
        .order_by(col(SecondLook.asked_at).desc())
        .limit(1)
    ).first()
    if latest is None:
        return False
    handoff = tx.get_one(Handoff, (campaign.team_id, latest.handoff_id))
    return ratings.in_force(tx, handoff, latest.person_id) is None


def _newest_rated(tx: Session, campaign: Campaign, now: datetime) -> str | None:
    """A lead of it that one person has rated, and nobody was asked about again."""
    asked = select(col(SecondLook.handoff_id)).where(col(SecondLook.team_id) == campaign.team_id)
    return tx.scalars(
        select(col(Rating.handoff_id))
        .where(
            *ratings.in_days(campaign.team_id, now),
            col(Rating.campaign_id).in_(members(tx, campaign)),
            col(Rating.at) >= campaign.changed_at,
            col(Rating.handoff_id).not_in(asked),
        )
        .group_by(col(Rating.handoff_id))
        .order_by(func.max(col(Rating.at)).desc())
        .limit(1)
    ).first()


def _free_eyes(tx: Session, campaign: Campaign, raters: Collection[str]) -> Person | None:
    """A rep who has not rated it, the one who was asked least before."""
    asked = dict(
        tx.execute(
            select(col(SecondLook.person_id), func.count())
            .where(col(SecondLook.team_id) == campaign.team_id)
            .group_by(col(SecondLook.person_id))
        ).all()
    )
    people = tx.scalars(
        select(Person).where(col(Person.team_id) == campaign.team_id, col(Person.is_active))
    )
    free = [
        person
        for person in people
        if queries.sells(person) and "rep" in person.roles and person.id not in raters
    ]
    return min(free, key=lambda one: (asked.get(one.id, 0), one.id), default=None)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The question, until it is answered; nothing about a lead that was erased before."""
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    rating = ratings.in_force(tx, facts.handoff, reader.id)
    if message.ts is None:
        if rating or facts.lead.erased_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.second_look(facts, RATINGS[rating.value] if rating else None)


def to_rate(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: leads its reader is asked about, and has not rated."""
    asked, more = page_of(tx, edition, _waiting, page)
    found = {
        each.handoff.id: each
        for each in queries.facts_of(tx, liaison.team_id, [each.subject_id for each in asked])
    }
    items = tuple(views.to_rate(found[each.subject_id]) for each in asked)
    return Heading("To rate", items, more) if items else None


def _waiting() -> Select[Message]:
    return (
        select(Message).where(said(MessageKind.SECOND_LOOK), ~_is_rated()).order_by(col(Message.id))
    )


def second_looks_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists().where(waiting_for_brief(MessageKind.SECOND_LOOK), ~_is_rated())


def _is_rated() -> ColumnElement[bool]:
    return exists().where(
        col(Rating.team_id) == Message.team_id,
        col(Rating.handoff_id) == Message.subject_id,
        col(Rating.rater_id) == Message.recipient_id,
        col(Rating.ended_at).is_(None),
    )
