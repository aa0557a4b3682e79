"""What other tools call our fields: in a file's header, in a message's labels."""

import re
from collections.abc import Mapping
from typing import TypeVar

from bot.intake.formats import ENVELOPE_PATHS

NAME = "name"
"""Both names in one, as most forms ask for them; `with_names` tells them apart."""
FIELDS = (frozenset(ENVELOPE_PATHS) - {"event", "by"}) | {NAME}
"""What a column or a label may be read as; anything else is kept under `custom`."""

Value = TypeVar("Value")
_SPELLINGS = {
    "lead_id": ("id", "lead", "record_id", "mql_id", "contact_id", "crm_id"),
    NAME: ("full_name", "your_name", "contact_name", "contact_person", "lead_name"),
    "first_name": ("first", "given_name", "forename", "vorname"),
    "last_name": ("last", "surname", "family_name", "nachname"),
    "email": ("e_mail", "mail", "email_address", "e_mail_address"),
    "phone": ("telephone", "phone_number", "mobile", "tel"),
    "title": ("job_title", "role", "position"),
    "company": ("company_name", "account", "account_name", "organisation", "organization", "firma"),
    "country": ("country_region", "land"),
    "campaign": ("campaign_name",),
    "campaign_id": ("crm_campaign_id",),
    "landing_page": ("landing_page_id", "landing_page_url", "page_url"),
    "source": ("lead_source", "origin", "original_source", "channel"),
    "grade": ("lead_grade", "rating", "tier"),
    "score": ("lead_score",),
    "amount": ("value", "deal_value", "deal_amount"),
    "owner": ("owner_email", "lead_owner", "rep", "rep_email"),
    "reason": ("why", "qualification", "qualifying_reason"),
    "last_activity": ("last_action", "last_touch"),
    "url": ("link", "crm_link", "crm_url", "record_url"),
    "occurred_at": (
        "created_at", "created", "date", "handed_over_at", "lead_created_at", "create_date",
        "first_contact_date",
    ),
    "kind": ("outcome", "result", "close_outcome"),
    "message": ("comments", "notes", "comment"),
}  # fmt: skip
_FIELD_OF = {name: name for name in FIELDS} | {
    spelling: field for field, spellings in _SPELLINGS.items() for spelling in spellings
}


def field_called(name: str) -> str | None:
    """The field that goes by this name, however it is written: `E-Mail Address`, `leadSource`."""
    return _FIELD_OF.get(_plain(name))


def with_names(told: Mapping[str, Value]) -> dict[str, Value | str]:
    """`Jane Doe` and `Doe, Jane` as first and last name, unless one of those was told itself; a
    single word is a first name, and an address is none."""
    fields: dict[str, Value | str] = {name: value for name, value in told.items() if name != NAME}
    whole = str(told.get(NAME) or "").strip()
    if not whole or "@" in whole or fields.get("first_name") or fields.get("last_name"):
        return fields
    last, comma, first = whole.partition(",")
    if not comma:
        first, _, last = whole.rpartition(" ") if " " in whole else (whole, "", "")
    names = {"first_name": first.strip(), "last_name": last.strip()}
    return fields | {field: name for field, name in names.items() if name}


def _plain(name: str) -> str:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_")


_KEPT = {
    "region": ("sales_region", "territory", "area"),
    "state": ("state_region", "province", "bundesland", "state_code", "hs_state_code"),
    "postcode": ("postal_code", "zip", "zip_code", "zipcode", "post_code", "plz"),
    "company_size": (
        "employees", "number_of_employees", "numberofemployees", "employee_count", "headcount",
        "num_employees", "size",
    ),
    "account_owner": ("account_owner_email", "company_owner", "company_owner_email"),
}  # fmt: skip
_KEPT_AS = {spelling: name for name, others in _KEPT.items() for spelling in (name, *others)}


def kept(custom: Mapping[str, object]) -> dict[str, str]:
    """What routing asks for among the fields a sender has of its own, by our names; texts and
    numbers alone."""
    found: dict[str, str] = {}
    for name, value in custom.items():
        ours = _KEPT_AS.get(_plain(name))
        if ours and isinstance(value, str | int | float) and not isinstance(value, bool):
            found.setdefault(ours, str(value))
    return found
