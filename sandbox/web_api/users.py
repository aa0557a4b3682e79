"""users.*, dnd.*, bots.*, team.*, auth.*: who is there."""

from sandbox import profiles
from sandbox.channels import CREATED
from sandbox.errors import SlackError, invalid_arguments
from sandbox.people import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    Person,
)
from sandbox.web_api import paging
from sandbox.web_api.call import Call
from sandbox.wire import Json


def auth_test(call: Call) -> Json:
    """auth.test"""
    return {
        "url": f"{call.address}/",
        "team": TEAM_NAME,
        "user": call.manifest.name.lower(),
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    """team.info"""
    if call.args.text("team") not in ("", TEAM_ID):
        raise SlackError("team_not_found")
    return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "icon": {}}}


def bot_info(call: Call) -> Json:
    """bots.info"""
    if call.args.text("bot") not in ("", BOT_ID):
        raise SlackError("bot_not_found")
    about = {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER_ID, "deleted": False}
    return {"bot": about | {"name": call.manifest.name, "updated": CREATED, "icons": {}}}


def list_all(call: Call) -> Json:
    """users.list"""
    everybody = [_shown(call, person) for person in call.workspace.people.values()]
    members, metadata = paging.page([*everybody, _bot(call)], call.args, default=1000)
    return {"members": members, "cache_ts": CREATED, "response_metadata": metadata}


def info(call: Call) -> Json:
    """users.info"""
    user = call.args.text("user")
    if user == BOT_USER_ID:
        return {"user": _bot(call)}
    person = call.workspace.people.get(user)
    if person is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, person)}


def look_up_by_email(call: Call) -> Json:
    """users.lookupByEmail"""
    email = call.args.text("email").lower()
    for person in call.workspace.people.values():
        if person.email == email and not person.deleted:
            return {"user": _shown(call, person)}
    raise SlackError("users_not_found")


def presence(call: Call) -> Json:
    """users.getPresence"""
    if call.args.text("user") not in ("", BOT_USER_ID, *call.workspace.people):
        raise SlackError("user_not_found")
    return {"presence": "active"}


def dnd_info(call: Call) -> Json:
    """dnd.info: of anybody; what only they see of their own snooze is left out, as in Slack"""
    person = call.workspace.people.get(call.args.text("user"))
    if person is None:
        raise SlackError("user_not_found")
    return _quiet(person)


def dnd_team_info(call: Call) -> Json:
    """dnd.teamInfo: at most 50 at once, as in Slack"""
    asked = call.args.names("users")
    if not asked:
        raise SlackError("no_users_provided")
    if len(asked) > 50:
        raise invalid_arguments("must be at most 50 users [json-pointer:/users]")
    known = (call.workspace.people.get(user) for user in asked)
    return {"users": {person.id: _quiet(person) for person in known if person}}


def _quiet(person: Person) -> Json:
    """Slack writes 1 for somebody who has no such times."""
    return {
        "dnd_enabled": person.dnd_end_ts > 0,
        "next_dnd_start_ts": person.dnd_start_ts or 1,
        "next_dnd_end_ts": person.dnd_end_ts or 1,
    }


def _shown(call: Call, person: Person) -> Json:
    return profiles.as_slack(person, email=call.manifest.grants("users:read.email"))


def _bot(call: Call) -> Json:
    name = call.manifest.name
    return {
        "id": BOT_USER_ID,
        "team_id": TEAM_ID,
        "name": name.lower(),
        "real_name": name,
        "deleted": False,
        "profile": {"real_name": name, "bot_id": BOT_ID, "api_app_id": APP_ID},
        "is_bot": True,
        "is_app_user": False,
        "updated": CREATED,
    }
