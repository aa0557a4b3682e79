"""views.*: modals and App Homes."""

import json

from sandbox.blockkit import check_view, error_code, messages
from sandbox.errors import SlackError, invalid_arguments
from sandbox.views import View
from sandbox.web_api.call import Call
from sandbox.wire import Json

# Slack publishes no figure; 250 KB is what its maintainers have quoted for a view.
_LARGEST = 250_000


def open_modal(call: Call) -> Json:
    """views.open"""
    payload = checked(call.args.json("view"), "modal")
    trigger = call.workspace.triggers.redeem(call.args.text("trigger_id"))
    view = call.workspace.modals.open(trigger.person, payload)
    return _answer(call, view)


def push(call: Call) -> Json:
    """views.push: on top of the modal the trigger came from"""
    payload = checked(call.args.json("view"), "modal")
    trigger = call.workspace.triggers.redeem(call.args.text("trigger_id"))
    below = call.workspace.modals.get(trigger.from_view or "")
    if below is None:
        raise SlackError("not_found")
    return _answer(call, call.workspace.modals.push(below, payload))


def update(call: Call) -> Json:
    """views.update, by `view_id` or `external_id`"""
    payload = checked(call.args.json("view"), "modal")
    modals = call.workspace.modals
    view = modals.get(call.args.text("view_id")) or modals.named(call.args.text("external_id"))
    if view is None:
        raise SlackError("not_found")
    modals.update(view, payload, call.args.text("hash") or None)
    return _answer(call, view)


def publish(call: Call) -> Json:
    """views.publish: one person's App Home"""
    if not call.manifest.home_tab:
        raise SlackError("not_enabled")
    payload = checked(call.args.json("view"), "home")
    person = call.args.text("user_id")
    if person not in call.workspace.people:
        raise invalid_arguments("user_id is not a member [json-pointer:/user_id]")
    homes, given_hash = call.workspace.homes, call.args.text("hash") or None
    if person in homes:
        homes[person].replace(payload, given_hash)
    elif given_hash:
        raise SlackError("hash_conflict")
    else:
        homes[person] = View(person, payload)
    return _answer(call, homes[person])


def checked(view: object, kind: str) -> Json:
    """A view of this kind ("modal", "home") that Slack would show; else SlackError."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    if view.get("type") != kind:
        raise invalid_arguments(f"must be a {kind} view [json-pointer:/view/type]")
    if len(json.dumps(view)) > _LARGEST:
        raise SlackError("view_too_large")
    faults = check_view(view)
    if code := error_code(faults):
        raise SlackError(code, response_metadata={"messages": messages(faults)})
    return view


def _answer(call: Call, view: View) -> Json:
    call.workspace.changes.note(view.person)
    return {"view": view.as_slack()}
