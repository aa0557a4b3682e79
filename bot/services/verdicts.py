"""Whether campaigns are flagged, and how much was rated of those that are not."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date
from bot.core.quality import SoFar, Terms, so_far
from bot.liaison import Liaison
from bot.models import Flag, Rating
from bot.services.campaigns import roots
from bot.services.ratings import in_days
from bot.views.verdicts import Standing


def standings(
    tx: Session, liaison: Liaison, campaign_ids: Collection[str] | None = None
) -> dict[str, Standing]:
    """By the campaign that counts the leads; `campaign_ids` with all that were merged into theirs,
    None = of all campaigns."""
    now, found = liaison.now(), roots(tx, liaison.team_id)
    wanted = true() if campaign_ids is None else col(Rating.campaign_id).in_(campaign_ids)
    rows = tx.execute(
        select(col(Rating.campaign_id), col(Rating.rater_id), col(Rating.at)).where(
            *in_days(liaison.team_id, now), col(Rating.campaign_id).is_not(None), wanted
        )
    )
    terms = {each.id: Terms(each.changed_at) for each in found.values()}
    counted = so_far(((found[each].id, rater, at) for each, rater, at in rows if each), terms, now)
    raised = defaultdict(list)
    standing = select(Flag).where(col(Flag.team_id) == liaison.team_id)
    for flag in tx.scalars(standing.where(col(Flag.closed_at).is_(None)).order_by(col(Flag.id))):
        raised[found[flag.campaign_id].id].append(flag)
    today = local_date(liaison.playbook.hours.timezone, now)
    return {
        each.id: Standing(raised[each.id], counted.get(each.id, SoFar()), each.judge_on, today)
        for each in found.values()
    }
