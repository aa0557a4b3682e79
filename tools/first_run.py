"""Goes through the first run as an admin would, in a browser: python tools/first_run.py

A workspace without a channel, a bot without a playbook, both at Slack's own pace. Prints how long
each step took this machine; a person takes longer to read. With --pictures it keeps what is seen.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import Browser, Locator, expect

sys.path.insert(0, str(Path(__file__).parent.parent))

from sandbox.server import Sandbox
from tests.office import ANA, IDA, MANIFEST, MONDAY_TEN, PIA, Office, settings_for
from tools.pictures import BRIEF_WIDTH, DESK, PHONE, Frame, View, chromium

ADMIN = "pia"
INBOUND = "C0INBOUND00"
LIMIT = 600.0
"""Seconds a first-time admin may take at most."""


@dataclass
class Walk:
    """One admin, at a desk unless told otherwise; where pictures are kept, the same is looked at on
    a phone."""

    office: Office
    browser: Browser
    keeps: bool = False
    frame: Frame = DESK
    took: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = View(self.browser, self.office.sandbox.url, self.frame)

    @cached_property
    def phone(self) -> View:
        return View(self.browser, self.office.sandbox.url, PHONE)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took[name] = time.perf_counter() - began
        sys.stdout.write(f"{self.took[name]:6.1f} s  {name}\n")

    def shown(self, words: str) -> Locator:
        message = self.desk.message(words)
        expect(message).to_be_visible()
        return message

    def press(self, words: str, label: str) -> None:
        self.desk.press(self.shown(words), label)

    def save(self) -> None:
        self.desk.page.get_by_test_id("modal-submit").click()
        expect(self.desk.modal).to_be_hidden()

    def choose(self, label: str, option: str) -> None:
        self.desk.modal.get_by_label(label).select_option(label=option)

    def name(self, label: str, person: str) -> None:
        self.desk.modal.get_by_label(label).select_option(person)

    def keep(self, name: str, words: str, person: str = ADMIN) -> None:
        """A message, at a desk and on a phone."""
        for view in (self.desk, self.phone) if self.keeps else ():
            view.go("liaison", person)
            message = view.message(words)
            expect(message).to_be_visible()
            view.snap(name, message, width=BRIEF_WIDTH)
        if person != ADMIN:
            self.desk.go("liaison", ADMIN)

    def keep_form(self, name: str) -> None:
        """The open form."""
        if not self.keeps:
            return
        expect(self.desk.modal).to_be_visible()
        self.desk.snap(name)
        tall = View(self.browser, self.office.sandbox.url, replace(PHONE, height=1240))
        tall.go("liaison", ADMIN)
        expect(tall.modal).to_be_visible()
        tall.snap(name)
        tall.page.context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pictures", action="store_true", help="keep what is seen in docs/pictures"
    )
    keeps = parser.parse_args().pictures
    database = f"sqlite:///{mkdtemp()}/first-run.db"
    with Sandbox(manifest=MANIFEST, bare=True) as sandbox, chromium() as browser:
        expect.set_options(timeout=60_000)
        sandbox.control.set_clock(MONDAY_TEN)
        settings = settings_for(sandbox, database)
        settings = replace(
            settings, liaison_playbook=None, liaison_pace=1.0, liaison_lease_seconds=60.0
        )
        walk = Walk(Office(sandbox, settings), browser, keeps)
        try:
            go(walk)
        finally:
            walk.office.close()
    total = sum(walk.took.values())
    sys.stdout.write(f"{total:6.1f} s  in all, of {LIMIT:.0f}\n")
    return int(total > LIMIT)


def go(walk: Walk) -> None:
    with walk.timed("the bot starts and writes to the owner"):
        walk.office.open()
        walk.desk.go("liaison", ADMIN)
        walk.shown("Step 1 of 5")
    walk.keep("setup-channel", "Step 1 of 5")
    answer(walk)
    with walk.timed("everything shown once more, the trial starts"):
        walk.keep("setup-summary", "Ready for the trial")
        walk.press("Ready for the trial", "Start the trial")
        walk.shown("The trial is on")
    with walk.timed("a sample lead, to its first card"):
        walk.press("The trial is on", "Send a sample lead")
        walk.shown("Trial: this would go to #inbound")
        walk.shown("Trial: this would go to Ben Cole")
    walk.office.settle()
    walk.keep("trial", "The trial is on")
    walk.keep("trial-card", "Trial: this would go to #inbound")
    walk.keep("trial-dm", "Trial: this would go to Ben Cole")
    with walk.timed("Accept, pressed for the rep"):
        walk.press("Trial: this would go to Ben Cole", "Accept")
        walk.shown("Ben Cole accepted it")
    go_live(walk)


def answer(walk: Walk) -> None:
    """The five steps: two are filled in, three taken as they are offered."""
    with walk.timed("step 1, the channel"):
        walk.press("Step 1 of 5", "Choose a channel…")
        walk.choose("Where do the cards of new leads stand?", "#inbound")
        walk.keep_form("setup-channel-form")
        walk.save()
        walk.shown("Step 2 of 5")
    walk.keep("setup-people", "Step 2 of 5")
    with walk.timed("step 2, the people"):
        walk.press("Step 2 of 5", "Say who…")
        walk.desk.modal.get_by_label("From two user groups").check()
        walk.choose("User group of sales", "@sales")
        walk.choose("User group of marketing", "@marketing")
        walk.name("Who heads sales?", ANA)
        walk.name("Who heads marketing?", IDA)
        walk.keep_form("setup-people-form")
        walk.save()
        walk.shown("Step 3 of 5")
    with walk.timed("back to step 2, and on"):
        walk.press("Step 3 of 5", "Back")
        walk.shown("Step 2 of 5")
        walk.press("Step 2 of 5", "Next")
        walk.shown("Step 3 of 5")
    for number, name in ((3, "hours"), (4, "clock"), (5, "standup")):
        walk.keep(f"setup-{name}", f"Step {number} of 5")
        with walk.timed(f"step {number}, {name}: as offered"):
            walk.press(f"Step {number} of 5", "Use this")
            walk.shown(f"Step {number + 1} of 5" if number < 5 else "Ready for the trial")


def go_live(walk: Walk) -> None:
    """Both heads agree, each in their own message."""
    with walk.timed("going live: both sides asked, and agreed"):
        walk.press("The trial is on", "Go live…")
        walk.keep_form("trial-live-form")
        walk.save()
        walk.shown("waiting for Ida Berg")
        walk.keep("trial-agree", "would like to go live", "ida")
        for person, head in (("ana", ANA), ("ida", IDA)):
            walk.desk.go("liaison", person)
            expect(walk.desk.page.get_by_test_id("person-switcher")).to_have_attribute(
                "data-user", head
            )
            walk.press("would like to go live", "Agree")
            expect(walk.desk.message("agreed")).to_be_visible()
        walk.desk.go("liaison", ADMIN)
        walk.shown("Liaison is live")
    walk.keep("trial-over", "Liaison is live")
    if walk.keeps:
        keep_a_rehearsal(walk)


def keep_a_rehearsal(walk: Walk) -> None:
    """A minute of `/liaison try`, which does not count: nobody needs it to begin."""
    walk.office.control.command(PIA, INBOUND, "/liaison", "try")
    walk.keep("walk", "A rehearsal.")
    walk.shown("Anyone free?")
    expect(walk.desk.message("Trial: this would go to your manager")).to_be_visible()
    walk.keep("walk-manager", "Trial: this would go to your manager")
    for view in (walk.desk, walk.phone):
        view.go("liaison", ADMIN)
        expect(view.message("Trial: this would go to your manager")).to_be_visible()
        view.snap("walk-all")


if __name__ == "__main__":
    sys.exit(main())
