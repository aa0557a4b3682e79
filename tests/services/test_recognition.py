"""Hand-offs find their campaign, whatever they tell of it."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.models import Campaign, CampaignAlias, Handoff
from tests.office import Office
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES


def handed(office: Office, **fields: object) -> Handoff:
    """A new hand-off without a campaign but for what is given."""
    handoff_id = office.hand_over(**({"campaign": None} | fields))
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Handoff, (office.bot.liaison.team_id, handoff_id))


def campaign_of(office: Office, **fields: object) -> str | None:
    return handed(office, **fields).campaign_id


def named(office: Office, campaign_id: str | None) -> str:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Campaign, (office.bot.liaison.team_id, campaign_id)).name


def test_leads_of_one_name_are_of_one_campaign(office: Office) -> None:
    first = campaign_of(office, campaign="Autumn fair")

    assert campaign_of(office, campaign=" Autumn  fair ") == first
    assert campaign_of(office, campaign="autumn fair") != first
    assert named(office, first) == "Autumn fair"


def test_the_crms_id_goes_before_every_other_sign(office: Office) -> None:
    known = campaign_of(office, campaign_id="701", campaign="Roadshow", utm_campaign="road")

    assert campaign_of(office, campaign_id="701", campaign="Roadshow north") == known
    assert campaign_of(office, campaign_id="702", utm_campaign="road") != known
    assert campaign_of(office, campaign="Roadshow") == known


def test_a_tag_goes_before_a_page_and_a_page_before_a_name(office: Office) -> None:
    tag = campaign_of(office, utm_campaign="spring_sale", utm_source="google")
    page = campaign_of(office, landing_page="https://example.com/demo")

    asked = {"landing_page": "http://www.example.com/demo/?x=1", "campaign": "Something else"}
    assert campaign_of(office, **asked) == page
    assert campaign_of(office, **asked, utm_campaign="Spring sale") == tag


def test_a_campaign_known_by_name_takes_up_the_crms_id_once(office: Office) -> None:
    known = campaign_of(office, campaign="Partner day")

    assert campaign_of(office, campaign_id="801", campaign="Partner day") == known
    other = campaign_of(office, campaign_id="802", campaign="Partner day")
    assert other != known
    assert named(office, other) == "Partner day"
    assert campaign_of(office, campaign_id="801") == known


def test_a_campaign_without_a_name_is_shown_by_its_id(office: Office) -> None:
    handoff = handed(office, campaign_id="c-9", company="Nameless Inc")

    assert handoff.campaign == "c-9"
    office.card(handoff.id, "c-9 · grade A")
    assert campaign_of(office, campaign_id="c-9", campaign="Now it has one") == handoff.campaign_id


def test_what_tells_nothing_has_no_origin(office: Office) -> None:
    assert campaign_of(office, source=None) is None
    assert campaign_of(office, source="unknown") is not None


def test_a_correction_from_the_crm_moves_the_lead_to_its_campaign(office: Office) -> None:
    right = campaign_of(office, campaign="The right one")
    handoff = handed(office, campaign="The wrong one")

    office.tell(event="updated", lead_id=office.lead_of(handoff.id), campaign="The right one")

    assert office.bot
    with office.bot.liaison.reading() as tx:
        moved = tx.get_one(Handoff, (office.bot.liaison.team_id, handoff.id))
    assert moved.campaign_id == right


def test_every_campaign_is_entered_once(office: Office) -> None:
    for _ in range(3):
        campaign_of(office, campaign="Once only", landing_page="/once")

    assert office.bot
    with office.bot.liaison.reading() as tx:
        entered = select(func.count()).where(col(Campaign.name) == "Once only")
        assert tx.scalar(entered) == 1
        keys = tx.scalars(
            select(col(CampaignAlias.key)).where(col(CampaignAlias.key).contains("nce"))
        )
        assert sorted(keys) == ["name:Once only", "page:/once"]


@pytest.fixture(autouse=True)
def settled(office: Office) -> None:
    """The cards of the last test are in Slack: none of them comes between."""
    office.settle()
