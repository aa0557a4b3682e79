"""Which routing rule a lead meets: the first of whose conditions all hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Traits:
    """What the rules ask of a lead, each as it came; None = nobody told."""

    country: str | None = None
    region: str | None = None
    state: str | None = None
    postcode: str | None = None
    source: str | None = None
    grade: str | None = None
    campaign: str | None = None
    account_owner: str | None = None
    """An address."""
    email_domain: str | None = None
    size: int | None = None
    """People who work there."""


def folded(text: str) -> str:
    """As two texts are compared."""
    return text.strip().casefold()


class Condition(NamedTuple):
    """One field of a rule, and what may stand there."""

    field: str
    wanted: dict[str, str]
    """Any of these, folded, and each as it was written; a postcode begins with one, a domain is one
    or lies beneath one."""

    @classmethod
    def of(cls, field: str, written: Iterable[str]) -> "Condition":
        return cls(field, {folded(one).lstrip("@."): one for one in written})

    def met(self, traits: Traits) -> str | None:
        """The one that fits, as it was written; None when none does, or nobody told."""
        told = getattr(traits, self.field)
        if not told:
            return None
        text = folded(told)
        if self.field not in {"postcode", "email_domain"}:
            return self.wanted.get(text)
        return next((self.wanted[one] for one in self.wanted if self._fits(text, one)), None)

    def _fits(self, told: str, wanted: str) -> bool:
        if self.field == "postcode":
            return told.replace(" ", "").startswith(wanted.replace(" ", ""))
        return told == wanted or told.endswith(f".{wanted}")


class Sized(NamedTuple):
    """How many people the lead's company has; None = no bound."""

    least: int | None
    most: int | None

    def met(self, traits: Traits) -> str | None:
        """The bounds in words when the size is within; None when it is not, or nobody told."""
        size = traits.size
        if size is None or size < (self.least or 0):
            return None
        return None if self.most is not None and size > self.most else str(self)

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} and more"
        return f"{self.least} to {self.most}" if self.least else f"up to {self.most}"


@dataclass(frozen=True, slots=True)
class Rule:
    """`number` counts from 1, as people do."""

    number: int
    conditions: tuple[Condition, ...]
    sized: Sized | None
    """None = of any size."""
    to: tuple[str, ...]
    """Addresses and names of groups; or `ACCOUNT_OWNER`, or `QUEUE`, alone."""


ACCOUNT_OWNER = "account_owner"
"""To whoever has the lead's company as an account already."""
QUEUE = "queue"
"""To nobody: any rep may claim it."""

SIZE = "size"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a lead meets, and why: each condition's field with what fits, as the rule has
    it."""

    rule: Rule
    because: tuple[tuple[str, str], ...]


def first_match(rules: Iterable[Rule], traits: Traits, *, is_account_here: bool) -> Match | None:
    """The first rule all of whose conditions hold; None when none fits.

    `is_account_here`: the account's owner is somebody here who may have leads; a rule to them fits
    only then.
    """
    for rule in rules:
        if ACCOUNT_OWNER in rule.to and not is_account_here:
            continue
        because = _why(rule, traits)
        if because is not None:
            return Match(rule, because)
    return None


def _why(rule: Rule, traits: Traits) -> tuple[tuple[str, str], ...] | None:
    """What fits, condition by condition; None when one does not hold."""
    because = []
    for condition in rule.conditions:
        found = condition.met(traits)
        if found is None:
            return None
        because.append((condition.field, found))
    if rule.sized:
        bounds = rule.sized.met(traits)
        if bounds is None:
            return None
        because.append((SIZE, bounds))
    return tuple(because)
