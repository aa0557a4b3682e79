"""What people show in Slack, for whoever wants it followed: a status that says away, and Do Not
Disturb, in which messages wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, select, update
from sqlmodel import col

from bot.core import leave as rules
from bot.delivery.messages import release_to
from bot.errors import SlackGone
from bot.liaison import Liaison
from bot.models import Person
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.leave import STATUS, take_over
from bot.slack import Member, Pause, Slack

EVERY = timedelta(minutes=15)
AT_ONCE = 50
"""As many as Slack tells the Do Not Disturb of at once."""


def follow(slack: Slack, liaison: Liaison) -> int:
    """Ask Slack about those whose time has come, outside every transaction; says how many.

    Whoever puts a look off does it, so that replicas do not ask twice.
    """
    now = liaison.now()
    asked = asking(liaison.team_id, now)
    with liaison.reading() as tx:
        due = tx.scalars(due_now(), asked).all()
    if not due:
        return 0
    mine = _claim(liaison, due, now)
    quiet = slack.do_not_disturb(mine) if mine else {}
    for person_id in mine:
        try:
            member = slack.member(person_id)
        except SlackGone:
            continue
        notice(liaison, member)
        _rest(liaison, person_id, quiet.get(person_id))
    return len(mine)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    return (
        select(col(Person.id))
        .where(
            col(Person.team_id) == OF_TEAM,
            col(Person.follow_at) <= NOW,
        )
        .limit(AT_ONCE)
    )


def _claim(liaison: Liaison, due: Sequence[str], now: datetime) -> list[str]:
    with liaison.transaction() as tx:
        claimed = (
            update(Person)
            .where(
                col(Person.team_id) == liaison.team_id,
                col(Person.id).in_(due),
                col(Person.follow_at) <= now,
            )
            .values(follow_at=now + EVERY)
            .returning(col(Person.id))
        )
        return list(tx.scalars(claimed))


def notice(liaison: Liaison, member: Member) -> None:
    """Somebody's status as Slack tells it; it counts for whoever wants it followed."""
    now = liaison.now()
    with liaison.transaction() as tx:
        person = tx.get(Person, (liaison.team_id, member.id))
        if person is None or not person.is_active or person.follow_at is None:
            return
        told = rules.of_status(member.status, person.timezone, now)
        take_over(tx, liaison, person, STATUS, [told] if told else [], now)


def _rest(liaison: Liaison, person_id: str, pause: Pause | None) -> None:
    """Messages wait for the end of a pause that is going on."""
    now = liaison.now()
    until = pause[1] if pause and pause[0] <= now < pause[1] else None
    with liaison.transaction() as tx:
        person = tx.get_one(Person, (liaison.team_id, person_id))
        if person.dnd_until != until and person.follow_at:
            person.dnd_until = until
            tx.flush()
            release_to(tx, liaison, person_id)
