"""Raw deliveries hold personal data: their bodies go some days after they were worked on."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.db import rows_changed
from bot.liaison import Liaison
from bot.models import InboxEvent

KEPT = timedelta(days=7)
"""Long enough to meet every redelivery a CRM makes; the ids stay for good."""


def blank_old_bodies(liaison: Liaison) -> int:
    """Forget the bodies of deliveries that were processed more than seven days ago."""
    before = liaison.wall() - KEPT
    with liaison.transaction() as tx:
        return rows_changed(
            tx,
            update(InboxEvent)
            .where(
                col(InboxEvent.team_id) == liaison.team_id,
                col(InboxEvent.processed_at) < before,
                col(InboxEvent.body).is_not(None),
            )
            .values(body=None),
        )
