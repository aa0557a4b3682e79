"""What people click, at a desk and on a phone: each form filled in, and what it leads to."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bot.views.ratings import QUESTION
from tests.browser.conftest import DESK, PHONE, OpenScreen
from tests.browser.screen import Screen
from tests.office import ANA, BEN, CHLOE, DEV, MONDAY_TEN, Office, without_standup
from tests.services.test_batches import rush

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
Size = tuple[int, int]


def fits(screen: Screen) -> bool:
    """Whether nothing makes the page wider than the screen."""
    return bool(screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def gathering(own_office: Office) -> Office:
    """In which ten of one campaign are a batch."""
    own_office.settings = replace(own_office.settings, liaison_playbook=without_standup())
    own_office.control.set_clock(MONDAY_TEN)
    own_office.open()
    return own_office


def send(screen: Screen) -> None:
    """Save the open form, which fits the screen, and see it close."""
    assert fits(screen)
    screen.save()
    expect(screen.modal).to_be_hidden()


@SIZES
def test_a_lead_is_accepted_touched_ended_and_taken_back(
    office: Office, open_screen: OpenScreen, size: Size
) -> None:
    office.hand_over(company="Northgate")
    screen = open_screen(office.sandbox.url, size)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message("Call Northgate"))

    screen.press(told, "Accept")
    expect(told).to_contain_text("You accepted it.")
    screen.press(told, "Log touch")
    screen.modal.get_by_label("Called, spoke").check()
    screen.modal.get_by_label("Next step on").fill("2026-11-25")
    screen.modal.get_by_label("What is the next step?").fill("Send a price for twenty")
    send(screen)
    expect(told).to_contain_text("Next step Wed 25 Nov: Send a price for twenty.")

    screen.press(told, "Outcome…")
    screen.choose_in("How did it end, for now?", "Bad timing")
    screen.modal.get_by_label("When would be better?").fill("2027-02-01")
    assert fits(screen)
    screen.save()
    expect(told).to_contain_text("Bad timing, as you said")
    close_the_question(screen)
    screen.press(told, "Undo")
    expect(told).to_contain_text("You are working on it")
    assert fits(screen)


def close_the_question(screen: Screen) -> None:
    """How good the lead was, which nobody has to say."""
    if screen.modal.is_visible():
        expect(screen.modal).to_contain_text(QUESTION)
        screen.one("modal-close").click()
    expect(screen.modal).to_be_hidden()


@SIZES
def test_a_lead_is_put_off_asked_about_and_passed_on(
    office: Office, open_screen: OpenScreen, size: Size
) -> None:
    company = f"Globex {size[0]}"
    office.hand_over(company=company)
    screen = open_screen(office.sandbox.url, size)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message(f"Call {company}"))

    screen.choose(told, "Snooze…")
    screen.modal.get_by_label("In 3 hours").check()
    send(screen)
    expect(told).to_contain_text("Snoozed until today 13:00.")
    screen.choose(told, "Ask marketing")
    screen.modal.get_by_role("textbox").fill(f"Which price did {company} see?")
    send(screen)
    screen.visit("ida", "liaison")
    asked = screen.held(screen.message(f"Which price did {company} see?"))
    screen.press(asked, "Answer")
    screen.modal.get_by_role("textbox").fill("The one for twenty seats.")
    send(screen)
    expect(asked.get_by_role("button", name="Answer")).to_have_count(0)
    screen.visit("ben", "liaison")
    expect(screen.message("The one for twenty seats.")).to_be_visible()

    screen.choose(told, "Reassign…")
    screen.modal.get_by_role("combobox").select_option(CHLOE)
    send(screen)
    screen.visit("chloe", "liaison")
    offer = screen.held(screen.message(f"asks you to take {company}"))
    assert fits(screen)
    screen.press(offer, "Take")
    expect(screen.message(f"Call {company}")).to_contain_text("You have it.")


@SIZES
def test_leave_is_entered_and_called_off(
    office: Office, open_screen: OpenScreen, size: Size
) -> None:
    screen = open_screen(office.sandbox.url, size)
    screen.visit("hugo", "leads")

    screen.type("/liaison away")
    screen.modal.get_by_label("First day", exact=True).fill("2026-11-25")
    screen.modal.get_by_label("Last day", exact=True).fill("2026-11-26")
    screen.modal.get_by_label("Who covers").select_option(DEV)
    assert fits(screen)
    screen.save()
    expect(screen.modal).to_contain_text("Dev Thapa")
    screen.one("modal-close").click()
    expect(screen.modal).to_be_hidden()

    screen.type("/liaison away off")
    expect(screen.message("called off")).to_be_visible()


@SIZES
def test_a_manager_decides_from_the_brief(
    office: Office, open_screen: OpenScreen, size: Size
) -> None:
    companies = [f"Initech {size[0]}", f"Hooli {size[0]}"]
    for company in companies:
        office.dm(BEN, office.hand_over(company=company))
    for step in ("31m", "31m", "1h", "1h", "next_working_day"):
        office.control.advance(step)
        office.settle()
    office.brief(ANA, companies[0])
    screen = open_screen(office.sandbox.url, size)
    screen.visit("ana", "liaison")
    listed = screen.held(screen.message(companies[0]))
    assert fits(screen)

    for label in ("Excuse", "Leave"):
        before = listed.get_by_role("button", name=label, exact=True).count()
        screen.press_first(listed, label)
        buttons = listed.get_by_role("button", name=label, exact=True)
        expect(buttons).to_have_count(before - 1)


@SIZES
def test_a_lead_of_many_is_opened_from_the_list_and_answered(
    gathering: Office, open_screen: OpenScreen, size: Size
) -> None:
    office, fair = gathering, f"Fair {size[0]}"
    rush(office, fair, company="Stand")
    screen = open_screen(office.sandbox.url, size)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message(f"Work through 10 leads of {fair}"))
    assert fits(screen)

    screen.press(told, "All 10")
    expect(screen.modal).to_contain_text(f"{fair}: 10 leads")
    assert fits(screen)
    screen.modal.get_by_role("button", name="Open", exact=True).first.click()
    expect(screen.modal).to_contain_text("+1 555 0100")
    assert fits(screen)
    screen.modal.get_by_role("button", name="Outcome…", exact=True).click()
    screen.choose_in("How did it end, for now?", "No need")
    assert fits(screen)
    screen.save()
    close_the_question(screen)
    expect(told).to_contain_text(f"Work through 9 leads of {fair}")

    screen.press_first(told, "Open")
    screen.modal.get_by_role("button", name="Log touch", exact=True).click()
    screen.modal.get_by_label("Called, spoke").check()
    send(screen)
    expect(told).to_contain_text("in touch")
    screen.visit("ben", "leads")
    card = screen.message(f"{fair}: 10 leads came together")
    expect(card).to_contain_text("First touch made: 2 of 10.")
    assert fits(screen)


@SIZES
def test_ones_own_messages_are_set_and_set_back(
    office: Office, open_screen: OpenScreen, size: Size
) -> None:
    screen = open_screen(office.sandbox.url, size)
    screen.visit("hugo", "leads")

    screen.type("/liaison settings")
    screen.modal.get_by_label("In my morning brief").check()
    screen.modal.get_by_label("Quiet times").fill("12-13")
    assert fits(screen)
    screen.save()
    expect(screen.modal).to_contain_text("Quiet 12:00-13:00")
    expect(screen.modal).to_contain_text("New leads reach you in your morning brief.")
    assert fits(screen)
    screen.modal.get_by_role("button", name="Undo", exact=True).click()
    expect(screen.modal).to_contain_text("No quiet times of your own.")
    screen.one("modal-close").click()
    expect(screen.modal).to_be_hidden()
