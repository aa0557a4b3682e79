"""Action items that change hands by themselves: the loose ones of a meeting, and those of somebody
who left."""

from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.delivery.courier import Hold
from bot.liaison import Liaison
from bot.models import ActionItem, ActionItemLine, Message, Occurrence, Person
from bot.queries.due import OF_TEAM
from bot.services.hours import back_at_work
from bot.services.item_lists import open_in
from bot.services.items import note, show_again
from bot.services.occurrences import attendees, may_run
from bot.views import items as views
from bot.views.blocks import Post


def give_loose_to(
    tx: Session, liaison: Liaison, occurrence: Occurrence, person: Person, due: date, now: datetime
) -> list[ActionItem]:
    """The meeting ends: what nobody has is this person's, what has no day is due then."""
    loose = tx.scalars(
        select(ActionItem).where(
            open_in(liaison, occurrence.meeting),
            col(ActionItem.owner_id).is_(None) | col(ActionItem.due_on).is_(None),
        )
    ).all()
    for item in loose:
        before = {"owner": item.owner_id or "", "due": str(item.due_on or "")}
        item.owner_id, item.due_on = item.owner_id or person.id, item.due_on or due
        note(tx, item, "given", now, None, before)
    return list(loose)


def loose_of(tx: Session, occurrence: Occurrence, person_id: str) -> list[ActionItem]:
    """What the end of this meeting gave to somebody."""
    given = (
        select(col(ActionItemLine.item_id))
        .where(
            col(ActionItemLine.team_id) == occurrence.team_id,
            col(ActionItemLine.kind) == "given",
            col(ActionItemLine.at) == occurrence.closed_at,
        )
        .scalar_subquery()
    )
    return list(
        tx.scalars(
            select(ActionItem)
            .where(
                col(ActionItem.team_id) == occurrence.team_id,
                col(ActionItem.meeting) == occurrence.meeting,
                col(ActionItem.owner_id) == person_id,
                col(ActionItem.id).in_(given),
            )
            .order_by(col(ActionItem.id))
        )
    )


def hand_on(liaison: Liaison) -> int:
    """Items whose owner left or is listed no more go to that person's manager, else to somebody
    who may run the meeting; says how many."""
    now = liaison.now()
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_ownerless(), {"of_team": liaison.team_id}).first() is None:
            return 0
    with liaison.transaction() as tx:
        item_ids = tx.scalars(_ownerless(), {"of_team": liaison.team_id}).all()
        return sum(_hand_on(tx, liaison, item_id, now) for item_id in item_ids)


@cache
def _ownerless() -> Select[str]:
    """Built once: every tick asks it."""
    is_owner = (col(Person.team_id) == ActionItem.team_id) & (col(Person.id) == ActionItem.owner_id)
    return (
        select(col(ActionItem.id))
        .join(Person, is_owner)
        .where(
            col(ActionItem.team_id) == OF_TEAM,
            col(ActionItem.closed_at).is_(None),
            ~col(Person.is_active) | col(Person.team).is_(None),
        )
        .limit(200)
    )


def _hand_on(tx: Session, liaison: Liaison, item_id: str, now: datetime) -> bool:
    item = tx.get_one(ActionItem, (liaison.team_id, item_id), with_for_update={"key_share": True})
    owner = tx.get_one(Person, (liaison.team_id, item.owner_id))
    manager = tx.get(Person, (liaison.team_id, owner.manager_id)) if owner.manager_id else None
    meeting = liaison.playbook.standup(item.meeting)
    if manager is None or not manager.is_active or manager.team is None:
        others = [each for each in attendees(tx, liaison, meeting)] if meeting else []
        manager = next((each for each in others if may_run(each)), None)
    if manager is None:
        return False
    item.owner_id = manager.id
    note(tx, item, "handed_on", now, None, {"owner": owner.id})
    show_again(tx, liaison, item)
    return True


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """To whoever led the meeting: what its end gave them."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    occurrence = tx.get_one(Occurrence, (liaison.team_id, message.subject_id))
    found = loose_of(tx, occurrence, reader.id)
    return views.loose(found) if found else None
