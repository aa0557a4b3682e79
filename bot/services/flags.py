"""Flags: a warning about a campaign, what marketing answers, and what it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core import sla
from bot.core.business_time import local_date, start_of_day
from bot.core.lifecycle import why_not_marketing
from bot.core.quality import WINDOW
from bot.db import insert_once
from bot.delivery.courier import Hold
from bot.delivery.messages import revise, revise_those
from bot.delivery.sayings import Tale, say_to, say_to_person
from bot.errors import BadField, NotAllowed, NotListed, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import (
    Campaign,
    Flag,
    FlagKind,
    Handoff,
    Message,
    MessageKind,
    Person,
    Rating,
    RatingValue,
    Severity,
)
from bot.services.asks import ANSWERED_WITHIN, speaker_for
from bot.services.campaigns import called, members, owner, roots
from bot.services.hours import back_at_work, opening_of
from bot.views import flags as views
from bot.views import ids
from bot.views.blocks import Post, foreign, when

AT_ONCE = 200
MOST_CHOICES = 100
"""Campaigns a menu of Slack's can hold."""
MOST_LISTED = 30
NOBODY_CHANGED = "Write what was changed; sales reads it as it stands."


@dataclass(frozen=True)
class Raising:
    """What somebody filled in to flag a campaign."""

    campaign_id: str
    issue: str | None
    severity: str
    until: date | None


def look_to_raise(
    liaison: Liaison, by: str, handoff_id: str | None = None, name: str = ""
) -> tuple[list[Campaign], str | None]:
    """The campaigns that may be flagged, newest leads first, and the one of this hand-off or name.

    Raises `NoSuchCampaign`.
    """
    with liaison.reading() as tx:
        _check_listed(tx, liaison, by)
        found = roots(tx, liaison.team_id)
        handoff = tx.get(Handoff, (liaison.team_id, handoff_id)) if handoff_id else None
        chosen = found.get(handoff.campaign_id or "") if handoff else None
        chosen = called(tx, liaison.team_id, name) if name else chosen
        latest = (
            select(col(Handoff.campaign_id))
            .where(col(Handoff.team_id) == liaison.team_id, col(Handoff.campaign_id).is_not(None))
            .group_by(col(Handoff.campaign_id))
            .order_by(func.max(col(Handoff.handed_at)).desc())
            .limit(MOST_CHOICES)
        )
        listed = {found[each].id: found[each] for each in tx.scalars(latest) if each in found}
        first = {chosen.id: chosen} if chosen else {}
        campaigns = list((first | listed).values())[:MOST_CHOICES]
        return campaigns, chosen.id if chosen else None


def shown_by(liaison: Liaison, origin: str) -> str | None:
    """The hand-off that a message of ours shows, by `<channel>:<ts>`; None = it shows none."""
    channel, _, ts = origin.partition(":")
    with liaison.reading() as tx:
        return tx.scalars(
            select(col(Handoff.id))
            .join(
                Message,
                (col(Message.team_id) == Handoff.team_id)
                & (col(Message.subject_id) == col(Handoff.id)),
            )
            .where(
                col(Message.team_id) == liaison.team_id,
                col(Message.channel) == channel,
                col(Message.ts) == ts,
            )
        ).first()


def _check_listed(tx: Session, liaison: Liaison, by: str) -> Person:
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def raise_by_hand(liaison: Liaison, raising: Raising, by: str) -> tuple[str, str]:
    """Flag a campaign: its owner reads it at their next opening, cards show it, and whoever has
    open leads of it hears once. Gives the names of the campaign and of who is to answer."""
    issue = _checked(raising.issue, ids.FLAG_ISSUE, "Write what is wrong with its leads.")
    if raising.severity not in {*Severity}:
        raise BadField(ids.FLAG_SEVERITY, "Choose how bad it is.")
    now = liaison.now()
    with liaison.transaction() as tx:
        person = _check_listed(tx, liaison, by)
        campaign = roots(tx, liaison.team_id).get(raising.campaign_id)
        if campaign is None:
            raise BadField(ids.FLAG_CAMPAIGN, "Choose a campaign.")
        ends_at = _end_of(raising.until, person, now)
        flag = new_flag(tx, liaison, campaign, FlagKind.HAND, now)
        flag.raised_by, flag.issue, flag.severity = by, issue, Severity(raising.severity)
        flag.until, flag.ends_at = raising.until, ends_at
        if not put(tx, liaison, flag, now):
            raise TooLate(_already(tx, flag))
        _show_on_cards(tx, liaison, campaign)
        for actor in _with_open_leads(tx, campaign):
            if actor.id != by:
                held = back_at_work(tx, liaison, actor, now)
                say_to_person(
                    tx, liaison, actor.id, MessageKind.FLAG_HINT, flag.id, hold_until=held
                )
        return campaign.name, tx.get_one(Person, (flag.team_id, flag.receiver_id)).name


def _checked(words: str | None, field: str, missing: str) -> str:
    said = " ".join((words or "").split())
    if not said:
        raise BadField(field, missing)
    if len(said) > views.WORDS:
        raise BadField(field, f"Please keep it under {views.WORDS} characters.")
    return said


def _end_of(until: date | None, person: Person, now: datetime) -> datetime | None:
    """The end of that day where the one who flags is."""
    if until is None:
        return None
    if until < local_date(person.timezone, now):
        raise BadField(ids.FLAG_UNTIL, "Choose today or a later day.")
    return start_of_day(person.timezone, until + timedelta(days=1))


def _already(tx: Session, flag: Flag) -> str:
    first = raised(tx, flag.team_id, [flag.campaign_id], FlagKind.HAND)[0]
    words = foreign(first.issue or "", 100)
    return f"It is flagged already, {when(first.raised_at)}: “{words}”. Marketing has it."


def new_flag(
    tx: Session, liaison: Liaison, campaign: Campaign, kind: FlagKind, now: datetime
) -> Flag:
    """A flag for the campaign's owner to answer within two of their working days; not stored."""
    receiver = speaker_for(tx, liaison, owner(tx, liaison, campaign))
    due_at = sla.due_at(opening_of(tx, liaison, receiver, now), now, ANSWERED_WITHIN)
    return Flag(
        team_id=liaison.team_id,
        id=new_id(now),
        campaign_id=campaign.id,
        kind=kind,
        raised_at=now,
        receiver_id=receiver.id,
        due_at=due_at,
        late_check_at=due_at,
    )


def put(tx: Session, liaison: Liaison, flag: Flag, now: datetime) -> bool:
    """Store a flag and tell who is to answer; False when one of its kind is raised already."""
    if not insert_once(tx, flag):
        return False
    _tell(tx, liaison, flag, flag.receiver_id, now)
    return True


def _tell(tx: Session, liaison: Liaison, flag: Flag, person_id: str, now: datetime) -> None:
    person = tx.get_one(Person, (flag.team_id, person_id))
    tale = Tale(MessageKind.FLAG, flag.id, flag.id, "late" if flag.late_at else "")
    say_to(tx, liaison, tale, person.id, hold_until=back_at_work(tx, liaison, person, now))


def _show_on_cards(tx: Session, liaison: Liaison, campaign: Campaign) -> None:
    shown = select(col(Handoff.id)).where(*_open_of(tx, campaign))
    is_card = col(Message.kind) == MessageKind.CARD
    revise_those(tx, liaison, is_card & col(Message.subject_id).in_(shown))


def _with_open_leads(tx: Session, campaign: Campaign) -> list[Person]:
    having = select(col(Handoff.actor_id)).where(*_open_of(tx, campaign))
    people = select(Person).where(
        col(Person.team_id) == campaign.team_id, col(Person.id).in_(having), col(Person.is_active)
    )
    return list(tx.scalars(people.order_by(col(Person.id))))


def _open_of(tx: Session, campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Handoff.team_id) == campaign.team_id,
        col(Handoff.campaign_id).in_(members(tx, campaign)),
        col(Handoff.closed_at).is_(None),
    )


def raised(tx: Session, team_id: str, campaign_ids: Iterable[str], kind: FlagKind) -> list[Flag]:
    """Flags of a kind that are not closed, oldest first."""
    return list(
        tx.scalars(
            select(Flag)
            .where(
                col(Flag.team_id) == team_id,
                col(Flag.campaign_id).in_(list(campaign_ids)),
                col(Flag.kind) == kind,
                col(Flag.closed_at).is_(None),
            )
            .order_by(col(Flag.id))
        )
    )


def on_card(tx: Session, handoff: Handoff) -> Flag | None:
    """The flag by hand that the card of a hand-off shows; None = there is none."""
    if handoff.campaign_id is None or handoff.closed_at:
        return None
    asked = {"team_id": handoff.team_id}
    standing = tx.scalars(_standing(), asked).all()
    if not standing:
        return None
    root = roots(tx, handoff.team_id)[handoff.campaign_id]
    return next((flag for flag in standing if flag.campaign_id == root.id), None)


@cache
def _standing() -> Select[Flag]:
    """Built once: every card asks it. Few campaigns are flagged at a time."""
    is_standing = (col(Flag.kind) == FlagKind.HAND) & col(Flag.closed_at).is_(None)
    return select(Flag).where(col(Flag.team_id) == bindparam("team_id"), is_standing)


def look_to_answer(liaison: Liaison, flag_id: str, by: str) -> tuple[Flag, Campaign]:
    """The flag and its campaign; refuses before rather than after."""
    with liaison.reading() as tx:
        flag = _open_flag(tx, liaison, flag_id, by)
        return flag, tx.get_one(Campaign, (flag.team_id, flag.campaign_id))


def answer(liaison: Liaison, flag_id: str, by: str, words: str | None) -> None:
    """Say what marketing makes of it. Low acceptance is closed by that; another flag stands until
    something was changed."""
    said = _checked(words, ids.FLAG_ANSWER, "Write an answer.")
    now = liaison.now()
    with liaison.transaction() as tx:
        flag = _open_flag(tx, liaison, flag_id, by)
        if flag.answered_at:
            raise TooLate(f"It was answered already, {when(flag.answered_at)}.")
        _answered(flag, by, now)
        flag.answer = said
        if flag.kind is FlagKind.ACCEPTANCE:
            flag.closed_at, flag.closed_by = now, by
        _tell_news(tx, liaison, flag, {flag.raised_by} - {None, by}, "answer", now)
        revise(tx, liaison, flag.id)


def _answered(flag: Flag, by: str, now: datetime) -> None:
    flag.answered_at, flag.answered_by = flag.answered_at or now, flag.answered_by or by
    flag.late_check_at = None


def close(liaison: Liaison, flag_id: str, by: str, words: str | None) -> None:
    """Say what was changed. The campaign's ratings start anew, and whoever marked it hears."""
    said = _checked(words, ids.FLAG_CHANGE, NOBODY_CHANGED)
    now = liaison.now()
    with liaison.transaction() as tx:
        flag = _open_flag(tx, liaison, flag_id, by)
        campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
        flag.marked_by = _marked_bad(tx, campaign, now)
        _answered(flag, by, now)
        flag.change, flag.closed_at, flag.closed_by, flag.ends_at = said, now, by, None
        campaign.changed_at = now
        tx.flush()
        hearing = {*flag.marked_by, flag.raised_by} - {None, by}
        _tell_news(tx, liaison, flag, hearing, "change", now)
        _show_on_cards(tx, liaison, campaign)
        revise(tx, liaison, flag.id)


def _marked_bad(tx: Session, campaign: Campaign, now: datetime) -> list[str]:
    """Who rated a lead of it bad since it was last changed, in the last 90 days."""
    return sorted(
        tx.scalars(
            select(col(Rating.rater_id))
            .where(
                col(Rating.team_id) == campaign.team_id,
                col(Rating.campaign_id).in_(members(tx, campaign)),
                col(Rating.value) == RatingValue.BAD,
                col(Rating.ended_at).is_(None),
                col(Rating.at) > now - WINDOW,
                col(Rating.at) >= campaign.changed_at,
            )
            .distinct()
        )
    )


def _tell_news(
    tx: Session,
    liaison: Liaison,
    flag: Flag,
    person_ids: Iterable[str | None],
    news: str,
    now: datetime,
) -> None:
    for person_id in sorted(filter(None, person_ids)):
        person = tx.get_one(Person, (flag.team_id, person_id))
        held = back_at_work(tx, liaison, person, now)
        tale = Tale(MessageKind.FLAG_NEWS, flag.id, f"{news}:{flag.id}")
        say_to(tx, liaison, tale, person.id, hold_until=held)


def _open_flag(tx: Session, liaison: Liaison, flag_id: str, by: str) -> Flag:
    """The flag, locked, when `by` may answer it and it is not closed."""
    flag = tx.get(Flag, (liaison.team_id, flag_id), with_for_update=True)
    if flag is None:
        raise Unknown
    person = tx.get(Person, (liaison.team_id, by))
    listed = person is not None and person.is_active and queries.is_listed(person)
    markets = person is not None and (
        queries.markets(person) or "liaison" in person.roles or by == flag.receiver_id
    )
    if sentence := why_not_marketing(is_listed=listed, markets=markets):
        raise NotAllowed(sentence)
    if flag.closed_at:
        raise TooLate(f"This flag was closed {when(flag.closed_at)}.")
    return flag


def take_late_flags(liaison: Liaison) -> int:
    """Flags nobody answered in time come before marketing's manager, and those whose day is over
    end; says how many."""
    now = liaison.now()
    asked = {"team_id": liaison.team_id, "now": now}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_turning().limit(1), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        turning = tx.scalars(_turning().with_for_update(skip_locked=True), asked).all()
        for flag in turning:
            _turn(tx, liaison, flag, now)
        return len(turning)


@cache
def _turning() -> Select[Flag]:
    """Built once: every tick asks it."""
    now: BindParameter[datetime] = bindparam("now")
    is_due = (col(Flag.late_check_at) <= now) | (col(Flag.ends_at) <= now)
    return select(Flag).where(col(Flag.team_id) == bindparam("team_id"), is_due).limit(AT_ONCE)


def _turn(tx: Session, liaison: Liaison, flag: Flag, now: datetime) -> None:
    if flag.ends_at and flag.ends_at <= now:
        flag.closed_at, flag.ends_at, flag.late_check_at = now, None, None
        tx.flush()
        _show_on_cards(tx, liaison, tx.get_one(Campaign, (flag.team_id, flag.campaign_id)))
    else:
        flag.late_check_at, flag.late_at = None, now
        receiver = tx.get_one(Person, (flag.team_id, flag.receiver_id))
        _tell(tx, liaison, flag, receiver.manager_id or receiver.id, now)
    revise(tx, liaison, flag.id)


def evidence(
    liaison: Liaison, flag_id: str, by: str
) -> tuple[Campaign, list[queries.HandoffFacts]]:
    """The campaign and its leads that were last rated bad, newest first: what stands behind the
    numbers."""
    with liaison.reading() as tx:
        _check_listed(tx, liaison, by)
        flag = tx.get(Flag, (liaison.team_id, flag_id))
        if flag is None:
            raise Unknown
        campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
        bad = (
            select(col(Rating.handoff_id))
            .where(
                col(Rating.team_id) == flag.team_id,
                col(Rating.campaign_id).in_(members(tx, campaign)),
                col(Rating.value) == RatingValue.BAD,
                col(Rating.ended_at).is_(None),
                col(Rating.at) > flag.raised_at - WINDOW,
            )
            .group_by(col(Rating.handoff_id))
            .order_by(func.max(col(Rating.at)).desc())
            .limit(MOST_LISTED)
        )
        return campaign, queries.facts_of(tx, liaison.team_id, list(tx.scalars(bad)))


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The flag, to who answers for it: with its buttons until it is closed."""
    flag, campaign, reader = _told(liaison, tx, message)
    if message.ts is None:
        if flag.closed_at or (flag.answered_at and message.key.endswith(":late")):
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.flag(flag, campaign, _name(tx, flag, flag.raised_by), _name_of_answer(tx, flag))


def hint_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """The flag, to who has open leads of the campaign: nothing once there are none."""
    flag, campaign, reader = _told(liaison, tx, message)
    count = tx.scalar(
        select(func.count()).where(
            *_open_of(tx, campaign),
            col(Handoff.actor_id) == reader.id,
        )
    )
    if message.ts is None:
        if flag.closed_at or not count:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.hint(flag, campaign, count or 0)


def news_telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    """What marketing says to it, to who raised it or rated the campaign's leads bad."""
    flag, campaign, reader = _told(liaison, tx, message)
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    if (message.about or "").startswith("answer"):
        return views.answered(flag, campaign, _name(tx, flag, flag.answered_by))
    return views.changed(flag, campaign, reader)


def _told(liaison: Liaison, tx: Session, message: Message) -> tuple[Flag, Campaign, Person]:
    flag = tx.get_one(Flag, (liaison.team_id, message.subject_id))
    campaign = tx.get_one(Campaign, (flag.team_id, flag.campaign_id))
    return flag, campaign, tx.get_one(Person, (flag.team_id, message.recipient_id))


def _name(tx: Session, flag: Flag, person_id: str | None) -> str | None:
    return tx.get_one(Person, (flag.team_id, person_id)).name if person_id else None


def _name_of_answer(tx: Session, flag: Flag) -> str | None:
    return _name(tx, flag, flag.closed_by or flag.answered_by)
