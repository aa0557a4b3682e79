"""How a hand-off ends, for now: said by whoever acts, or told by the CRM."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot import queries
from bot.core.attempts import Attempt, Missing, channel_of, missing
from bot.core.business_time import local_date, start_of_day
from bot.core.history import Line
from bot.core.lifecycle import DEALS, QUALIFIED, RESERVED_OUTCOMES, Act, stage_after
from bot.core.turns import MOST_RETURNS
from bot.delivery.sayings import tell
from bot.errors import BadField
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, History, Lead, Person
from bot.playbook import Asks, Reason
from bot.services import links, ratings, undo, wins
from bot.services.followups import change_hands
from bot.services.handoffs import authorise, changed, end_run, note
from bot.services.hours import back_at_work, opening_of
from bot.services.nextsteps import settle
from bot.views import ids
from bot.views.outcomes import Asked, not_yet

WORDS = 500
"""Characters of a rep's own words."""
FURTHEST = timedelta(days=730)

_TRIES = frozenset({Line.TOUCHED, Line.CRM_TOUCHED, Line.CRM_CONTACT})


@dataclass(frozen=True)
class Answer:
    """A filled-in form, untrusted: `choice` is an outcome's key, with `:detail` where it has one,
    `day` an ISO date, `person` a Slack id. What the outcome does not ask for is passed over."""

    choice: str
    words: str | None = None
    day: str | None = None
    person: str | None = None

    @property
    def outcome(self) -> str:
        return self.choice.partition(":")[0]

    @property
    def detail(self) -> str | None:
        return self.choice.partition(":")[2] or None


@dataclass(frozen=True)
class _Ending:
    """What is written down of an outcome, whoever told it. `at` is when it happened."""

    outcome: str
    at: datetime
    detail: str | None = None
    words: str | None = None
    person: str | None = None
    return_at: datetime | None = None


def record_outcome(liaison: Liaison, handoff_id: str, by: str, answer: Answer) -> None:
    """Say how it ended, for now: qualified, a reason of the playbook, or won or lost after that."""
    now = liaison.now()
    reason = _reason(liaison, answer)
    act = Act.DEAL if answer.outcome in DEALS else Act.OUTCOME
    with liaison.transaction() as tx:
        queries.lock_lead(tx, liaison.team_id, handoff_id)
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        person = authorise(tx, liaison, act, handoff, by, now)
        _check_attempts(tx, liaison, handoff, reason, person, now)
        ending = _ending(tx, liaison, answer, reason, person, now)
        before = undo.remember(tx, handoff)
        if act is Act.OUTCOME:
            change_hands(tx, liaison, handoff, person, now)
        _close(tx, liaison, handoff, ending, by=by, now=now)
        facts = {"outcome": ending.outcome} | ({"detail": ending.detail} if ending.detail else {})
        note(tx, handoff, Line.OUTCOME, now, by=by, facts=facts)
        ratings.carry(tx, liaison.playbook, handoff, by, now)
        wins.announce(tx, liaison, handoff, now)
        told = _tell_whom_it_names(tx, liaison, handoff, by, now) if act is Act.OUTCOME else None
        undo.offer(tx, handoff, before, by, now, told)
        changed(tx, liaison, handoff)


def ask(liaison: Liaison, handoff_id: str, by: str, choice: str) -> Asked:
    """What the form has to ask `by` for once this is chosen, or why it has to wait."""
    now = liaison.now()
    reason = liaison.playbook.reason(Answer(choice).outcome)
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        reader = queries.person(tx, liaison.team_id, by)
        lacking = reason and _missing(tx, liaison, facts.handoff, reason, now)
    return Asked(
        facts,
        asks=Asks.PERSON if choice == QUALIFIED else reason.asks if reason else Asks.WORDS,
        reason=reason,
        person=by if choice == QUALIFIED else None,
        day=_day_after(reason, reader, now),
        waits=not_yet(lacking, reader, now) if lacking else None,
    )


def relabel(
    tx: Session, liaison: Liaison, handoff: Handoff, answer: Answer, by: Person, now: datetime
) -> None:
    """Another reason for what was turned down already; what was written of it stays.

    Raises `BadField` for what is no reason of the playbook.
    """
    words = handoff.outcome_words or answer.words
    reason = _reason(liaison, Answer(answer.choice, words))
    if reason is None:
        raise BadField(ids.OUTCOME_KEY, "Choose one of the reasons.")
    return_at = _return_at(answer, reason, by, now)
    ending = _Ending(reason.key, now, answer.detail, words, return_at=return_at)
    _close(tx, liaison, handoff, ending, by=by.id, now=now)


def outcome_told(tx: Session, liaison: Liaison, event: LeadEvent, now: datetime) -> Receipt:
    """The CRM says how it ended: legal from any stage, never over a newer outcome."""
    lead = queries.lead_by_key(tx, liaison.team_id, event.lead_key)
    handoff = lead and queries.latest_handoff(tx, liaison.team_id, lead.id)
    if not handoff:
        return Receipt(None, duplicate=False)
    outcome = event.kind or ""
    if handoff.outcome_at and event.occurred_at <= handoff.outcome_at:
        note(tx, handoff, Line.OLDER_OUTCOME, now, facts={"outcome": outcome})
        return Receipt(handoff.id, duplicate=False)
    reason = liaison.playbook.reason(outcome)
    days = reason and reason.recycle_days
    ending = _Ending(
        outcome,
        at=event.occurred_at,
        words=event.reason,
        return_at=event.occurred_at + timedelta(days=days) if days else None,
    )
    by = links.known(tx, liaison, event.system, event.by)
    _close(tx, liaison, handoff, ending, by=by.id if by else None, now=now)
    told = {"outcome": outcome, "told": "crm"}
    note(tx, handoff, Line.OUTCOME, now, by=handoff.outcome_by, facts=told)
    # Where the CRM names nobody, it speaks for whoever has the lead.
    rater_id = handoff.outcome_by if event.by else handoff.actor_id
    ratings.carry(tx, liaison.playbook, handoff, rater_id, now)
    wins.announce(tx, liaison, handoff, now)
    changed(tx, liaison, handoff)
    return Receipt(handoff.id, duplicate=False)


def _reason(liaison: Liaison, answer: Answer) -> Reason | None:
    """The chosen reason; None = qualified, won or lost. Raises `BadField`."""
    reason = liaison.playbook.reason(answer.outcome)
    details = reason.details if reason else ()
    is_known = reason or answer.outcome in RESERVED_OUTCOMES
    if not is_known or (answer.detail and answer.detail not in details):
        raise BadField(ids.OUTCOME_KEY, "Choose one of the outcomes.")
    if reason and reason.needs_words and not (answer.words or "").strip():
        raise BadField(ids.OUTCOME_WORDS, f"“{reason.label}” needs a few words.")
    if answer.words and len(answer.words) > WORDS:
        raise BadField(ids.OUTCOME_WORDS, f"Please keep it under {WORDS} characters.")
    return reason


def _check_attempts(
    tx: Session,
    liaison: Liaison,
    handoff: Handoff,
    reason: Reason | None,
    person: Person,
    now: datetime,
) -> None:
    lacking = reason and _missing(tx, liaison, handoff, reason, now)
    if lacking:
        raise BadField(ids.OUTCOME_KEY, not_yet(lacking, person, now))


def _missing(
    tx: Session, liaison: Liaison, handoff: Handoff, reason: Reason, now: datetime
) -> Missing | None:
    agreed = liaison.playbook.attempts.agreed(reason, handoff.grade)
    if agreed is None:
        return None
    actor = tx.get(Person, (liaison.team_id, handoff.actor_id)) if handoff.actor_id else None
    since = handoff.shown_at or handoff.received_at
    opening = opening_of(tx, liaison, actor, since)
    return missing([*_attempts(tx, handoff)], agreed, opening, since, now)


def _attempts(tx: Session, handoff: Handoff) -> Iterator[Attempt]:
    """By anybody here, and by the CRM's word; what happened before the hand-off is none."""
    for line in queries.history(tx, handoff):
        channel = channel_of(line.facts.get("kind", "")) if line.kind in _TRIES else None
        told_at = line.facts.get("at")
        at = datetime.fromisoformat(told_at) if told_at else line.at
        if channel and at >= handoff.handed_at:
            yield Attempt(at, channel)


def _ending(
    tx: Session,
    liaison: Liaison,
    answer: Answer,
    reason: Reason | None,
    person: Person,
    now: datetime,
) -> _Ending:
    """Raises `BadField` for a day that is past and a person nobody knows."""
    named = None
    if answer.outcome == QUALIFIED:
        named = _member(tx, liaison, answer.person) or person.id
    elif reason and reason.asks is Asks.PERSON:
        named = _member(tx, liaison, answer.person)
    return _Ending(
        answer.outcome,
        at=now,
        detail=answer.detail,
        words=answer.words,
        person=named,
        return_at=_return_at(answer, reason, person, now) if reason else None,
    )


def _member(tx: Session, liaison: Liaison, person_id: str | None) -> str | None:
    if not person_id:
        return None
    found = tx.get(Person, (liaison.team_id, person_id))
    if found is None or not found.is_active:
        raise BadField(ids.OUTCOME_PERSON, "Choose a member of this workspace, and no app.")
    return found.id


def _return_at(answer: Answer, reason: Reason, person: Person, now: datetime) -> datetime | None:
    """The beginning of the day on which the lead comes back, where `person` is; None = it does
    not."""
    today = local_date(person.timezone, now)
    if reason.asks is Asks.DATE and answer.day:
        day = _day(answer.day)
        if not today < day <= today + FURTHEST:
            raise BadField(ids.OUTCOME_DATE, "Choose a day after today, within two years.")
        return start_of_day(person.timezone, day)
    usual = _day_after(reason, person, now)
    return start_of_day(person.timezone, usual) if usual else None


def _day_after(reason: Reason | None, person: Person, now: datetime) -> date | None:
    """The day on which the reason usually brings a lead back."""
    if reason is None or reason.recycle_days is None:
        return None
    return local_date(person.timezone, now) + timedelta(days=reason.recycle_days)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadField(ids.OUTCOME_DATE, "Choose a day.") from error


def _close(
    tx: Session,
    liaison: Liaison,
    handoff: Handoff,
    ending: _Ending,
    *,
    by: str | None,
    now: datetime,
) -> None:
    return_at = ending.return_at if handoff.returns < MOST_RETURNS else None
    handoff.stage = stage_after(ending.outcome, returns=return_at is not None)
    handoff.outcome, handoff.outcome_at = ending.outcome, ending.at
    handoff.outcome_detail = ending.detail
    if ending.outcome not in DEALS:  # whoever took a qualified lead on still has it then
        handoff.outcome_person = ending.person
    handoff.outcome_words = (ending.words or "").strip() or None
    handoff.outcome_by = by
    handoff.return_at, handoff.return_announced_at = return_at, None
    handoff.closed_at = handoff.closed_at or now
    settle(handoff)
    run = queries.current_run(tx, handoff)
    if run:
        run.answered_at = run.answered_at or now
    end_run(tx, handoff, now)
    reason = liaison.playbook.reason(ending.outcome)
    if reason and reason.refuses_later:
        lead = tx.get_one(Lead, (handoff.team_id, handoff.lead_id))
        lead.do_not_contact_at = lead.do_not_contact_at or now


def _tell_whom_it_names(
    tx: Session, liaison: Liaison, handoff: Handoff, by: str, now: datetime
) -> History | None:
    """A colleague who goes on with the lead, or had it before, hears of it, in their hours."""
    if handoff.outcome_person in {None, by}:
        return None
    person = tx.get_one(Person, (liaison.team_id, handoff.outcome_person))
    kind = Line.GOT_IT if handoff.outcome == QUALIFIED else Line.HAD_IT
    facts = {"to": person.id, "outcome": handoff.outcome or "", "detail": handoff.outcome_detail}
    line = note(tx, handoff, kind, now, by=by, facts={k: v for k, v in facts.items() if v})
    tx.flush()
    tell(tx, liaison, line, person.id, hold_until=back_at_work(tx, liaison, person, now))
    return line
