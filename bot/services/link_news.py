"""What the admins hear of people: owners nobody here is, who moved, who left. Once, and together.

Once a week everybody is compared with Slack's list; what an event told meanwhile is known already.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import DAY, local_date, next_opening, start_of_day
from bot.core.links import State
from bot.db import rows_changed
from bot.delivery.courier import Hold, Told
from bot.delivery.sayings import Saying, say
from bot.errors import SlackError
from bot.liaison import Liaison
from bot.models import Handoff, Link, Message, MessageKind, Person, PersonChange, Workspace
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.hours import back_at_work, opening_of
from bot.services.linking import known
from bot.services.people import refresh
from bot.slack import Slack
from bot.views import links as views
from bot.views.links import NAMED, Moved

AGAIN = timedelta(hours=1)
"""After which a list that Slack did not give is asked for again."""
UNANSWERED = timedelta(days=7)
"""How long somebody who was guessed may think before the admins are told."""
_MONDAY = 7


def tell_unlinked(liaison: Liaison) -> int:
    """Tell the admins what is new, in one message a day at most; says of how much."""
    now = liaison.now()
    with liaison.reading() as tx:
        if tx.scalars(due_now(), asking(liaison.team_id, now)).first() is None:
            return 0
        if not _is_time(tx, liaison, now):
            return 0
    with liaison.transaction() as tx:
        told = sum(_take(tx, liaison, table, now) for table in (Link, PersonChange))
        for admin in queries.admins(tx, liaison.team_id) if told else ():
            held = back_at_work(tx, liaison, admin, now)
            key = f"{MessageKind.UNLINKED}:{admin.id}:{now.isoformat()}"
            saying = Saying(key, MessageKind.UNLINKED, admin.id, admin.id, about=now.isoformat())
            say(tx, liaison, saying, hold_until=held)
        return told


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    return (
        select(col(Link.id))
        .where(*_is_due(Link))
        .union_all(select(col(PersonChange.id)).where(*_is_due(PersonChange)))
        .limit(1)  # type: ignore[return-value]  # a union selects what its parts do
    )


def _is_due(table: type[Link] | type[PersonChange]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(table.team_id) == OF_TEAM,
        col(table.tell_at) <= NOW,
    )


def _take(
    tx: Session, liaison: Liaison, table: type[Link] | type[PersonChange], now: datetime
) -> int:
    """Whoever is first takes what is due into their telling; another finds nothing left."""
    taken = update(table).where(*_is_due(table)).values(tell_at=None, told_at=now)
    asked = asking(liaison.team_id, now)
    return rows_changed(tx, taken.execution_options(synchronize_session=False), asked)


def _is_time(tx: Session, liaison: Liaison, now: datetime) -> bool:
    """Whether an admin is at work, and heard nothing of the kind today."""
    admins = queries.admins(tx, liaison.team_id)
    if all(back_at_work(tx, liaison, admin, now) for admin in admins):
        return False
    last = max(
        (at for table in (Link, PersonChange) if (at := tx.scalar(_last_told(liaison, table)))),
        default=None,
    )
    zone = liaison.playbook.hours.timezone
    return last is None or local_date(zone, last) != local_date(zone, now)


def _last_told(liaison: Liaison, table: type[Link] | type[PersonChange]) -> Select[datetime | None]:
    return select(func.max(col(table.told_at))).where(col(table.team_id) == liaison.team_id)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """As things are when it is shown; what was mended meanwhile says so."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    told_at = datetime.fromisoformat(message.about or "")
    told_links = select(Link).where(_told_at(liaison, Link, told_at)).order_by(col(Link.id))
    links = tx.scalars(told_links).all()
    owners = [known(tx, link) for link in links[:NAMED]]
    told_changes = select(PersonChange).where(_told_at(liaison, PersonChange, told_at))
    changes = tx.scalars(told_changes.order_by(col(PersonChange.id))).all()
    moved = [_moved(tx, change) for change in changes[:NAMED]]
    more = len(links) + len(changes) - len(owners) - len(moved)
    if message.ts is None and not moved and all(one.state is State.LINKED for one in owners):
        return None
    return views.unlinked(owners, moved, more)


def _told_at(
    liaison: Liaison, table: type[Link] | type[PersonChange], told_at: datetime
) -> ColumnElement[bool]:
    return (col(table.team_id) == liaison.team_id) & (col(table.told_at) == told_at)


def _moved(tx: Session, change: PersonChange) -> Moved:
    still_open = select(func.count()).where(
        col(Handoff.team_id) == change.team_id,
        col(Handoff.actor_id) == change.person_id,
        col(Handoff.closed_at).is_(None),
    )
    person = tx.get_one(Person, (change.team_id, change.person_id))
    return Moved(change, person, tx.scalars(still_open).one())


def check_people(slack: Slack, liaison: Liaison) -> int:
    """Compare everybody with Slack's list on Mondays, when the first admin begins; says how many.

    Whoever moves the next check on does this one, so that replicas do not ask twice.
    """
    now = liaison.now()
    with liaison.reading() as tx:
        due = tx.get_one(Workspace, liaison.team_id).people_check_at
        if due is not None and due > now:
            return 0
        next_check = _next_check(tx, liaison, now)
    if not _move_on(liaison, due, next_check) or due is None:
        return 0  # at a start everybody was compared just now
    try:
        count = refresh(liaison, slack.members(), tell_at=now)
    except SlackError:
        _move_on(liaison, next_check, now + AGAIN)
        raise
    _tell_unanswered(liaison, now)
    return count


def _next_check(tx: Session, liaison: Liaison, now: datetime) -> datetime:
    admin = next(iter(queries.admins(tx, liaison.team_id)), None)
    opening = opening_of(tx, liaison, admin, now)
    today = local_date(opening.zone, now)
    monday = today + (_MONDAY - today.weekday()) * DAY
    return next_opening(opening, start_of_day(opening.zone, monday))


def _move_on(liaison: Liaison, due: datetime | None, to: datetime) -> bool:
    planned = col(Workspace.people_check_at)
    as_read = planned.is_(None) if due is None else planned == due
    with liaison.transaction() as tx:
        moved = update(Workspace).where(col(Workspace.team_id) == liaison.team_id, as_read)
        return rows_changed(tx, moved.values(people_check_at=to)) == 1


def _tell_unanswered(liaison: Liaison, now: datetime) -> None:
    """Whoever was asked a week ago and did not answer: an admin may know."""
    with liaison.transaction() as tx:
        tx.execute(
            update(Link)
            .where(
                col(Link.team_id) == liaison.team_id,
                col(Link.person_id).is_not(None),
                col(Link.settled_at).is_(None),
                col(Link.told_at).is_(None),
                col(Link.met_at) <= now - UNANSWERED,
            )
            .values(tell_at=now)
        )
