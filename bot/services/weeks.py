"""The part of a Friday's brief that says what went well in the week before it."""

from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, bindparam, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.results import ACCEPTED
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Rating, Run
from bot.services import campaigns
from bot.services.edition import NOW, OF_TEAM, READER, Edition, Page
from bot.views import brief as views
from bot.views.brief import Heading

WEEK = timedelta(days=7)
RATED_WITHIN = timedelta(days=90)
"""How long a rating has to do with what marketing changes."""
_FRIDAY = 4


def your_week(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: what the reader answered in time and qualified, and which campaigns
    marketing changed that they had rated. Nothing on other days, and nothing that would not please.
    """
    if edition.person.skips_week:
        return None
    if edition.written.astimezone(ZoneInfo(edition.person.timezone)).weekday() != _FRIDAY:
        return None
    asked = edition.asked | {
        "week": edition.now - WEEK,
        "rated_since": edition.now - RATED_WITHIN,
    }
    due, in_time = tx.execute(_answered(), asked).one()
    qualified = tx.scalars(_qualified(), asked).one()
    known = campaigns.roots(tx, liaison.team_id)
    changed = {known[campaign_id].name for campaign_id in tx.scalars(_changed(), asked)}
    items = views.week(due, in_time, qualified, sorted(changed))
    shown = tuple(items[page.skip : page.skip + page.most])
    more = len(items) - page.skip - len(shown)
    return Heading("Your week", shown, more) if shown else None


@cache
def _answered() -> Select[int, int]:
    """First touches that were due this week: how many, and how many came in time."""
    in_time = case((col(Run.answered_at) <= col(Run.due_at), 1), else_=0)
    return select(func.count(), func.coalesce(func.sum(in_time), 0, type_=Integer)).where(
        col(Run.team_id) == OF_TEAM,
        col(Run.actor_id) == READER,
        col(Run.due_at) >= bindparam("week"),
        col(Run.excused_at).is_(None),
        # One that is open and not due yet, or was handed on before, is nobody's yet.
        col(Run.answered_at).is_not(None) | (col(Run.due_at) < NOW),
        col(Run.ended_at).is_(None)
        | col(Run.answered_at).is_not(None)
        | (col(Run.ended_at) >= col(Run.due_at)),
    )


@cache
def _qualified() -> Select[int]:
    return (
        select(func.count())
        .select_from(Handoff)
        .where(
            col(Handoff.team_id) == OF_TEAM,
            col(Handoff.outcome_by) == READER,
            col(Handoff.outcome).in_(sorted(ACCEPTED)),
            col(Handoff.outcome_at) >= bindparam("week"),
        )
    )


@cache
def _changed() -> Select[str]:
    """Campaigns the reader rated, and marketing changed this week."""
    return (
        select(col(Campaign.id))
        .join(
            Rating,
            (col(Rating.team_id) == col(Campaign.team_id))
            & (col(Rating.campaign_id) == col(Campaign.id)),
        )
        .where(
            col(Campaign.team_id) == OF_TEAM,
            col(Campaign.changed_at) >= bindparam("week"),
            col(Campaign.changed_at) > col(Rating.at),
            col(Rating.rater_id) == READER,
            col(Rating.at) >= bindparam("rated_since"),
            ~col(Rating.taken_back),
        )
        .distinct()
    )
