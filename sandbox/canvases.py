"""Canvases: pages of Markdown, alone or in a tab of a channel."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Canvas:
    """`channel` is whose tab it is; None = it stands alone."""

    id: str
    title: str
    markdown: str
    channel: str | None
