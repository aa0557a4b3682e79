"""A campaign's own data, and which campaigns are one: the forms marketing fills in."""

from collections.abc import Sequence

from bot.models import Campaign
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    button,
    context,
    day_field,
    field,
    foreign,
    line_field,
    modal,
    person_picker,
    section,
    short,
    static_select,
)

WORDS = 1000
_NO_PERSON = "Choose a marketer"


def edit(campaign: Campaign) -> View:
    """Who answers for it, its days, what it costs, and its brief."""
    cost = " ".join(part for part in (campaign.cost, campaign.currency) if part)
    owner = person_picker(ids.CHOICE, _NO_PERSON, campaign.owner_id)
    blocks = [
        field(ids.CAMPAIGN_NAME, "Name", line_field(ids.CHOICE, most=150, initial=campaign.name)),
        field(ids.CAMPAIGN_OWNER, "Who answers for it", owner, optional=True),
        field(ids.STARTS_ON, "First day", day_field(ids.CHOICE, campaign.starts_on), optional=True),
        field(ids.ENDS_ON, "Last day", day_field(ids.CHOICE, campaign.ends_on), optional=True),
        field(
            ids.JUDGE_ON,
            "Judge it on",
            day_field(ids.CHOICE, campaign.judge_on),
            optional=True,
            hint="Before that day numbers are shown, and no verdict.",
        ),
        field(
            ids.CAMPAIGN_COST,
            "Cost",
            line_field(ids.CHOICE, most=30, initial=cost),
            optional=True,
            hint="An amount and a currency, such as 12500 EUR.",
        ),
        _words(ids.AUDIENCE, "Who it is for", campaign.audience),
        _words(ids.CAMPAIGN_OFFER, "What it offers", campaign.offer),
        _words(ids.FOLLOW_UP, "How sales follows up", campaign.follow_up),
        _words(ids.TALK_TRACK, "Talk track", campaign.talk_track),
    ]
    return modal(ids.CAMPAIGN_FORM, "Campaign", blocks, submit="Save", about=campaign.id)


def _words(block_id: str, label: str, initial: str | None) -> Block:
    element = line_field(ids.CHOICE, most=WORDS, initial=initial, lines=True)
    return field(block_id, label, element, optional=True)


def saved(campaign: Campaign) -> View:
    sentence = f"*{foreign(campaign.name, 80)}* is saved; `/campaign` shows it."
    return modal(ids.CAMPAIGN_TOLD_VIEW, "Campaign", [section(sentence)], submit=None)


def merge(campaign: Campaign, others: Sequence[Campaign], merged: Sequence[Campaign]) -> View:
    """`others`: what it may be merged into, the likeliest first; `merged`: what counts as it."""
    told = [
        section(
            f"“{foreign(one.name, 80)}” counts as this campaign.",
            button("Separate", ids.CAMPAIGN_SEPARATE, one.id),
        )
        for one in merged[:20]
    ]
    about = section(f"*{foreign(campaign.name, 80)}*")
    if not others:
        nothing = section("There is no other campaign it could be.")
        return modal(ids.CAMPAIGN_TOLD_VIEW, "Merge", [about, *told, nothing], submit=None)
    options = [(short(one.name, 75), one.id) for one in others[:100]]
    menu = static_select(ids.CHOICE, options, hint="Choose a campaign")
    blocks = [
        about,
        *told,
        field(ids.MERGE_INTO, "Is the same as", menu),
        context("Its leads then count for that one. You can undo this at any time."),
    ]
    return modal(ids.MERGE_FORM, "Merge", blocks, submit="Merge", about=campaign.id)


def merged(campaign: Campaign, into: Campaign) -> View:
    sentence = f"“{foreign(campaign.name, 80)}” counts as *{foreign(into.name, 80)}* from now on."
    undo = button("Undo", ids.CAMPAIGN_SEPARATE, campaign.id)
    return modal(ids.CAMPAIGN_TOLD_VIEW, "Merge", [section(sentence, undo)], submit=None)


def separated(campaign: Campaign) -> View:
    sentence = f"“{foreign(campaign.name, 80)}” counts its own leads again."
    return modal(ids.CAMPAIGN_TOLD_VIEW, "Merge", [section(sentence)], submit=None)
