"""The actor answers: accept, touch; and the CRM tells of contact."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.business_time import OutsideTable, elapsed
from bot.core.history import Line
from bot.core.lifecycle import Act, touched
from bot.errors import BadField, TooLate
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.services import cover, links, undo
from bot.services.handoffs import (
    authorise,
    begin_run,
    changed,
    end_run,
    note,
    start_clock,
)
from bot.services.hours import opening_of
from bot.services.nextsteps import NO_STEP, NextStep, check_step, heard_from, plan_step
from bot.services.offers import close_offer, open_offer
from bot.services.schedule import plan_turn
from bot.views import ids
from bot.views.blocks import escape, when
from bot.views.handoffs import TOUCHES

_AUTOMATED = frozenset({"automated", "automated_email", "sequence", "marketing_email"})


def accept(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Say "mine". Moves no clock."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.ACCEPT, handoff, by, now)
        run = queries.current_run(tx, handoff)
        if run and run.actor_id == by and run.accepted_at:
            raise TooLate(_who_accepted(tx, liaison, handoff, by))
        before = undo.remember(tx, handoff)
        change_hands(tx, liaison, handoff, person, now)
        run = queries.current_run(tx, handoff)
        if run is None or run.accepted_at:
            raise TooLate(_who_accepted(tx, liaison, handoff, by))
        run.accepted_at = now
        note(tx, handoff, Line.ACCEPTED, now, by=by)
        undo.offer(tx, handoff, before, by, now)
        changed(tx, liaison, handoff)


def _who_accepted(tx: Session, liaison: Liaison, handoff: Handoff, by: str) -> str:
    # An earlier one may have been taken back.
    first = queries.latest_line(tx, handoff, Line.ACCEPTED)
    assert first  # or it could still be accepted
    name = "You" if first.by == by else tx.get_one(Person, (liaison.team_id, first.by)).name
    return f"{escape(name)} accepted this lead already, {when(first.at)}."


def log_touch(
    liaison: Liaison, handoff_id: str, by: str, kind: str, next_step: NextStep = NO_STEP
) -> None:
    """Record real contact; the first one answers the clock. `kind` is one of `TOUCHES`."""
    if kind not in TOUCHES:
        raise BadField(ids.TOUCH_KIND, "Choose how you were in touch.")
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.TOUCH, handoff, by, now)
        check_step(opening_of(tx, liaison, person, now), next_step, now)
        before = undo.remember(tx, handoff)
        change_hands(tx, liaison, handoff, person, now)
        _answer(tx, liaison, handoff, now)
        plan_step(handoff, next_step)
        note(tx, handoff, Line.TOUCHED, now, by=by, facts={"kind": kind})
        undo.offer(tx, handoff, before, by, now)
        changed(tx, liaison, handoff)


def contacted(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """The CRM says somebody was in touch. By the actor, it answers the clock as a touch does.

    Without `by` the CRM speaks for the actor. Contact by somebody else, automated mail, and
    contact from before the hand-off are noted and stop nothing.
    """
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = lead and queries.latest_handoff(tx, liaison.team_id, lead.id)
    if not handoff:
        return Receipt(None, duplicate=False)
    by = links.known(tx, liaison, event.system, event.by)
    by_the_actor = event.by is None or (by is not None and cover.acts(tx, handoff, by.id, now))
    counts = (
        handoff.closed_at is None
        and handoff.actor_id is not None
        and by_the_actor
        and event.occurred_at >= handoff.handed_at
        and (event.kind or "") not in _AUTOMATED
    )
    facts = {"at": event.occurred_at.isoformat()} | ({"kind": event.kind} if event.kind else {})
    person = handoff.actor_id if event.by is None else (by.id if by else None)
    if counts:
        shown = handoff.touched_at, handoff.follow_up_on, open_offer(tx, handoff)
        if by:
            change_hands(tx, liaison, handoff, by, now)
        _answer(tx, liaison, handoff, min(event.occurred_at, now))
        note(tx, handoff, Line.CRM_TOUCHED, now, by=person, facts=facts)
        if (handoff.touched_at, handoff.follow_up_on, None) != shown:  # what the messages show
            changed(tx, liaison, handoff)
        else:
            plan_turn(tx, liaison, handoff)
    else:
        note(tx, handoff, Line.CRM_CONTACT, now, by=person, facts=facts)
    return Receipt(handoff.id, duplicate=False)


def change_hands(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, now: datetime
) -> None:
    """A colleague who answers an open first touch has the lead from then on, on a run of their own.

    The actor's manager and cover answer for the actor, and change nothing about whose it is.
    Somebody who is covered for takes their lead back by answering it.
    """
    actor = tx.get_one(Person, (liaison.team_id, handoff.actor_id))
    if person.id == actor.manager_id or cover.stands_for_actor(tx, handoff, person.id, now):
        return
    why = Line.BACK if cover.is_covered(tx, handoff, person.id) else Line.TOOK_ON
    end_run(tx, handoff, now)
    run = begin_run(tx, liaison, handoff, person, why.value)
    note(tx, handoff, why, now, by=person.id)
    start_clock(tx, liaison, handoff, run, now)


def _answer(tx: Session, liaison: Liaison, handoff: Handoff, at: datetime) -> None:
    """A touch: the clock of the current run is answered, no further step is taken, and nobody is
    asked to take the lead any more."""
    close_offer(tx, handoff, "over", at)
    handoff.stage = touched(handoff.stage)
    if handoff.touched_at is None:
        handoff.touch_minutes = _minutes_until(tx, liaison, handoff, at)
    handoff.touched_at = min(handoff.touched_at or at, at)
    heard_from(handoff, at)
    run = queries.current_run(tx, handoff)
    if run:
        run.answered_at = run.answered_at or at
        run.next_step_at = None


def _minutes_until(tx: Session, liaison: Liaison, handoff: Handoff, at: datetime) -> int | None:
    """Working minutes of the actor from the card to `at`; None when no calendar reaches so far."""
    actor = tx.get(Person, (liaison.team_id, handoff.actor_id)) if handoff.actor_id else None
    since = handoff.shown_at or handoff.received_at
    try:
        worked = elapsed(opening_of(tx, liaison, actor, at), min(since, at), at)
    except OutsideTable:
        return None
    return int(worked.total_seconds() // 60)
