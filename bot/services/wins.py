"""A lead was won: the channel reads of which campaign, by whose doing, and how long it took."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import queries
from bot.core.lifecycle import WON, Stage
from bot.delivery.courier import Hold, Remove, Told
from bot.delivery.sayings import say_in_channel
from bot.liaison import Liaison
from bot.models import Handoff, Message, MessageKind, Person
from bot.services import campaigns
from bot.services.hours import back_at_work
from bot.views import wins as views

FRESH = timedelta(days=7)
"""A win the CRM tells of later than this is news to nobody."""


def announce(tx: Session, liaison: Liaison, handoff: Handoff, now: datetime) -> None:
    """Queue the post, once for each hand-off, when it was just won."""
    if handoff.outcome != WON or handoff.outcome_at is None or now - handoff.outcome_at > FRESH:
        return
    say_in_channel(
        tx,
        liaison,
        key=f"{MessageKind.WON}:{handoff.id}",
        kind=MessageKind.WON,
        subject_id=handoff.id,
        channel=liaison.handoff_channel,
    )


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """In the team's hours; it goes again when the win is taken back or the lead erased."""
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    handoff = facts.handoff
    if handoff.stage is not Stage.WON or facts.lead.erased_at or handoff.outcome_at is None:
        return Remove()
    if message.ts is None and (opens := back_at_work(tx, liaison, None, now)):
        return Hold(opens)
    campaign = campaigns.roots(tx, liaison.team_id).get(handoff.campaign_id or "")
    marketer = campaigns.owner_of(tx, liaison, handoff)
    rep = facts.outcome_by or facts.actor
    return views.won(
        facts.lead,
        campaign.name if campaign else None,
        marketer if marketer and not marketer.is_unnamed else None,
        rep if rep and not rep.is_unnamed else None,
        max((handoff.outcome_at - handoff.handed_at).days, 0),
    )


def set_named(liaison: Liaison, by: str, *, is_named: bool) -> None:
    """Whether the channel reads this person's name with a win."""
    with liaison.transaction() as tx:
        queries.person(tx, liaison.team_id, by)
        tx.get_one(Person, (liaison.team_id, by)).is_unnamed = not is_named
