"""Owners and people are brought together: who says yes, whom an admin links, what changed since."""

from datetime import datetime

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.links import State
from bot.delivery.courier import Hold, Told
from bot.delivery.messages import revise, revise_those
from bot.errors import NotAllowed, TooLate, Unknown
from bot.liaison import Liaison
from bot.models import Handoff, Link, Message, MessageKind, Person
from bot.services.files import File, csv_file
from bot.services.handoffs import changed, give, note, start_clock
from bot.services.hours import back_at_work
from bot.services.links import are_waiting, look_for, sellers_of, settle, state, waiting
from bot.views import links as views
from bot.views.links import PAGE, Known, Page

AT_ONCE = 500
"""Leads that pass to their owner in one transaction; what is beyond it stays in the queue."""


def answer(liaison: Liaison, link_id: str, by: str, *, is_them: bool) -> None:
    """Whoever was asked says whether they are that owner, and may say otherwise later.

    With a yes, the leads that wait in the queue for this owner are theirs.
    """
    now = liaison.now()
    with liaison.transaction() as tx:
        link = _locked(tx, liaison, link_id)
        if by not in {link.person_id, *link.refused}:
            raise NotAllowed("That question is for somebody else.")
        if link.person_id not in {None, by} or link.is_nobody:
            raise TooLate("This owner is linked to somebody else by now; your admin can change it.")
        if is_them:
            _link_to(tx, liaison, link, tx.get_one(Person, (liaison.team_id, by)), by, now)
        else:
            link.person_id, link.settled_at, link.settled_by = None, None, by
            link.refused = [*link.refused, by]
            link.tell_at, link.told_at = now, None
            tx.flush()
            look_for(tx, liaison, link, now, sellers_of(tx, liaison))
        _show(tx, liaison, link)


def link_to(liaison: Liaison, link_id: str, person_id: str | None, by: str) -> Known:
    """An admin says who an owner is; None = nobody here, and their leads wait in the queue."""
    now = liaison.now()
    with liaison.transaction() as tx:
        queries.must_be_admin(tx, liaison.team_id, by)
        link = _locked(tx, liaison, link_id)
        person = tx.get(Person, (liaison.team_id, person_id)) if person_id else None
        if person:
            _link_to(tx, liaison, link, person, by, now)
        else:
            link.person_id, link.settled_at, link.settled_by = None, None, by
            link.is_nobody, link.tell_at = True, None
        _show(tx, liaison, link)
        return known(tx, link)


def look_again(tx: Session, liaison: Liaison, now: datetime) -> None:
    """People came, left or changed: who is nobody yet may be somebody by now."""
    lost = select(Link).where(
        col(Link.team_id) == liaison.team_id,
        col(Link.settled_at).is_(None),
        col(Link.is_nobody).is_(False),
    )
    links = tx.scalars(lost.with_for_update(skip_locked=True)).all()
    sellers = sellers_of(tx, liaison) if links else []
    for link in links:
        look_for(tx, liaison, link, now, sellers)
        if state(tx, link) is State.LINKED:
            _give_waiting(tx, liaison, link, now)


def look(liaison: Liaison, by: str, page: int = 0) -> Page:
    """A page of all owners, those whose leads wait first. Raises `NotAllowed`."""
    with liaison.reading() as tx:
        queries.must_be_admin(tx, liaison.team_id, by)
        of_team = col(Link.team_id) == liaison.team_id
        count = tx.scalars(select(func.count()).select_from(Link).where(of_team)).one()
        page = max(0, min(page, (count - 1) // PAGE))
        rows = tx.scalars(_in_order(liaison).limit(PAGE).offset(page * PAGE)).all()
        return Page([known(tx, link) for link in rows], page, count)


def look_at(liaison: Liaison, link_id: str, by: str) -> Known:
    """One owner, for the form. Raises `NotAllowed`, `Unknown`."""
    with liaison.reading() as tx:
        queries.must_be_admin(tx, liaison.team_id, by)
        link = tx.get(Link, (liaison.team_id, link_id))
        if link is None:
            raise Unknown("This owner is not here any more.")
        return known(tx, link)


def csv_of_links(liaison: Liaison, by: str) -> File:
    """A line for each owner."""
    with liaison.reading() as tx:
        queries.must_be_admin(tx, liaison.team_id, by)
        rows = [views.row(known(tx, link)) for link in tx.scalars(_in_order(liaison))]
    return File("links.csv", csv_file(views.COLUMNS, rows), f"{len(rows):,} owners.")


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """The question to somebody who fits, and what they said. Nobody is asked what is settled."""
    link = tx.get_one(Link, (liaison.team_id, message.subject_id))
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None:
        if link.person_id != reader.id or link.settled_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.question(link, reader)


def _locked(tx: Session, liaison: Liaison, link_id: str) -> Link:
    link = tx.get(Link, (liaison.team_id, link_id), with_for_update=True)
    if link is None:
        raise Unknown("This owner is not here any more.")
    return link


def _link_to(
    tx: Session, liaison: Liaison, link: Link, person: Person, by: str, now: datetime
) -> None:
    settle(link, person, by, now)
    tx.flush()
    _give_waiting(tx, liaison, link, now)


def _show(tx: Session, liaison: Liaison, link: Link) -> None:
    """The question about it and what the admins read of it are due for an edit."""
    revise(tx, liaison, link.id)
    if link.told_at:
        is_news = col(Message.kind) == MessageKind.UNLINKED
        revise_those(tx, liaison, is_news & (col(Message.about) == link.told_at.isoformat()))


def _give_waiting(tx: Session, liaison: Liaison, link: Link, now: datetime) -> None:
    """What waited in the queue for this owner is theirs, each with a clock of their own."""
    person = tx.get_one(Person, (link.team_id, link.person_id))
    if not queries.sells(person):
        return
    theirs = select(Handoff).where(are_waiting(link)).order_by(col(Handoff.id)).limit(AT_ONCE)
    for handoff in tx.scalars(theirs.with_for_update(key_share=True)).all():
        run = give(tx, liaison, handoff, person, "owner", now)
        note(tx, handoff, Line.LINKED, now, by=link.settled_by, facts={"to": person.id})
        if run and handoff.shown_at:
            start_clock(tx, liaison, handoff, run, now)
        changed(tx, liaison, handoff)


def _in_order(liaison: Liaison) -> Select[Link]:
    """Nobody's first, then guesses, then what is certain; by name among themselves."""
    is_gone = and_(col(Link.person_id).is_not(None), col(Person.is_active).is_(False))
    is_open = col(Link.is_nobody).is_(False) & col(Link.person_id).is_(None)
    place = case((is_open | is_gone, 0), (col(Link.settled_at).is_(None), 1), else_=2)
    same = (col(Person.team_id) == Link.team_id) & (col(Person.id) == Link.person_id)
    rows = select(Link).outerjoin(Person, same).where(col(Link.team_id) == liaison.team_id)
    return rows.order_by(place, col(Link.given), col(Link.id))


def known(tx: Session, link: Link) -> Known:
    """All that is known of one owner."""
    key = (link.team_id, link.person_id)
    person = tx.get(Person, key) if link.person_id else None
    return Known(link, state(tx, link), person, waiting(tx, link))
