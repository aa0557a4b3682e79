"""The campaigns are judged once a day: flagged, watched, or left in peace."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date
from bot.core.lifecycle import LOST, QUALIFIED, WON
from bot.core.quality import WINDOW, Acceptance, Judgement, Terms, Verdict, is_low, judge
from bot.core.quality import Rating as Rated
from bot.db import insert_once, rows_changed
from bot.delivery.courier import Hold
from bot.delivery.sayings import Tale, say_to
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import (
    Campaign,
    Flag,
    FlagKind,
    Handoff,
    Message,
    MessageKind,
    Person,
    Rating,
    RatingValue,
    SecondLook,
    Workspace,
)
from bot.services import flags, ratings
from bot.services.campaigns import members, roots
from bot.services.hours import back_at_work
from bot.views import flags as views
from bot.views.blocks import Post
from bot.views.handoffs import RATINGS

EVERY = timedelta(days=1)
WEEK = timedelta(days=7)
PATIENCE = timedelta(days=3)
"""How long a rep who was asked for a second look has before another one is."""


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
                done += _ask_a_second(tx, liaison, campaign, judgement, now)
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
        ).where(*_in_force(liaison.team_id, now))
    )
    rated = [
        Rated(found[campaign_id].id, rater, value is RatingValue.BAD, at)
        for campaign_id, rater, value, at in rows
        if campaign_id and campaign_id in found
    ]
    terms = {each.id: Terms(each.changed_at, each.judge_on) for each in found.values()}
    return judge(rated, terms, now, local_date(liaison.playbook.hours.timezone, now))


def _in_force(team_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Rating.team_id) == team_id,
        col(Rating.ended_at).is_(None),
        col(Rating.at) > now - WINDOW,
        col(Rating.at) <= now,
    )


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


def _ask_a_second(
    tx: Session, liaison: Liaison, campaign: Campaign, judgement: Judgement, now: datetime
) -> bool:
    """One rep who has not rated the campaign yet is asked about one of its leads."""
    if _is_waiting(tx, campaign, now):
        return False
    lead = _newest_rated(tx, campaign, now)
    person = _free_eyes(tx, campaign, judgement)
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
            *_in_force(campaign.team_id, now),
            col(Rating.campaign_id).in_(members(tx, campaign)),
            col(Rating.at) >= campaign.changed_at,
            col(Rating.handoff_id).not_in(asked),
        )
        .group_by(col(Rating.handoff_id))
        .order_by(func.max(col(Rating.at)).desc())
        .limit(1)
    ).first()


def _free_eyes(tx: Session, campaign: Campaign, judgement: Judgement) -> Person | None:
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
        if queries.sells(person) and "rep" in person.roles and person.id not in judgement.raters
    ]
    return min(free, key=lambda one: (asked.get(one.id, 0), one.id), default=None)


def second_look_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
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
