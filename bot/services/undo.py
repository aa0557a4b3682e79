"""An answer can be taken back for five minutes, by whoever gave it, while nothing else happened."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bot import queries
from bot.core.history import Line
from bot.delivery.messages import revise
from bot.delivery.sayings import tell
from bot.delivery.undo import retire, revive, revive_offer, withdraw
from bot.errors import NotAllowed, TooLate
from bot.liaison import Liaison
from bot.models import Handoff, History, Lead, Offer, Person, Run, Step, Undo
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services import ratings
from bot.services.handoffs import changed, note
from bot.services.hours import back_at_work
from bot.services.offers import open_offer
from bot.views.blocks import escape

OFFERED = timedelta(minutes=5)
AT_ONCE = 200
"""Offers that end in one transaction."""

_SAID_ONLY = tuple(line.value for line in Line if not line.changes)
"""What history tells that stands in nobody's way."""

Before = dict[str, dict[str, object]]
"""The columns of the hand-off, its run and its lead, before an answer."""


def remember(tx: Session, handoff: Handoff) -> Before:
    """What an answer may change; taken before it, and given to `offer` after it."""
    offer = open_offer(tx, handoff)
    rows = _rows(tx, handoff, handoff.runs, offer.id if offer else None)
    return {name: row.model_dump(mode="json") for name, row in rows.items()}


def offer(
    tx: Session,
    handoff: Handoff,
    before: Before,
    by: str,
    now: datetime,
    told: History | None = None,
) -> None:
    """Let `by` take back what they just answered; an earlier offer ends. To be called before
    `changed`, so that offers are always locked before messages."""
    tx.flush()
    after = _rows(tx, handoff, int(str(before["handoff"]["runs"])), _offer_in(before))
    if earlier := tx.get(Undo, (handoff.team_id, handoff.id), with_for_update=True):
        tx.delete(earlier)
        tx.flush()
    tx.add(
        Undo(
            team_id=handoff.team_id,
            handoff_id=handoff.id,
            by=by,
            until=now + OFFERED,
            before={name: _changes(before[name], row) for name, row in after.items()},
            lines=_lines(tx, handoff),
            told=told.id if told else None,
        )
    )


def standing(tx: Session, handoff: Handoff, now: datetime) -> Undo | None:
    """The offer to take the last answer back, while it can be done."""
    offered = tx.get(Undo, (handoff.team_id, handoff.id))
    stands = offered and now < offered.until and offered.lines == _lines(tx, handoff)
    return offered if stands else None


def take_back(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Put everything back to where it was before the last answer; steps taken stay taken."""
    now = liaison.now()
    with liaison.transaction() as tx:
        queries.lock_lead(tx, liaison.team_id, handoff_id)
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        offered = tx.get(Undo, (liaison.team_id, handoff_id), with_for_update=True)
        _refuse(tx, handoff, offered, by, now)
        assert offered
        _restore(tx, liaison, handoff, offered.before)
        if "outcome" in offered.before["handoff"]:
            ratings.take_back(tx, handoff, by, offered.until - OFFERED, now)
        line = note(tx, handoff, Line.UNDONE, now, by=by)
        tx.flush()
        if offered.told:
            _tell_it_is_off(tx, liaison, offered.told, line, now)
        tx.delete(offered)
        changed(tx, liaison, handoff)


def _refuse(tx: Session, handoff: Handoff, offered: Undo | None, by: str, now: datetime) -> None:
    if offered is None or now >= offered.until:
        raise TooLate("An answer can be undone for 5 minutes; they are over.")
    if offered.by != by:
        name = escape(tx.get_one(Person, (handoff.team_id, offered.by)).name)
        raise NotAllowed(f"Only {name} can undo this answer.")
    latest = queries.latest_handoff(tx, handoff.team_id, handoff.lead_id)
    if offered.lines != _lines(tx, handoff) or latest != handoff:
        raise TooLate("Something happened with this lead since, so it cannot be undone.")


def end_offers(liaison: Liaison) -> int:
    """Take the Undo button away from answers that have become final; says how many."""
    due = asking(liaison.team_id, liaison.now())
    with liaison.reading() as tx:
        if tx.execute(due_now(), due).first() is None:
            return 0
    with liaison.transaction() as tx:
        over = tx.scalars(_over(), due).all()
        for offered in over:
            tx.delete(offered)
        tx.flush()
        for offered in over:
            revise(tx, liaison, offered.handoff_id)
    return len(over)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    return select(col(Undo.handoff_id)).where(*_is_over()).limit(1)


@cache
def _over() -> Select[Undo]:
    over = select(Undo).where(*_is_over()).order_by(col(Undo.until)).limit(AT_ONCE)
    return over.with_for_update(skip_locked=True)


def _is_over() -> tuple[ColumnElement[bool], ...]:
    return col(Undo.team_id) == OF_TEAM, col(Undo.until) <= NOW


def _offer_in(before: Before) -> str | None:
    """The offer to a colleague that was open."""
    return str(before["offer"]["id"]) if "offer" in before else None


def _rows(tx: Session, handoff: Handoff, run: int, offer_id: str | None) -> dict[str, SQLModel]:
    """A lead that was qualified in the queue has no run; few are offered to somebody just then."""
    rows: dict[str, SQLModel | None] = {
        "handoff": handoff,
        "run": tx.get(Run, (handoff.team_id, handoff.id, run)),
        "lead": tx.get(Lead, (handoff.team_id, handoff.lead_id)),
        "offer": tx.get(Offer, (handoff.team_id, offer_id)) if offer_id else None,
    }
    return {name: row for name, row in rows.items() if row}


def _changes(was: dict[str, object], row: SQLModel) -> dict[str, object]:
    """The columns that have another value now, as they were, and an offer's id. A revision only
    ever grows."""
    now = row.model_dump(mode="json")
    kept = {"id"} if isinstance(row, Offer) else set()
    changed_ones = {name for name in was if name != "revision" and now[name] != was[name]}
    return {name: was[name] for name in was if name in changed_ones | kept}


def _lines(tx: Session, handoff: Handoff) -> int:
    counted = select(func.count()).where(
        col(History.team_id) == handoff.team_id,
        col(History.handoff_id) == handoff.id,
        col(History.kind).not_in(_SAID_ONLY),
    )
    return tx.scalars(counted).one()


def _restore(tx: Session, liaison: Liaison, handoff: Handoff, before: Before) -> None:
    runs = int(str(before["handoff"].get("runs", handoff.runs)))
    for number in range(handoff.runs, runs, -1):
        _forget_run(tx, tx.get_one(Run, (handoff.team_id, handoff.id, number)))
    offer_id = _offer_in(before)
    for name, row in _rows(tx, handoff, runs, offer_id).items():
        _put_back(row, before[name])
    tx.flush()
    if run := queries.current_run(tx, handoff):
        revive(tx, liaison, run)
    if offer_id:
        revive_offer(tx, liaison, offer_id)


def _put_back(row: SQLModel, was: dict[str, object]) -> None:
    """Validated, because what is kept as JSON has its times and stages as text."""
    restored = type(row).model_validate(row.model_dump() | was)
    for name in was:
        setattr(row, name, getattr(restored, name))


def _forget_run(tx: Session, run: Run) -> None:
    """A holding that never was: its number is free for the next one."""
    retire(tx, run)
    tx.execute(
        delete(Step).where(
            col(Step.team_id) == run.team_id,
            col(Step.handoff_id) == run.handoff_id,
            col(Step.run) == run.number,
        )
    )
    tx.delete(run)
    tx.flush()


def _tell_it_is_off(tx: Session, liaison: Liaison, told: str, line: History, now: datetime) -> None:
    """Whoever was told hears that it was undone, unless it did not reach them yet."""
    earlier = tx.get_one(History, (liaison.team_id, told))
    person = tx.get_one(Person, (liaison.team_id, earlier.facts["to"]))
    if not withdraw(tx, earlier, person.id):
        held = back_at_work(tx, liaison, person, now)
        tell(tx, liaison, line, person.id, hold_until=held)
