"""Whether a body has the shape of what Slack sends, as far as Bolt takes it for granted.

Bolt looks for team, user, channel and listener in many places, and fails with a 500 where one of
them is of another kind. The rules below name these places; unknown names pass.
"""

import json
from collections.abc import Iterator, Mapping
from types import NoneType
from urllib.parse import parse_qsl

from bot.errors import LiaisonError

MAX_FORM_FIELDS = 200
MAX_DEPTH = 5
"""How deep objects that Bolt looks into may nest; Slack's own reach three (event, message, …)."""

_TEXT = (str, NoneType)
_REFERENCE = (str, dict, NoneType)
_OBJECT = (dict, NoneType)
_OBJECTS = (list, NoneType)

KINDS: Mapping[str, tuple[type, ...]] = (
    dict.fromkeys(("type", "subtype", "command", "callback_id", "action_id"), _TEXT)
    | dict.fromkeys(("team_id", "enterprise_id", "user_id", "channel_id", "bot_id"), _TEXT)
    | dict.fromkeys(("event_id", "response_url", "thread_ts", "channel_type"), _TEXT)
    | dict.fromkeys(("team", "enterprise", "user", "channel"), _REFERENCE)
    | dict.fromkeys(("item", "message", "previous_message"), _OBJECT)
    | dict.fromkeys(("assistant_thread", "function_data"), _OBJECT)
    | {"event": (dict,), "view": (dict,), "response_urls": (list,)}  # absent, never null
    | dict.fromkeys(("authorizations", "actions"), _OBJECTS)
)

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "url_verification": ("challenge",),
    "app_rate_limited": (),
    "event_callback": ("event_id", "event"),
    "block_actions": ("actions",),
    "block_suggestion": ("action_id",),
    "view_submission": ("view",),
    "view_closed": ("view",),
    "shortcut": ("callback_id",),
    "message_action": ("callback_id",),
}
"""Every type of payload there is, without the retired ones, and what it cannot do without."""

_REQUIRED_WITHIN: Mapping[str, str] = {"event": "type", "view": "type", "actions": "action_id"}


class WrongShape(LiaisonError):
    """This is nothing Slack sends."""


def checked(body: bytes, *, is_form: bool) -> str:
    """The body as text fit for Bolt. Raises `WrongShape`."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise WrongShape("The body is not UTF-8.") from None
    return _checked_form(text) if is_form else _checked_json(text)


def _checked_json(text: str) -> str:
    payload = _json_object(text)
    required = REQUIRED.get(str(payload.get("type")))
    if required is None:
        raise WrongShape("The payload's type is missing or unknown.")
    for name in required:
        if not payload.get(name):
            raise WrongShape(f"The payload lacks {name}.")
    _check(payload, MAX_DEPTH)
    links = payload.get("response_urls")
    if isinstance(links, list) and len(links) > 1:
        raise WrongShape("The payload has several response_urls.")  # Bolt 1.30 fails on these
    return text


def _checked_form(text: str) -> str:
    try:
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    except ValueError:
        raise WrongShape("The form has too many fields.") from None
    if "payload" in form and not text.startswith("{"):
        _checked_json(form["payload"])
        return text
    if not form.keys() & {"command", "ssl_check"}:
        raise WrongShape("The form holds neither a payload nor a command.")
    _check(form, MAX_DEPTH)
    # Bolt takes any form with the word "payload" in it, a command's text included, for one that
    # has such a field, and drops the rest.
    return text.replace("payload", "%70ayload")


def _json_object(text: str) -> dict[str, object]:
    try:
        payload = json.loads(text)
        if "\\ud" in text.lower():
            # Half a surrogate pair is JSON, but nothing that can be stored or sent.
            json.dumps(payload, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise WrongShape("The payload is not JSON.") from None
    if not isinstance(payload, dict):
        raise WrongShape("The payload is not an object.")
    return payload


def _check(payload: Mapping[str, object], levels: int) -> None:
    if levels < 1:
        raise WrongShape("The payload is nested too deep.")
    for name in KINDS.keys() & payload.keys():
        if not isinstance(payload[name], KINDS[name]):
            raise WrongShape(f"The payload's {name} is of the wrong kind.")
    for name, part in _parts(payload):
        if not isinstance(part, dict):
            raise WrongShape(f"The payload's {name} holds something that is no object.")
        if name in _REQUIRED_WITHIN and not part.get(_REQUIRED_WITHIN[name]):
            raise WrongShape(f"The payload's {name} lacks {_REQUIRED_WITHIN[name]}.")
        _check(part, levels - 1)


def _parts(payload: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name in KINDS.keys() & payload.keys():
        part = payload[name]
        if isinstance(part, dict):
            yield name, part
        elif isinstance(part, list):
            yield from ((name, entry) for entry in part)
