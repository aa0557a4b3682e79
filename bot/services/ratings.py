"""How good a lead was, in the eyes of whoever answered it: carried by the outcome, or tapped."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import QUALIFIED, WON
from bot.core.quality import WINDOW
from bot.delivery.messages import revise_lists
from bot.errors import NotAllowed, NotListed, Refused
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, Person, Rating, RatingValue, SecondLook
from bot.playbook import Playbook
from bot.services.handoffs import changed, note

NOT_YET = "A lead is rated once it has an outcome."
NOT_YOURS = "Whoever recorded the outcome rates the lead, and whoever has it."


def rate(liaison: Liaison, handoff_id: str, by: str, value: str) -> None:
    """Say how good a lead was, or say otherwise than before. `value` is a `RatingValue`."""
    if value not in {*RatingValue}:
        raise Refused("Choose good, so-so or bad.")
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        check_rater(tx, handoff, by)
        rated = RatingValue(value)
        standing = in_force(tx, handoff, by)
        if standing is None or standing.value is not rated:
            put(tx, handoff, by, rated, now, by_outcome=False)
            changed(tx, liaison, handoff)
            revise_lists(tx, liaison, by)


def look(
    liaison: Liaison, handoff_id: str, by: str
) -> tuple[queries.HandoffFacts, RatingValue | None]:
    """The hand-off, and what `by` said of it before; refuses before rather than after."""
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        check_rater(tx, facts.handoff, by)
        standing = in_force(tx, facts.handoff, by)
        return facts, standing.value if standing else None


def check_rater(tx: Session, handoff: Handoff, by: str) -> Person:
    """Who rates, when they may. Raises `NotListed` or `NotAllowed`."""
    person = tx.get(Person, (handoff.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    if handoff.outcome is None:
        raise NotAllowed(NOT_YET)
    if by not in {handoff.outcome_by, handoff.actor_id, handoff.owner_id} and not _is_asked_again(
        tx, handoff, by
    ):
        raise NotAllowed(NOT_YOURS)
    return person


def _is_asked_again(tx: Session, handoff: Handoff, by: str) -> bool:
    """Whether a second look at it was asked of them."""
    asked = select(col(SecondLook.id)).where(
        col(SecondLook.team_id) == handoff.team_id,
        col(SecondLook.handoff_id) == handoff.id,
        col(SecondLook.person_id) == by,
    )
    return tx.scalars(asked).first() is not None


def carry(
    tx: Session, playbook: Playbook, handoff: Handoff, rater_id: str | None, now: datetime
) -> None:
    """Let the outcome say how good the lead was, where it does. None = nobody knows who says so.

    A win says so only where nobody said anything before.
    """
    value = carried(playbook, handoff.outcome or "")
    is_known = handoff.outcome == WON and handoff.rated_at is not None
    if value and rater_id and not is_known:
        put(tx, handoff, rater_id, value, now, by_outcome=True)


def carried(playbook: Playbook, outcome: str) -> RatingValue | None:
    """What an outcome says by itself; None = nothing, or the rep is asked."""
    if outcome in {QUALIFIED, WON}:
        return RatingValue.GOOD
    reason = playbook.reason(outcome)
    return RatingValue.BAD if reason and reason.counts_as == "bad" else None


def is_asked(playbook: Playbook, outcome: str | None) -> bool:
    """Whether whoever recorded this outcome is asked how good the lead was."""
    reason = playbook.reason(outcome or "")
    return reason is not None and reason.counts_as == "asked"


def put(
    tx: Session,
    handoff: Handoff,
    rater_id: str,
    value: RatingValue,
    now: datetime,
    *,
    by_outcome: bool,
) -> None:
    """The rater's newest word; the one before it stays, and counts no more."""
    if standing := in_force(tx, handoff, rater_id):
        standing.ended_at = now
        tx.flush()
    handoff.rated_at = handoff.rated_at or now
    tx.add(
        Rating(
            team_id=handoff.team_id,
            id=new_id(now),
            handoff_id=handoff.id,
            rater_id=rater_id,
            value=value,
            at=now,
            by_outcome=by_outcome,
            campaign_id=handoff.campaign_id,
            handed_at=handoff.handed_at,
        )
    )
    if not by_outcome:
        note(tx, handoff, Line.RATED, now, by=rater_id, facts={"to": rater_id, "rating": value})
    tx.flush()


def in_force(tx: Session, handoff: Handoff, rater_id: str) -> Rating | None:
    """What this rater says of it; None = nothing."""
    return tx.scalars(
        select(Rating).where(
            col(Rating.team_id) == handoff.team_id,
            col(Rating.handoff_id) == handoff.id,
            col(Rating.rater_id) == rater_id,
            col(Rating.ended_at).is_(None),
        )
    ).first()


def in_days(team_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Ratings that count in the 90 days before `now`."""
    return (
        col(Rating.team_id) == team_id,
        col(Rating.ended_at).is_(None),
        col(Rating.at) > now - WINDOW,
        col(Rating.at) <= now,
    )


def take_back(tx: Session, handoff: Handoff, by: str, since: datetime, now: datetime) -> None:
    """An outcome of `by` is undone: so is what they said of the lead since, and what they had said
    before is in force again."""
    rows = select(Rating).where(
        col(Rating.team_id) == handoff.team_id,
        col(Rating.handoff_id) == handoff.id,
        col(Rating.rater_id) == by,
        ~col(Rating.taken_back),
    )
    ratings = tx.scalars(rows.order_by(col(Rating.id))).all()
    for rating in ratings:
        if rating.at >= since:
            rating.taken_back, rating.ended_at = True, rating.ended_at or now
    tx.flush()
    earlier = [rating for rating in ratings if rating.at < since]
    if len(earlier) < len(ratings) and earlier:
        earlier[-1].ended_at = None
    tx.flush()
    handoff.rated_at = tx.scalars(
        select(func.min(col(Rating.at))).where(
            col(Rating.team_id) == handoff.team_id,
            col(Rating.handoff_id) == handoff.id,
            col(Rating.ended_at).is_(None),
        )
    ).first()


def follow_campaign(tx: Session, handoff: Handoff) -> None:
    """The hand-off counts for another campaign from now on, and its ratings with it."""
    tx.execute(
        update(Rating)
        .where(col(Rating.team_id) == handoff.team_id, col(Rating.handoff_id) == handoff.id)
        .values(campaign_id=handoff.campaign_id)
    )
