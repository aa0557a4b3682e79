"""When leads of one campaign are a batch: so many of them within so long."""

from collections.abc import Mapping
from datetime import datetime, timedelta


def still_counted(
    recent: Mapping[str, datetime], now: datetime, within: timedelta
) -> dict[str, datetime]:
    """The arrivals, by hand-off, that are younger than `within`."""
    return {handoff_id: came for handoff_id, came in recent.items() if came > now - within}
