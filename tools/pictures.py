"""Makes docs/pictures from the running demo: python tools/pictures.py

Nothing in a picture is painted: each is the sandbox page after the clicks that lead there.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 250_000
"""Bytes of one picture; they are cloned with the repository."""
CARD_WIDTH, BRIEF_WIDTH = 640, 760
TALL = 2400
"""CSS pixels of a window in which the longest message stands whole."""
FAIR = "Harbour trade fair"
WOODS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Linden")
TRADES = ("Foods", "Tooling", "Freight", "Paper", "Optics", "Pumps", "Glass", "Seeds", "Cables")
PEOPLE = ("Mira", "Jonas", "Ada", "Per", "Inga")
OWNERS = ("ben", "chloe", "ben", "hugo", "nobody")
LEAD, LAST_LEAD = "Northgate Advisory", "Tidewater Haulage"


@dataclass(frozen=True)
class Frame:
    """The size of a window, in CSS pixels, and how many dots each has."""

    name: str
    width: int
    height: int
    dots: float
    scheme: Literal["light", "dark"] = "light"


DESK = Frame("desk", 1280, 840, 1)
DARK = Frame("desk-dark", 1280, 840, 1, "dark")
PHONE = Frame("phone", 390, 844, 2)


class View:
    """One window onto the demo, in which Ben looks around."""

    def __init__(self, browser: Browser, url: str, frame: Frame) -> None:
        self._url = url
        self.frame = frame
        context = browser.new_context(
            viewport={"width": frame.width, "height": frame.height},
            device_scale_factor=frame.dots,
            color_scheme=frame.scheme,
            is_mobile=frame.name == PHONE.name,
            has_touch=frame.name == PHONE.name,
        )
        # The hint for a first visit would stand in every picture.
        context.add_init_script("localStorage.setItem('sandbox.welcome.closed', 'yes')")
        self.page: Page = context.new_page()

    @property
    def on_phone(self) -> bool:
        return self.frame.name == PHONE.name

    def go(self, place: str, person: str = "ben") -> None:
        self.page.goto(f"{self._url}/#/{person}/{place}")

    def message(self, words: str) -> Locator:
        pane = self.page.locator("#conversation")
        return pane.get_by_test_id("message").filter(has_text=words).last

    @property
    def modal(self) -> Locator:
        return self.page.get_by_test_id("modal")

    def press(self, message: Locator, label: str) -> None:
        message.get_by_role("button", name=label, exact=True).click()

    def snap(self, name: str, of: Locator | None = None, width: float = CARD_WIDTH) -> None:
        """Keep what is shown, or one part of it and its first `width` pixels, as `name`."""
        self.page.mouse.move(0, 0)
        file = PICTURES / f"{name}-{self.frame.name}.png"
        clip = _around(of, width) if of else None
        self.page.screenshot(path=file, animations="disabled", caret="hide", clip=clip)


def _around(part: Locator, width: float) -> FloatRect:
    """Where a message stands, without the empty paper beside it."""
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box
    return {**box, "width": min(box["width"], width)}


def main() -> int:
    """Make every picture; the exit code says how many came out too large."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demo() as url, chromium() as browser:
        views = [View(browser, url, frame) for frame in (DESK, DARK, PHONE)]
        for view in views:
            look_at_the_channel(view)
        desk, _, phone = views
        for view in (desk, phone):
            look_at_a_new_lead(view)
        wait_for_the_nudge(desk)
        for view in (desk, phone):
            look_at_the_nudge(view)
        answer(desk)
        for view in (desk, phone):
            look_at_the_history(view)
        talk_in_a_thread(desk)
        for view in views:
            look_at_the_thread(view)
            look_at_the_traffic(view)
        ask_marketing(desk)
        wait_for_the_morning(desk)
        for view in (desk, phone):
            look_at_the_briefs(view)
        bring_a_batch(url)
        for view in views:
            look_at_the_batch(view)
    large = [file for file in PICTURES.glob("*.png") if file.stat().st_size > LARGEST]
    for file in large:
        sys.stderr.write(f"{file.name} has {file.stat().st_size} bytes, over {LARGEST}.\n")
    return len(large)


def look_at_the_channel(view: View) -> None:
    view.go("leads")
    expect(view.message(LAST_LEAD)).to_contain_text("First touch due")
    view.snap("page")


def look_at_a_new_lead(view: View) -> None:
    """The card, the message to the actor, a form, App Home."""
    view.snap("card", view.message(LEAD))
    view.go("liaison")
    told = view.message(f"Call {LEAD}")
    expect(told).to_be_visible()
    view.snap("dm")
    view.press(told, "Outcome…")
    view.modal.get_by_label("How did it end").select_option(label="Not a fit: size")
    view.modal.get_by_label("In your words").fill("Forty people; we start at two hundred.")
    view.snap("modal")
    view.page.get_by_test_id("modal-cancel").click()
    expect(view.modal).to_be_hidden()
    view.go("home")
    expect(view.page.get_by_test_id("home")).to_contain_text(LEAD)
    view.snap("home")


def wait_for_the_nudge(view: View) -> None:
    """Half an hour, in which nobody answers."""
    for _ in range(2):
        step = view.page.get_by_test_id("clock-15m")
        step.click()
        expect(step).not_to_have_attribute("aria-busy", "true")


def look_at_the_nudge(view: View) -> None:
    view.go("liaison")
    expect(view.message(f"Call {LEAD}: first touch due")).to_be_visible()
    expect(view.message("see the newer message below")).to_be_visible()
    view.snap("nudge")


def answer(view: View) -> None:
    """Accept, a touch, an outcome."""
    ts = view.message(f"Call {LEAD}").get_attribute("data-ts")
    told = view.page.locator(f'#conversation [data-ts="{ts}"]')
    view.press(told, "Accept")
    expect(told).to_contain_text("You accepted it.")
    view.press(told, "Log touch")
    view.modal.get_by_label("Called, spoke").check()
    view.page.get_by_test_id("modal-submit").click()
    expect(told).to_contain_text("You are working on it")
    view.press(told, "Outcome…")
    view.modal.get_by_label("How did it end").select_option(label="Qualified")
    expect(view.modal).to_contain_text("Who goes on with it?")
    view.page.get_by_test_id("modal-submit").click()
    expect(told).to_contain_text("as you said")


def look_at_the_history(view: View) -> None:
    view.go("leads")
    card = view.message(LEAD)
    expect(card).to_contain_text("Qualified")
    card.locator('[data-action-id="lead:more"]').click()
    view.page.get_by_role("menuitem", name="History").click()
    expect(view.modal).to_be_visible()
    expect(view.modal).to_contain_text("qualified")
    view.snap("history")
    view.page.get_by_test_id("modal-close").click()
    expect(view.modal).to_be_hidden()


def ask_marketing(view: View) -> None:
    """A question that stays open overnight."""
    view.go("liaison")
    told = view.message("E-mail Brightwell")
    told.locator('[data-action-id="lead:more"]').click()
    view.page.get_by_role("menuitem", name="Ask marketing").click()
    view.modal.get_by_label("What do you want to know?").fill("Which of their sites is it for?")
    view.page.get_by_test_id("modal-submit").click()
    expect(view.modal).to_be_hidden()


def wait_for_the_morning(view: View) -> None:
    """The rest of the day, in which most leads stay open, and the night."""
    for step in (*["clock-1h"] * 5, *["clock-15m"] * 5, "clock-next-working-day"):
        button = view.page.get_by_test_id(step)
        button.click()
        expect(button).not_to_have_attribute("aria-busy", "true")


def look_at_the_briefs(view: View) -> None:
    """A rep's, a manager's, a marketer's, each whole."""
    width = view.frame.width
    view.page.set_viewport_size({"width": width, "height": TALL})
    for who, reads in (("ben", "In the queue"), ("ana", "To decide"), ("ida", "Campaigns")):
        view.go("liaison", who)
        told = view.message("Your brief")
        expect(told).to_contain_text(reads)
        view.snap(f"brief-{who}", told, BRIEF_WIDTH)
    view.page.set_viewport_size({"width": width, "height": view.frame.height})


def talk_in_a_thread(view: View) -> None:
    """Two lines below the card."""
    view.go("leads")
    card = view.message(LAST_LEAD)
    card.hover()
    card.get_by_test_id("reply-in-thread").click()
    for words in ("They invited two colleagues to the trial.", "Who has met them?"):
        view.page.get_by_test_id("thread-composer-input").fill(words)
        view.page.get_by_test_id("thread-composer-send").click()
        expect(view.page.locator("#thread")).to_contain_text(words)


def look_at_the_thread(view: View) -> None:
    view.go("leads")
    view.message(LAST_LEAD).get_by_test_id("open-thread").click()
    expect(view.page.locator("#thread")).to_contain_text("2 replies")
    view.snap("thread")
    view.page.go_back()


def look_at_the_traffic(view: View) -> None:
    """What went over the wire at the last press."""
    if view.on_phone:
        view.page.get_by_test_id("drawer-button").click()
    view.page.get_by_test_id("tool-traffic").click()
    view.page.get_by_test_id("exchange").filter(has_text="lead:outcome").first.click()
    expect(view.page.get_by_test_id("exchange-detail")).to_contain_text("view_submission")
    view.snap("traffic")
    view.page.get_by_test_id("inspector-close").click()


def bring_a_batch(url: str) -> None:
    """Thirty leads of a fair, as another app hands them over in a channel."""
    for number in range(30):
        lead = {
            "lead_id": f"fair_{number}",
            "company": f"{WOODS[number % len(WOODS)]} {TRADES[number % len(TRADES)]}",
            "first_name": PEOPLE[number % len(PEOPLE)],
            "email": f"visitor{number}@example.org",
            "title": "Head of Operations",
            "campaign": FAIR,
            "grade": "BACBD"[number % 5],
            "owner": f"{OWNERS[number % len(OWNERS)]}@example.com",
            "reason": "asked for a quote at our stand",
        }
        metadata = {"event_type": "lead_handoff", "event_payload": lead}
        message = {
            "as": "U0LEO000000",
            "channel": "C0STANDUP00",
            "text": f"New visitor: {lead['company']}",
            "bot_name": "Fair scanner",
            "metadata": metadata,
        }
        headers = {"Content-Type": "application/json"}
        urlopen(Request(f"{url}/control/post", json.dumps(message).encode(), headers)).close()


def look_at_the_batch(view: View) -> None:
    """The one card, a rep's list, and the form with all leads."""
    view.go("leads")
    card = view.message("30 leads came together")
    expect(card).to_contain_text("Open with")
    view.snap("batch-card", card)
    view.go("liaison")
    told = view.message(f"of {FAIR}")
    expect(told).to_contain_text("Open shows a lead")
    view.snap("batch-list")
    view.press(told, "All 12")
    expect(view.modal).to_contain_text("12 leads")
    view.snap("batch-modal")
    view.page.get_by_test_id("modal-close").click()
    expect(view.modal).to_be_hidden()


@contextmanager
def demo() -> Iterator[str]:
    """The demo on a free port, and its address."""
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "sandbox.demo", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert running.stdout
        said = (re.search(r"http://\S+", line) for line in running.stdout)
        yield next(address[0] for address in said if address)
    finally:
        running.terminate()
        running.communicate(timeout=30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium that tools/chromium.py finds."""
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "chromium.py"], check=True, capture_output=True, text=True
    )
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox", "--disable-quic"]
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
