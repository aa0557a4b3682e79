"""The minutes as a canvas in a tab of the meeting's channel, where the playbook says so.

Slack is asked once for each meeting, for it has no way to tell whether there is one already: an
answer that is lost leaves at most one canvas, and the message and its files are there anyway.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, select
from sqlmodel import col

from bot.errors import SlackError, SlackUnavailable
from bot.liaison import Liaison
from bot.models import Occurrence
from bot.queries.due import NOW, OF_TEAM, asking
from bot.services.minutes import as_markdown
from bot.slack import Slack
from bot.views.agenda import title
from bot.views.doctor import Finding

AGAIN = timedelta(minutes=1)
"""After Slack said "not now"."""
PART = "Canvases"


def make_due(slack: Slack, liaison: Liaison) -> int:
    """Make those that are wanted; says how many. A job of the timetable, once it has Slack."""
    now = liaison.now()
    with liaison.reading() as tx:
        due = tx.scalars(due_now(), asking(liaison.team_id, now)).all()
    return sum(_make(slack, liaison, occurrence_id, now) for occurrence_id in due)


@cache
def due_now() -> Select[str]:
    """Built once: every tick asks it."""
    is_due = col(Occurrence.canvas_at) <= NOW
    return select(col(Occurrence.id)).where(col(Occurrence.team_id) == OF_TEAM, is_due)


def _make(slack: Slack, liaison: Liaison, occurrence_id: str, now: datetime) -> bool:
    claimed = _claim(liaison, occurrence_id)
    if claimed is None:
        return False
    channel, name, markdown = claimed
    try:
        slack.create_canvas(channel, name, markdown)
    except SlackUnavailable as error:
        _note(liaison, occurrence_id, str(error), now + AGAIN)
    except SlackError as error:
        _note(liaison, occurrence_id, str(error), None)
    else:
        return True
    return False


def _claim(liaison: Liaison, occurrence_id: str) -> tuple[str, str, str] | None:
    """Channel, title and text, for the one process that asks; None = another does."""
    with liaison.transaction() as tx:
        wanted = select(Occurrence).where(
            col(Occurrence.team_id) == liaison.team_id,
            col(Occurrence.id) == occurrence_id,
            col(Occurrence.canvas_at).is_not(None),
        )
        occurrence = tx.scalars(wanted.with_for_update(skip_locked=True, key_share=True)).first()
        if occurrence is None:
            return None
        occurrence.canvas_at = occurrence.canvas_trouble = None
        channel = liaison.standup_channels.get(occurrence.meeting)
        if channel is None or liaison.playbook.standup(occurrence.meeting) is None:
            return None
        return channel, title(occurrence), as_markdown(tx, liaison, occurrence)


def _note(liaison: Liaison, occurrence_id: str, trouble: str, again_at: datetime | None) -> None:
    with liaison.transaction() as tx:
        occurrence = tx.get_one(Occurrence, (liaison.team_id, occurrence_id))
        occurrence.canvas_trouble, occurrence.canvas_at = trouble, again_at


def examine(liaison: Liaison) -> Finding:
    """For the doctor: what became of the newest."""
    if not any(meeting.canvas for meeting in liaison.playbook.standups):
        return Finding(PART, "No meeting wants one.")
    with liaison.reading() as tx:
        newest = (
            select(col(Occurrence.canvas_trouble))
            .where(
                col(Occurrence.team_id) == liaison.team_id, col(Occurrence.closed_at).is_not(None)
            )
            .order_by(col(Occurrence.closed_at).desc())
            .limit(1)
        )
        trouble = tx.scalars(newest).first()
    if trouble is None:
        return Finding(PART, "Minutes become a canvas in their channel.")
    fix = _FIXES.get(trouble, "Set `canvas = false` under `[[meetings]]`, or ask Slack's admin.")
    return Finding(PART, f"Slack made none of the last minutes ({trouble}); files are there.", fix)


_FIXES = {
    "missing_scope": "Paste `manifest.yml` under App Manifest anew, then reinstall.",
    "canvas_disabled_user_team": "Canvases are turned off in Slack: ask its admin.",
}
