"""Six weeks of the stand-up by clicking: the real bot, the sandbox page, a real Chromium."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.office import ANA, BEN, DEV, IDA, MONDAY_TEN, Office
from tests.services.test_standup import TUESDAY_TEN, WEEK, add_item, at, playbook
from tests.test_standup_story import Teams

pytestmark = pytest.mark.browser


def type_command(screen: Screen, text: str) -> None:
    screen.type(f"/alignment-standup {text}".strip())


def choose(screen: Screen, label: str) -> None:
    choice = screen.modal.get_by_label(label)
    choice.check()
    expect(choice).to_be_checked()


def submit(screen: Screen) -> None:
    screen.save()
    expect(screen.modal).to_be_hidden()


def begin(office: Office, screen: Screen, week: int) -> Locator:
    at(office, TUESDAY_TEN + week * WEEK)
    first_page = screen.message("1 of")
    expect(first_page).to_be_visible()
    expect(screen.message("The stand-up begins now")).to_be_visible()
    return screen.held(first_page)


def end(office: Office, message: Locator) -> None:
    """Next until the last page, then End."""
    pages = int(re.findall(r"\d+ of (\d+)", message.inner_text())[0])
    shown = int(re.findall(r"(\d+) of \d+", message.inner_text())[0])
    for page in range(shown + 1, pages + 1):
        office.settle()
        message.get_by_role("button", name="Next", exact=True).click()
        expect(message).to_contain_text(f"{page} of {pages}")
    office.settle()
    message.get_by_role("button", name="End", exact=True).click()
    expect(message).to_contain_text("is over")


@pytest.mark.timeout(240)
def test_six_weeks_by_clicking(own_office: Office, open_screen: OpenScreen) -> None:
    office = own_office
    office.settings = replace(office.settings, liaison_playbook=playbook())
    office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    office.open()
    office.control.advance("1m")
    add_item(office, "Ask for the size", owner=IDA, due="2026-12-01")
    add_item(office, "Write a script", owner=BEN, due="2026-12-01")
    teams = Teams(office)
    teams.leads_arrive()
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "standup")
    type_command(screen, "add who calls the fair leads?")
    expect(screen.message("is a topic for the stand-up")).to_be_visible()
    screen.act_as(ANA)
    screen.go("standup")

    at(office, MONDAY_TEN)
    expect(screen.message("who calls the fair leads?")).to_be_visible()
    running = begin(office, screen, 0)
    screen.press(running, "Next")
    expect(running).to_contain_text("2 of")
    screen.press(running, "Decision…")
    screen.modal.get_by_label("What was decided?").fill("Fair leads get a call in a day.")
    submit(screen)
    expect(running).to_contain_text("Decided: Fair leads get a call in a day.")
    screen.press(running, "Action item…")
    screen.modal.get_by_label("What will be done?").fill("Find out who met them")
    submit(screen)
    expect(running).to_contain_text("Find out who met them")
    end(office, running)
    expect(screen.message("Minutes of the")).to_contain_text("Find out who met them: Ana Ruiz")

    teams.leads_arrive()
    at(office, MONDAY_TEN + WEEK)
    expect(screen.message("carried once")).to_be_visible()
    end(office, begin(office, screen, 1))

    teams.leads_arrive()
    at(office, MONDAY_TEN + 2 * WEEK)
    running = begin(office, screen, 2)
    running.get_by_role("button", name="Decide…", exact=True).first.click()
    choose(screen, "Drop it, for the reason below")
    screen.modal.get_by_label("Why is it dropped?").fill("It is not needed any more.")
    submit(screen)
    expect(running).to_contain_text("dropped: It is not needed any more.")
    office.settle()
    running.get_by_role("button", name="Decide…", exact=True).first.click()
    choose(screen, "Somebody else does it")
    screen.modal.get_by_label("Who does it?").select_option(value=DEV)
    submit(screen)
    expect(running).to_contain_text("Dev Thapa")
    end(office, running)

    type_command(screen, "skip everybody is at the fair")
    expect(screen.message("is left out, and its channel reads why")).to_be_visible()
    expect(screen.message("says Ana Ruiz: everybody is at the fair")).to_be_visible()

    teams.leads_arrive()
    at(office, MONDAY_TEN + 4 * WEEK)
    office.close()
    office.control.set_clock(TUESDAY_TEN + 4 * WEEK + timedelta(hours=3))
    office.open()
    office.control.advance("1m")
    late = screen.held(screen.message("This comes late"))
    expect(late).to_contain_text("1 of")
    end(office, late)

    at(office, MONDAY_TEN + 5 * WEEK)
    running = begin(office, screen, 5)
    running.get_by_role("button", name="Decide…", exact=True).click()
    choose(screen, "It is done")
    submit(screen)
    expect(running).to_contain_text("1 open")
    office.settle()
    running.get_by_role("button", name="Done", exact=True).click()
    expect(running).to_contain_text("none open")
    end(office, running)
    type_command(screen, "decisions fair")
    expect(screen.message("Tue 24 Nov: Fair leads get a call in a day.")).to_be_visible()
    type_command(screen, "items")
    expect(screen.message("You have no action item open.")).to_be_visible()
