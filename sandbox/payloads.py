"""What the app is told of an act: block_actions, submissions, shortcuts, commands."""

from dataclasses import dataclass

from sandbox import forms, inputs
from sandbox.channels import Channel
from sandbox.events import VERIFICATION_TOKEN
from sandbox.forms import Entries
from sandbox.inputs import INPUTS
from sandbox.people import APP_ID, TEAM_DOMAIN, TEAM_ID, Person
from sandbox.posts import Post
from sandbox.views import View
from sandbox.wire import Json

# Slack repeats these of the element in its action.
_REPEATED = ("value", "text", "style", "url", "placeholder", "confirm", "accessibility_label")


@dataclass(frozen=True)
class Act:
    """Who did something, and the leave the app gets with it; `reply_to` is a response_url."""

    person: Person
    trigger_id: str
    ts: str
    reply_to: str = ""

    def payload(self, kind: str) -> Json:
        """What every interactive payload begins with."""
        person = self.person
        user = {"id": person.id, "username": person.name, "name": person.name}
        return {
            "type": kind,
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "user": user | {"team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": VERIFICATION_TOKEN,
            "trigger_id": self.trigger_id,
            "enterprise": None,
            "is_enterprise_install": False,
        }


def click_in_message(
    act: Act, channel: Channel, post: Post, entries: Entries, action: Json
) -> Json:
    """`block_actions` of a message. Of a private note Slack sends no content, only the place."""
    container: Json = {"type": "message", "message_ts": post.ts, "channel_id": channel.id}
    container["is_ephemeral"] = post.ephemeral_to is not None
    payload = act.payload("block_actions") | _placed_in(channel) | {"container": container}
    if post.is_reply:
        container["thread_ts"] = post.thread_ts
    if post.ephemeral_to is None:
        payload["message"] = post.as_slack(metadata=True)
    payload["state"] = {"values": forms.state(post.all_blocks, entries)}
    return payload | {"response_url": act.reply_to, "actions": [action]}


def click_in_view(act: Act, view: View, action: Json) -> Json:
    """`block_actions` of a modal or the App Home."""
    return act.payload("block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [action],
    }


def suggestion(act: Act, place: Json, block_id: str, action_id: str, query: str) -> Json:
    """`block_suggestion`: what an external select asks while one types."""
    payload = act.payload("block_suggestion")
    del payload["trigger_id"]
    return payload | place | {"block_id": block_id, "action_id": action_id, "value": query}


def offered(said: Json) -> list[Json]:
    """The options in the app's answer to a suggestion, its groups flattened."""
    return inputs.options(said)


def submission(act: Act, view: View) -> Json:
    """`view_submission`."""
    return act.payload("view_submission") | {"view": view.as_slack(), "response_urls": []}


def closing(act: Act, view: View, *, cleared: bool) -> Json:
    """`view_closed`; `cleared` when the whole stack went at once."""
    payload = act.payload("view_closed")
    del payload["trigger_id"]
    return payload | {"view": view.as_slack(), "is_cleared": cleared}


def global_shortcut(act: Act, callback_id: str) -> Json:
    """`shortcut`."""
    return act.payload("shortcut") | {"callback_id": callback_id, "action_ts": act.ts}


def message_shortcut(act: Act, callback_id: str, channel: Channel, post: Post) -> Json:
    """`message_action`."""
    payload = act.payload("message_action") | _placed_in(channel)
    return payload | {
        "callback_id": callback_id,
        "action_ts": act.ts,
        "message_ts": post.ts,
        "message": post.as_slack(metadata=True),
        "response_url": act.reply_to,
    }


def command(act: Act, channel: Channel, name: str, text: str) -> Json:
    """The form of a slash command; every value is text, as in a form."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": act.person.id,
        "user_name": act.person.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": act.reply_to,
        "trigger_id": act.trigger_id,
    }


def action(element: Json, block_id: str, entry: Json, ts: str) -> Json:
    """One entry of `actions`: the element's ids and what was chosen."""
    told: Json = {"type": element["type"], "action_id": element["action_id"]}
    told |= {"block_id": block_id, "action_ts": ts}
    told |= {key: element[key] for key in _REPEATED if key in element}
    kind = INPUTS.get(element["type"])
    if kind is not None and kind.initial in element:
        told[kind.initial] = element[kind.initial]
    return told | {key: value for key, value in entry.items() if key != "type"}


def pressed(element: Json, value: object) -> Json:
    """What a press adds to its action: a chosen option, or which of two feedback buttons."""
    if element["type"] == "overflow":
        return {"selected_option": inputs.chosen(element, value)}
    if element["type"] == "feedback_buttons":
        button = inputs.feedback(element, value)
        return {"value": button["value"], "text": button["text"]}
    return {}


def _placed_in(channel: Channel) -> Json:
    return {"channel": {"id": channel.id, "name": channel.name}}
