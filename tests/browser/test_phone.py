"""The same on a phone: nothing is cut off, and one thumb is enough."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenScreen
from tests.browser.screen import Screen
from tests.office import Office

pytestmark = pytest.mark.browser


def test_a_lead_is_answered_by_thumb(office: Office, open_screen: OpenScreen) -> None:
    office.hand_over(company="Meridian Freight Lines of the Northern Territories and Islands")
    screen = open_screen(office.sandbox.url, PHONE)
    screen.visit("ben", "leads")
    expect(screen.message("Meridian")).to_contain_text("Ben Cole has it. First touch due")
    assert fits(screen)

    screen.one("drawer-button").click()
    screen.go("liaison")
    told = screen.held(screen.message("Call Meridian"))
    expect(told).to_be_visible()
    assert fits(screen)

    screen.press(told, "Log touch")
    expect(screen.modal).to_be_visible()
    box = screen.modal.bounding_box()
    assert box and (round(box["width"]), round(box["height"])) == PHONE
    screen.modal.get_by_label("E-mailed").check()
    screen.save()
    expect(screen.modal).to_be_hidden()
    expect(told).to_contain_text("You are working on it")

    screen.one("drawer-button").click()
    screen.go("home")
    expect(screen.one("home")).to_contain_text("Meridian")
    assert fits(screen)


SMALL = """() => [...document.querySelectorAll('button, input, select, textarea, .choice')]
  .filter(node => node.checkVisibility() && !node.closest('[inert], .choice > *'))
  .map(node => [node, node.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.9 || box.width < 40))
  .map(([node, box]) => `${node.ariaLabel ?? node.textContent} ${box.width}x${box.height}`)"""


def test_whatever_one_presses_is_large_enough_for_a_thumb(
    office: Office, open_screen: OpenScreen
) -> None:
    office.hand_over(company="Cyberdyne")
    screen = open_screen(office.sandbox.url, PHONE)
    screen.visit("ben", "liaison")

    told = screen.message("Call Cyberdyne")
    expect(told).to_be_visible()

    assert screen.page.evaluate(SMALL) == []
    screen.press(told, "Outcome…")
    expect(screen.modal).to_be_visible()
    assert screen.page.evaluate(SMALL) == []
    screen.one("modal-close").click()
    screen.one("drawer-button").click()
    assert screen.page.evaluate(SMALL) == []
    assert fits(screen)


def fits(screen: Screen) -> bool:
    """Whether nothing makes the page wider than the screen."""
    return bool(screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
