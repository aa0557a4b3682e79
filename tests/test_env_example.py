""".env.example and Settings say the same."""

import re
from dataclasses import fields
from pathlib import Path

from bot.config import Settings

EXAMPLE = (Path(__file__).parent.parent / ".env.example").read_text("utf-8")
GIVEN = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
TO_BE_FILLED_IN = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc"}


def test_every_setting_is_shown_in_the_order_of_settings() -> None:
    assert list(GIVEN) == [field.name.upper() for field in fields(Settings)]


def test_what_is_shown_is_the_default() -> None:
    shown = Settings.from_env(GIVEN | TO_BE_FILLED_IN)

    assert shown == Settings.from_env(TO_BE_FILLED_IN)


def test_a_token_shows_only_how_it_begins() -> None:
    for name, token in TO_BE_FILLED_IN.items():
        assert token.startswith(GIVEN[name])
        assert GIVEN[name].endswith("-")


def test_every_setting_is_explained() -> None:
    blocks = re.split(r"\n\n+", EXAMPLE)
    assert all(block.startswith("# ") for block in blocks)
