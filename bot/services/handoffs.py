"""A hand-off is shown, finds its actor, and changes hands."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import queries
from bot.core import sla
from bot.core.history import Line
from bot.core.lifecycle import ERASED, Act, Stage, Standing, stage_after, why_not
from bot.delivery import homes
from bot.delivery.batches import put_list, revise_batch
from bot.delivery.messages import revise, revise_lists
from bot.delivery.sayings import answer_actor, say_in_channel, say_to_actor
from bot.errors import NotAllowed, NotListed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, History, Lead, Message, MessageKind, Person, Run
from bot.services import attention, cover
from bot.services.clocks import allowance_for, may_start, promise, set_clock
from bot.services.hours import back_at_work, opening_of
from bot.services.offers import close_offer
from bot.services.routing import route
from bot.services.schedule import plan_turn
from bot.views.blocks import escape, when

ASKED_FOR = frozenset({"claim", "took_on"})
"""Why a run began, where its own actor asked for the lead by a press."""
_OF_AN_ABSENCE = frozenset({queries.COVER, "back"})


def pass_on(tx: Session, liaison: Liaison, lead: Lead, handoff: Handoff, now: datetime) -> None:
    """Give a lead without an owner to whom the playbook says, or leave it in the queue."""
    routed = route(tx, liaison, handoff, lead, now)
    handoff.routed = routed.by
    if routed.line:
        note(tx, handoff, routed.line, now, facts=routed.facts)
    if routed.person:
        give(tx, liaison, handoff, routed.person, routed.why, now)


def show(tx: Session, liaison: Liaison, handoff: Handoff) -> None:
    """Queue the card of a new hand-off; its clock starts when Slack shows it.

    In a batch the batch's card shows it, which counts one more.
    """
    plan_turn(tx, liaison, handoff)
    if handoff.batch_id:
        revise_batch(tx, liaison, handoff)
        return
    say_in_channel(
        tx,
        liaison,
        key=f"card:{handoff.id}",
        kind=MessageKind.CARD,
        subject_id=handoff.id,
        channel=liaison.handoff_channel,
    )


def give(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, why: str, now: datetime
) -> Run | None:
    """Give a hand-off to a person or, while they are away, to whoever stands in for them.

    The owner of record stays. None = it is in the queue, because nobody stands in.
    """
    handoff.owner_id = handoff.owner_id or person.id
    actor = cover.actor_for(tx, liaison, person, handoff, now)
    if actor and actor.id == person.id:
        return begin_run(tx, liaison, handoff, person, why)
    # A lead its actor only covers is still covered for the same person, whoever takes it now.
    covered = queries.cover(tx, handoff)
    absence = covered.absence if covered else queries.absence_at(tx, person, now)
    assert absence  # or they would act themselves
    handoff.absence_id = absence.id
    if actor is None:
        handoff.actor_id = None
        note(tx, handoff, Line.QUEUED, now)
        return None
    note(tx, handoff, Line.COVERED, now, by=absence.person_id, facts={"to": actor.id})
    return begin_run(tx, liaison, handoff, actor, queries.COVER)


def begin_run(tx: Session, liaison: Liaison, handoff: Handoff, actor: Person, why: str) -> Run:
    """Give a hand-off to an actor, with an allowance of their own. The clock is not started."""
    allowance = allowance_for(liaison, handoff)
    if handoff.actor_id is None and handoff.shown_at:
        homes.note_change(tx, liaison, handoff, in_queue=True)
    handoff.owner_id = handoff.owner_id or actor.id
    handoff.actor_id = actor.id
    handoff.runs += 1
    run = Run(
        team_id=handoff.team_id,
        handoff_id=handoff.id,
        number=handoff.runs,
        actor_id=actor.id,
        why=why,
        allowance=None if allowance is None else str(allowance),
    )
    tx.add(run)
    tx.flush()
    return run


def end_run(tx: Session, handoff: Handoff, now: datetime) -> None:
    """The current actor's holding is over: no step of it is taken and no offer of it stands."""
    close_offer(tx, handoff, "over", now)
    run = queries.current_run(tx, handoff)
    if run:
        run.ended_at = run.ended_at or now
        run.next_step_at = None


def put_away(tx: Session, handoff: Handoff, outcome: str, now: datetime) -> None:
    """Close an open hand-off that nobody will answer any more; it is nobody's failing."""
    handoff.stage = stage_after(outcome)
    handoff.outcome, handoff.outcome_at, handoff.outcome_by = outcome, now, None
    handoff.closed_at = now
    end_run(tx, handoff, now)


def start_clock(tx: Session, liaison: Liaison, handoff: Handoff, run: Run, now: datetime) -> None:
    """Start a run's clock and tell its actor: at once when they asked for the lead, inside their
    hours when it is hot, and in the morning brief when it is not."""
    actor = tx.get_one(Person, (liaison.team_id, run.actor_id))
    run.started_at = now
    if run.allowance and handoff.touched_at is None:
        set_clock(tx, liaison, run, may_start(handoff, now))
        if run.due_at:
            promise(handoff, run.due_at)
    if run.why in ASKED_FOR:
        answer_actor(tx, liaison, run, MessageKind.LEAD_DM)
    elif handoff.batch_id and run.why in queries.TOGETHER:
        put_list(tx, liaison, handoff.batch_id, run, occasion_of(run, handoff))
    elif attention.tells_at_once(liaison, actor, handoff) or actor.brief_at is None:
        held = back_at_work(tx, liaison, actor, now)
        say_to_actor(tx, liaison, run, MessageKind.LEAD_DM, hold_until=held)


def occasion_of(run: Run, handoff: Handoff) -> str:
    """What tells one list of an actor from another: each absence passes leads on anew."""
    return f":{run.why}:{handoff.absence_id}" if run.why in _OF_AN_ABSENCE else ""


def card_shown(tx: Session, liaison: Liaison, message: Message, now: datetime) -> None:
    """Slack shows the card of one lead."""
    handoff = queries.handoff_to_change(tx, liaison.team_id, message.subject_id)
    if handoff.shown_at is None and handoff.closed_at is None:
        shown(tx, liaison, handoff, now)


def shown(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """The channel has it: the system's delay ends here, and the human clock starts."""
    handoff.shown_at = now
    note(tx, handoff, Line.SHOWN, now)
    run = queries.current_run(tx, handoff)
    allowance = allowance_for(liaison, handoff)
    if run and run.started_at is None:
        run.allowance = str(allowance) if allowance else None  # it may have joined a batch since
        start_clock(tx, liaison, handoff, run, now)
    elif run is None and allowance:
        starts = may_start(handoff, now)
        promise(handoff, sla.due_at(opening_of(tx, liaison, None, starts), starts, allowance))
    changed(tx, liaison, handoff)


def claim(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Take a lead out of the queue. Raises `TooLate` with the name of who was first."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        take_out(tx, liaison, handoff, by, now)


def take_out(tx: Session, liaison: Liaison, handoff: Handoff, by: str, now: datetime) -> None:
    """A lead of the queue is `by`'s from now on, when they may have it."""
    person = authorise(tx, liaison, Act.CLAIM, handoff, by, now)
    run = begin_run(tx, liaison, handoff, person, "claim")
    note(tx, handoff, Line.CLAIMED, now, by=by)
    start_clock(tx, liaison, handoff, run, now)
    changed(tx, liaison, handoff)


def look(liaison: Liaison, act: Act, handoff_id: str, by: str) -> queries.HandoffFacts:
    """The hand-off, for a form that `by` wants to fill in; refuses before rather than after."""
    now = liaison.now()
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, act, facts.handoff, by, now)
        return facts


def authorise(
    tx: Session, liaison: Liaison, act: Act, handoff: Handoff, by: str, now: datetime
) -> Person:
    """The person who pressed, when they may. Raises `NotListed`, `NotAllowed` or `TooLate`."""
    person = tx.get(Person, (liaison.team_id, by))
    actor = tx.get(Person, (liaison.team_id, handoff.actor_id)) if handoff.actor_id else None
    if person is None or not person.is_active:
        raise NotListed
    manages_actor = actor is not None and _decides(tx, act, actor, person)
    if not queries.is_listed(person) and not manages_actor:
        raise NotListed
    is_deal = act is Act.DEAL and handoff.stage is Stage.QUALIFIED
    if handoff.closed_at is not None and not is_deal:
        raise TooLate(_who_closed(tx, liaison, handoff))
    if act is Act.DEAL and not is_deal:
        raise NotAllowed("Only a qualified lead is won or lost: press Outcome… first.")
    if act is Act.CLAIM and actor:
        raise TooLate(_who_claimed(tx, liaison, handoff, actor, by))
    standing = Standing(
        is_listed=True,
        is_actor=cover.acts(tx, handoff, by, now),
        manages_actor=manages_actor,
        sells=queries.sells(person),
        is_admin="admin" in person.roles,
        hops=queries.hops(tx, handoff) if act is Act.REASSIGN else 0,
        took_it_on=handoff.outcome_person == by,
    )
    is_overdue = _is_overdue(tx, handoff, now)
    sentence = why_not(act, standing, in_queue=actor is None, is_overdue=is_overdue)
    if sentence:
        raise NotAllowed(sentence)
    return person


def _decides(tx: Session, act: Act, actor: Person, person: Person) -> bool:
    """The actor's manager; to reassign, whoever stands in where there is none."""
    if actor.manager_id == person.id:
        return True
    stand_in = queries.decider_for(tx, actor) if act is Act.REASSIGN else None
    return stand_in is not None and stand_in.id == person.id


def _is_overdue(tx: Session, handoff: Handoff, now: datetime) -> bool:
    """By the clock of whoever has it now: nobody inherits another's lateness."""
    run = queries.current_run(tx, handoff)
    due_at = run.due_at if run else None
    return handoff.touched_at is None and due_at is not None and due_at < now


def _who_claimed(tx: Session, liaison: Liaison, handoff: Handoff, actor: Person, by: str) -> str:
    run = queries.current_run(tx, handoff)
    at = f", {when(run.started_at)}" if run and run.started_at else ""
    name = "You have" if actor.id == by else f"{escape(actor.name)} has"
    return f"{name} this lead already{at}."


def _who_closed(tx: Session, liaison: Liaison, handoff: Handoff) -> str:
    if handoff.outcome == ERASED:
        return "This lead was erased; there is nothing left to do."
    if handoff.stage is Stage.EXPIRED and handoff.closed_at:
        return f"This lead expired, {when(handoff.closed_at)}; marketing may hand it over again."
    facts = queries.facts(tx, liaison.team_id, handoff.id)
    who = escape(facts.outcome_by.name) if facts.outcome_by else "The CRM"
    label = liaison.playbook.outcome_label(handoff.outcome or "", handoff.outcome_detail)
    at = f", {when(handoff.closed_at)}" if handoff.closed_at else ""
    return f"{who} already recorded “{escape(label)}”{at}."


def note(
    tx: Session,
    handoff: Handoff,
    kind: Line,
    at: datetime,
    *,
    by: str | None = None,
    facts: dict[str, str] | None = None,
) -> History:
    """Write one line of history."""
    line = History(**line_of(handoff.team_id, handoff.id, kind, at, by=by, facts=facts))
    tx.add(line)
    return line


def line_of(
    team_id: str,
    handoff_id: str,
    kind: Line,
    at: datetime,
    *,
    by: str | None = None,
    facts: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The row of one line of history that is not written yet."""
    return {
        "team_id": team_id,
        "id": new_id(at),
        "handoff_id": handoff_id,
        "at": at,
        "kind": kind.value,
        "by": by,
        "facts": facts or {},
    }


def changed(tx: Session, liaison: Liaison, handoff: Handoff) -> None:
    """Something every message about this hand-off shows has changed, and perhaps its next turn."""
    handoff.revision += 1
    plan_turn(tx, liaison, handoff)
    tx.add(handoff)
    homes.note_change(tx, liaison, handoff, in_queue=handoff.actor_id is None)
    tx.flush()
    revise(tx, liaison, handoff.id)
    if handoff.batch_id:
        revise_batch(tx, liaison, handoff)
    for reader_id in queries.waited_for(tx, handoff):
        revise_lists(tx, liaison, reader_id)
