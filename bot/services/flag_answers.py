"""What marketing says to a flag, what it changed, and what happens when it says nothing."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import why_not_marketing
from bot.core.quality import WINDOW
from bot.delivery import homes
from bot.delivery.messages import revise, revise_lists
from bot.delivery.sayings import Tale, say_to
from bot.errors import NotAllowed, TooLate, Unknown
from bot.liaison import Liaison
from bot.models import Campaign, Flag, FlagKind, MessageKind, Person, Rating, RatingValue
from bot.queries.due import NOW, OF_TEAM
from bot.services.campaigns import members
from bot.services.due import take
from bot.services.flags import show_on_cards, tell
from bot.services.hours import back_at_work
from bot.services.wording import worded
from bot.views import flags as views
from bot.views import ids
from bot.views.blocks import when

NOBODY_CHANGED = "Write what was changed; sales reads it as it stands."


def look_to_answer(liaison: Liaison, flag_id: str, by: str) -> tuple[Flag, Campaign]:
    """The flag and its campaign; refuses before rather than after."""
    with liaison.reading() as tx:
        flag = _open_flag(tx, liaison, flag_id, by)
        return flag, tx.get_one(Campaign, (flag.team_id, flag.campaign_id))


def answer(liaison: Liaison, flag_id: str, by: str, words: str | None) -> None:
    """Say what marketing makes of it. Low acceptance is closed by that; another flag stands until
    something was changed."""
    said = worded(words, ids.FLAG_ANSWER, "Write an answer.", views.WORDS)
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
        _show_again(tx, liaison, flag)


def _answered(flag: Flag, by: str, now: datetime) -> None:
    flag.answered_at, flag.answered_by = flag.answered_at or now, flag.answered_by or by
    flag.late_check_at = None


def close(liaison: Liaison, flag_id: str, by: str, words: str | None) -> None:
    """Say what was changed. The campaign's ratings start anew, and whoever marked it hears."""
    said = worded(words, ids.FLAG_CHANGE, NOBODY_CHANGED, views.WORDS)
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
        show_on_cards(tx, liaison, campaign)
        _show_again(tx, liaison, flag)


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
    return take(liaison, due_now(), partial(_turn, liaison))


@cache
def due_now() -> Select[Flag]:
    """Built once: every tick asks it."""
    is_due = (col(Flag.late_check_at) <= NOW) | (col(Flag.ends_at) <= NOW)
    return select(Flag).where(col(Flag.team_id) == OF_TEAM, is_due)


def _turn(liaison: Liaison, tx: Session, flag: Flag, now: datetime) -> None:
    if flag.ends_at and flag.ends_at <= now:
        flag.closed_at, flag.ends_at, flag.late_check_at = now, None, None
        tx.flush()
        show_on_cards(tx, liaison, tx.get_one(Campaign, (flag.team_id, flag.campaign_id)))
    else:
        flag.late_check_at, flag.late_at = None, now
        receiver = tx.get_one(Person, (flag.team_id, flag.receiver_id))
        tell(tx, liaison, flag, receiver.manager_id or receiver.id, now)
    _show_again(tx, liaison, flag)


def _show_again(tx: Session, liaison: Liaison, flag: Flag) -> None:
    """Its messages are due for an edit, the briefs in which it waits, and Homes."""
    revise(tx, liaison, flag.id)
    homes.note_for_all(tx, liaison, flag.id)
    receiver = tx.get_one(Person, (flag.team_id, flag.receiver_id))
    for reader in filter(None, (receiver.id, receiver.manager_id)):
        revise_lists(tx, liaison, reader)
