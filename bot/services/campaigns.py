"""Campaigns as marketing knows them: found by name, merged, described."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.campaigns import look_alike, slug
from bot.core.lifecycle import why_not_marketing
from bot.errors import BadField, NotAllowed, Refused, TooLate
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Person, Workspace
from bot.views import ids
from bot.views.blocks import foreign

NO_ORIGIN = "No origin"
NAME = 150
"""Characters of a campaign's name."""


class NoSuchCampaign(Refused):
    """No campaign is called that; type `/campaign` for the table."""


def every(tx: Session, team_id: str) -> list[Campaign]:
    """All campaigns, merged ones too, by name."""
    found = tx.scalars(select(Campaign).where(col(Campaign.team_id) == team_id))
    return sorted(found, key=lambda campaign: (campaign.name.casefold(), campaign.id))


def roots(tx: Session, team_id: str) -> dict[str, Campaign]:
    """By each campaign's id, the one that counts its leads since it was merged; else itself."""
    found = {campaign.id: campaign for campaign in every(tx, team_id)}
    return {campaign.id: _root(found, campaign) for campaign in found.values()}


def _root(found: dict[str, Campaign], campaign: Campaign) -> Campaign:
    while campaign.merged_into:
        campaign = found[campaign.merged_into]
    return campaign


def members(tx: Session, campaign: Campaign) -> list[str]:
    """The ids of a campaign and of all that were merged into it."""
    found = roots(tx, campaign.team_id)
    return [each for each, root in found.items() if root.id == campaign.id]


def called(tx: Session, team_id: str, typed: str) -> Campaign | None:
    """The campaign of this name, as exactly as it can be found; None = no origin.

    Raises `NoSuchCampaign` with names that begin alike, or when several could be meant.
    """
    wanted = " ".join(typed.split())
    if slug(wanted) == slug(NO_ORIGIN):
        return None
    if campaign := found_by_name(tx, team_id, wanted):
        return campaign
    raise NoSuchCampaign(
        f"No campaign is called “{foreign(wanted, 60)}”; type `/campaign` for the table."
    )


def found_by_name(tx: Session, team_id: str, wanted: str) -> Campaign | None:
    """The campaign of this name, or of the only one that begins so or has it within; None = none.

    Raises `NoSuchCampaign` when several could be meant.
    """
    return _called(tx, team_id, wanted, (*_SAME, *_ALIKE))


def exactly_called(tx: Session, team_id: str, wanted: str) -> Campaign | None:
    """The same, but a part of a name is another name."""
    return _called(tx, team_id, wanted, _SAME)


_SAME: tuple[Callable[[str, str], bool], ...] = (
    lambda name, wanted: name == wanted,
    lambda name, wanted: name.casefold() == wanted.casefold(),
    lambda name, wanted: slug(name) == slug(wanted) != "",
)
_ALIKE: tuple[Callable[[str, str], bool], ...] = (
    lambda name, wanted: slug(name).startswith(slug(wanted)) and slug(wanted) != "",
    lambda name, wanted: slug(wanted) in slug(name) and slug(wanted) != "",
)
"""How a name is meant, the surest first."""


def _called(
    tx: Session, team_id: str, wanted: str, ways: Sequence[Callable[[str, str], bool]]
) -> Campaign | None:
    found = roots(tx, team_id)
    named = {campaign.id: campaign for campaign in every(tx, team_id)}
    for is_meant in ways:
        meant = (found[each] for each, one in named.items() if is_meant(one.name, wanted))
        matching = {campaign.id: campaign for campaign in meant}
        if len(matching) > 1:
            raise NoSuchCampaign(_several(wanted, list(matching.values())))
        for campaign in matching.values():
            return campaign
    return None


def _several(wanted: str, matching: Sequence[Campaign]) -> str:
    names = ", ".join(f"“{foreign(one.name, 40)}”" for one in matching[:5])
    return f"Several campaigns are called like “{foreign(wanted, 60)}”: {names}; type more of one."


def check_marketer(tx: Session, team_id: str, by: str) -> Person:
    """Who presses, when campaigns are theirs to change. Raises `NotAllowed`."""
    person = tx.get(Person, (team_id, by))
    listed = person is not None and person.is_active and queries.is_listed(person)
    markets = person is not None and (queries.markets(person) or "liaison" in person.roles)
    if sentence := why_not_marketing(is_listed=listed, markets=markets):
        raise NotAllowed(sentence)
    assert person
    return person


def merge(liaison: Liaison, campaign_id: str, into_id: str, by: str) -> Campaign:
    """Count a campaign's leads for another one from now on. Nothing about the leads is changed, so
    that it can be undone. Gives the campaign that counts them."""
    with liaison.transaction() as tx:
        check_marketer(tx, liaison.team_id, by)
        # One merge at a time, or two might make a ring.
        tx.get_one(Workspace, liaison.team_id, with_for_update=True)
        campaign, found = known(tx, liaison.team_id, campaign_id), roots(tx, liaison.team_id)
        into = found.get(into_id)
        if campaign.merged_into:
            raise TooLate(f"“{foreign(campaign.name, 60)}” was merged already.")
        if into is None or into.id == campaign.id:
            raise BadField(ids.MERGE_INTO, "Choose another campaign than this one.")
        campaign.merged_into = into.id
        return into


def separate(liaison: Liaison, campaign_id: str, by: str) -> Campaign:
    """Undo a merge: the campaign counts its own leads again. Gives the campaign."""
    with liaison.transaction() as tx:
        check_marketer(tx, liaison.team_id, by)
        campaign = known(tx, liaison.team_id, campaign_id)
        if campaign.merged_into is None:
            raise TooLate(f"“{foreign(campaign.name, 60)}” is separate already.")
        campaign.merged_into = None
        return campaign


def look_to_merge(
    liaison: Liaison, campaign_id: str, by: str
) -> tuple[Campaign, list[Campaign], list[Campaign]]:
    """A campaign, those it may be merged into, names that look alike first, and those that were
    merged into it."""
    with liaison.reading() as tx:
        check_marketer(tx, liaison.team_id, by)
        campaign = known(tx, liaison.team_id, campaign_id)
        found = every(tx, liaison.team_id)
        others = [one for one in found if one.id != campaign.id and one.merged_into is None]
        others.sort(key=lambda one: not look_alike(one.name, campaign.name))
        return campaign, others, [one for one in found if one.merged_into == campaign.id]


def known(tx: Session, team_id: str, campaign_id: str) -> Campaign:
    """Raises `NoSuchCampaign`."""
    campaign = tx.get(Campaign, (team_id, campaign_id))
    if campaign is None:
        raise NoSuchCampaign
    return campaign


def owner_of(tx: Session, liaison: Liaison, handoff: Handoff) -> Person | None:
    """Who answers for a hand-off's campaign: as the campaign says, or else the playbook."""
    campaign = roots(tx, liaison.team_id).get(handoff.campaign_id or "")
    if campaign:
        return owner(tx, liaison, campaign)
    return _by_playbook(tx, liaison, handoff.campaign)


def owner(tx: Session, liaison: Liaison, campaign: Campaign) -> Person | None:
    """Who answers for a campaign; None = nobody is named who works here."""
    named = campaign.owner_id and tx.get(Person, (campaign.team_id, campaign.owner_id))
    if named and named.is_active:
        return named
    return _by_playbook(tx, liaison, campaign.name)


def _by_playbook(tx: Session, liaison: Liaison, name: str | None) -> Person | None:
    address = liaison.playbook.campaign_owner(name)
    person = queries.person_by_email(tx, liaison.team_id, address)
    return person if person and queries.is_listed(person) else None
