"""A Chromium for the tests that click, or a line that says why they are skipped."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from sandbox.server import Sandbox
from tests.browser.screen import Screen
from tools.chromium import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = (1280, 800), (390, 844)
PATIENCE = 10_000
"""Milliseconds a condition is waited for; the machine may be busy with other tests."""

OpenScreen = Callable[..., Screen]


@pytest.fixture(scope="module")  # its event loop would be in the way of other tests
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    path = chromium()
    if path is None:
        pytest.skip("there is no browser: make setup looks for a Chromium, or set CHROMIUM to one")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A workspace of its own, with nobody connected: what the page does without the bot."""
    with Sandbox(pace=1000) as served:
        yield served


@pytest.fixture
def open_screen(browser: Browser) -> Iterator[OpenScreen]:
    """Opens pages, each with a memory of its own; at the end no console may have complained."""
    contexts: list[BrowserContext] = []
    screens: list[Screen] = []

    def open_one(url: str, size: tuple[int, int] = DESK) -> Screen:
        on_phone = size == PHONE
        contexts.append(
            browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                has_touch=on_phone,
                is_mobile=on_phone,
            )
        )
        contexts[-1].set_default_timeout(PATIENCE)
        screens.append(Screen(contexts[-1].new_page(), url))
        return screens[-1]

    yield open_one
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
