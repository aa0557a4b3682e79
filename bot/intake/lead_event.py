"""The one value every door produces: what a CRM, a form or a person told about a lead."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, NoReturn, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from bot.errors import LiaisonError
from bot.intake import readers
from bot.intake.formats import Fault, Fields, JsonObject, fields_of

LONGEST_MEETING = timedelta(days=1)
HIDDEN = Field(repr=False)
_Line: TypeAlias = Annotated[str | None, readers.line(200), HIDDEN]
_Email: TypeAlias = Annotated[str | None, readers.reader(readers.email), HIDDEN]
_Owner: TypeAlias = Annotated[str | None, readers.reader(readers.owner), HIDDEN]
_Planned: TypeAlias = Annotated[datetime | None, BeforeValidator(readers.ahead)]
_Custom: TypeAlias = Annotated[dict[str, JsonValue], readers.reader(readers.custom)]


class EventKind(StrEnum):
    HANDOFF = "handoff"
    """Marketing passes the lead to sales."""
    CONTACTED = "contacted"
    """Somebody reached out to the lead, in the CRM or elsewhere."""
    OUTCOME = "outcome"
    """The CRM says how it ended."""
    UPDATED = "updated"
    """The CRM corrects what it told, names another owner, moves a meeting."""
    MERGED = "merged"
    """The CRM made one lead of two: this one lives on in `into`."""
    ERASED = "erased"
    """Everything about this lead is to be forgotten."""


class InvalidEvent(LiaisonError):
    """This is no lead event."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__()
        self.faults = faults
        """Every reason at once, so that one correction can do."""


class LeadEvent(BaseModel):
    """Frozen; every text tidied, bounded, and None when the sender left it out.

    Personal data by class: P0 may be logged; P1 (business identity) is stored, never logged;
    P2 (personal contact) and P3 (free text) are shown to the actor only, and erased on request.
    Only P0 fields show in `repr`, without `lead_id`, since some senders put an e-mail there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: Annotated[EventKind, BeforeValidator(readers.event_kind)]
    occurred_at: Annotated[datetime, BeforeValidator(readers.moment)]
    """Aware UTC."""
    kind: Annotated[str | None, readers.reader(readers.key)] = None
    """Of an outcome: qualified, won, lost or the key of a playbook reason. P0."""
    grade: Annotated[Literal["A", "B", "C", "D"] | None, readers.reader(readers.grade)] = None
    score: Annotated[float | None, readers.reader(readers.score)] = None
    amount: Annotated[Decimal | None, readers.reader(readers.amount)] = None
    """Expected value in `currency`, never below zero."""
    currency: Annotated[str | None, readers.reader(readers.currency)] = None
    """Three letters, by ISO 4217's shape."""
    meeting_at: _Planned = None
    """A meeting with the lead, past or ahead; aware UTC."""
    meeting_ends_at: _Planned = None
    meeting_is_off: bool = False
    """An update that sent `meeting_at` without a value: there is no meeting any more."""

    lead_id: _Line = None
    """The sender's own id. P0."""
    into: Annotated[str | None, readers.line(200), HIDDEN] = None
    """Of a merger: the sender's id of the lead that lives on. P0."""
    campaign: _Line = None
    campaign_id: _Line = None
    """The campaign's id in the sender's system. P0."""
    landing_page: _Line = None
    """Where the lead filled in the form: an address, or an id of it. P0."""
    utm_source: _Line = None
    utm_medium: _Line = None
    utm_campaign: _Line = None
    utm_term: _Line = None
    utm_content: _Line = None
    source: _Line = None

    company: _Line = None
    """P1."""
    system: Annotated[str | None, readers.reader(readers.key)] = None
    """Which CRM the ids of owners are of, such as hubspot. P0."""
    owner: _Owner = None
    """The rep of record, by lower-case e-mail or the CRM's id. P1."""
    by: _Owner = None
    """Who made contact, or recorded the outcome, likewise. P1."""

    first_name: _Line = None
    """P2, as the next five are."""
    last_name: _Line = None
    email: _Email = None
    phone: Annotated[str | None, readers.line(50), HIDDEN] = None
    title: _Line = None
    country: Annotated[str | None, readers.line(100), HIDDEN] = None

    message: Annotated[str | None, readers.paragraphs(5_000), HIDDEN] = None
    """The lead's own words. P3."""
    reason: Annotated[str | None, readers.paragraphs(1_000), HIDDEN] = None
    """Of a hand-off: why this lead qualifies. Of an outcome: its words. P3."""
    last_activity: Annotated[str | None, readers.line(500), HIDDEN] = None
    """What the lead did last, in the sender's words. P3."""
    url: Annotated[str | None, readers.reader(readers.web_address), HIDDEN] = None
    """The lead's page in the sender's system, http or https. P1."""
    custom: _Custom = Field(default_factory=dict, repr=False)
    """Whatever else was sent, under the sender's names. Treat as P2."""

    @property
    def utm(self) -> dict[str, str]:
        """The campaign tags that were given, by their names without `utm_`."""
        given = {
            "source": self.utm_source,
            "medium": self.utm_medium,
            "campaign": self.utm_campaign,
            "term": self.utm_term,
            "content": self.utm_content,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def lead_key(self) -> str:
        """`id:<lead_id>`, or `email:<sha256 of the e-mail in hex>` when the sender has no id."""
        if self.lead_id:
            return key_of_id(self.lead_id)
        if self.email:
            return key_of_email(self.email)
        raise ValueError("This event names no lead; parse() refuses such.")


def key_of_id(lead_id: str) -> str:
    """The `lead_key` of a lead its sender knows by an id."""
    return f"id:{lead_id}"


def key_of_email(email: str) -> str:
    """The `lead_key` of a lead that is known by its (lower-case) address alone."""
    return f"email:{sha256(email.encode()).hexdigest()}"


def parse(body: bytes, received_at: datetime) -> LeadEvent:
    """Reads flat JSON or a CloudEvents envelope; `occurred_at` defaults to `received_at` (aware).

    Raises `InvalidEvent` with every fault at once, and nothing else, whatever the bytes.
    """
    return read(_json_object(body), received_at)


def read(document: JsonObject, received_at: datetime) -> LeadEvent:
    """The same of what JSON held; takes `document` apart."""
    fields = fields_of(document)
    faults = [*fields.faults, *_missing(fields)]
    by_default = {"occurred_at": received_at, "meeting_is_off": _is_off(fields)}
    try:
        event = LeadEvent.model_validate(
            by_default | fields.values, context={"received_at": received_at}
        )
        faults += _wrong_times(event, fields)
    except ValidationError as error:
        faults += _faults(error, fields)
    if faults:
        raise InvalidEvent(tuple(faults))
    return event


def _json_object(body: bytes) -> JsonObject:
    try:
        document = json.loads(body, parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise InvalidEvent((Fault("body", "Must be JSON in UTF-8."),)) from None
    if not isinstance(document, dict):
        raise InvalidEvent((Fault("body", "Must be one JSON object."),))
    return document


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _missing(fields: Fields) -> Iterator[Fault]:
    filled = fields.values.keys()
    kind = str(fields.values.get("event")).lower()
    if not filled & {"lead_id", "email"}:
        yield fields.fault("lead_id", "Give the lead's id or its e-mail address.")
    elif kind == "handoff" and not filled & {"company", "first_name", "last_name", "email"}:
        yield fields.fault("company", "Give a company, a name or an e-mail to call the lead by.")
    if kind == "outcome" and "kind" not in filled:
        yield fields.fault("kind", "Say how it ended: qualified, won, lost, or a playbook reason.")
    if kind == "merged" and "into" not in filled:
        yield fields.fault("into", "Give the id of the lead that lives on.")
    if "meeting_ends_at" in filled and "meeting_at" not in filled:
        yield fields.fault("meeting_at", "Say when the meeting begins.")


def _is_off(fields: Fields) -> bool:
    is_update = str(fields.values.get("event")).lower() == EventKind.UPDATED
    return is_update and "meeting_at" in fields.emptied


def _wrong_times(event: LeadEvent, fields: Fields) -> Iterator[Fault]:
    begins, ends = event.meeting_at, event.meeting_ends_at
    if begins and ends and not begins < ends <= begins + LONGEST_MEETING:
        yield fields.fault("meeting_ends_at", "Must lie within a day after meeting_at.")


def _faults(error: ValidationError, fields: Fields) -> Iterator[Fault]:
    for entry in error.errors(include_url=False, include_input=False):
        if entry["type"] == "missing":
            continue  # only `event` can be, and the envelope's own fault has told of it
        reason = entry.get("ctx", {}).get("error", entry["msg"])
        yield fields.fault(str(entry["loc"][0]), str(reason))
