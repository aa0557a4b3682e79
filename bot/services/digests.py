"""What marketing hears of: in the brief or, for who gets none, in one message a morning."""

from collections import Counter
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date, next_morning
from bot.core.history import Line
from bot.core.lifecycle import Stage
from bot.delivery.briefs import waiting_for_brief
from bot.delivery.messages import collect
from bot.liaison import Liaison
from bot.models import Campaign, Collected, Handoff, History, Lead, Message, MessageKind, Person
from bot.queries import MARKETING
from bot.services import campaigns
from bot.services.edition import OF_TEAM, READER, Edition, Page, said
from bot.services.hours import opening_of
from bot.views import brief as views
from bot.views import handoffs as handoff_views
from bot.views.blocks import short
from bot.views.brief import Heading, Item
from bot.views.campaigns import campaign_key, name_of


def tell_marketing(tx: Session, liaison: Liaison, line: History, now: datetime) -> None:
    """Tell a line of history to marketing's managers, each on their next morning.

    Where marketing has none, the admins hear of it, or else the installer.
    """
    for reader in _readers(tx, liaison.team_id):
        opening = opening_of(tx, liaison, reader, now)
        morning = next_morning(opening, now)
        key = f"digest:{reader.id}:{local_date(opening.zone, morning)}"
        collect(tx, liaison, line, reader.id, key, hold_until=morning)


def _readers(tx: Session, team_id: str) -> list[Person]:
    listed = tx.scalars(
        select(Person)
        .where(col(Person.team_id) == team_id, col(Person.team).is_not(None))
        .order_by(col(Person.id))
    )
    active = [person for person in listed if person.is_active]
    managers = [person for person in active if manages_marketing(person)]
    return managers or queries.admins(tx, team_id)


def told_in(tx: Session, message: Message) -> list[tuple[Lead, History]]:
    """The lines a digest tells, oldest first, each with the lead it is about."""
    of_digest = (col(Message.team_id) == message.team_id) & (col(Message.id) == message.id)
    return [(lead, line) for lead, line in tx.execute(_lines(of_digest))]


def _lines(digests: ColumnElement[bool]) -> Select[Lead, History]:
    return (
        select(Lead, History)
        .join(Handoff, (col(Handoff.team_id) == Lead.team_id) & (col(Handoff.lead_id) == Lead.id))
        .join(
            History,
            (col(History.team_id) == Handoff.team_id) & (col(History.handoff_id) == Handoff.id),
        )
        .join(
            Collected,
            (col(Collected.team_id) == History.team_id) & (col(Collected.line_id) == History.id),
        )
        .join(
            Message,
            (col(Message.team_id) == Collected.team_id) & (col(Message.id) == Collected.message_id),
        )
        .where(digests)
        .order_by(col(History.id))
    )


def your_campaigns(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: what became of the leads of its reader's campaigns since the last one,
    a line a campaign. Those that name no owner are read by marketing's managers."""
    ended = tx.execute(_endings(), edition.asked).all()
    known = campaigns.roots(tx, liaison.team_id) if ended else {}
    news: dict[tuple[str, str], Counter[str]] = {}
    for campaign_id, stage, outcome, count in ended:
        campaign = known.get(campaign_id or "")
        if _reads(tx, liaison, edition.person, campaign):
            ending = stage.value if stage is Stage.EXPIRED else outcome or ""
            label = short(liaison.playbook.outcome_label(ending), 40)
            named = news.setdefault((name_of(campaign), campaign_key(campaign)), Counter())
            named[label[:1].upper() + label[1:]] += count
    busiest = sorted(news.items(), key=lambda each: (-each[1].total(), each[0]))
    shown = busiest[page.skip : page.skip + page.most]
    items = tuple(views.campaign(name, key, endings) for (name, key), endings in shown)
    more = len(busiest) - page.skip - len(shown)
    return Heading("Campaigns", items, more, push="news of campaigns") if items else None


def reads_of_campaigns(liaison: Liaison, person: Person) -> bool:
    """Whether that part can say anything to this person."""
    owns = any(each.owner == person.email for each in liaison.playbook.campaigns)
    return owns or person.team == MARKETING


def are_news(tx: Session, liaison: Liaison, edition: Edition) -> bool:
    """Whether that part has news: which is asked of its readers alone, because most of marketing
    answers for no campaign, and would be looked through all history for."""
    person = edition.person
    if not (manages_marketing(person) or _owns_any(tx, liaison, person)):
        return False
    return your_campaigns(tx, liaison, edition, Page(skip=0, most=1)) is not None


def _owns_any(tx: Session, liaison: Liaison, person: Person) -> bool:
    if any(each.owner == person.email for each in liaison.playbook.campaigns):
        return True
    asked = {"of_team": person.team_id, "reader": person.id}
    return tx.scalars(_owned(), asked).first() is not None


@cache
def _owned() -> Select[str]:
    """Built once: everybody in marketing is asked about every morning."""
    theirs = (col(Campaign.team_id) == OF_TEAM) & (col(Campaign.owner_id) == READER)
    return select(col(Campaign.id)).where(theirs).limit(1)


@cache
def _endings() -> Select[str | None, Stage, str | None, int]:
    """Each hand-off once, as it stands by now."""
    ended = select(col(History.handoff_id)).where(*_ended_since())
    parts = (col(Handoff.campaign_id), col(Handoff.stage), col(Handoff.outcome))
    return (
        select(*parts, func.count())
        .where(
            col(Handoff.team_id) == OF_TEAM,
            col(Handoff.id).in_(ended),
            col(Handoff.closed_at).is_not(None),
        )
        .group_by(*parts)
    )


def _ended_since() -> tuple[ColumnElement[bool], ...]:
    """Lines of history between the last brief and this one; their ids are in order of time."""
    return (
        col(History.team_id) == OF_TEAM,
        col(History.id) >= bindparam("from_line"),
        col(History.id) < bindparam("to_line"),
        col(History.kind).in_([Line.OUTCOME.value, Line.EXPIRED.value]),
    )


def _reads(tx: Session, liaison: Liaison, person: Person, campaign: Campaign | None) -> bool:
    owner = campaigns.owner(tx, liaison, campaign) if campaign else None
    return owner.id == person.id if owner else manages_marketing(person)


def manages_marketing(person: Person) -> bool:
    """Whether campaigns that name nobody are theirs to answer for."""
    return person.is_active and person.team == MARKETING and "manager" in person.roles


def waited(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: leads that waited without contact and went back, or expired."""
    asked = edition.asked | {"skip": page.skip, "most": page.most}
    rows = tx.execute(_waited(), asked).all()
    if not rows:
        return None
    total = tx.scalar(_count_waited(), edition.asked) or 0
    items = tuple(Item(handoff_views.digest_line(lead, line)) for lead, line in rows)
    return Heading("Waited without contact", items, total - page.skip - len(items))


@cache
def _waited() -> Select[Lead, History]:
    skip, most = (bindparam(name, type_=Integer) for name in ("skip", "most"))
    return _lines(said(MessageKind.DIGEST)).offset(skip).limit(most)


@cache
def _count_waited() -> Select[int]:
    lines = _lines(said(MessageKind.DIGEST)).with_only_columns(col(History.id)).order_by(None)
    return select(func.count()).select_from(lines.subquery())


def some_waited() -> ColumnElement[bool]:
    """Whether that part has news."""
    return exists().where(waiting_for_brief(MessageKind.DIGEST))
