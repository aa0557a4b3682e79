"""The campaigns are judged once a day: flagged, watched, or left in peace."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import local_date
from bot.core.lifecycle import LOST, QUALIFIED, WON
from bot.core.quality import WINDOW, Acceptance, Judgement, Terms, Verdict, is_low, judge
from bot.core.quality import Rating as Rated
from bot.db import rows_changed
from bot.liaison import Liaison
from bot.models import (
    Campaign,
    Flag,
    FlagKind,
    Handoff,
    Rating,
    RatingValue,
    Workspace,
)
from bot.services import flags, ratings, second_looks
from bot.services.campaigns import members, roots

EVERY = timedelta(days=1)
WEEK = timedelta(days=7)


def judge_campaigns(liaison: Liaison) -> int:
    """Flag and watch what the ratings and the answers of late call for; says how many.

    Any number of processes may do this: the first one to write down today's turn has it, and a
    flag is raised once however often it is found.
    """
    now = liaison.now()
    if not _takes_turn(liaison, now):
        return 0
    with liaison.reading() as tx:
        found = roots(tx, liaison.team_id)
        judged = _judged(tx, liaison, found, now)
        low = _low(tx, liaison, found, now)
    done = 0
    for campaign_id, judgement in judged.items():
        with liaison.transaction() as tx:
            campaign = tx.get_one(Campaign, (liaison.team_id, campaign_id))
            if judgement.verdict is Verdict.FLAG:
                done += _flag(tx, liaison, campaign, judgement, now)
            elif judgement.verdict is Verdict.WATCH:
                done += second_looks.ask(tx, liaison, campaign, judgement.raters, now)
    for campaign_id, acceptance in low.items():
        with liaison.transaction() as tx:
            campaign = tx.get_one(Campaign, (liaison.team_id, campaign_id))
            done += _alert(tx, liaison, campaign, acceptance, now)
    return done


def _takes_turn(liaison: Liaison, now: datetime) -> bool:
    asked = {"of_team": liaison.team_id, "now": now, "a_day_ago": now - EVERY}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_due(), asked).first() is None:
            return False
    with liaison.transaction() as tx:
        turn = update(Workspace).where(_is_due()).values(judged_at=now)
        return rows_changed(tx, turn, asked) == 1


@cache
def _due() -> Select[str]:
    """Built once: every tick asks it."""
    return select(col(Workspace.team_id)).where(_is_due())


def _is_due() -> ColumnElement[bool]:
    """A clock that was set back must not leave the campaigns unjudged until it catches up."""
    judged_at = col(Workspace.judged_at)
    of_team = col(Workspace.team_id) == bindparam("of_team")
    is_stale = (judged_at <= bindparam("a_day_ago")) | (judged_at > bindparam("now"))
    return of_team & (judged_at.is_(None) | is_stale)


def _judged(
    tx: Session, liaison: Liaison, found: Mapping[str, Campaign], now: datetime
) -> dict[str, Judgement]:
    """By campaign; merged ones count for the one they were merged into."""
    rows = tx.execute(
        select(
            col(Rating.campaign_id), col(Rating.rater_id), col(Rating.value), col(Rating.at)
        ).where(*ratings.in_days(liaison.team_id, now))
    )
    rated = [
        Rated(found[campaign_id].id, rater, value is RatingValue.BAD, at)
        for campaign_id, rater, value, at in rows
        if campaign_id and campaign_id in found
    ]
    terms = {each.id: Terms(each.changed_at, each.judge_on) for each in found.values()}
    return judge(rated, terms, now, local_date(liaison.playbook.hours.timezone, now))


def _flag(
    tx: Session, liaison: Liaison, campaign: Campaign, judgement: Judgement, now: datetime
) -> bool:
    if flags.raised(tx, campaign.team_id, [campaign.id], FlagKind.NUMBERS):
        return False
    flag = flags.new_flag(tx, liaison, campaign, FlagKind.NUMBERS, now)
    flag.figures = {
        "ratings": judgement.ratings,
        "bad": judgement.bad,
        "raters": len(judgement.raters),
        "expected": round(judgement.expected_bad),
        "percent": int(judgement.probability * 100),
        **_coverage(tx, liaison, campaign, now),
    }
    return flags.put(tx, liaison, flag, now)


def _coverage(
    tx: Session, liaison: Liaison, campaign: Campaign, now: datetime
) -> dict[str, int | str]:
    """How many of its leads since the change or in 90 days are rated, and why most bad ones are."""
    since = max(campaign.changed_at, now - WINDOW)
    of_campaign = (
        col(Handoff.team_id) == campaign.team_id,
        col(Handoff.campaign_id).in_(members(tx, campaign)),
        col(Handoff.handed_at) > since,
    )
    handed = select(func.count(), func.count(col(Handoff.rated_at))).where(*of_campaign)
    count, rated = tx.execute(handed).one()
    reasons: Counter[str] = Counter()
    told = select(col(Handoff.outcome), col(Handoff.outcome_detail), func.count()).where(
        *of_campaign, col(Handoff.rated_at).is_not(None)
    )
    for outcome, detail, n in tx.execute(
        told.group_by(col(Handoff.outcome), col(Handoff.outcome_detail))
    ):
        if ratings.carried(liaison.playbook, outcome or "") is RatingValue.BAD:
            reasons[liaison.playbook.outcome_label(outcome or "", detail)] += n
    main = reasons.most_common(1)
    reason: dict[str, int | str] = (
        {"reason": main[0][0], "reason_count": main[0][1]} if main else {}
    )
    return {"rated": rated, "handed": count, **reason}


def _low(
    tx: Session, liaison: Liaison, found: Mapping[str, Campaign], now: datetime
) -> dict[str, Acceptance]:
    """The campaigns whose acceptance fell, by what sales answered in the last five weeks; answers
    that tell nothing of how good a lead was count on neither side."""
    neutral = [reason.key for reason in liaison.playbook.reasons if reason.counts_as == "none"]
    is_late = col(Handoff.outcome_at) > now - WEEK
    is_accepted = col(Handoff.outcome).in_((QUALIFIED, WON, LOST))
    rows = tx.execute(
        select(
            col(Handoff.campaign_id),
            func.count().filter(is_late, is_accepted),
            func.count().filter(is_late),
            func.count().filter(~is_late, is_accepted),
            func.count().filter(~is_late),
        )
        .where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.campaign_id).is_not(None),
            col(Handoff.outcome).not_in(neutral),
            col(Handoff.outcome_at) > now - 5 * WEEK,
            col(Handoff.outcome_at) <= now,
            ~col(Handoff.is_imported),
        )
        .group_by(col(Handoff.campaign_id))
    )
    counts: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for campaign_id, *numbers in rows:
        if campaign_id and campaign_id in found:
            counts[found[campaign_id].id].append(tuple(numbers))
    seen = {each: Acceptance(*map(sum, zip(*n, strict=True))) for each, n in counts.items()}
    return {campaign_id: each for campaign_id, each in seen.items() if is_low(each)}


def _alert(
    tx: Session, liaison: Liaison, campaign: Campaign, acceptance: Acceptance, now: datetime
) -> bool:
    """One a campaign until it is answered, and then none for a week: the same leads are no news.
    A campaign whose ratings are flagged needs no other warning."""
    if flags.raised(tx, campaign.team_id, [campaign.id], FlagKind.NUMBERS):
        return False
    latest = tx.scalars(
        select(Flag)
        .where(
            col(Flag.team_id) == campaign.team_id,
            col(Flag.campaign_id) == campaign.id,
            col(Flag.kind) == FlagKind.ACCEPTANCE,
        )
        .order_by(col(Flag.id).desc())
        .limit(1)
    ).first()
    if latest and (latest.closed_at is None or latest.closed_at > now - WEEK):
        return False
    flag = flags.new_flag(tx, liaison, campaign, FlagKind.ACCEPTANCE, now)
    flag.figures = {"accepted": acceptance.accepted, "decided": acceptance.decided}
    if acceptance.before is not None:
        flag.figures["mean"] = round(acceptance.before * 100)
    return flags.put(tx, liaison, flag, now)
