"""Everything a mouse can do, by keys alone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.server import Sandbox
from tests.browser.conftest import OpenScreen
from tests.office import BEN, LEADS, Office

pytestmark = pytest.mark.browser


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until it is there."""
    for _ in range(60):
        if goal.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(goal).to_be_focused()


def test_a_lead_is_answered_without_a_mouse(office: Office, open_screen: OpenScreen) -> None:
    office.hand_over(company="Vandelay")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")
    keys = screen.page.keyboard
    expect(screen.message("Vandelay")).to_be_visible()
    keys.press("Alt+ArrowDown")
    keys.press("Alt+ArrowDown")
    told = screen.held(screen.message("Call Vandelay"))
    touch = told.get_by_role("button", name="Log touch")

    screen.page.locator("#conversation .scroller").focus()
    tab_to(screen.page, touch)
    keys.press("Enter")
    expect(screen.modal).to_be_visible()
    expect(screen.modal.get_by_role("radio").first).to_be_focused()
    for _ in range(20):
        keys.press("Tab")
        assert screen.modal.evaluate("modal => modal.contains(document.activeElement)")
    keys.press("Escape")
    expect(screen.modal).to_be_hidden()
    expect(touch).to_be_focused()

    keys.press("Enter")
    screen.modal.get_by_role("radio", name="Called, spoke").focus()
    keys.press("Space")
    keys.press("Enter")
    expect(told).to_contain_text("You are working on it")
    expect(touch).to_be_focused()


def test_arrows_walk_the_sidebar_the_menus_and_the_messages(
    sandbox: Sandbox, open_screen: OpenScreen
) -> None:
    for number in range(3):
        sandbox.control.post(BEN, LEADS, f"Message {number}.")
    screen = open_screen(sandbox.url)
    screen.visit("ben", "leads")
    keys = screen.page.keyboard
    screen.one("place-leads").focus()
    keys.press("ArrowDown")
    expect(screen.one("place-standup")).to_be_focused()
    keys.press("Enter")
    expect(screen.one("place-standup")).to_be_focused()
    keys.press("Home")
    keys.press("Enter")

    screen.page.locator("#conversation .scroller").focus()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(screen.message("Message 1.")).to_be_focused()
    keys.press("t")
    expect(screen.one("thread-composer-input")).to_be_focused()
    keys.press("Escape")
    expect(screen.message("Message 1.")).to_be_focused()

    screen.one("person-switcher").focus()
    keys.press("Enter")
    expect(screen.page.get_by_role("option", name="Ben Cole")).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(screen.one("person-switcher")).to_contain_text("Ana Ruiz")


def test_a_question_mark_shows_the_keys(sandbox: Sandbox, open_screen: OpenScreen) -> None:
    screen = open_screen(sandbox.url)
    screen.visit("ben", "leads")
    place = screen.one("place-leads")
    place.focus()

    screen.page.keyboard.press("?")
    expect(screen.one("shortcuts")).to_contain_text("The traffic inspector")
    screen.page.keyboard.press("Escape")

    expect(screen.one("shortcuts")).to_be_hidden()
    expect(place).to_be_focused()
    screen.one("composer-input").press("?")
    expect(screen.one("composer-input")).to_have_value("?")
    screen.page.keyboard.press("Alt+t")
    expect(screen.one("inspector-filter")).to_be_focused()
