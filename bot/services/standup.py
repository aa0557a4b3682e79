"""What time does to the joint meetings: plan, tell whose turn it is, announce, begin, close.

Each meeting of a day is a row with the instant of its next step; a step is taken once, by
whichever process comes first, and when nothing was running at its time, once afterwards.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.core.business_time import DAY
from bot.core.standup import CLOSES_AFTER, GAP, LATE, State, Step, next_day, plan
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import TooLate
from bot.liaison import Liaison
from bot.models import Message, MessageKind, Occurrence, Person
from bot.playbook import Meeting
from bot.services import agenda, item_hands, rota, running, topics
from bot.services.hours import back_at_work
from bot.services.invitations import invite
from bot.services.occurrences import (
    ahead,
    attendees,
    calendar_of,
    follow_playbook,
    may_run,
    occurrence_to_change,
    plan_next,
    runner,
)
from bot.services.usergroups import is_awaited
from bot.views import minutes as minutes_views
from bot.views import standup as standup_views
from bot.views.blocks import Post

AT_ONCE = 50


def take_due_standups(liaison: Liaison) -> int:
    """Plan what is not planned, and take the steps whose time has come; says how many."""
    now = liaison.now()
    done = item_hands.hand_on(liaison)
    for meeting in _meetings(liaison):
        done += _keep_planned(liaison, meeting, now)
    with liaison.reading() as tx:
        due = tx.scalars(_due(), {"team_id": liaison.team_id, "now": now}).all()
    for occurrence_id in due:
        done += _take(liaison, occurrence_id, now)
    return done


def _meetings(liaison: Liaison) -> list[Meeting]:
    return [each for each in liaison.playbook.standups if each.key in liaison.standup_channels]


@cache
def _due() -> Select[str]:
    """Built once: every tick asks it."""
    is_due = col(Occurrence.next_at) <= bindparam("now")
    return (
        select(col(Occurrence.id))
        .where(col(Occurrence.team_id) == bindparam("team_id"), is_due)
        .order_by(col(Occurrence.next_at))
        .limit(AT_ONCE)
    )


def _keep_planned(liaison: Liaison, meeting: Meeting, now: datetime) -> int:
    """The next meeting is planned, as the playbook has it now."""
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        planned = ahead(tx, liaison, meeting.key)
        if planned and not follow_playbook(tx, liaison, meeting, planned, now):
            return 0
        if is_awaited(tx, liaison, meeting, None):
            return 0  # whoever attends is invited, so it has to be known who that is
    with liaison.transaction() as tx:
        found = ahead(tx, liaison, meeting.key)
        if found is None:
            plan_next(tx, liaison, meeting, now)
            invite(tx, liaison, meeting, now)
        elif follow_playbook(tx, liaison, meeting, found, now):
            revise(tx, liaison, found.id)
            invite(tx, liaison, meeting, now)
        return 1


def _take(liaison: Liaison, occurrence_id: str, now: datetime) -> int:
    """All steps of one meeting that are due; 0 when another process takes them right now."""
    with liaison.transaction() as tx:
        mine = (
            select(Occurrence)
            .where(
                col(Occurrence.team_id) == liaison.team_id,
                col(Occurrence.id) == occurrence_id,
                col(Occurrence.next_at) <= now,
            )
            .with_for_update(skip_locked=True, key_share=True)
        )
        occurrence = tx.scalars(mine).first()
        taken = 0
        while occurrence and occurrence.next_at and occurrence.next_at <= now:
            step = occurrence.next_step or Step.LOOK_BACK
            meeting = liaison.playbook.standup(occurrence.meeting)
            if meeting and is_awaited(tx, liaison, meeting, occurrence.next_at):
                break
            if occurrence.meeting not in liaison.standup_channels:
                _leave_out(occurrence)
            else:
                _STEPS[step](tx, liaison, occurrence, now)
            tx.flush()
            taken += 1
        return taken


def _leave_out(occurrence: Occurrence) -> None:
    """The playbook has this meeting no more, or the bot is not in its channel."""
    occurrence.state = State.MISSED
    occurrence.next_step = occurrence.next_at = None


def _meeting(liaison: Liaison, occurrence: Occurrence) -> Meeting:
    meeting = liaison.playbook.standup(occurrence.meeting)
    assert meeting  # `_take` leaves the others out
    return meeting


def _rota(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """Two working days ahead: who leads it, and which rep comes. Whoever attends since, or has
    not heard of another place yet, is invited."""
    meeting = _meeting(liaison, occurrence)
    rota.assign(tx, liaison, occurrence, now)
    invite(tx, liaison, meeting, now)
    calendar = calendar_of(liaison, meeting, now)
    due = plan(calendar.slot, occurrence.day, calendar.works)
    occurrence.next_step, occurrence.next_at = Step.AGENDA, due[Step.AGENDA]


def _announce(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    agenda.announce(tx, liaison, occurrence, now)


def _start(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """It begins; late when nothing was running at its time, and not at all when the next one's
    agenda is due already."""
    if now - occurrence.begins_at > LATE:
        if _next_is_near(liaison, occurrence, now):
            occurrence.state = State.MISSED
            occurrence.next_step, occurrence.next_at = Step.LOOK_BACK, now
            plan_next(tx, liaison, _meeting(liaison, occurrence), now)
            agenda.say_agenda(tx, liaison, occurrence)
            return
        occurrence.late_at = back_at_work(tx, liaison, None, now) or now
        lasts = occurrence.ends_at - occurrence.begins_at
        occurrence.ends_at = occurrence.late_at + lasts
    if occurrence.state is State.ANNOUNCED:
        running.begin(tx, liaison, occurrence, now)
    if occurrence.is_async:
        _leave_a_day(liaison, occurrence, now)
        return
    occurrence.next_step, occurrence.next_at = Step.CLOSE, occurrence.ends_at + CLOSES_AFTER
    channel = liaison.standup_channels[occurrence.meeting]
    kind = MessageKind.STANDUP_START
    saying = Saying(f"{kind}:{occurrence.id}", kind, occurrence.id, channel=channel)
    say(tx, liaison, saying, hold_until=None)


def _leave_a_day(liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """In writing everybody has until the next working day, at the meeting's time."""
    calendar = calendar_of(liaison, _meeting(liaison, occurrence), now)
    ahead_days = (occurrence.day + n * DAY for n in range(1, 15))
    working = filter(calendar.works, ahead_days)
    following = calendar.slot.begins(next(working, occurrence.day + DAY))
    occurrence.next_step, occurrence.next_at = Step.CLOSE, max(following, occurrence.ends_at)


def _next_is_near(liaison: Liaison, occurrence: Occurrence, now: datetime) -> bool:
    calendar = calendar_of(liaison, _meeting(liaison, occurrence), now)
    slot, works = calendar.slot, calendar.works
    following = next_day(slot, occurrence.begins_at, calendar.is_holiday, works)
    return following is not None and plan(slot, following, works)[Step.AGENDA] <= now


def _close(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """It is over: what is loose goes to whoever led it, what was talked about is settled, the
    minutes are posted."""
    meeting = _meeting(liaison, occurrence)
    occurrence.state, occurrence.closed_at = State.CLOSED, now
    occurrence.canvas_at = now if meeting.canvas else None
    occurrence.next_step, occurrence.next_at = Step.LOOK_BACK, now
    if occurrence.facilitator_id is None:
        able = [each for each in attendees(tx, liaison, meeting) if may_run(each)]
        occurrence.facilitator_id = able[0].id if able else None
    topics.settle(tx, occurrence, now)
    _hand_out_loose(tx, liaison, meeting, occurrence, now)
    channel = liaison.standup_channels[occurrence.meeting]
    kind = MessageKind.MINUTES
    saying = Saying(f"{kind}:{occurrence.id}", kind, occurrence.id, channel=channel)
    say(tx, liaison, saying, hold_until=None)
    plan_next(tx, liaison, meeting, now)
    revise(tx, liaison, occurrence.id)


def _hand_out_loose(
    tx: Session, liaison: Liaison, meeting: Meeting, occurrence: Occurrence, now: datetime
) -> None:
    leader = occurrence.facilitator_id
    if leader is None:
        return
    calendar = calendar_of(liaison, meeting, now)
    following = next_day(calendar.slot, now, calendar.is_holiday, calendar.works)
    person = tx.get_one(Person, (liaison.team_id, leader))
    due = following or occurrence.day
    given = item_hands.give_loose_to(tx, liaison, occurrence, person, due, now)
    if any(item.owner_id == leader for item in given):
        kind = MessageKind.LOOSE
        saying = Saying(f"{kind}:{occurrence.id}", kind, occurrence.id, leader)
        say(tx, liaison, saying, hold_until=back_at_work(tx, liaison, person, now))


def _look_back(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """Two weeks without a meeting: the liaison is told, once for each such time."""
    occurrence.next_step = occurrence.next_at = None
    since = _last_good(tx, occurrence)
    if now - since < GAP:
        return
    kind = MessageKind.NO_STANDUP
    for person in _liaisons(tx, liaison):
        key = f"{kind}:{occurrence.meeting}:{since.date()}:{person.id}"
        saying = Saying(key, kind, occurrence.id, person.id, about=since.isoformat())
        say(tx, liaison, saying, hold_until=back_at_work(tx, liaison, person, now))


def _last_good(tx: Session, occurrence: Occurrence) -> datetime:
    """When a meeting took place, or had nothing to do, last; else when the first was planned."""
    of_meeting = (col(Occurrence.team_id) == occurrence.team_id) & (
        col(Occurrence.meeting) == occurrence.meeting
    )
    held = (col(Occurrence.state) == State.CLOSED) & col(Occurrence.held_at).is_not(None)
    by_itself = (
        (col(Occurrence.state) == State.SKIPPED)
        & col(Occurrence.skipped_by).is_(None)
        & col(Occurrence.reason).is_(None)
    )
    good = select(func.max(col(Occurrence.begins_at))).where(of_meeting, held | by_itself)
    first = select(func.min(col(Occurrence.planned_at))).where(of_meeting)
    return tx.scalar(good) or tx.scalar(first) or occurrence.planned_at


def _liaisons(tx: Session, liaison: Liaison) -> list[Person]:
    people = tx.scalars(
        select(Person).where(
            col(Person.team_id) == liaison.team_id,
            col(Person.is_active),
            col(Person.team).is_not(None),
        )
    )
    return [person for person in people if "liaison" in person.roles]


_STEPS: Mapping[Step, Callable[[Session, Liaison, Occurrence, datetime], None]] = {
    Step.ROTA: _rota,
    Step.AGENDA: _announce,
    Step.START: _start,
    Step.CLOSE: _close,
    Step.LOOK_BACK: _look_back,
}


def end(liaison: Liaison, occurrence_id: str, by: str) -> None:
    """Close it before its time."""
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_to_change(tx, liaison, occurrence_id)
        if occurrence.state is not State.RUNNING:
            raise TooLate("This stand-up is over already.")
        occurrence.held_at = occurrence.held_at or now
        _close(tx, liaison, occurrence, now)


def _is_known(liaison: Liaison, occurrence: Occurrence) -> bool:
    return liaison.playbook.standup(occurrence.meeting) is not None


def start_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """The note at the beginning; of one that is over nobody hears."""
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    if message.ts is None:
        if occurrence.state is not State.RUNNING:
            return None
        if opens := back_at_work(tx, liaison, None, now):
            return Hold(opens)
    elif occurrence.state is not State.RUNNING or not _is_known(liaison, occurrence):
        return minutes_views.began(occurrence)
    return standup_views.start_note(agenda.look(tx, liaison, occurrence, now))


def gap_telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return minutes_views.no_meeting(datetime.fromisoformat(message.about or ""))
