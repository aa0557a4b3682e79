"""The story by clicking, at a desk: the real bot, the sandbox page, a real Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acts import edits_held
from tests.bot_process import BotProcess
from tests.browser.conftest import OpenScreen
from tests.office import BEN, CHLOE, HUGO, IDA, LEADS, Json, Office

pytestmark = pytest.mark.browser

NORTHGATE: Json = {
    "lead_id": "crm-18",
    "company": "Northgate",
    "first_name": "Maren",
    "last_name": "Holt",
    "email": "maren.holt@example.org",
    "phone": "+1 555 0118",
    "campaign": "Spring webinar",
    "grade": "A",
    "owner": "ben@example.com",
    "reason": "asked for a demo",
}


def test_one_lead_all_the_way_with_the_bot_killed_in_between(
    own_office: Office, open_screen: OpenScreen, tmp_path: Path
) -> None:
    office, log = own_office, tmp_path / "log"
    screen = open_screen(office.sandbox.url)
    with BotProcess(office.settings, log) as bot:
        bot.deliver("evt-1", NORTHGATE)
        screen.visit("ben", "leads")
        card = screen.message("Northgate")
        expect(card).to_contain_text("Ben Cole has it. First touch due today 11:00.")
        expect(card).not_to_contain_text("Holt")

        screen.go("liaison")
        told = screen.message("Call Northgate: asked for a demo, due 11:00")
        expect(told).to_contain_text("maren.holt@example.org")
        screen.turn_clock("15m")
        screen.turn_clock("15m")
        nudge = screen.held(screen.message("Call Northgate: first touch due 11:00"))
        older = screen.held(screen.message("see the newer message below"))
        expect(older.get_by_role("button", name="Accept")).to_have_count(0)
        bot.kill()

        expect(screen.one("bot-status")).to_contain_text("Liaison not connected")
        screen.press(nudge, "Accept")
        expect(screen.one("toast")).to_contain_text("did not respond")

    with BotProcess(office.settings, log):
        expect(screen.one("bot-status")).to_contain_text("Liaison connected")
        screen.press(nudge, "Accept")
        expect(nudge).to_contain_text("You accepted it. First touch due today 11:00.")

        screen.fill_in(nudge, "Log touch", "Called, spoke")
        expect(nudge).to_contain_text("You are working on it")
        screen.turn_clock("1h")
        screen.turn_clock("next-working-day")

        screen.qualify(nudge)
        expect(nudge).to_contain_text("Qualified, as you said")
        expect(older).to_contain_text("Qualified, as you said")
        assert len(office.dms(BEN)) == 2

        screen.go("leads")
        card = screen.message("Northgate")
        expect(card).to_contain_text("Qualified, says Ben Cole")
        screen.choose(card, "History")
        expect(screen.modal).to_be_visible()
        expect(screen.modal).to_contain_text("Ben Cole said: qualified · today")
        expect(screen.modal).to_contain_text("Ben Cole was in touch: Called, spoke · yesterday")
    assert len(office.control.messages(LEADS)) == 1


def test_a_lead_is_rejected_and_other_needs_words(office: Office, open_screen: OpenScreen) -> None:
    office.hand_over(company="Globex")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message("Call Globex"))

    screen.press(told, "Outcome…")
    screen.save()
    errors = screen.one("field-error").filter(visible=True)
    expect(errors).to_have_text("Please complete this required field.")
    screen.modal.get_by_label("In your words").fill("In spring.")
    screen.choose_in("How did it end, for now?", "Bad timing")
    expect(screen.modal.get_by_label("When would be better?")).to_have_value("2027-01-22")
    screen.choose_in("How did it end, for now?", "Other")
    expect(screen.modal.get_by_text("In your words (optional)")).to_have_count(0)
    screen.modal.get_by_label("In your words").fill("")
    screen.save()
    expect(errors).to_have_text("Please complete this required field.")
    screen.modal.get_by_label("In your words").fill("They build it *themselves*.")
    screen.save()
    expect(screen.modal).to_contain_text("Was it a good lead?")
    screen.modal.get_by_role("button", name="So-so").click()
    expect(screen.modal).to_contain_text("Noted: so-so.")
    screen.one("modal-close").click()

    expect(screen.modal).to_be_hidden()
    expect(told).to_contain_text("Other, as you said")
    expect(told).to_contain_text("“They build it ∗themselves∗.”")
    expect(told.get_by_role("button", name="Outcome…")).to_have_count(0)

    screen.press(told, "Undo")
    expect(told).to_contain_text("You have it. First touch due")
    expect(told.get_by_role("button", name="Outcome…")).to_be_visible()


def test_two_press_claim_at_once_and_the_second_reads_who_was_first(
    office: Office, open_screen: OpenScreen
) -> None:
    office.hand_over(company="Initech", owner=None)
    screens = {name: open_screen(office.sandbox.url) for name in ("chloe", "hugo")}
    names = {"chloe": "Chloe Martin", "hugo": "Hugo Lind"}
    claims = []
    for person, screen in screens.items():
        screen.visit(person, "leads")
        card = screen.message("Initech")
        expect(card).to_contain_text("In the queue: nobody has it yet. First touch due")
        claims.append(card.get_by_role("button", name="Claim").element_handle())

    with edits_held(office):
        for claim in claims:
            claim.evaluate("button => button.click()")
        office.whisper_to_any((CHLOE, HUGO), "has this lead already")

    card = screens["chloe"].message("Initech")
    expect(card).to_contain_text("has it. First touch due today 11:00.")
    winner, loser = ("chloe", "hugo") if "Chloe" in card.inner_text() else ("hugo", "chloe")
    sentence = f"{names[winner]} has this lead already"
    expect(screens[loser].private_note(sentence)).to_have_text("Only visible to you")
    expect(screens[winner].private_note(sentence)).to_have_count(0)
    screens[winner].go("liaison")
    expect(screens[winner].message("Call Initech")).to_contain_text("You have it.")


def test_a_lead_worked_in_the_crm_alone_gets_no_reminder(
    office: Office, open_screen: OpenScreen
) -> None:
    handoff = office.hand_over(company="Hooli")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "liaison")
    told = screen.held(screen.message("Call Hooli"))

    lead, now = office.lead_of(handoff), office.now().isoformat()
    office.tell(event="contacted", lead_id=lead, by="ben@example.com", occurred_at=now)

    expect(told).to_contain_text("You are working on it")
    screen.turn_clock("1h")
    screen.turn_clock("next-working-day")
    office.settle()
    expect(screen.message("Call Hooli: first touch")).to_have_count(0)


def test_a_marketer_is_told_privately_and_the_next_person_does_not_see_it(
    office: Office, open_screen: OpenScreen
) -> None:
    office.hand_over(company="Stark")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")
    screen.act_as(IDA)

    screen.press(screen.message("Stark"), "Log touch")

    sentence = "Only sales can press this; you will read the outcome here."
    expect(screen.message(sentence)).to_contain_text("Only visible to you")
    screen.act_as(BEN)
    expect(screen.message("Stark")).to_be_visible()
    expect(screen.message(sentence)).to_have_count(0)


def test_app_home_and_the_command_list_what_is_mine(
    office: Office, open_screen: OpenScreen
) -> None:
    office.hand_over(company="Tyrell", owner="hugo@example.com")
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")
    screen.act_as(HUGO)
    expect(screen.message("Tyrell")).to_contain_text("Hugo Lind has it. First touch due")

    screen.go("home")
    expect(screen.one("home")).to_contain_text("Tyrell: You have it. First touch due today 11:00.")
    screen.go("leads")
    screen.type("/lead")
    expect(screen.message("Tyrell: You have it.")).to_contain_text("Only visible to you")
    screen.type("/lead help")
    expect(screen.message("soonest due first")).to_contain_text("Only visible to you")


def test_foreign_text_is_shown_as_it_is(office: Office, open_screen: OpenScreen) -> None:
    office.hand_over(company="<!channel> *Acme*", title="<https://evil.example|CEO>", owner=None)
    screen = open_screen(office.sandbox.url)
    screen.visit("ben", "leads")

    card = screen.message("Acme")

    expect(card.locator("strong").nth(1)).to_have_text("<!channel> ∗Acme∗")
    expect(card).to_contain_text("<https://evil.example|CEO>")
    expect(card.get_by_role("link")).to_have_count(0)
