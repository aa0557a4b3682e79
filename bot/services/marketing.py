"""Marketing's side of the board, counted; what a number counts is what its list shows."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.marketing import Number, Part, Side
from bot.core.results import NO_ANSWER
from bot.models import Ask, Campaign, Dispute, Flag, Handoff, Verdict
from bot.playbook import Playbook
from bot.services import campaigns
from bot.services.results import Scope

TOP = "A"
MOST_LISTED = 30


def side(tx: Session, playbook: Playbook, scope: Scope, now: datetime) -> Side:
    """All numbers of a scope: leads by when they were handed over, questions, flags and disputes by
    when they were raised."""
    earlier = scope.before(now)
    top, data = _handed(tx, playbook, scope)
    return Side(
        top=top,
        data=data,
        upheld=_part(tx, _is_settled(scope), _is_upheld()),
        asks_late=_part(tx, asks_due(scope, now), is_ask_late(now)),
        flags_late=_part(tx, flags_due(scope, now), is_flag_late(now)),
        top_before=_handed(tx, playbook, earlier)[0] if earlier else None,
    )


def _handed(tx: Session, playbook: Playbook, scope: Scope) -> tuple[Part, Part]:
    """Of grade A, and turned down for their data: in one walk over the reports' index."""
    row = select(
        func.count(),
        func.count().filter(_is_top()),
        func.count().filter(_is_answered()),
        func.count().filter(_is_for_data(playbook)),
    )
    handed, top, answered, data = tx.execute(row.where(scope.handoffs)).one()
    return Part(top, handed), Part(data, answered)


def _part(tx: Session, whole: ColumnElement[bool], part: ColumnElement[bool]) -> Part:
    count, of = tx.execute(select(func.count().filter(part), func.count()).where(whole)).one()
    return Part(count, of)


def behind(number: Number, playbook: Playbook, scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The hand-offs a number counts; of flags there are none, see `late_flags`."""
    handoff = col(Handoff.id)
    if number is Number.TOP:
        return scope.handoffs & _is_top()
    if number is Number.DATA:
        return scope.handoffs & _is_for_data(playbook)
    if number is Number.UPHELD:
        upheld = select(col(Dispute.handoff_id)).where(_is_settled(scope), _is_upheld())
        return (col(Handoff.team_id) == scope.team_id) & handoff.in_(upheld)
    late = select(col(Ask.handoff_id)).where(asks_due(scope, now), is_ask_late(now))
    return (col(Handoff.team_id) == scope.team_id) & handoff.in_(late)


def late_flags(tx: Session, scope: Scope, now: datetime) -> list[tuple[Flag, Campaign]]:
    """Flags answered late, or not yet: the newest first."""
    found = campaigns.roots(tx, scope.team_id)
    flags = tx.scalars(
        select(Flag)
        .where(flags_due(scope, now), is_flag_late(now))
        .order_by(col(Flag.raised_at).desc(), col(Flag.id))
        .limit(MOST_LISTED)
    )
    return [(flag, found[flag.campaign_id]) for flag in flags]


def _is_top() -> ColumnElement[bool]:
    return col(Handoff.grade) == TOP


def _is_answered() -> ColumnElement[bool]:
    outcome = col(Handoff.outcome)
    return outcome.is_not(None) & outcome.not_in(NO_ANSWER)


def _is_for_data(playbook: Playbook) -> ColumnElement[bool]:
    """By the reasons for which a lead may be put right and sent back."""
    keys = [each.key for each in playbook.reasons if playbook.is_returnable(each.key)]
    return col(Handoff.outcome).in_(keys)


def _is_settled(scope: Scope) -> ColumnElement[bool]:
    is_settled = col(Dispute.settled_at).is_not(None)
    return (
        (col(Dispute.team_id) == scope.team_id)
        & is_settled
        & scope.within(col(Dispute.at))
        & scope.about(col(Dispute.handoff_id))
    )


def _is_upheld() -> ColumnElement[bool]:
    return col(Dispute.verdict) != Verdict.STANDS


def asks_due(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """Questions that were answered, or should be by now. Without words the lead was erased, and
    nobody waits for an answer any more."""
    is_due = (col(Ask.due_at) <= now) & (col(Ask.question) != "")
    return (
        (col(Ask.team_id) == scope.team_id)
        & (col(Ask.answered_at).is_not(None) | is_due)
        & scope.within(col(Ask.asked_at))
        & scope.about(col(Ask.handoff_id))
    )


def is_ask_late(now: datetime) -> ColumnElement[bool]:
    """Answered after its due time, or not by now."""
    return func.coalesce(col(Ask.answered_at), now) > col(Ask.due_at)


def flags_due(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """Flags that were answered or ended, or should be answered by now."""
    is_done = col(Flag.answered_at).is_not(None) | col(Flag.closed_at).is_not(None)
    return (
        (col(Flag.team_id) == scope.team_id)
        & (is_done | (col(Flag.due_at) <= now))
        & scope.within(col(Flag.raised_at))
        & scope.in_campaigns(col(Flag.campaign_id))
    )


def is_flag_late(now: datetime) -> ColumnElement[bool]:
    """One that ended by itself before it was due is none."""
    return func.coalesce(col(Flag.answered_at), col(Flag.closed_at), now) > col(Flag.due_at)
