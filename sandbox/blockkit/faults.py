"""What is wrong with a payload, and what has to be remembered while looking for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Surface = Literal["message", "modal", "home"]


class Fault(NamedTuple):
    """One reason for refusal. `pointer` is a JSON pointer from the method's arguments:
    `/blocks/0/text` for a message, `/view/blocks/0/text` for a view."""

    pointer: str
    problem: str
    code: str = "invalid_blocks"


def error_code(faults: Iterable[Fault]) -> str | None:
    """Slack's `error` string: that of the first fault. None when there is no fault."""
    return next((fault.code for fault in faults), None)


def messages(faults: Iterable[Fault]) -> list[str]:
    """The lines of `response_metadata.messages`, in Slack's manner."""
    return [f"[ERROR] {fault.problem} [json-pointer:{fault.pointer}]" for fault in faults]


@dataclass(slots=True)
class Inspection:
    """One payload on its way through the door.

    Most rules see a single object; what they cannot see (ids already used, characters spent)
    is noted here on the way.
    """

    surface: Surface
    code: str
    faults: list[Fault] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    input_blocks: list[str] = field(default_factory=list)
    blocks: int = 0
    tables: int = 0
    charts: int = 0
    characters: int = 0
    cell_characters: int = 0
    markdown_characters: int = 0
    focused: bool = False

    def refuse(self, at: str, problem: str, code: str | None = None) -> None:
        self.faults.append(Fault(at, problem, code or self.code))
