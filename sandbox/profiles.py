"""People as Slack describes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.channels import CREATED
from sandbox.people import PRIMARY_OWNER, TEAM_ID, Person
from sandbox.wire import Json


def as_slack(person: Person, *, email: bool) -> Json:
    """The user object of the Web API and of `user_change`; `email` needs a scope of its own."""
    offset = datetime.now(UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    profile: Json = {
        "real_name": person.real_name,
        "display_name": person.name,
        "title": person.title,
        "status_text": person.status_text,
        "status_emoji": person.status_emoji,
        "status_expiration": person.status_expiration,
    }
    return {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile | ({"email": person.email} if email else {}),
        "is_bot": False,
        "is_app_user": False,
        "is_admin": person.admin or person.id == PRIMARY_OWNER,
        "is_owner": person.id == PRIMARY_OWNER,
        "is_primary_owner": person.id == PRIMARY_OWNER,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "updated": CREATED,
    }
