"""The sections of the playbook. Each field's description is the sentence people read when what
they wrote does not fit; a value that fits a field may still be refused by the rules."""

import re
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StringConstraints,
    model_validator,
)

from bot.core.routing import HEAVIEST
from bot.core.sla import Allowance, LadderStep, Recipient, Via
from bot.core.standup import Slot

ATTENDEES = 'Write a list of addresses and user groups, such as ["ana@example.com", "@sales"].'
CAP = "Write how many leads, from 1 to 10000, without quotes."
CLOCK = 'Write a time such as "90m", "4h" or "1d", or "none".'
HOLIDAYS = 'Write a country such as "DE" or "US-CA", or a list such as ["DE", "2026-12-24"].'
OPEN = 'Write hours such as "Mo-Fr 09:00-17:00" or "24/7".'
ROLES = 'Write at least one of "rep", "marketer", "manager", "liaison" and "admin".'
TARGET = 'Write a share such as "90%" or 0.9.'
TIME = 'Write a time such as "10:00".'
TIMEZONE = 'Write an IANA zone such as "Europe/Berlin".'

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_GROUP = re.compile(r"@[^@\s<>,]{1,80}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{7,20}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

FAST = {"A": "15m", "B": "1h", "C": "4h", "D": "none"}


class Section(BaseModel):
    """Frozen; a key it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_list(written: object) -> object:
    """One value may stand for a list of one."""
    return [written] if isinstance(written, str | date) else written


def _as_text(written: object) -> object:
    """TOML knows dates without quotes."""
    return written.isoformat() if type(written) is date else written


def _as_share(written: object) -> object:
    """`"80%"` is 0.8; what is no share is left for the field to refuse."""
    if not isinstance(written, str) or not written.endswith("%"):
        return written
    try:
        return float(written[:-1]) / 100
    except ValueError:
        return written


def _as_clock(written: object) -> Allowance | None:
    if not isinstance(written, str):
        raise ValueError(CLOCK)
    return None if written == "none" else Allowance.parse(written)


def _as_emails(written: object) -> object:
    """One address may stand for a list of one."""
    return [written] if isinstance(written, str) else written


def _as_time(written: object) -> time:
    """`"10:00"`, or TOML's own time without quotes."""
    if isinstance(written, time):
        return written
    if isinstance(written, str) and _TIME.fullmatch(written):
        return time.fromisoformat(written)
    raise ValueError(TIME)


def _as_attendee(written: str) -> str:
    """As it is compared: addresses and `@handles` in lower case, a group's id as Slack has it."""
    if _GROUP_ID.fullmatch(written):
        return written
    folded = written.lower()
    if _GROUP.fullmatch(folded) or _EMAIL.fullmatch(folded):
        return folded
    raise ValueError(ATTENDEES)


def _sorted(grades: tuple["Grade", ...]) -> tuple["Grade", ...]:
    return tuple(sorted(set(grades)))


def _in_order(roles: tuple["Role", ...]) -> tuple["Role", ...]:
    if not roles:
        raise ValueError(ROLES)
    return tuple(role for role in Role if role in roles)


Grade = Literal["A", "B", "C", "D"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
]
Attendee = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_as_attendee)]
Channel = Annotated[str, StringConstraints(pattern=r"^(#[^\s#A-Z]{1,80}|[CG][A-Z0-9]{2,})$")]
Holidays = Annotated[
    tuple[Annotated[Text, BeforeValidator(_as_text)], ...], BeforeValidator(_as_list)
]
Share = Annotated[
    float, Field(strict=True, gt=0, le=10, allow_inf_nan=False), BeforeValidator(_as_share)
]
Target = Annotated[
    float, Field(strict=True, ge=0, le=1, allow_inf_nan=False), BeforeValidator(_as_share)
]
Days = Annotated[int, Field(strict=True, ge=1, le=365)]
Cap = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Clock = Annotated[
    Allowance | None,
    PlainValidator(_as_clock),
    PlainSerializer(lambda clock: str(clock or "none"), return_type=str),
]


class Channels(Section):
    """Where the app speaks to everybody: a `#name` or an id."""

    handoffs: Channel = Field(
        default="#leads",
        description='Write a channel such as "#leads", or its id such as "C0123456789".',
    )
    standup: Channel | None = Field(
        default=None,
        description='Write a channel such as "#standup", or its id such as "C0123456789".',
    )


class Hours(Section):
    """Working hours of whoever has none of their own, and of leads nobody has yet."""

    open: Text = Field(default="Mo-Fr 09:00-17:00", description=OPEN)
    holidays: Holidays = Field(default=(), description=HOLIDAYS)
    timezone: Text = Field(default="UTC", description=TIMEZONE)


class Sla(Section):
    """Time to the first touch by grade; None = no clock. The preset `fast` fills what is not
    written, and does not stay: what it means is what both teams agreed to."""

    A: Clock = Field(default=Allowance.parse("1h"), description=CLOCK)
    B: Clock = Field(default=Allowance.parse("4h"), description=CLOCK)
    C: Clock = Field(default=Allowance.parse("1d"), description=CLOCK)
    D: Clock = Field(default=None, description=CLOCK)
    preset: None = Field(
        default=None, exclude=True, description='Write preset = "fast", or leave it out.'
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, written: object) -> object:
        if not isinstance(written, Mapping) or written.get("preset") != "fast":
            return written
        return FAST | {key: value for key, value in written.items() if key != "preset"}


class Batches(Section):
    """When leads of one campaign are a batch, and the time to the first touch of its leads by
    grade; None = no clock. Leads of an event are many at once, so they have longer."""

    size: Annotated[int, Field(strict=True, ge=2, le=1000)] = Field(
        default=10, description="Write how many leads make a batch, from 2 to 1000."
    )
    minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = Field(
        default=10, description="Write within how many minutes they come, from 1 to 1440."
    )
    A: Clock = Field(default=Allowance.parse("4h"), description=CLOCK)
    B: Clock = Field(default=Allowance.parse("24h"), description=CLOCK)
    C: Clock = Field(default=Allowance.parse("72h"), description=CLOCK)
    D: Clock = Field(default=None, description=CLOCK)


class Attention(Section):
    """How much the app may ask of a person's day."""

    brief: StrictBool = Field(default=True, description="Write true or false.")
    cap: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        default=6,
        description="Write how many messages a person gets in a day, from 1 to 1000, "
        "without quotes.",
    )
    at_once: Annotated[tuple[Grade, ...], BeforeValidator(_as_list), AfterValidator(_sorted)] = (
        Field(default=("A", "B"), description='Write a list of grades, such as ["A", "B"].')
    )


class Timing(Section):
    """How long a lead may wait before time alone changes something; see docs/configuration.md."""

    silent_days: Days = Field(
        default=5, description="Write working days without contact, from 1 to 365."
    )
    give_back_days: Days = Field(
        default=7, description="Write days after the due time, from 1 to 365."
    )
    expire_days: Days = Field(
        default=21, description="Write days without a first touch, from 1 to 365."
    )
    returns_a_day: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        default=5, description="Write how many leads return to a rep in a day, from 1 to 100."
    )


class Rung(Section):
    """One `[[ladder]]` entry; see `LadderStep` for what its values mean."""

    at: Share = Field(description='Write a share of the clock, such as "80%" or 0.8.')
    at_short: Share | None = Field(
        default=None, description='Write a share of a clock of one hour or less, such as "50%".'
    )
    to: Recipient = Field(description='Write "actor", "colleagues" or "manager".')
    via: Via = Field(description='Write "dm", "channel" or "brief".')

    @property
    def step(self) -> LadderStep:
        return LadderStep(self.at, self.at_short, self.to, self.via)


class Retention(Section):
    """How long what is no longer worked on is kept. The days of a lead count from its last
    hand-off's closing; None = it is kept until somebody erases it."""

    inbox_days: Annotated[int, Field(strict=True, ge=1, le=90)] = Field(
        default=7, description="Write the days raw deliveries are kept, from 1 to 90."
    )
    closed_leads_days: Annotated[int, Field(strict=True, ge=30, le=3650)] | None = Field(
        default=None,
        description="Write the days until a closed lead is erased, from 30 to 3650, "
        "or leave it out.",
    )


class Report(Section):
    """From which share on a number of the two-way board is on target; see docs/report.md for where
    these come from."""

    in_time: Target = Field(default=0.9, description=TARGET)
    touched: Target = Field(default=0.95, description=TARGET)
    reasons: Target = Field(default=0.9, description=TARGET)
    complete: Target = Field(default=0.8, description=TARGET)
    asks: Target = Field(default=0.9, description=TARGET)
    flags: Target = Field(default=0.9, description=TARGET)
    disputes: Target = Field(default=0.9, description=TARGET)


class Team(StrEnum):
    """The two sides."""

    SALES = "sales"
    MARKETING = "marketing"


class Role(StrEnum):
    """What a person may do; one may hold several."""

    REP = "rep"
    MARKETER = "marketer"
    MANAGER = "manager"
    LIAISON = "liaison"
    ADMIN = "admin"


class ListedPerson(Section):
    """One `[[people]]` entry. None = as Slack (`timezone`) or the playbook's hours have it."""

    email: Email = Field(
        description='Write the address the person has in Slack, such as "ana@example.com".'
    )
    team: Team = Field(description='Write "sales" or "marketing".')
    roles: Annotated[tuple[Role, ...], BeforeValidator(_as_list), AfterValidator(_in_order)] = (
        Field(
            validation_alias=AliasChoices("roles", "role"),
            description=ROLES,
        )
    )
    timezone: Text | None = Field(default=None, description=TIMEZONE)
    open: Text | None = Field(default=None, description=OPEN)
    holidays: Holidays | None = Field(default=None, description=HOLIDAYS)
    manager: Email | None = Field(
        default=None,
        description='Write the e-mail address of a listed person, such as "bo@example.com".',
    )
    weight: Annotated[int, Field(strict=True, ge=1, le=HEAVIEST)] = Field(
        default=1, description="Write a whole number from 1 to 10, without quotes."
    )
    """How many leads they are routed where others are routed one."""
    cap_a_day: Cap | None = Field(default=None, description=CAP)
    """The most leads they are routed on one local date; None = no limit."""
    cap_open: Cap | None = Field(default=None, description=CAP)
    """They are routed none while they have so many open; None = no limit."""


class Campaign(Section):
    """One `[[campaigns]]` entry: who answers for it."""

    name: Text = Field(description="Write the campaign's name as leads bring it.")
    owner: Email = Field(
        description='Write the e-mail address of a listed person, such as "ida@example.com".'
    )


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TimeOfDay = Annotated[
    time,
    PlainValidator(_as_time),
    PlainSerializer(lambda at: at.isoformat("minutes"), return_type=str),
]


class Meeting(Section):
    """One `[[meetings]]` entry: both teams, once a week."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = Field(
        description='Write lower-case letters, digits and underscores, such as "weekly".'
    )
    channel: Channel = Field(
        description='Write a channel such as "#standup", or its id such as "C0123456789".'
    )
    weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = Field(default="tuesday", description='Write a day such as "tuesday".')
    time: TimeOfDay = Field(default=time(10), description=TIME)
    timezone: Text | None = Field(default=None, description=TIMEZONE)
    """None = that of `[hours]`."""
    minutes: Annotated[int, Field(strict=True, ge=5, le=240)] = Field(
        default=30, description="Write how many minutes it takes, from 5 to 240, without quotes."
    )
    attendees: Annotated[tuple[Attendee, ...], BeforeValidator(_as_emails)] = Field(
        default=(), description=ATTENDEES
    )
    """Addresses, and user groups by `@handle` or id; empty = the managers of both sides and the
    liaison."""
    call_link: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>|]+$")] | None = Field(
        default=None, description='Write the address of the call, beginning with "https://".'
    )
    on_holiday: Literal["skip", "move"] = Field(
        default="skip", description='Write "skip", or "move" for the next working day.'
    )
    canvas: StrictBool = Field(default=False, description="Write true or false.")
    """True = its minutes become a canvas in a tab of its channel too."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups among the attendees."""
        return tuple(each for each in self.attendees if not _EMAIL.fullmatch(each))

    def slot(self, zone: str) -> Slot:
        """When it takes place; `zone` is that of `[hours]`."""
        weekday = WEEKDAYS.index(self.weekday)
        moves = self.on_holiday == "move"
        return Slot(weekday, self.time, self.timezone or zone, self.minutes, moves)
