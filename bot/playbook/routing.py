"""Who gets a lead that comes without an owner we know: rules first, then whoever is next."""

from functools import cached_property
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StringConstraints,
    model_serializer,
)

from bot.core import matching
from bot.core.matching import Condition, Sized
from bot.playbook.sections import Email, Grade, Section, Text

VALUES = 'Write a text such as "{0}", or a list such as ["{0}", "{1}"].'


def _as_list(written: object) -> object:
    return [written] if isinstance(written, str) else written


Value = Annotated[Text, StringConstraints(max_length=100)]
Values = Annotated[tuple[Value, ...], BeforeValidator(_as_list)]
Size = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]


class Group(Section):
    """One `[[routing.groups]]` entry: reps who share what a rule sends them."""

    name: Annotated[Text, StringConstraints(max_length=40, pattern=r"^[^@]*$")] = Field(
        description='Write what people call the group, at most 40 characters, such as "DACH".'
    )
    people: Annotated[tuple[Email, ...], BeforeValidator(_as_list), Field(min_length=1)] = Field(
        description='Write a list of addresses of reps, such as ["ben@example.com"].'
    )


class Rule(Section):
    """One `[[routing.rules]]` entry; all it says has to hold. Empty = whatever it is."""

    country: Values = Field(default=(), description=VALUES.format("DE", "Germany"))
    region: Values = Field(default=(), description=VALUES.format("EMEA", "Nordics"))
    state: Values = Field(default=(), description=VALUES.format("CA", "California"))
    postcode: Values = Field(default=(), description=VALUES.format("80", "81"))
    source: Values = Field(default=(), description=VALUES.format("Webinar", "Partner"))
    grade: Annotated[tuple[Grade, ...], BeforeValidator(_as_list)] = Field(
        default=(), description='Write a list of grades, such as ["A", "B"].'
    )
    campaign: Values = Field(default=(), description=VALUES.format("Spring webinar", "Fair"))
    account_owner: Annotated[tuple[Email, ...], BeforeValidator(_as_list)] = Field(
        default=(), description=VALUES.format("kim@example.com", "lee@example.com")
    )
    email_domain: Values = Field(default=(), description=VALUES.format("example.com", "edu"))
    size_from: Size | None = Field(
        default=None, description="Write the fewest people the company has, without quotes."
    )
    size_to: Size | None = Field(
        default=None, description="Write the most people the company has, without quotes."
    )
    to: Annotated[Values, Field(min_length=1, max_length=20)] = Field(
        description='Write a group, an address, a list of them, "account_owner" or "queue".'
    )

    @model_serializer(mode="wrap")
    def _only_what_it_says(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Most rules ask for one or two things, and one value is written without its list."""
        written = whole(self).items()
        said = {name: value for name, value in written if value not in ((), [], None)}
        return {
            name: value[0] if isinstance(value, tuple | list) and len(value) == 1 else value
            for name, value in said.items()
        }

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What it asks for, in the order of the file."""
        asked = ((name, getattr(self, name)) for name in CONDITIONS)
        return tuple(Condition.of(name, given) for name, given in asked if given)

    @property
    def sized(self) -> Sized | None:
        bounds = Sized(self.size_from, self.size_to)
        return bounds if bounds != Sized(None, None) else None


CONDITIONS = (
    *("country", "region", "state", "postcode", "source", "grade", "campaign"),
    *("account_owner", "email_domain"),
)


class Routing(Section):
    """Who gets a lead that comes without an owner we know."""

    round_robin: StrictBool = Field(default=False, description="Write true or false.")
    """True = the rep on duty who is next in turn; False = the queue, where any rep claims it."""
    groups: tuple[Group, ...] = Field(
        default=(),
        description="Write [[routing.groups]] in double brackets, once for each group.",
    )
    rules: tuple[Rule, ...] = Field(
        default=(), description="Write [[routing.rules]] in double brackets, once for each rule."
    )

    @property
    def gives(self) -> bool:
        """Whether such a lead may go to a rep by itself."""
        return self.round_robin or bool(self.rules)

    @cached_property
    def matched(self) -> tuple[matching.Rule, ...]:
        """The rules as leads are matched with them."""
        return tuple(
            matching.Rule(number, rule.conditions, rule.sized, rule.to)
            for number, rule in enumerate(self.rules, start=1)
        )

    def members(self, to: tuple[str, ...]) -> frozenset[str]:
        """The addresses that groups and addresses stand for."""
        named = {group.name.casefold(): group.people for group in self.groups}
        return frozenset(
            address for one in to for address in named.get(one.casefold(), (one.lower(),))
        )
