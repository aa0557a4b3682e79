from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bot.intake.doors import Health, doors
from bot.intake.webhook import Delivery, LeadHook, Receipt
from tests.intake.wire import Server, serving


async def store(_: Delivery) -> Receipt:
    return Receipt(None, duplicate=False)


@contextmanager
def healthy(health: Health) -> Iterator[Server]:
    shut = LeadHook(store, None, lambda: datetime.now(UTC))
    with serving(doors(shut, lambda: health)) as server:
        yield server


@pytest.mark.parametrize(
    ("health", "status"),
    [(Health(True, {"database": "ok"}), 200), (Health(False, {"socket": "deaf for 12 s"}), 503)],
)
def test_health_is_told_by_status_and_by_part(health: Health, status: int) -> None:
    with healthy(health) as server:
        answer = server.send("GET", "/healthz")

    assert answer.status == status
    assert answer.json == {"ok": health.ok, "parts": health.parts}


def test_in_socket_mode_there_is_no_slack_door_and_strays_get_a_problem() -> None:
    with healthy(Health(True)) as server:
        answers = [server.send("POST", path) for path in ("/slack/events", "/hooks/leads/", "/")]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert answers[0].json["title"] == "Not Found"
