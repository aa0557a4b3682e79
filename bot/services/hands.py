"""A lead changes hands by asking: somebody is offered it, and has it once they take it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Act
from bot.delivery.courier import Hold
from bot.delivery.sayings import put_offer, tell
from bot.errors import BadField, NotAllowed, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Handoff, History, Message, Offer, Person
from bot.services.edition import OF_TEAM, READER, Edition, Page, page_of
from bot.services.handoffs import authorise, begin_run, changed, end_run, note, start_clock
from bot.services.hours import back_at_work
from bot.services.offers import close_offer, open_offer
from bot.views import hands as views
from bot.views import ids
from bot.views.blocks import Post, escape
from bot.views.brief import Heading

WORDS = 300
"""Characters of the reason."""


def offer(liaison: Liaison, handoff_id: str, by: str, to_id: str | None, words: str | None) -> None:
    """Ask a colleague to take a lead. Until they do it stays where it is; a newer offer replaces
    the one that is open."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        authorise(tx, liaison, Act.REASSIGN, handoff, by, now)
        receiver = _receiver(tx, handoff, to_id)
        if words and len(words) > WORDS:
            raise BadField(ids.REASSIGN_WHY, f"Please keep it under {WORDS} characters.")
        close_offer(tx, handoff, "replaced", now)
        made = Offer(
            team_id=handoff.team_id,
            id=new_id(now),
            handoff_id=handoff.id,
            by=by,
            to_id=receiver.id,
            words=(words or "").strip() or None,
            made_at=now,
        )
        tx.add(made)
        note(tx, handoff, Line.OFFERED, now, by=by, facts={"to": receiver.id})
        put_offer(tx, liaison, made, hold_until=back_at_work(tx, liaison, receiver, now))
        changed(tx, liaison, handoff)


def _receiver(tx: Session, handoff: Handoff, to_id: str | None) -> Person:
    """Raises `BadField` for somebody who cannot have it."""
    receiver = tx.get(Person, (handoff.team_id, to_id)) if to_id else None
    if receiver is None:
        raise BadField(ids.REASSIGN_TO, "Choose a colleague in sales.")
    if receiver.id == handoff.actor_id:
        raise BadField(ids.REASSIGN_TO, f"{receiver.name} has this lead; choose somebody else.")
    if not queries.sells(receiver):
        raise BadField(ids.REASSIGN_TO, f"{receiver.name} takes no leads; choose a rep.")
    return receiver


def take(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Take a lead one was offered: it is theirs from now on, on a run of their own."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        taken = _offered_to(tx, handoff, by)
        concerned = {str(handoff.actor_id), taken.by} - {by}
        close_offer(tx, handoff, "taken", now)
        receiver = tx.get_one(Person, (liaison.team_id, by))
        pass_on(tx, liaison, handoff, receiver, "reassigned", now)
        handoff.owner_id = receiver.id
        line = note(tx, handoff, Line.REASSIGNED, now, by=by)
        tx.flush()
        for person_id in sorted(concerned):
            tell_person(tx, liaison, line, person_id, now)
        changed(tx, liaison, handoff)


def decline(liaison: Liaison, handoff_id: str, by: str) -> None:
    """Say no thanks; whoever asked is told, and nothing else changes."""
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        declined = _offered_to(tx, handoff, by)
        close_offer(tx, handoff, "declined", now)
        line = note(tx, handoff, Line.DECLINED, now, by=by)
        tx.flush()
        tell_person(tx, liaison, line, declined.by, now)
        changed(tx, liaison, handoff)


def _offered_to(tx: Session, handoff: Handoff, by: str) -> Offer:
    """The open offer, when it is to `by`."""
    person = queries.person(tx, handoff.team_id, by)
    if not queries.sells(person):
        raise NotAllowed("Leads are for sales; ask your admin to list you as a rep.")
    offered = open_offer(tx, handoff)
    if offered is None or offered.to_id != by:
        raise TooLate("This lead is not offered to you any more; its card says who has it.")
    return offered


def pass_on(
    tx: Session, liaison: Liaison, handoff: Handoff, person: Person, why: str, now: datetime
) -> None:
    """The lead is `person`'s from now on: one run ends, the next has a clock of its own."""
    end_run(tx, handoff, now)
    run = begin_run(tx, liaison, handoff, person, why)
    start_clock(tx, liaison, handoff, run, now)


def tell_person(
    tx: Session, liaison: Liaison, line: History, person_id: str, now: datetime
) -> None:
    """Tell somebody a line of history, inside their hours."""
    reader = tx.get_one(Person, (liaison.team_id, person_id))
    tell(tx, liaison, line, person_id, hold_until=back_at_work(tx, liaison, reader, now))


def offered(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: leads that wait for its reader's Take or No thanks."""
    made, more = page_of(tx, edition, _open_offers, page)
    facts = {
        each.handoff.id: each
        for each in queries.facts_of(tx, liaison.team_id, [offer.handoff_id for offer in made])
    }
    askers = queries.names_of(tx, liaison.team_id, {offer.by for offer in made})
    items = [
        views.offered(facts[offer.handoff_id], offer, escape(askers[offer.by])) for offer in made
    ]
    return Heading("Offered to you", tuple(items), more) if items else None


def _open_offers() -> Select[Offer]:
    return select(Offer).where(_is_open()).order_by(col(Offer.id))


def offers_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists().where(_is_open())


def _is_open() -> ColumnElement[bool]:
    of_reader = (col(Offer.team_id) == OF_TEAM) & (col(Offer.to_id) == READER)
    return of_reader & col(Offer.answered_at).is_(None)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The DM of an offer; one line once it is answered, and nothing when it was before."""
    made = tx.get_one(Offer, (liaison.team_id, message.about))
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None:
        if made.answered_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    if made.answer:
        return views.answered(facts, made.answer)
    asker = tx.get_one(Person, (liaison.team_id, made.by))
    return views.offer(facts, made, escape(asker.name))
