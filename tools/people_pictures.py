"""Makes the pictures of owners, settings and calendars: python tools/people_pictures.py

The workspace is the sandbox's; what is shown is what the bot says there.
"""

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.services.link_news import tell_unlinked
from bot.services.usefulness import suggest
from sandbox.server import Sandbox
from tests.office import (
    BEN,
    DEV,
    HUGO,
    MANIFEST,
    MONDAY_TEN,
    PIA,
    SECRET,
    Office,
    settings_for,
    without_standup,
)
from tests.services.test_diary import Calendar, give, served
from tests.services.test_usefulness import put
from tools.pictures import BRIEF_WIDTH, DESK, PHONE, View, chromium

OWNERS = (
    ("hugo@old-name.example", "hubspot"),
    ("0055g00000AbCdE", "salesforce"),
    ("agency-desk@partner-with-a-rather-long-name.example", ""),
    ("ben@example.com", "hubspot"),
    ("grace.kim@old-name.example", "hubspot"),
)


def main() -> None:
    database = f"sqlite:///{mkdtemp()}/pictures.db"
    calendar = Calendar()
    calendar.put(("Vacation", "20261125", "20261128"))
    with (
        Sandbox(pace=1000.0, manifest=MANIFEST) as sandbox,
        chromium() as browser,
        served(calendar) as url,
    ):
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, database))
        office.reopen(liaison_calendar_key=(SECRET,), liaison_playbook=without_standup())
        bring_owners(office)
        give(office, BEN, url)
        put(office, "nudge", 1, "C", (20, 5), (20, 4))
        assert office.bot
        suggest(office.bot.liaison)
        office.control.advance("1m")
        office.settle()
        for view in (View(browser, sandbox.url, frame) for frame in (DESK, PHONE)):
            look_at_messages(view)
            look_at_forms(view, office)
            look_at_the_list(view, office)
        office.close()


def bring_owners(office: Office) -> None:
    """Each owner with a lead or two, and what the admin hears of them."""
    for number, (owner, system) in enumerate(OWNERS):
        for again in range(1 + number % 2):
            office.hand_over(owner=owner, system=system or None, company=f"Acme {number}{again}")
    office.control.change_person(DEV, deleted=True)
    office.settle()
    assert office.bot
    office.control.set_clock(MONDAY_TEN + timedelta(minutes=5))
    tell_unlinked(office.bot.liaison)
    office.settle()


def look_at_messages(view: View) -> None:
    """What people read: the question, the absence, the admin's news, the suggestion."""
    for person, words, name in (
        ("hugo", "Are you", "link-question"),
        ("ben", "Your calendar says", "leave"),
        ("pia", "I cannot find these owners", "unlinked"),
        ("pia", "reminders to C leads", "suggestion"),
    ):
        view.go("liaison", person)
        told = view.message(words)
        expect(told).to_be_visible()
        view.snap(name, told, BRIEF_WIDTH)


def look_at_forms(view: View, office: Office) -> None:
    """The settings as they open, as they are saved, and the calendar."""
    open_command(view, office, HUGO, "hugo", "settings")
    view.snap("settings")
    view.modal.get_by_label("Quiet times").fill("12:00-13:00")
    view.page.get_by_test_id("modal-submit").click()
    expect(view.modal).to_contain_text("It holds for what waits")
    view.snap("settings-saved")
    view.modal.get_by_role("button", name="Undo", exact=True).click()
    expect(view.modal).to_contain_text("No quiet times")
    close_all(office, HUGO)
    open_command(view, office, BEN, "ben", "settings")
    view.modal.get_by_role("button", name="Calendar…", exact=True).click()
    expect(view.modal).to_contain_text("I read it every 15 minutes")
    view.snap("calendar")
    close_all(office, BEN)


def look_at_the_list(view: View, office: Office) -> None:
    open_command(view, office, PIA, "pia", "links")
    view.snap("links")
    view.modal.get_by_role("button", name="Link…", exact=True).first.click()
    expect(view.modal).to_contain_text("Who is this owner?")
    view.snap("link-form")
    close_all(office, PIA)


def open_command(view: View, office: Office, person: str, name: str, word: str) -> None:
    view.go("liaison", name)
    office.control.command(person, "C0LEADS0000", "/liaison", word)
    expect(view.modal).to_be_visible()


def close_all(office: Office, person: str) -> None:
    for shown in reversed(office.control.state(person)["views"]):
        office.control.close(person, shown["id"])


if __name__ == "__main__":
    main()
