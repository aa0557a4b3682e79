"""The actor answers: accept, touch, outcome; and the CRM tells of them."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import queries
from bot.core.lifecycle import Act, stage_after, touched
from bot.errors import BadField, TooLate
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, Person
from bot.services.handoffs import (
    authorise,
    begin_run,
    changed,
    end_run,
    note,
    start_clock,
)
from bot.services.hours import opening_of
from bot.services.nextsteps import NO_STEP, NextStep, check_step, heard_from, plan_step, settle
from bot.services.returns import plan_return
from bot.services.schedule import plan_turn
from bot.views import ids
from bot.views.blocks import escape, when
from bot.views.handoffs import TOUCHES

WORDS = 500
"""Characters of a rep's own words."""

_AUTOMATED = frozenset({"automated", "automated_email", "sequence", "marketing_email"})


def accept(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Say "mine". Moves no clock."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.ACCEPT, handoff, by, now)
        _change_hands(tx, liaison, handoff, person, now)
        run = queries.current_run(tx, handoff)
        if run is None or run.accepted_at:
            raise TooLate(_who_accepted(tx, liaison, handoff, by))
        run.accepted_at = now
        note(tx, handoff, "accepted", now, by=by)
        changed(tx, liaison, handoff)


def _who_accepted(tx: Session, liaison: Liaison, handoff: Handoff, by: str) -> str:
    first = next(row for row in queries.history(tx, handoff) if row.kind == "accepted")
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
        _change_hands(tx, liaison, handoff, person, now)
        _answer(tx, handoff, now)
        plan_step(handoff, next_step)
        note(tx, handoff, "touched", now, by=by, facts={"kind": kind})
        changed(tx, liaison, handoff)


def record_outcome(
    liaison: Liaison, handoff_id: str, by: str, outcome: str, words: str | None
) -> None:
    """Say how it ended, for now: `qualified` or a reason of the playbook."""
    _check_outcome(liaison, outcome, words)
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, Act.OUTCOME, handoff, by, now)
        _change_hands(tx, liaison, handoff, person, now)
        _close(tx, handoff, outcome, words, at=now, now=now)
        plan_return(liaison, handoff, now)
        handoff.outcome_by = by
        note(tx, handoff, "outcome", now, by=by, facts={"outcome": outcome})
        changed(tx, liaison, handoff)


def _check_outcome(liaison: Liaison, outcome: str, words: str | None) -> None:
    reason = liaison.playbook.reason(outcome)
    if reason is None and outcome != "qualified":
        raise BadField(ids.OUTCOME_KEY, "Choose one of the outcomes.")
    if reason and reason.needs_words and not (words or "").strip():
        raise BadField(ids.OUTCOME_WORDS, f"“{reason.label}” needs a few words.")
    if words and len(words) > WORDS:
        raise BadField(ids.OUTCOME_WORDS, f"Please keep it under {WORDS} characters.")


def contacted(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """The CRM says somebody was in touch. By the actor, it answers the clock as a touch does.

    Without `by` the CRM speaks for the actor. Contact by somebody else, automated mail, and
    contact from before the hand-off are noted and stop nothing.
    """
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = lead and queries.latest_handoff(tx, liaison.team_id, lead.id)
    if not handoff:
        return Receipt(None, duplicate=False)
    by = queries.person_by_email(tx, liaison.team_id, event.by)
    by_the_actor = event.by is None or (by is not None and by.id == handoff.actor_id)
    counts = (
        handoff.closed_at is None
        and handoff.actor_id is not None
        and by_the_actor
        and event.occurred_at >= handoff.handed_at
        and (event.kind or "") not in _AUTOMATED
    )
    facts = {"kind": event.kind} if event.kind else {}
    person = handoff.actor_id if event.by is None else (by.id if by else None)
    if counts:
        shown = handoff.touched_at, handoff.follow_up_on
        _answer(tx, handoff, min(event.occurred_at, now))
        note(tx, handoff, "crm_touched", now, by=person, facts=facts)
        if (handoff.touched_at, handoff.follow_up_on) != shown:  # what the messages show of it
            changed(tx, liaison, handoff)
        else:
            plan_turn(tx, liaison, handoff)
    else:
        note(tx, handoff, "crm_contact", now, by=person, facts=facts)
    return Receipt(handoff.id, duplicate=False)


def outcome_told(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """The CRM says how it ended: legal from any stage, never over a newer outcome."""
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = lead and queries.latest_handoff(tx, liaison.team_id, lead.id)
    if not handoff:
        return Receipt(None, duplicate=False)
    outcome = event.kind or ""
    if handoff.outcome_at and event.occurred_at <= handoff.outcome_at:
        note(tx, handoff, "older_outcome", now, facts={"outcome": outcome})
        return Receipt(handoff.id, duplicate=False)
    _close(tx, handoff, outcome, event.reason, at=event.occurred_at, now=now)
    plan_return(liaison, handoff, now)
    by = queries.person_by_email(tx, liaison.team_id, event.by)
    handoff.outcome_by = by.id if by else None
    told = {"outcome": outcome, "told": "crm"}
    note(tx, handoff, "outcome", now, by=handoff.outcome_by, facts=told)
    changed(tx, liaison, handoff)
    return Receipt(handoff.id, duplicate=False)


def _change_hands(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, now: datetime
) -> None:
    """A colleague who answers an open first touch has the lead from then on, on a run of their own.

    The actor's manager answers for the actor, and changes nothing about whose it is.
    """
    actor = tx.get_one(Person, (liaison.team_id, handoff.actor_id))
    if person.id in {actor.id, actor.manager_id}:
        return
    end_run(tx, handoff, now)
    run = begin_run(tx, liaison, handoff, person, "took_on")
    note(tx, handoff, "took_on", now, by=person.id)
    start_clock(tx, liaison, handoff, run, now)


def _answer(tx: Session, handoff: Handoff, at: datetime) -> None:
    """A touch: the clock of the current run is answered, and no further step is taken."""
    handoff.stage = touched(handoff.stage)
    handoff.touched_at = min(handoff.touched_at or at, at)
    heard_from(handoff, at)
    run = queries.current_run(tx, handoff)
    if run:
        run.answered_at = run.answered_at or at
        run.next_step_at = None


def _close(
    tx: Session, handoff: Handoff, outcome: str, words: str | None, *, at: datetime, now: datetime
) -> None:
    handoff.stage = stage_after(outcome)
    handoff.outcome, handoff.outcome_at = outcome, at
    handoff.outcome_words = (words or "").strip() or None
    handoff.closed_at = handoff.closed_at or now
    settle(handoff)
    run = queries.current_run(tx, handoff)
    if run:
        run.answered_at = run.answered_at or now
    end_run(tx, handoff, now)
