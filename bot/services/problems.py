"""What there is to talk about, from the data: numbers of leads, and the lists behind them.

A source of problems is a line in `SOURCES`, and its words a line in `bot/views/problems.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.core.quality import WINDOW
from bot.core.standup import Problem
from bot.liaison import Liaison
from bot.models import Ask, Campaign, Dispute, Flag, Handoff, Run
from bot.services.previews import open_concerns

MOST_LISTED = 30
"""Leads of a list that is opened from a number."""
LEAST_REJECTED = 3
"""Leads of one campaign, turned down for one reason, that are more than chance."""


@dataclass(frozen=True)
class Span:
    """The time an agenda is about."""

    since: datetime
    now: datetime


Wanted = Select[str]
"""The ids of hand-offs."""


@dataclass(frozen=True)
class Source:
    """One kind of problem."""

    look: Callable[[Session, Liaison, Span], Iterator[Problem]]
    leads: Callable[[Liaison, Span, str], Wanted]
    """The hand-offs behind one problem, those that waited longest first; the last argument is
    what the problem is about."""
    words: Callable[[Session, Liaison, str], list[str]] | None = None
    """What people wrote, where that is what stands behind a problem, and no hand-offs."""


def problems(tx: Session, liaison: Liaison, span: Span) -> list[Problem]:
    """All there is, in no order that means anything."""
    return [problem for source in SOURCES.values() for problem in source.look(tx, liaison, span)]


def leads_behind(tx: Session, liaison: Liaison, key: str, span: Span) -> tuple[list[str], int]:
    """The first hand-offs behind a problem's key, and how many there are; none for a key that
    nobody knows any more."""
    source, _, about = key.partition(":")
    if source not in SOURCES:
        return [], 0
    wanted = SOURCES[source].leads(liaison, span, about)
    count = tx.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    return list(tx.scalars(wanted.limit(MOST_LISTED))), count


def words_behind(tx: Session, liaison: Liaison, key: str) -> list[str] | None:
    """What people wrote that stands behind a problem's key; None = hand-offs do."""
    source, _, about = key.partition(":")
    words = SOURCES[source].words if source in SOURCES else None
    return words(tx, liaison, about) if words else None


def _count(tx: Session, wanted: Wanted) -> int:
    return tx.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0


def _overdue(liaison: Liaison, span: Span, _about: str) -> Wanted:
    """Open first touches whose time is over: a touch answers the run, and an outcome ends it."""
    return (
        select(col(Run.handoff_id))
        .where(
            col(Run.team_id) == liaison.team_id,
            col(Run.ended_at).is_(None),
            col(Run.answered_at).is_(None),
            col(Run.due_at) < span.now,
        )
        .order_by(col(Run.due_at), col(Run.handoff_id))
    )


def _look_overdue(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    if leads := _count(tx, _overdue(liaison, span, "")):
        yield Problem("overdue", "", leads, 3 * leads)


def _silent(liaison: Liaison, _span: Span, _about: str) -> Wanted:
    return (
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.silent_since).is_not(None),
            col(Handoff.closed_at).is_(None),
        )
        .order_by(col(Handoff.silent_since), col(Handoff.id))
    )


def _look_silent(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    if leads := _count(tx, _silent(liaison, span, "")):
        yield Problem("silent", "", leads, 2 * leads)


def _turned_down(liaison: Liaison, span: Span) -> ColumnElement[bool]:
    return and_(
        col(Handoff.team_id) == liaison.team_id,
        col(Handoff.closed_at) >= span.since,
        col(Handoff.stage).in_([Stage.REJECTED, Stage.RECYCLED]),
        col(Handoff.outcome).is_not(None),
        ~col(Handoff.is_imported),
    )


def _rejected(liaison: Liaison, span: Span, about: str) -> Wanted:
    """`about` is a reason's key and a campaign, `not_a_fit:Spring webinar`."""
    reason, _, campaign = about.partition(":")
    same = col(Handoff.campaign) == campaign if campaign else col(Handoff.campaign).is_(None)
    return (
        select(col(Handoff.id))
        .where(_turned_down(liaison, span), col(Handoff.outcome) == reason, same)
        .order_by(col(Handoff.closed_at), col(Handoff.id))
    )


def _look_rejected(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    """By reason and campaign; what speaks against a campaign weighs twice."""
    counted = tx.execute(
        select(col(Handoff.outcome), col(Handoff.campaign), func.count())
        .where(_turned_down(liaison, span))
        .group_by(col(Handoff.outcome), col(Handoff.campaign))
        .having(func.count() >= LEAST_REJECTED)
    )
    for outcome, campaign, leads in counted:
        reason = liaison.playbook.reason(outcome or "")
        weight = 2 if reason and reason.counts_as == "bad" else 1
        yield Problem("rejected", f"{outcome}:{campaign or ''}", leads, weight * leads)


def _asked(liaison: Liaison, _span: Span, _about: str) -> Wanted:
    return (
        select(col(Ask.handoff_id))
        .where(col(Ask.team_id) == liaison.team_id, col(Ask.answered_at).is_(None))
        .where(col(Ask.question) != "")
        .order_by(col(Ask.asked_at), col(Ask.id))
    )


def _look_asked(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    if leads := _count(tx, _asked(liaison, span, "")):
        yield Problem("asked", "", leads, 2 * leads)


def _disputed(liaison: Liaison, _span: Span, _about: str) -> Wanted:
    """Outcomes that marketing contests and nobody has settled."""
    return (
        select(col(Dispute.handoff_id))
        .where(col(Dispute.team_id) == liaison.team_id, col(Dispute.settled_at).is_(None))
        .order_by(col(Dispute.at), col(Dispute.id))
    )


def _look_disputed(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    if leads := _count(tx, _disputed(liaison, span, "")):
        yield Problem("disputed", "", leads, 3 * leads)


def _concerns(tx: Session, liaison: Liaison) -> dict[str, list[str]]:
    """Of each campaign, by the day of its launch and its name, `2026-12-07:Spring webinar`."""
    found: dict[str, list[str]] = {}
    for launches_on, name, words in open_concerns(tx, liaison.team_id):
        found.setdefault(f"{launches_on}:{name}", []).append(words)
    return found


def _look_concerns(tx: Session, liaison: Liaison, _span: Span) -> Iterator[Problem]:
    for about, concerns in _concerns(tx, liaison).items():
        yield Problem("concerns", about, len(concerns), 3 * len(concerns))


def _concern_words(tx: Session, liaison: Liaison, about: str) -> list[str]:
    return _concerns(tx, liaison).get(about, [])


def _no_leads(_liaison: Liaison, _span: Span, _about: str) -> Wanted:
    """A campaign that is not launched has none."""
    return select(col(Handoff.id)).where(false())


def _flagged(liaison: Liaison, span: Span, about: str) -> Wanted:
    """What a flagged campaign brought of late; `about` is its id and its name."""
    campaign_id, _, _ = about.partition(":")
    of_campaign = (col(Campaign.id) == campaign_id) | (col(Campaign.merged_into) == campaign_id)
    counted = select(col(Campaign.id)).where(col(Campaign.team_id) == liaison.team_id, of_campaign)
    return (
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.campaign_id).in_(counted),
            col(Handoff.received_at) >= span.now - WINDOW,
            ~col(Handoff.is_imported),
        )
        .order_by(col(Handoff.closed_at).is_not(None), col(Handoff.received_at), col(Handoff.id))
    )


def _look_flagged(tx: Session, liaison: Liaison, span: Span) -> Iterator[Problem]:
    """Every campaign under a flag, of whatever kind, until marketing says what it changed."""
    raised = tx.execute(
        select(col(Campaign.id), col(Campaign.name))
        .join(
            Flag,
            (col(Flag.team_id) == Campaign.team_id) & (col(Flag.campaign_id) == col(Campaign.id)),
        )
        .where(col(Campaign.team_id) == liaison.team_id, col(Flag.closed_at).is_(None))
        .distinct()
        .order_by(col(Campaign.id))
    )
    for campaign_id, name in raised.all():
        about = f"{campaign_id}:{name}"
        leads = _count(tx, _flagged(liaison, span, about))
        yield Problem("flagged", about, leads, 3 * leads)


SOURCES: Mapping[str, Source] = {
    "overdue": Source(_look_overdue, _overdue),
    "silent": Source(_look_silent, _silent),
    "rejected": Source(_look_rejected, _rejected),
    "asked": Source(_look_asked, _asked),
    "disputed": Source(_look_disputed, _disputed),
    "concerns": Source(_look_concerns, _no_leads, _concern_words),
    "flagged": Source(_look_flagged, _flagged),
}
"""By the first word of a problem's key."""
