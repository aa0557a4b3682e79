"""One look at an App Home: whose, as of when, which pages, and how much there is of each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import Session

from bot.liaison import Liaison
from bot.models import Person
from bot.services.edition import Edition, Page
from bot.views.blocks import Block
from bot.views.brief import Heading
from bot.views.home import LISTED


@dataclass(frozen=True)
class Look:
    """What every part of a Home is asked with."""

    edition: Edition
    pages: Mapping[str, int]
    """Which page of each part is wanted, counted from 0."""
    counts: Mapping[str, int]
    """How much there is of each part, by its name."""

    def page(self, name: str, most: int = LISTED) -> int:
        """The page to show of a part: the last one where it became shorter meanwhile."""
        return min(self.pages.get(name, 0), max(0, self.counts[name] - 1) // most)


class Part(NamedTuple):
    """A list on a Home. Its two functions live with its feature, as those of a brief's part."""

    name: str
    """Stands in the values of buttons."""
    title: str
    says: Callable[[Session, Liaison, Edition, Page], Heading | None]
    """One page of it."""
    found: Callable[[], Select[Any]]
    """All that it lists."""
    nothing: str
    """What is said where it lists nothing."""
    waits: bool = True
    """Whether what it lists waits for the reader, and counts on its tab."""


Panel = Callable[[Session, Liaison, Look], list[Block]]
"""What a tab shows beside lists."""


class Tab(NamedTuple):
    """What one role reads."""

    name: str
    label: str
    readers: Callable[[Person], bool]
    parts: tuple[Part | Panel, ...]
    waiting: tuple[str, ...] = ()
    """Counts of panels that are told on the tab, by name."""
