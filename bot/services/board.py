"""The two-way board, counted from the hand-offs, questions, flags and disputes as they are now.

Everything is counted by when it began: a hand-off when it was handed over, a question when it was
asked. What is not due yet counts nowhere; what was due and never answered counts as missed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from bot.core.board import Board, Number, Tally, median, weeks_until
from bot.core.history import Line
from bot.core.lifecycle import Stage
from bot.core.marketing import Part
from bot.core.results import NO_ANSWER
from bot.liaison import Liaison
from bot.models import Ask, Dispute, Escalation, Flag, Handoff, Lead
from bot.services.marketing import TOP, asks_due, flags_due, is_ask_late, is_flag_late
from bot.services.results import Scope

_TURNED_DOWN = (Stage.REJECTED, Stage.RECYCLED, Stage.EXPIRED)


@dataclass(frozen=True)
class Period:
    """Which hand-offs, questions, flags and disputes are counted."""

    team_id: str
    days: int
    now: datetime
    zone: str
    """In which weeks begin."""

    @classmethod
    def of(cls, liaison: Liaison, days: int, now: datetime) -> "Period":
        return cls(liaison.team_id, days, now, liaison.playbook.hours.timezone)

    @cached_property
    def weeks(self) -> list[tuple[date, datetime]]:
        return weeks_until(self.zone, self.now)

    @cached_property
    def since(self) -> datetime:
        return self.now - timedelta(days=self.days)

    def holds(self, at: Mapped[datetime]) -> ColumnElement[bool]:
        return (at >= self.since) & (at <= self.now)

    @property
    def scope(self) -> Scope:
        """The same for what is counted elsewhere too."""
        return Scope(self.team_id, self.since, self.now)

    @property
    def all_read(self) -> Scope:
        """With the weeks before it."""
        return Scope(self.team_id, min(self.since, self.weeks[0][1]), self.now)

    def is_read(self, at: Mapped[datetime]) -> ColumnElement[bool]:
        """Of the period, or of one of the weeks."""
        return self.holds(at) | ((at >= self.weeks[0][1]) & (at <= self.now))

    def week(self, at: Mapped[datetime]) -> ColumnElement[int]:
        """The number of its week; -1 = before all of them."""
        begun = [(at >= begins, literal(number)) for number, (_, begins) in enumerate(self.weeks)]
        return case(*reversed(begun), else_=-1)


def board(tx: Session, period: Period) -> Board:
    """Both sides, by five statements however many hand-offs there are."""
    tally = Tally()
    handed, top = _handed(tx, period, tally)
    for number, kept in _PROMISES.items():
        for week, in_period, count, of in tx.execute(kept(period)):
            tally.add(number, week, Part(count, of), in_period=bool(in_period))
    return Board(
        parts=tally.whole(),
        weeks={day: tally.week(number) for number, (day, _) in enumerate(period.weeks)},
        handed=handed,
        top=top,
        median_minutes=median([(took, count) for took, count in tx.execute(_minutes(period))]),
    )


def _handed(tx: Session, period: Period, tally: Tally) -> tuple[int, int]:
    """The numbers of hand-offs, and how many of the period there are and are of grade A."""
    handed = top = 0
    for row in tx.execute(_of_handoffs(period)):
        week, in_period, count, of_top, *counts = row
        handed, top = handed + in_period * count, top + in_period * of_top
        for place, number in enumerate(_OF_HANDOFFS):
            part = Part(counts[2 * place], counts[2 * place + 1])
            tally.add(number, week, part, in_period=bool(in_period))
    return handed, top


def _of_handoffs(period: Period) -> Select[*tuple[int, ...]]:
    """Grouped after each hand-off was looked at, because its lead is looked up for it."""
    at = col(Handoff.handed_at)
    seen = (
        select(
            period.week(at).label("week"),
            _flag(period.holds(at)).label("in_period"),
            _flag(col(Handoff.grade) == TOP).label("top"),
            *(
                _flag(condition(period)).label(f"{number}_{what}")
                for number, pair in _OF_HANDOFFS.items()
                for what, condition in zip(("kept", "of"), pair, strict=True)
            ),
        )
        .select_from(Handoff)
        .join(Lead, (col(Lead.team_id) == Handoff.team_id) & (col(Lead.id) == Handoff.lead_id))
        .where(_counted(period), period.is_read(at))
        .subquery()
    )
    names = [f"{number}_{what}" for number in _OF_HANDOFFS for what in ("kept", "of")]
    sums = [func.sum(seen.c[name], type_=Integer) for name in ("top", *names)]
    return select(seen.c.week, seen.c.in_period, func.count(), *sums).group_by(
        seen.c.week, seen.c.in_period
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _counted(period: Period) -> ColumnElement[bool]:
    """Hand-offs that somebody here was to answer: none brought in from a file as history."""
    return (col(Handoff.team_id) == period.team_id) & ~col(Handoff.is_imported)


def _is_due(period: Period) -> ColumnElement[bool]:
    """Whose first touch should have been by now, unless a manager excused it, or the lead was
    merged or erased, which is nobody's failing."""
    excused = select(col(Escalation.handoff_id)).where(
        col(Escalation.team_id) == period.team_id, col(Escalation.decision) == Line.EXCUSED.value
    )
    return (col(Handoff.due_at) <= period.now) & ~_is_gone() & col(Handoff.id).not_in(excused)


def _is_gone() -> ColumnElement[bool]:
    return func.coalesce(col(Handoff.outcome), "").in_(NO_ANSWER)


def _answered_at() -> ColumnElement[datetime | None]:
    """By the first touch, or by an outcome without one; of a lead that was opened again, by what
    followed."""
    touched = col(Handoff.touched_at)
    closed = case((_has_answer(), col(Handoff.closed_at)))
    return case((touched.is_(None) | (closed < touched), closed), else_=touched)


def _has_answer() -> ColumnElement[bool]:
    outcome = col(Handoff.outcome)
    return outcome.is_not(None) & outcome.not_in(NO_ANSWER)


def _is_in_time(period: Period) -> ColumnElement[bool]:
    return _is_due(period) & (_answered_at() <= col(Handoff.due_at))


def _is_touched(period: Period) -> ColumnElement[bool]:
    """A person was in touch, or it was answered without."""
    return _is_due(period) & (col(Handoff.touched_at).is_not(None) | _has_answer())


def _ended_untaken(_period: Period) -> ColumnElement[bool]:
    return col(Handoff.stage).in_(_TURNED_DOWN) & ~_is_gone()


def _has_reason(period: Period) -> ColumnElement[bool]:
    return _ended_untaken(period) & col(Handoff.outcome).is_not(None)


def _is_known(_period: Period) -> ColumnElement[bool]:
    """Of an erased lead nobody can say any more what was told."""
    return col(Lead.erased_at).is_(None)


def _is_complete(period: Period) -> ColumnElement[bool]:
    """All that the card would ask for by name, as it stands now."""
    wanted = (Lead.company, Lead.given_name, Lead.title, Lead.email, Lead.phone)
    told = (*wanted, Handoff.campaign, Handoff.reason)
    missing = or_(*(func.coalesce(col(each), "") == "" for each in told))
    return _is_known(period) & ~missing


Condition = Callable[[Period], ColumnElement[bool]]

_OF_HANDOFFS: dict[Number, tuple[Condition, Condition]] = {
    Number.IN_TIME: (_is_in_time, _is_due),
    Number.TOUCHED: (_is_touched, _is_due),
    Number.REASONS: (_has_reason, _ended_untaken),
    Number.COMPLETE: (_is_complete, _is_known),
}
"""What each number counts, and of what."""


def _minutes(period: Period) -> Select[int | None, int]:
    """Minutes to the first touch, and how many hand-offs took so long; None = never touched. What
    was answered without a touch has no first touch to measure."""
    minutes, touched = col(Handoff.touch_minutes), col(Handoff.touched_at)
    never = touched.is_(None) & ~_has_answer()
    return (
        select(minutes, func.count())
        .where(_counted(period), period.holds(col(Handoff.handed_at)), _is_due(period))
        .where(minutes.is_not(None) | never)
        .group_by(minutes)
    )


def _promise(
    period: Period, began: Mapped[datetime], due: ColumnElement[bool], late: ColumnElement[bool]
) -> Select[int, int, int, int]:
    """By week and period: how many promises were kept, of those that are due or kept."""
    week, in_period = period.week(began), _flag(period.holds(began))
    return (
        select(week, in_period, func.sum(_flag(~late), type_=Integer), func.count())
        .where(due, period.is_read(began))
        .group_by(week, in_period)
    )


def _asks(period: Period) -> Select[int, int, int, int]:
    due, late = asks_due(period.all_read, period.now), is_ask_late(period.now)
    return _promise(period, col(Ask.asked_at), due, late)


def _flags(period: Period) -> Select[int, int, int, int]:
    due, late = flags_due(period.all_read, period.now), is_flag_late(period.now)
    return _promise(period, col(Flag.raised_at), due, late)


def _disputes(period: Period) -> Select[int, int, int, int]:
    return _promise(period, col(Dispute.at), _disputes_due(period), _is_dispute_late(period))


def _disputes_due(period: Period) -> ColumnElement[bool]:
    is_due = (col(Dispute.due_at) <= period.now) & (col(Dispute.words) != "")
    is_settled = col(Dispute.settled_at).is_not(None)
    return (col(Dispute.team_id) == period.team_id) & (is_settled | is_due)


def _is_dispute_late(period: Period) -> ColumnElement[bool]:
    return func.coalesce(col(Dispute.settled_at), period.now) > col(Dispute.due_at)


_PROMISES = {Number.ASKS: _asks, Number.FLAGS: _flags, Number.DISPUTES: _disputes}


def handoffs_behind(period: Period, number: Number, *, kept: bool) -> Select[str]:
    """The hand-offs a number counts, or those it misses; of flags there are none."""
    at = col(Handoff.handed_at)
    newest = select(col(Handoff.id)).order_by(at.desc(), col(Handoff.id))
    if number in _OF_HANDOFFS:
        is_kept, is_of = (condition(period) for condition in _OF_HANDOFFS[number])
        wanted = is_kept if kept else is_of & ~func.coalesce(is_kept, False)
        of_lead = (col(Lead.team_id) == Handoff.team_id) & (col(Lead.id) == Handoff.lead_id)
        return newest.join(Lead, of_lead).where(_counted(period), period.holds(at), wanted)
    behind = _about(period, number, kept=kept)
    return newest.where(col(Handoff.team_id) == period.team_id, col(Handoff.id).in_(behind))


def _about(period: Period, number: Number, *, kept: bool) -> Select[str]:
    """The hand-offs that questions or disputes are about."""
    if number is Number.ASKS:
        due, late = asks_due(period.scope, period.now), is_ask_late(period.now)
        return select(col(Ask.handoff_id)).where(due, ~late if kept else late)
    due = _disputes_due(period) & period.holds(col(Dispute.at))
    late = _is_dispute_late(period)
    return select(col(Dispute.handoff_id)).where(due, ~late if kept else late)


def flags_behind(period: Period, *, kept: bool) -> Select[Flag]:
    """The flags a number counts, or those it misses; the newest first."""
    late = is_flag_late(period.now)
    wanted = flags_due(period.scope, period.now) & (~late if kept else late)
    return select(Flag).where(wanted).order_by(col(Flag.raised_at).desc(), col(Flag.id))
