"""Composition objects: text, options, confirmations, pictures, filters."""

from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.rules import exactly_one
from sandbox.blockkit.shapes import (
    Check,
    Fields,
    Rule,
    flag,
    listing,
    matching,
    one_of,
    record,
    string,
    tagged,
    typed,
    words,
)

LINK = matching(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "must be a valid URL", 3000)
WEB_LINK = matching(r"https?://[^\s/]+\S*", "must be a valid URL", 3000)
HTTPS_LINK = matching(r"https://[^\s/]+\S*", "must be a valid HTTPS URL", 3000)


def plain(most: int) -> Check:
    """A text object that may only be `plain_text`."""
    return tagged({"plain_text": typed({"text": words(most)}, {"emoji": flag})})


def text(most: int) -> Check:
    """A text object, `plain_text` or `mrkdwn`."""
    return tagged(text_kinds(most))


def text_kinds(most: int) -> Fields:
    return {
        "plain_text": typed({"text": words(most)}, {"emoji": flag}),
        "mrkdwn": typed({"text": words(most)}, {"verbatim": flag}),
    }


STYLE = one_of("primary", "danger")

CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": STYLE},
)


def _option(words: Check, **more: Check) -> Check:
    return record({"text": words, "value": string(150)}, {"description": words, **more})


PLAIN_OPTION = _option(plain(75))
LINK_OPTION = _option(plain(75), url=LINK)
MARKED_OPTION = _option(text(75))

OPTION_GROUPS = listing(
    record({"label": plain(75), "options": listing(PLAIN_OPTION, 100)}), most=100
)

SLACK_FILE = record({}, {"id": string(), "url": WEB_LINK}, exactly_one("id", "url"))

PICTURE_FIELDS: Fields = {"image_url": WEB_LINK, "slack_file": SLACK_FILE}
PICTURE_SOURCE: Rule = exactly_one("image_url", "slack_file")
IMAGE_ELEMENT = typed({"alt_text": string(2000)}, PICTURE_FIELDS, PICTURE_SOURCE)
PICTURE = tagged({"image": IMAGE_ELEMENT})

DISPATCH = record(
    {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 2)}
)


def _filters_something(value: dict[str, object], at: str, inspection: Inspection) -> None:
    if not value:
        inspection.refuse(at, "must define at least one filter")


CONVERSATION_FILTER = record(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    _filters_something,
)

WORKFLOW = record(
    {
        "trigger": record(
            {"url": WEB_LINK},
            {
                "customizable_input_parameters": listing(
                    record({"name": string(), "value": string()}), least=0
                )
            },
        )
    }
)
