"""Light and dark: what one reads stands out enough, whoever chose the colours."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.office import Office

pytestmark = pytest.mark.browser

LEAST = 4.5
"""WCAG 2.2, 1.4.3: the contrast of text of ordinary size."""
FAINT = """least => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) =>
    [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const chain = node => node ? [...chain(node.parentElement), node] : [];
  const ground = node => chain(node)
    .map(each => rgba(getComputedStyle(each).backgroundColor))
    .reduce((below, colour) => over(colour, below), [255, 255, 255, 1]);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility({opacityProperty: true})) continue;
    if (node.closest('.visually-hidden, :disabled, .skip-link, noscript')) continue;
    const below = ground(node);
    const ink = rgba(getComputedStyle(node).color);
    const opacity = chain(node).reduce((all, each) => all * getComputedStyle(each).opacity, 1);
    const [a, b] = [light(over([...ink.slice(0, 3), ink[3] * opacity], below)), light(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const words = walker.currentNode.data.trim().slice(0, 40);
    if (contrast < least) faint.push(`${words}: ${contrast.toFixed(2)} .${node.className}`);
  }
  return [...new Set(faint)];
}"""


def faint(page: Page) -> list[str]:
    """The texts now shown whose contrast is too low."""
    page.wait_for_timeout(300)  # what fades in has come
    found: list[str] = page.evaluate(FAINT, LEAST)
    return found


def wear(screen: Screen, theme: str) -> None:
    screen.one("tool-theme").click()
    screen.page.locator(f'.menu-item[data-value="{theme}"]').click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_is_told_from_its_ground(
    office: Office, open_screen: OpenScreen, theme: str
) -> None:
    office.hand_over(company="Globex")
    office.control.post(
        "U0IDA000000", "C0LEADS0000", "Hello <@U0BEN000000>, `code` and a https://example.com."
    )
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")
    expect(screen.message("Globex")).to_be_visible()
    wear(screen, theme)
    assert faint(screen.page) == []

    screen.one("tool-traffic").click()
    screen.one("exchange").first.click()
    assert faint(screen.page) == []
    screen.one("inspector-close").click()

    screen.one("person-switcher").click()
    assert faint(screen.page) == []
    screen.page.keyboard.press("Escape")
    screen.go("liaison")
    told = screen.message("Call Globex")
    screen.press(told, "Outcome…")
    screen.save()
    expect(screen.one("field-error").filter(visible=True)).to_be_visible()
    assert faint(screen.page) == []
    screen.one("modal-close").click()
    screen.go("home")
    expect(screen.one("home")).to_contain_text("Globex")
    assert faint(screen.page) == []


def test_the_switch_outlives_the_page(office: Office, open_screen: OpenScreen) -> None:
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")
    wear(screen, "dark")
    paper = "getComputedStyle(document.getElementById('stage')).backgroundColor"
    dark = screen.page.evaluate(paper)

    screen.page.reload()
    expect(screen.one("place-leads")).to_be_visible()

    assert screen.page.evaluate(paper) == dark == "rgb(27, 27, 32)"
    wear(screen, "system")
    assert screen.page.evaluate(paper) == "rgb(255, 255, 255)"
