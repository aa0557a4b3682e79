"""Faults on demand at the Web API's door: what a bad day at Slack, or on the way to it, does."""

import random
from dataclasses import asdict, dataclass, field
from typing import Self

from sandbox.errors import Misuse
from sandbox.wire import Json

BEFORE = frozenset({"rate_limited", "http_500_before", "html_503", "drop_connection", "error"})
AFTER = frozenset({"http_500_after", "slow", "lost_answer", "garbage", "truncated"})
_KEYS = frozenset({"kind", "method", "times", "rate", "seconds", "error", "seed"})


@dataclass
class Fault:
    """`times` it still strikes (None: for good), or by chance at `rate`; on one method or all."""

    kind: str
    method: str | None = None
    times: int | None = None
    rate: float = 1.0
    seconds: float = 1.0
    error: str = "internal_error"
    seed: int | None = None
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    @classmethod
    def parse(cls, given: Json) -> Self:
        """A fault as the control API describes it; Misuse for one that does not exist."""
        if given.get("kind") not in BEFORE | AFTER:
            known = ", ".join(sorted(BEFORE | AFTER))
            raise Misuse(f'There is no fault "{given.get("kind")}"; there are {known}.')
        if unknown := given.keys() - _KEYS:
            raise Misuse(f"A fault has no {', '.join(sorted(unknown))}.")
        return cls(**{key: value for key, value in given.items() if value is not None})

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.times is not None and self.times <= 0

    def strikes(self, method: str) -> bool:
        """Whether this call is hit; counts it if so."""
        if self.spent or self.method not in (None, method) or self._chance.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def shown(self) -> Json:
        """The fault as the control API lists it."""
        return {key: value for key, value in asdict(self).items() if not key.startswith("_")}


class Faults:
    """The faults in force, in the order they were asked for; the first to strike wins."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """One more thing goes wrong from now on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()

    def listed(self) -> list[Json]:
        """What is still in force."""
        return [fault.shown() for fault in self._faults if not fault.spent]

    def strike(self, method: str) -> Fault | None:
        """The fault that hits this call; None for most."""
        return next((fault for fault in self._faults if fault.strikes(method)), None)
