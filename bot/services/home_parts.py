"""Parts of App Home that stand nowhere else: marketing's lists, and what a liaison settles."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.lifecycle import Stage
from bot.core.results import COHORT
from bot.liaison import Liaison
from bot.models import (
    Campaign,
    Dispute,
    Flag,
    Handoff,
    Person,
    Preview,
    PreviewAnswer,
    PreviewVoice,
)
from bot.services import campaigns, digests, previews, results
from bot.services.edition import OF_TEAM, READER, Edition, Page, page_of
from bot.services.home_look import Part
from bot.services.results import Scope
from bot.views import campaigns as campaign_views
from bot.views import disputes as dispute_views
from bot.views import flags as flag_views
from bot.views import previews as preview_views
from bot.views import returns as return_views
from bot.views.brief import Heading, Item

OWN: BindParameter[Sequence[str]] = bindparam("own_campaigns", expanding=True)
OWN_WITH_MERGED: BindParameter[Sequence[str]] = bindparam("own_with_merged", expanding=True)


def asked(tx: Session, liaison: Liaison, person: Person) -> dict[str, object]:
    """What these parts are asked with beside an edition: the campaigns a marketer answers for."""
    every = campaigns.roots(tx, liaison.team_id) if queries.markets(person) else {}
    own = {
        root.id
        for root in {root.id: root for root in every.values()}.values()
        if _answers_for(liaison, person, root)
    }
    return {
        "own_campaigns": sorted(own),
        "own_with_merged": sorted(member for member, root in every.items() if root.id in own),
    }


def _answers_for(liaison: Liaison, person: Person, campaign: Campaign) -> bool:
    """As the campaign says, or else the playbook; what nobody is named for, marketing's manager."""
    if campaign.owner_id:
        return campaign.owner_id == person.id
    address = liaison.playbook.campaign_owner(campaign.name)
    return address == person.email if address else digests.manages_marketing(person)


def _flagged(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _flags, page)
    known = campaigns.roots(tx, liaison.team_id) if found else {}
    raisers = {flag.raised_by for flag in found if flag.raised_by}
    names = queries.names_of(tx, liaison.team_id, raisers)
    items = (
        flag_views.item(flag, known[flag.campaign_id], names.get(flag.raised_by or ""))
        for flag in found
    )
    return Heading(FLAGS.title, tuple(items), more)


def _flags() -> Select[Flag]:
    """Put to the reader, or to somebody they manage; what was not answered first."""
    managed = select(col(Person.id)).where(
        col(Person.team_id) == OF_TEAM, col(Person.manager_id) == READER
    )
    is_theirs = (col(Flag.receiver_id) == READER) | col(Flag.receiver_id).in_(managed)
    return (
        select(Flag)
        .where(col(Flag.team_id) == OF_TEAM, col(Flag.closed_at).is_(None), is_theirs)
        .order_by(col(Flag.answered_at).is_not(None), col(Flag.due_at), col(Flag.id))
    )


def _under_way(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _previews, page)
    items = (preview_views.under_way(previews.shown_of(tx, preview)) for preview in found)
    return Heading(PREVIEWS.title, tuple(items), more)


def _previews() -> Select[Preview]:
    """The reader's: those that are open, and those that closed with a concern nobody dealt with."""
    concerned = select(col(PreviewVoice.preview_id)).where(
        col(PreviewVoice.team_id) == OF_TEAM,
        col(PreviewVoice.answer) == PreviewAnswer.CONCERN,
        col(PreviewVoice.settled_at).is_(None),
    )
    is_theirs = (col(Preview.owner_id) == READER) | (col(Preview.put_by) == READER)
    goes_on = col(Preview.closed_at).is_(None) | col(Preview.id).in_(concerned)
    return (
        select(Preview)
        .where(
            col(Preview.team_id) == OF_TEAM,
            is_theirs,
            goes_on,
            col(Preview.called_off_by).is_(None),
        )
        .order_by(col(Preview.launches_on), col(Preview.id))
    )


def _disputed(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _opened, page)
    return Heading(DISPUTED.title, _disputes(tx, liaison, found, may_settle=False), more)


def _to_settle(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _unsettled, page)
    return Heading(TO_SETTLE.title, _disputes(tx, liaison, found, may_settle=True), more)


def _disputes(
    tx: Session, liaison: Liaison, found: Sequence[Dispute], *, may_settle: bool
) -> tuple[Item, ...]:
    leads = queries.facts_of(tx, liaison.team_id, [each.handoff_id for each in found])
    facts = {each.handoff.id: each for each in leads}
    people = {each.receiver_id for each in found} | {each.by for each in found}
    names = queries.names_of(tx, liaison.team_id, people)
    return tuple(
        dispute_views.item(
            each, facts[each.handoff_id], names, liaison.playbook, may_settle=may_settle
        )
        for each in found
    )


def _is_open() -> ColumnElement[bool]:
    # Without words its lead was erased, and nobody settles it any more.
    is_open = col(Dispute.settled_at).is_(None) & (col(Dispute.words) != "")
    return (col(Dispute.team_id) == OF_TEAM) & is_open


def _opened() -> Select[Dispute]:
    own = select(Dispute).where(_is_open(), col(Dispute.by) == READER)
    return own.order_by(col(Dispute.due_at), col(Dispute.id))


def _unsettled() -> Select[Dispute]:
    others = select(Dispute).where(_is_open(), col(Dispute.by) != READER)
    return others.order_by(col(Dispute.due_at), col(Dispute.id))


def _coming_back(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    found, more = page_of(tx, edition, _returns, page, asked(tx, liaison, edition.person))
    leads = queries.facts_of(tx, liaison.team_id, found)
    items = tuple(return_views.item(facts, liaison.playbook) for facts in leads)
    return Heading(RETURNS.title, items, more)


def _returns() -> Select[str]:
    """Of the reader's campaigns, in the week in which marketing may cancel them."""
    return (
        select(col(Handoff.id))
        .where(
            col(Handoff.team_id) == OF_TEAM,
            col(Handoff.stage) == Stage.RECYCLED,
            col(Handoff.return_at).is_not(None),
            col(Handoff.return_announced_at).is_not(None),
            col(Handoff.campaign_id).in_(OWN_WITH_MERGED),
        )
        .order_by(col(Handoff.return_at), col(Handoff.id))
    )


def _of_campaigns(tx: Session, liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """With what became of their leads in the last 180 days."""
    also = asked(tx, liaison, edition.person)
    found, more = page_of(tx, edition, _campaigns, page, also)
    members = [one for each in found for one in campaigns.members(tx, each)]
    since = edition.now - timedelta(days=results.USUAL_DAYS)
    scope = Scope(liaison.team_id, since, edition.now - COHORT, members)
    counted = {
        row.campaign.id: row for row in results.rows(tx, liaison.playbook, scope) if row.campaign
    }
    items = (
        campaign_views.item(each, row.result if (row := counted.get(each.id)) else None)
        for each in found
    )
    return Heading(CAMPAIGNS.title, tuple(items), more)


def _campaigns() -> Select[Campaign]:
    """The latest first."""
    own = (col(Campaign.team_id) == OF_TEAM) & col(Campaign.id).in_(OWN)
    return select(Campaign).where(own).order_by(col(Campaign.created_at).desc(), col(Campaign.id))


FLAGS = Part("flags", "Flags", _flagged, _flags, "No campaign you answer for is flagged.")
PREVIEWS = Part("previews", "Previews", _under_way, _previews, "Sales is shown none of yours.")
DISPUTED = Part(
    "disputed", "Your disputes", _disputed, _opened, "You contest no outcome.", waits=False
)
RETURNS = Part(
    "returns", "Coming back this week", _coming_back, _returns, "No lead of yours.", waits=False
)
CAMPAIGNS = Part(
    "campaigns",
    "Your campaigns",
    _of_campaigns,
    _campaigns,
    "You answer for none so far; Edit… in a campaign's menu says who does.",
    waits=False,
)
TO_SETTLE = Part("to_settle", "To settle", _to_settle, _unsettled, "No outcome is disputed.")
