"""The inspector: what went over the wire, seen beside what people saw."""

import pytest
from playwright.sync_api import Locator, expect

from bot.views import ids
from sandbox.server import Sandbox
from tests.browser.conftest import PHONE, OpenScreen
from tests.browser.screen import Screen
from tests.office import BEN, LEADS, Office

pytestmark = pytest.mark.browser


def exchanges(screen: Screen, words: str) -> Locator:
    return screen.one("exchange").filter(has_text=words)


def test_a_press_is_shown_with_its_payload_and_what_the_app_did_then(
    office: Office, open_screen: OpenScreen
) -> None:
    office.hand_over(company="Globex")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message("Call Globex"))
    screen.one("tool-traffic").click()

    expect(told.get_by_role("button", name="Accept")).to_be_in_viewport()
    screen.press(told, "Accept")

    pressed = exchanges(screen, ids.ACCEPT)
    expect(pressed).to_contain_text("acked")
    expect(exchanges(screen, "chat.update").first).to_contain_text("ok")
    pressed.click()
    detail = screen.one("exchange-detail")
    expect(detail).to_contain_text("Envelope")
    expect(detail.get_by_label("Payload").first).to_contain_text('"type": "block_actions"')
    pressed.press("ArrowUp")
    expect(detail.get_by_label("Arguments").first).to_be_visible()

    screen.page.keyboard.press("Escape")
    expect(screen.one("inspector-filter")).to_be_hidden()
    expect(screen.one("tool-traffic")).to_be_focused()


def test_failures_stand_out_and_a_pause_holds_the_list(
    sandbox: Sandbox, open_screen: OpenScreen
) -> None:
    screen = open_screen(sandbox.url, PHONE)
    screen.visit("ben", "leads")
    screen.one("drawer-button").click()
    screen.one("tool-traffic").click()
    sandbox.control.command(BEN, LEADS, "/lead", "acme")
    unheard = exchanges(screen, "/lead acme")
    expect(unheard).to_contain_text("no_active_connection")
    expect(unheard).to_have_attribute("data-well", "false")

    screen.one("inspector-pause").click()
    sandbox.control.command(BEN, LEADS, "/lead", "globex")
    expect(screen.one("inspector-count")).to_contain_text("paused")
    screen.one("inspector-filter").fill("globex")
    expect(exchanges(screen, "globex")).to_have_count(0)
    screen.one("inspector-pause").click()
    expect(exchanges(screen, "globex")).to_have_count(1)

    exchanges(screen, "globex").click()
    expect(screen.one("exchange-detail")).to_contain_text('"text": "globex"')
    screen.page.get_by_role("button", name="Back", exact=True).click()
    expect(exchanges(screen, "globex")).to_be_visible()
