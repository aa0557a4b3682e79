"""The leadforge set: 3,000 leads of ten reps, with every call and mail (MIT, PyPI leadforge).

What it lacks is settled here: the time of day by a hash, a grade by source and hash, a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.lifecycle import Stage
from bot.intake.lead_event import EventKind
from replay.chance import invented_name, pick, within_day
from replay.leadset import Arrival, LeadSet, Row, arrival, rows
from replay.sellers import sellers_of
from sandbox.people import BERLIN, Person

GRADES = {"partner_referral": "AAB", "inbound_marketing": "ABBC", "sdr_outbound": "BCCD"}
"""By source; one of the letters by a hash of the lead's id. Referrals are the warmest."""

_UNANSWERED = frozenset({"no_answer", "left_voicemail"})
_OUTCOMES = {"closed_won": Stage.WON, "closed_lost": Stage.LOST}


@dataclass(frozen=True)
class Tables:
    """The files of the set, by the ids they are looked up by."""

    leads: tuple[Row, ...]
    accounts: Mapping[str, Row]
    contacts: Mapping[str, Row]
    activities: tuple[Row, ...]
    opportunities: Mapping[str, Row]
    """By lead; only those that were closed."""
    sellers: Mapping[str, Person]

    @classmethod
    def read(cls, folder: Path, most: int | None) -> "Tables":
        """The first `most` leads (None = all) with what belongs to them."""
        everybody = tuple(rows(folder / "leads.csv"))
        leads = everybody[:most]
        ids = {lead["lead_id"] for lead in leads}
        closed = (row for row in rows(folder / "opportunities.csv") if row["close_outcome"])
        activities = rows(folder / "sales_activities.csv")
        return cls(
            leads=leads,
            accounts={row["account_id"]: row for row in rows(folder / "accounts.csv")},
            contacts={row["contact_id"]: row for row in rows(folder / "contacts.csv")},
            activities=tuple(row for row in activities if row["lead_id"] in ids),
            opportunities={row["lead_id"]: row for row in closed if row["lead_id"] in ids},
            sellers=sellers_of(lead["owner_rep_id"] for lead in everybody),
        )


def read(folder: Path, most: int | None = None) -> LeadSet:
    """The set in `folder`, ready to be played. Raises OSError when a file is missing."""
    tables = Tables.read(folder, most)
    arrivals = (*_handoffs(tables), *_contacts(tables), *_outcomes(tables))
    return LeadSet.of("leadforge", arrivals, _stages(tables))


def _handoffs(tables: Tables) -> Iterator[Arrival]:
    for lead in tables.leads:
        lead_id, source = lead["lead_id"], lead["lead_source"]
        account, contact = tables.accounts[lead["account_id"]], tables.contacts[lead["contact_id"]]
        given, family = invented_name(lead["contact_id"])
        yield arrival(
            within_day(date.fromisoformat(lead["lead_created_at"]), BERLIN, lead_id),
            EventKind.HANDOFF,
            lead_id,
            first_name=given,
            last_name=family,
            email=f"{given}.{family}.{lead_id}@example.org".lower(),
            phone="+1 555 0100",
            title=contact["job_title"],
            company=account["company_name"],
            country=account["region"],
            campaign=source.replace("_", " ").capitalize(),
            source=source,
            grade=pick(GRADES[source], "grade", lead_id),
            owner=tables.sellers[lead["owner_rep_id"]].email,
            reason=f"{account['industry'].replace('_', ' ')}, {account['employee_band']} people",
        )


def _contacts(tables: Tables) -> Iterator[Arrival]:
    owners = _owners(tables)
    for activity in tables.activities:
        owner = owners[activity["lead_id"]]  # in this set it is always the owner who acts
        day = date.fromisoformat(activity["activity_timestamp"])
        yield arrival(
            within_day(day, owner.tz, activity["activity_id"]),
            EventKind.CONTACTED,
            activity["lead_id"],
            by=owner.email,
            kind=touch_kind(activity["activity_type"], activity["activity_outcome"]),
            activity_id=activity["activity_id"],
        )


def touch_kind(activity: str, outcome: str) -> str:
    """The set's call, email, meeting or demo as one of the bot's kinds of touch."""
    if activity == "email":
        return "emailed"
    if outcome in _UNANSWERED:
        return "no_answer"
    return "spoke" if activity == "call" else "met"


def _outcomes(tables: Tables) -> Iterator[Arrival]:
    owners = _owners(tables)
    for lead_id, deal in tables.opportunities.items():
        owner = owners[lead_id]
        day = date.fromisoformat(deal["closed_at"])
        yield arrival(
            within_day(day, owner.tz, deal["opportunity_id"]),
            EventKind.OUTCOME,
            lead_id,
            by=owner.email,
            kind=_OUTCOMES[deal["close_outcome"]].value,
        )


def _owners(tables: Tables) -> dict[str, Person]:
    return {lead["lead_id"]: tables.sellers[lead["owner_rep_id"]] for lead in tables.leads}


def _stages(tables: Tables) -> dict[str, Stage]:
    stages = dict.fromkeys((lead["lead_id"] for lead in tables.leads), Stage.NEW)
    stages |= dict.fromkeys((row["lead_id"] for row in tables.activities), Stage.WORKING)
    deals = tables.opportunities.items()
    return stages | {lead_id: _OUTCOMES[deal["close_outcome"]] for lead_id, deal in deals}
