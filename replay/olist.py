"""The Olist set: 8,000 real, anonymised leads of a marketplace and the 842 deals they became.

It is never copied into the repository. Who won a deal owns its lead; other leads come without an
owner and go to the queue.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from bot.core.lifecycle import Stage
from bot.intake.lead_event import EventKind
from replay.chance import SLOT, invented_name, within_day
from replay.leadset import Arrival, LeadSet, Row, arrival, rows
from replay.sellers import sellers_of
from sandbox.people import Person

LEADS = "olist_marketing_qualified_leads_dataset.csv"
DEALS = "olist_closed_deals_dataset.csv"
SAO_PAULO = "America/Sao_Paulo"


def read(folder: Path, most: int | None = None) -> LeadSet:
    """The first `most` leads (None = all) of the set in `folder`, ready to be played.

    Raises OSError when a file is missing.
    """
    leads = tuple(rows(folder / LEADS))[:most]
    deals = {deal["mql_id"]: deal for deal in rows(folder / DEALS)}
    sellers = sellers_of(deal["sr_id"] for deal in deals.values())
    arrivals = (told for lead in leads for told in _story(lead, deals, sellers))
    stages = {lead["mql_id"]: Stage.WON if lead["mql_id"] in deals else Stage.NEW for lead in leads}
    return LeadSet.of("olist", arrivals, stages)


def _story(lead: Row, deals: Mapping[str, Row], sellers: Mapping[str, Person]) -> Iterator[Arrival]:
    deal = deals.get(lead["mql_id"])
    owner = sellers[deal["sr_id"]].email if deal else None
    handed = _handoff(lead, owner)
    yield handed
    if deal:
        yield _won(handed, deal, owner)


def _handoff(lead: Row, owner: str | None) -> Arrival:
    lead_id = lead["mql_id"]
    given, family = invented_name(lead_id)
    return arrival(
        within_day(date.fromisoformat(lead["first_contact_date"]), SAO_PAULO, lead_id),
        EventKind.HANDOFF,
        lead_id,
        first_name=given,
        last_name=family,
        email=f"{given}.{family}.{lead_id[:8]}@example.org".lower(),
        country="BR",
        campaign=lead["origin"],
        source=lead["origin"],
        utm_source=lead["origin"],
        utm_content=lead["landing_page_id"],
        owner=owner,
    )


def _won(handed: Arrival, deal: Row, owner: str | None) -> Arrival:
    """Told when it was won, or as soon as the lead is here: one was won before its first contact,
    and some on the day of it."""
    won_at = datetime.fromisoformat(deal["won_date"]).replace(tzinfo=UTC)
    return arrival(
        max(won_at, handed.at + SLOT),
        EventKind.OUTCOME,
        handed.lead_id,
        by=owner,
        kind=Stage.WON.value,
        occurred_at=won_at.isoformat(),
    )
