"""usergroups.*: which groups there are, and who is in one. Paid plans only, as in Slack."""

from sandbox.errors import SlackError
from sandbox.usergroups import UserGroup
from sandbox.web_api.call import Call
from sandbox.wire import Json


def list_all(call: Call) -> Json:
    """usergroups.list"""
    with_disabled = call.args.flag("include_disabled")
    groups = [each for each in _groups(call).values() if with_disabled or not each.disabled]
    return {"usergroups": [_shown(call, group) for group in groups]}


def list_users(call: Call) -> Json:
    """usergroups.users.list"""
    group = _groups(call).get(call.args.text("usergroup"))
    if group is None or (group.disabled and not call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": _active(call, group)}


def _groups(call: Call) -> dict[str, UserGroup]:
    if call.workspace.on_free_plan:
        raise SlackError("plan_upgrade_required")
    return call.workspace.user_groups


def _shown(call: Call, group: UserGroup) -> Json:
    users = _active(call, group)
    shown = group.as_slack()
    if call.args.flag("include_count"):
        shown["user_count"] = len(users)
    return shown | ({"users": users} if call.args.flag("include_users") else {})


def _active(call: Call, group: UserGroup) -> list[str]:
    """Whoever is deactivated leaves every group."""
    people = call.workspace.people
    return [user for user in group.users if user in people and not people[user].deleted]
