"""Whatever is typed or filled in is answered, and no trace of ours reaches a person."""

import json
import logging
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.views import ids
from chaos.intake import signed
from handlers.commands import COMMANDS
from sandbox.people import TEAM_ID
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.office import BEN, LEADS, MANIFEST, PACE, Office, settings_for

FORM = "application/x-www-form-urlencoded"
TYPED = st.sampled_from(sorted(COMMANDS))
VIEWS = st.sampled_from(
    sorted(value for name, value in vars(ids).items() if name.endswith(("_FORM", "_VIEW")))
)
FIELDS = st.sampled_from(
    sorted(value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str))
)
TEXTS = st.text(max_size=200) | st.sampled_from(["", "away", "hours", "new", "why", "help"])
CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "value": st.none() | TEXTS,
        "selected_date": st.none() | st.dates().map(str) | TEXTS,
        "selected_user": st.none() | TEXTS,
        "selected_option": st.none() | st.fixed_dictionaries({"value": TEXTS}),
        "selected_conversation": st.none() | TEXTS,
        "selected_date_time": st.none() | st.integers(0, 2**33),
    },
)
FILLED = st.dictionaries(FIELDS, st.dictionaries(st.just(ids.CHOICE), CHOSEN, max_size=1))
QUIETLY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def door(new_database: NewDatabase) -> Iterator[HTTPConnection]:
    """The bot over HTTP, by one connection that stays open."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        office.reopen(slack_app_token=None, slack_signing_secret="sandbox")
        assert office.bot
        connection = HTTPConnection("127.0.0.1", office.bot.port, timeout=10)
        yield connection
        connection.close()
        office.close()


def sent(door: HTTPConnection, fields: dict[str, str]) -> tuple[int, bytes]:
    body, headers = signed(urlencode(fields).encode(), FORM)
    door.request("POST", "/slack/events", body, headers)
    answer = door.getresponse()
    return answer.status, answer.read()


@QUIETLY
@given(command=TYPED, text=TEXTS)
def test_whatever_is_typed_after_a_command_is_answered(
    door: HTTPConnection, caplog: pytest.LogCaptureFixture, command: str, text: str
) -> None:
    caplog.clear()
    typed = {
        "command": command,
        "text": text,
        "team_id": TEAM_ID,
        "user_id": BEN,
        "channel_id": LEADS,
        "trigger_id": "1.2",
    }

    status, told = sent(door, typed)

    assert status in {200, 404}
    assert b"Traceback" not in told
    assert not failures(caplog)


@QUIETLY
@given(view=VIEWS, values=FILLED, about=TEXTS)
def test_whatever_is_filled_in_is_answered(
    door: HTTPConnection, view: str, values: dict[str, object], about: str
) -> None:
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM_ID},
        "user": {"id": BEN},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": view,
            "private_metadata": about,
            "state": {"values": values},
        },
    }

    status, told = sent(door, {"payload": json.dumps(payload)})

    assert status in {200, 404}
    assert b"Traceback" not in told


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What went wrong in a listener that was not a refusal."""
    logged = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    return [message for message in logged if message == "a request failed"]
