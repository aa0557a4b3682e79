"""A line of something to look at, with what can be done about it."""

from dataclasses import dataclass

from bot.views.blocks import Block


@dataclass(frozen=True)
class Item:
    text: str
    buttons: tuple[Block, ...] = ()
