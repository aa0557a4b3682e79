"""What is logged names no person and gives no secret away, even when much goes wrong."""

import logging

import pytest

from bot.views import ids
from tests.delivery.locks import locked
from tests.delivery.test_webhook_inbox import refusal
from tests.office import BEN, LEADS, SECRET, Office, dm

PERSONAL = {
    "first_name": "Zebulon",
    "last_name": "Quillfeather",
    "email": "zebulon.quillfeather@example.org",
    "phone": "+1 555 0199",
    "company": "Quillfeather Umbrellas",
    "title": "Umbrella Buyer",
    "message": "Call me about umbrellas",
    "reason": "wants umbrellas",
}
SECRETS = (SECRET, "xoxb-sandbox", "xapp-sandbox", "/respond/")


def test_a_whole_line_on_a_bad_day_logs_ids_and_codes_only(
    own_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    # As bot/cli.py sets it up: the SDK would log payloads.
    caplog.set_level(logging.CRITICAL, "slack_sdk")
    caplog.set_level(logging.ERROR, "slack_bolt")
    caplog.set_level(logging.INFO)
    office = own_office
    office.open()
    office.control.fault("http_500_after", method="chat.postMessage", times=1)
    office.control.fault("garbage", method="chat.update", times=1)
    office.control.fault("error", method="views.open", times=1, error="expired_trigger_id")

    handoff = office.hand_over(**PERSONAL)
    told = office.dm(BEN, handoff)
    office.press(BEN, ids.TOUCH, told, dm(BEN), handoff)
    office.press(BEN, ids.TOUCH, told, dm(BEN), handoff)
    form = office.modal(BEN, "Log touch")
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
    office.card(handoff, "working on it")
    with locked(office.settings.database_url):
        refusal(office, lead_id="second", **PERSONAL)
        office.control.command(BEN, LEADS, "/lead")
    office.close()

    logged = "\n".join(caplog.handler.format(record) for record in caplog.records)
    assert "intake: not saved (" in logged
    for words in (*PERSONAL.values(), "Ben Cole", "ben@example.com", *SECRETS):
        assert words not in logged, words
