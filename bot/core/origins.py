"""What an action item or a topic came from, as one text that a row keeps."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """The kinds of things that something for a stand-up comes from."""

    MESSAGE = "message"
    FLAG = "flag"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Origin:
    """`id` is that of the flag or the dispute; of a message, `<channel>:<ts>`."""

    source: Source
    id: str

    def kept(self) -> str:
        """As a row keeps it."""
        return self.id if self.source is Source.MESSAGE else f"{self.source}:{self.id}"

    @classmethod
    def of(cls, kept: str) -> "Origin":
        """What `kept` gave."""
        source, _, rest = kept.partition(":")
        if source in {Source.FLAG, Source.DISPUTE}:
            return cls(Source(source), rest)
        return cls(Source.MESSAGE, kept)
