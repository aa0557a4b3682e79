"""The playbook as one frozen value: read from a file, kept as JSON, asked by everybody."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from pydantic import Field, ValidationError

from bot.core.lifecycle import DUPLICATE, ERASED, LOST, QUALIFIED, WON
from bot.core.sla import DEFAULT_LADDER, Allowance, LadderStep, Recipient, Via
from bot.playbook.faults import Fault, PlaybookFaults
from bot.playbook.reasons import DEFAULT_REASONS, Attempts, Reason
from bot.playbook.routing import Group, Routing, Rule
from bot.playbook.rules import broken_rules
from bot.playbook.sections import (
    Attention,
    Batches,
    Campaign,
    Channels,
    Hours,
    ListedPerson,
    Meeting,
    Report,
    Retention,
    Rung,
    Section,
    Sla,
    Timing,
)
from bot.playbook.shape import Model, shape_faults
from bot.playbook.toml import Document, read_toml
from bot.playbook.words import Definition, Term

SCHEMA = 1
"""Of the stored JSON. Raise it when an old version no longer loads as it is, and convert it."""

DEFAULT_RUNGS = tuple(
    Rung(at=step.at, at_short=step.at_short, to=step.to, via=step.via) for step in DEFAULT_LADDER
)

_SECTIONS: dict[str, Model] = {
    "channels": Channels,
    "hours": Hours,
    "sla": Sla,
    "batches": Batches,
    "attention": Attention,
    "routing": Routing,
    "routing.groups": Group,
    "routing.rules": Rule,
    "timing": Timing,
    "ladder": Rung,
    "attempts": Attempts,
    "reasons": Reason,
    "retention": Retention,
    "report": Report,
    "people": ListedPerson,
    "campaigns": Campaign,
    "meetings": Meeting,
    "definitions": Definition,
    "glossary": Term,
}

_FIXED_LABELS = {
    QUALIFIED: "Qualified",
    WON: "Won",
    LOST: "Lost",
    DUPLICATE: "Duplicate",
    ERASED: "Erased",
}


STANDUP = "standup"
"""The key of the one meeting that `[channels] standup` is short for."""


class UnknownSchema(ValueError):
    """The stored playbook was written by a newer version of the app; upgrade to read it."""


class Playbook(Section):
    """What both teams agreed to. Two playbooks that mean the same are equal."""

    channels: Channels = Field(default=Channels(), description="Write one [channels] section.")
    hours: Hours = Field(default=Hours(), description="Write one [hours] section.")
    sla: Sla = Field(default=Sla(), description="Write one [sla] section.")
    batches: Batches = Field(default=Batches(), description="Write one [batches] section.")
    attention: Attention = Field(default=Attention(), description="Write one [attention] section.")
    routing: Routing = Field(default=Routing(), description="Write one [routing] section.")
    timing: Timing = Field(default=Timing(), description="Write one [timing] section.")
    rungs: tuple[Rung, ...] = Field(
        default=DEFAULT_RUNGS,
        alias="ladder",
        description="Write [[ladder]] in double brackets, once for each step.",
    )
    attempts: Attempts = Field(default=Attempts(), description="Write one [attempts] section.")
    reasons: tuple[Reason, ...] = Field(
        default=DEFAULT_REASONS,
        description="Write [[reasons]] in double brackets, once for each reason.",
    )
    retention: Retention = Field(default=Retention(), description="Write one [retention] section.")
    report: Report = Field(default=Report(), description="Write one [report] section.")
    people: tuple[ListedPerson, ...] = Field(
        default=(), description="Write [[people]] in double brackets, once for each person."
    )
    campaigns: tuple[Campaign, ...] = Field(
        default=(), description="Write [[campaigns]] in double brackets, once for each campaign."
    )
    meetings: tuple[Meeting, ...] = Field(
        default=(), description="Write [[meetings]] in double brackets, once for each meeting."
    )
    definitions: tuple[Definition, ...] = Field(
        default=(), description="Write [[definitions]] in double brackets, once for each word."
    )
    glossary: tuple[Term, ...] = Field(
        default=(), description="Write [[glossary]] in double brackets, once for each word."
    )

    @classmethod
    def parse(cls, text: str) -> "Playbook":
        """Reads a TOML file; an empty one is all defaults. Raises PlaybookFaults with every fault,
        or with the first when the text is not TOML."""
        document = read_toml(text)
        faults = list(broken_rules(document))
        try:
            playbook = cls.model_validate(document)
        except ValidationError as error:
            faults += shape_faults(error, document, cls, _SECTIONS)
            raise PlaybookFaults(_one_a_key(faults)) from error
        if faults:
            raise PlaybookFaults(_one_a_key(faults))
        return playbook

    @classmethod
    def from_json(cls, stored: str) -> "Playbook":
        """What `to_json` gave, also long ago. Raises UnknownSchema for a newer version's."""
        document: Document = json.loads(stored)
        schema = document.pop("schema", None)
        if schema != SCHEMA:
            raise UnknownSchema(f"{UnknownSchema.__doc__} It has schema {schema}.")
        return cls.model_validate(document)

    def to_json(self) -> str:
        """Normalised: equal playbooks give equal text, whatever their files looked like."""
        document = {"schema": SCHEMA} | self.model_dump(mode="json", by_alias=True)
        return json.dumps(document, sort_keys=True, ensure_ascii=False)

    @property
    def ladder(self) -> tuple[LadderStep, ...]:
        """All steps as written, lowest first."""
        return tuple(rung.step for rung in self.rungs)

    def allowance(self, grade: str | None, *, in_batch: bool = False) -> Allowance | None:
        """Time to the first touch; None = no clock. A lead without a grade counts as C."""
        agreed = self.batches if in_batch else self.sla
        by_grade = {"A": agreed.A, "B": agreed.B, "C": agreed.C, "D": agreed.D}
        return by_grade[grade or "C"]

    def is_told_at_once(self, grade: str) -> bool:
        """Whether a new lead of this grade is a message of its own, and not a line of the brief."""
        return not self.attention.brief or grade in self.attention.at_once

    def reason(self, key: str) -> Reason | None:
        return next((reason for reason in self.reasons if reason.key == key), None)

    def outcome_label(self, outcome: str, detail: str | None = None) -> str:
        """What people read for an outcome. One no longer in the playbook reads as its key does."""
        reason = self.reason(outcome)
        label = reason.label if reason else _FIXED_LABELS.get(outcome, outcome.replace("_", " "))
        return f"{label}: {detail}" if detail else label

    def is_returnable(self, outcome: str | None) -> bool:
        """Whether marketing may put right what a lead was turned down for, and send it back."""
        reason = self.reason(outcome or "")
        if reason is None:
            return False
        return reason.key == "wrong_data" if reason.returnable is None else reason.returnable

    def person(self, email: str) -> ListedPerson | None:
        """By address, in whatever case it is written."""
        return self._by_email.get(email.strip().lower())

    @cached_property
    def _by_email(self) -> dict[str, ListedPerson]:
        return {person.email: person for person in self.people}

    def campaign_owner(self, campaign: str | None) -> str | None:
        """The address of who answers for a campaign, in whatever case its name is written."""
        wanted = (campaign or "").strip().casefold()
        owners = (each.owner for each in self.campaigns if each.name.casefold() == wanted)
        return next(owners, None)

    @property
    def standups(self) -> tuple[Meeting, ...]:
        """Every joint meeting; `[channels] standup` is short for one on Tuesday at ten."""
        if self.meetings or self.channels.standup is None:
            return self.meetings
        return (Meeting(key=STANDUP, channel=self.channels.standup),)

    def standup(self, key: str) -> Meeting | None:
        return next((meeting for meeting in self.standups if meeting.key == key), None)

    def notes(self) -> tuple[str, ...]:
        """A sentence for each setting that is agreed but that this version does not act on."""
        return tuple(self._not_yet())

    def _not_yet(self) -> Iterator[str]:
        for number, rung in enumerate(self.rungs):
            if rung.to is Recipient.COLLEAGUES and rung.via is not Via.CHANNEL:
                yield f"ladder[{number}]: colleagues are asked in the channel."
            elif rung.to is Recipient.MANAGER and rung.via is not Via.BRIEF:
                yield f"ladder[{number}]: a manager reads it in the list of the next morning."
            elif (rung.to, rung.via) == (Recipient.ACTOR, Via.BRIEF) and not self.attention.brief:
                yield f"ladder[{number}]: attention.brief is false; the step goes by message."


def digest(text: str) -> str:
    """SHA-256 of a playbook file's text in UTF-8, as hex: has the file changed since?"""
    return hashlib.sha256(text.encode()).hexdigest()


def _one_a_key(faults: Iterable[Fault]) -> list[Fault]:
    """The first fault of each key, in the order of keys; people[10] comes after people[2]."""
    first: dict[str, Fault] = {}
    for fault in faults:
        first.setdefault(fault.key, fault)
    padded = {key: re.sub(r"\d+", lambda digits: digits[0].zfill(9), key) for key in first}
    return [first[key] for key in sorted(first, key=padded.__getitem__)]
