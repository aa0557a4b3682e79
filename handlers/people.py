"""Somebody joined, left, or changed their zone or address."""

from typing import Any

from bot.services import people, presence
from bot.slack import Member
from handlers.desk import Desk


def member_changed(desk: Desk, event: dict[str, Any]) -> None:
    user = event["user"]
    if not user.get("is_bot"):
        member = Member.from_user(user)
        people.member_changed(desk.liaison, member)
        presence.notice(desk.liaison, member)
