"""What is wrong with a playbook, in words that help to put it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`key` is the place in the file's own words, such as `people[2].timezone` (counted from 0) or
    `line 3, column 5`; `problem` is one sentence that says what to write instead."""

    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}"


class PlaybookFaults(ValueError):
    """The playbook cannot be used. Carries every fault, one a line when printed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
