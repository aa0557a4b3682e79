"""Who is in the user groups that meetings name.

Slack is asked before each step of such a meeting, never inside a transaction; what it said is a
row, so that whoever decides looks there. When Slack does not answer, the people of before count.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import insert_once
from bot.errors import SlackError, SlackGone
from bot.liaison import Liaison
from bot.models import Occurrence, Person, UserGroup
from bot.playbook import Meeting
from bot.slack import Slack
from bot.views.doctor import Finding

NAMED = 10
"""People named in one finding."""
PART = "User groups"
UNKNOWN = "no_such_subteam"
"""Slack's word for a group that is not there."""


class Reading(NamedTuple):
    """What Slack says of one group: the ids of its people, or else its word for why not."""

    members: tuple[str, ...]
    trouble: str | None = None


def read_due(slack: Slack, liaison: Liaison) -> int:
    """Ask Slack for each group that was never read, or that a step of a meeting waits for; says
    how many. A job of the timetable, once it has Slack."""
    now = liaison.now()
    with liaison.reading() as tx:
        due = sorted(_due(tx, liaison, now))
    for name in due:
        _keep(liaison, name, ask(slack, name), now)
    return len(due)


def _due(tx: Session, liaison: Liaison, now: datetime) -> set[str]:
    named = {name for meeting in liaison.playbook.standups for name in meeting.groups}
    if not named:
        return set()
    asked_at = {group.name: group.asked_at for group in _known(tx, liaison, named)}
    due = named - asked_at.keys()
    waiting = select(Occurrence).where(
        col(Occurrence.team_id) == liaison.team_id, col(Occurrence.next_at) <= now
    )
    for occurrence in tx.scalars(waiting):
        meeting = liaison.playbook.standup(occurrence.meeting)
        groups, since = meeting.groups if meeting else (), occurrence.next_at or now
        due |= {name for name in groups if name not in due and asked_at[name] < since}
    return due


def is_awaited(tx: Session, liaison: Liaison, meeting: Meeting, since: datetime | None) -> bool:
    """Whether Slack was not asked yet about a group of this meeting; since then, if that is
    given."""
    if not meeting.groups:
        return False
    asked_at = {group.name: group.asked_at for group in _known(tx, liaison, meeting.groups)}
    return any(
        name not in asked_at or (since is not None and asked_at[name] < since)
        for name in meeting.groups
    )


def members(tx: Session, liaison: Liaison, meeting: Meeting) -> set[str]:
    """The ids of everybody in a group that the meeting names, listed or not."""
    return {member for group in _known(tx, liaison, meeting.groups) for member in group.members}


def _known(tx: Session, liaison: Liaison, names: Iterable[str]) -> list[UserGroup]:
    found = select(UserGroup).where(
        col(UserGroup.team_id) == liaison.team_id, col(UserGroup.name).in_(list(names))
    )
    return list(tx.scalars(found))


def ask(slack: Slack, name: str) -> Reading:
    """Ask Slack who is in a group, by its `@handle` or id."""
    try:
        group_id = _id_of(slack, name)
        return Reading(tuple(slack.members_of(group_id))) if group_id else Reading((), UNKNOWN)
    except SlackGone:
        return Reading((), UNKNOWN)
    except SlackError as error:
        return Reading((), str(error))


def _id_of(slack: Slack, name: str) -> str | None:
    if not name.startswith("@"):
        return name
    wanted = name.removeprefix("@")
    return next((each.id for each in slack.user_groups() if each.handle.lower() == wanted), None)


def _keep(liaison: Liaison, name: str, reading: Reading, now: datetime) -> None:
    with liaison.transaction() as tx:
        insert_once(tx, UserGroup(team_id=liaison.team_id, name=name, asked_at=now))
        row = tx.get_one(UserGroup, (liaison.team_id, name))
        row.asked_at, row.trouble = now, reading.trouble
        if reading.trouble in (None, UNKNOWN):
            row.members = list(reading.members)


def examine(liaison: Liaison, slack: Slack) -> Finding:
    """For the doctor: groups that cannot be read, and who of them the playbook does not list.
    Slack is asked now."""
    names = sorted({name for meeting in liaison.playbook.standups for name in meeting.groups})
    if not names:
        return Finding(PART, "No meeting names one.")
    found = [_examined(liaison, name, ask(slack, name)) for name in names]
    stands = " ".join(each.stands for each in found)
    fixes = dict.fromkeys(each.fix for each in found if each.fix)
    return Finding(PART, stands, " ".join(fixes) or None)


def _examined(liaison: Liaison, name: str, reading: Reading) -> Finding:
    if reading.trouble:
        fix = _FIXES.get(reading.trouble, "Try again in a minute.")
        return Finding(PART, f"{name} cannot be read ({reading.trouble}).", fix)
    with liaison.reading() as tx:
        of_group = select(Person).where(
            col(Person.team_id) == liaison.team_id, col(Person.id).in_(reading.members)
        )
        people = {person.id: person for person in tx.scalars(of_group)}
    unlisted = [
        people[member].name if member in people else member
        for member in reading.members
        if member not in people or people[member].team is None
    ]
    if not unlisted:
        return Finding(PART, f"All {len(reading.members)} in {name} are listed.")
    more = f" and {len(unlisted) - NAMED} more" if len(unlisted) > NAMED else ""
    return Finding(
        PART,
        f"In {name} and not invited, because the playbook does not list them: "
        f"{', '.join(unlisted[:NAMED])}{more}.",
        "List them under `[[people]]`, or take them out of the group.",
    )


_FIXES = {
    UNKNOWN: "Correct its name under `[[meetings]] attendees`.",
    "plan_upgrade_required": "Slack's free plan has no user groups: write addresses instead.",
    "missing_scope": "Paste `manifest.yml` under App Manifest anew, then reinstall.",
}
