"""What `/metrics` and the log tell an operator, in forms their tools read."""

import json
import logging
import re
import sys
from urllib.request import urlopen

from bot.cli import JsonLines
from bot.meters import COUNTERS, GAUGES
from tests.delivery.locks import locked
from tests.delivery.test_webhook_inbox import refusal
from tests.office import BEN, LEADS, Office

LINE = re.compile(r'^(?P<name>[a-z_]+)(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? (?P<value>\S+)$')


def scraped(office: Office) -> dict[str, float]:
    """Every number by name and labels; the text is what Prometheus' parser takes."""
    assert office.bot
    with urlopen(f"http://127.0.0.1:{office.bot.port}/metrics", timeout=5) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.read().decode().splitlines()
    numbers = [line for line in lines if not line.startswith("#")]
    assert all(LINE.match(line) for line in numbers)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in numbers}


def test_every_meter_is_told_with_its_kind_and_meaning(office: Office) -> None:
    names = {name.partition("{")[0] for name in scraped(office)}

    assert names == COUNTERS.keys() | GAUGES.keys()


def test_acks_messages_and_jobs_are_counted(office: Office) -> None:
    before = scraped(office)
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.command(BEN, LEADS, "/lead")
    office.control.home(BEN)
    office.control.until(lambda: office.control.state(BEN)["home"])
    office.settle()
    after = scraped(office)

    for name in (
        'liaison_acks_total{kind="webhook"}',
        'liaison_acks_total{kind="click"}',
        'liaison_acks_total{kind="event"}',
        'liaison_messages_total{outcome="shown"}',
        'liaison_job_runs_total{job="take-due-steps"}',
    ):
        office.control.until(lambda name=name: scraped(office)[name] > before.get(name, 0))  # type: ignore[misc]
    assert after["liaison_queue_messages"] == 0
    assert after["liaison_late_acks_total"] == 0


def test_a_refusal_of_slacks_and_one_of_ours_are_counted(office: Office) -> None:
    before = scraped(office)
    office.control.fault("rate_limited", method="chat.postMessage", times=1, seconds=1)
    with locked(office.settings.database_url):
        refusal(office, lead_id="metered")
    handoff = office.hand_over()
    office.card(handoff)

    after = scraped(office)
    assert after["liaison_rate_limited_total"] == before["liaison_rate_limited_total"] + 1
    assert after['liaison_refusals_total{status="503"}'] >= 1


def test_what_waits_is_measured_from_the_database(office: Office) -> None:
    office.control.fault("html_503", method="chat.postMessage")
    office.hand_over()

    waiting = office.control.until(lambda: scraped(office)["liaison_queue_messages"])
    office.control.clear_faults()
    office.settle()
    assert waiting >= 1
    assert scraped(office)["liaison_queue_age_seconds"] == 0


def test_seconds_without_a_socket_are_counted(own_office: Office) -> None:
    own_office.open()
    own_office.control.socket("drop", 2)

    own_office.control.until(lambda: scraped(own_office)["liaison_deaf_seconds_total"] > 0)


def test_a_line_of_the_log_is_one_object() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.getLogger("bot").makeRecord(
            "bot", logging.ERROR, __file__, 1, "job %s failed", ("x",), sys.exc_info()
        )

    line = JsonLines().format(record)

    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "bot", "job x failed")
    assert told["at"].endswith("+00:00")
    assert "ValueError: two" in told["error"]
