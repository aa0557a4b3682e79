"""Pickers a person meets in a form, told to a real Bolt app."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from slack_bolt import Ack
from slack_sdk import WebClient

from sandbox.server import Sandbox
from sandbox.wire import Json
from tests.browser.conftest import OpenScreen
from tests.sandbox.conftest import ANA, LEADS, Listener, connected, field, modal, text

pytestmark = pytest.mark.browser

COMPANIES = ("Acme", "Acorn", "Globex")


@pytest.fixture
def bot(sandbox: Sandbox) -> Iterator[Listener]:
    listener = Listener(sandbox)
    listener.answers["block_suggestion"] = offer
    with connected(listener):
        yield listener


def offer(ack: Ack, body: Json, client: WebClient) -> None:
    found = [name for name in COMPANIES if name.lower().startswith(body["value"].lower())]
    ack(options=[{"text": text(name), "value": name.lower()} for name in found])


def test_every_picker_of_a_form_is_filled_in_and_told(
    sandbox: Sandbox, bot: Listener, open_screen: OpenScreen
) -> None:
    search = {"min_query_length": 1, "action_id": "pick"}
    kinds: dict[str, Json] = {
        "One": {"type": "external_select", **search},
        "Several": {"type": "multi_external_select", **search},
        "People": {"type": "multi_users_select", "action_id": "pick"},
        "Day": {"type": "datepicker", "action_id": "pick"},
        "Hour": {"type": "timepicker", "action_id": "pick"},
        "Moment": {"type": "datetimepicker", "action_id": "pick"},
    }
    form = modal(*(field(element, name, label=text(name)) for name, element in kinds.items()))
    screen = open_screen(sandbox.url)
    screen.visit("ana", "leads")
    expect(screen.one("bot-status")).to_contain_text("Liaison connected")
    sandbox.control.command(ANA, LEADS, "/lead")
    bot.client.views_open(trigger_id=bot.next("command")["trigger_id"], view=form)
    ask, option = screen.one("suggest-input"), screen.page.get_by_role("option")

    screen.modal.get_by_label("One").click()
    ask.fill("glo")
    option.filter(has_text="Globex").click()
    screen.modal.get_by_label("Several").click()
    ask.fill("acm")
    option.filter(has_text="Acme").click()
    ask.fill("aco")
    expect(option).to_have_text("Acorn")
    ask.press("ArrowDown")
    option.press("Enter")
    screen.page.keyboard.press("Escape")
    expect(screen.modal.get_by_label("Several")).to_contain_text("AcmeAcorn")
    screen.modal.get_by_label("People").click()
    screen.page.get_by_label("Ben Cole").check()
    screen.page.keyboard.press("Escape")
    screen.modal.get_by_label("Day").fill("2026-12-01")
    screen.modal.get_by_label("Hour").fill("09:30")
    screen.modal.get_by_label("Moment").fill("2026-12-01T09:30")
    screen.save()
    expect(screen.modal).to_be_hidden()

    told = bot.next("view_submission")["view"]["state"]["values"]
    assert told["One"]["pick"]["selected_option"]["value"] == "globex"
    several = told["Several"]["pick"]["selected_options"]
    assert [each["value"] for each in several] == ["acme", "acorn"]
    assert told["People"]["pick"]["selected_users"] == ["U0BEN000000"]
    assert told["Day"]["pick"]["selected_date"] == "2026-12-01"
    assert told["Hour"]["pick"]["selected_time"] == "09:30"
    assert told["Moment"]["pick"]["selected_date_time"] == 1_796_113_800
