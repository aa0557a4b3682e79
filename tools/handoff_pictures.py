"""Makes the pictures of a hand-off's life in docs/pictures: python tools/handoff_pictures.py

As in tools/pictures.py, each is the demo's page after the clicks that lead there.
"""

import sys
from pathlib import Path

from playwright.sync_api import Locator, expect

sys.path.insert(0, str(Path(__file__).parent.parent))

from sandbox.control import Control
from tools.pictures import DESK, PHONE, View, chromium, demo

CHLOE, STANDUP = "U0CHLOE0000", "C0STANDUP00"
WARM, HOT = "Brightwell Manufacturing", "Northgate Advisory"
FORM_POSTS = (
    "New demo request\nCompany: Larkfield Foods\nName: Ada Moss\n"
    "Email: ada.moss@larkfield.example\nTeam size: 40\nPhone: +44 20 7946 0199",
    "New demo request\nCompany: Orchard Tools\nName: Max Reed\nEmail: max.reed@orchard.example\n"
    "Team size: 120\nPhone: +1 555 0121",
)


def main() -> int:
    with demo() as url, chromium() as browser:
        control = Control(url)
        views = [View(browser, url, frame) for frame in (DESK, PHONE)]
        for view in views:
            look_at_the_forms(view)
        for view in views:
            look_at_leave_and_a_watched_channel(view, control)
        put_off_and_ask(views[0])
        for view in views:
            look_at_a_question(view)
        turn_it_down_for_now(views[0])
        for view in views:
            look_at_an_answer_and_its_return(view)
        offer(views[0])
        for view in views:
            look_at_an_offer(view)
        let_it_lie(control)
        for view in views:
            look_at_the_question_to_colleagues(view)
        wait_for_the_return(control)
        for view in views:
            look_at_a_lead_that_came_back(view)
    return 0


def told(view: View, company: str) -> Locator:
    """Ben's message about a lead."""
    look(view, "liaison", "ben")
    message = view.message(company)
    expect(message).to_be_visible()
    return message


def look(view: View, place: str, person: str) -> None:
    """Go there as somebody, and wait until the page is theirs."""
    view.go(place, person)
    user = f"U0{person.upper()}".ljust(11, "0")
    switcher = view.page.get_by_test_id("person-switcher")
    expect(switcher).to_have_attribute("data-user", user)


def choose(view: View, message: Locator, entry: str) -> None:
    message.locator('[data-action-id="lead:more"]').click()
    view.page.get_by_role("menuitem", name=entry).click()


def cancel(view: View) -> None:
    view.page.get_by_test_id("modal-cancel").click()
    expect(view.modal).to_be_hidden()


def send(view: View) -> None:
    view.page.get_by_test_id("modal-submit").click()
    expect(view.modal).to_be_hidden()


def write(view: View, words: str) -> None:
    view.page.get_by_test_id("composer-input").fill(words)
    view.page.get_by_test_id("composer-send").click()
    expect(view.modal).to_be_visible()


def look_at_the_forms(view: View) -> None:
    """Log touch, Snooze, Ask marketing, Reassign: filled in, and not sent."""
    view.press(told(view, WARM), "Log touch")
    view.modal.get_by_label("Called, spoke").check()
    view.modal.get_by_label("What is the next step?").fill("Send a price for two hundred")
    view.snap("touch")
    cancel(view)
    choose(view, told(view, WARM), "Snooze…")
    view.modal.get_by_label("On the next working morning").check()
    view.snap("snooze")
    cancel(view)
    choose(view, told(view, WARM), "Ask marketing")
    view.modal.get_by_role("textbox").fill("Did they see the price list in Spanish?")
    view.snap("ask")
    cancel(view)
    choose(view, told(view, HOT), "Reassign…")
    view.modal.get_by_role("combobox").select_option(CHLOE)
    view.modal.get_by_role("textbox").fill("You know their head of sourcing")
    view.snap("reassign")
    cancel(view)


def look_at_leave_and_a_watched_channel(view: View, control: Control) -> None:
    look(view, "leads", "ben")
    write(view, "/liaison away")
    view.modal.get_by_label("Who covers").select_option(CHLOE)
    view.modal.get_by_label("Note").fill("Northgate waits for a price.")
    view.snap("away")
    cancel(view)
    if not view.on_phone:
        for words in FORM_POSTS:
            control.post("U0PIA000000", STANDUP, words, bot_name="Website form")
    look(view, "leads", "pia")
    write(view, "/liaison watch")
    view.modal.get_by_role("combobox").select_option(STANDUP)
    view.page.get_by_test_id("modal-submit").click()
    view.modal.get_by_label("Website form").check()
    view.page.get_by_test_id("modal-submit").click()
    expect(view.modal).to_contain_text("Larkfield Foods")
    view.snap("watch")
    cancel(view)


def put_off_and_ask(view: View) -> None:
    choose(view, told(view, WARM), "Ask marketing")
    view.modal.get_by_role("textbox").fill("Did they see the price list in Spanish?")
    send(view)


def look_at_a_question(view: View) -> None:
    look(view, "liaison", "ida")
    expect(view.message("price list in Spanish")).to_be_visible()
    view.snap("question")


def turn_it_down_for_now(view: View) -> None:
    """Back in a week: the card says so at once, because that is near."""
    message = told(view, WARM)
    day = view.page.evaluate("new Date(Date.now() + 6 * 864e5).toISOString().slice(0, 10)")
    view.press(message, "Outcome…")
    view.modal.get_by_label("How did it end").select_option(label="Bad timing")
    view.modal.get_by_label("When would be better?").fill(day)
    view.page.get_by_test_id("modal-submit").click()
    expect(view.message("Bad timing")).to_contain_text("as you said")
    view.page.get_by_test_id("modal-close").click()  # how good it was, which nobody has to say
    expect(view.modal).to_be_hidden()


def look_at_an_answer_and_its_return(view: View) -> None:
    look(view, "liaison", "ben")
    expect(view.message("as you said")).to_contain_text("Undo")
    view.snap("undo")
    look(view, "leads", "ida")
    card = view.message(WARM)
    expect(card).to_contain_text("Returns from")
    view.snap("return", card)


def offer(view: View) -> None:
    choose(view, told(view, HOT), "Reassign…")
    view.modal.get_by_role("combobox").select_option(CHLOE)
    view.modal.get_by_role("textbox").fill("You know their head of sourcing")
    send(view)


def look_at_an_offer(view: View) -> None:
    look(view, "liaison", "chloe")
    expect(view.message("asks you to take")).to_be_visible()
    view.snap("offer")


def let_it_lie(control: Control) -> None:
    """Nobody answers for the rest of the day, and it is the next morning."""
    for _ in range(7):
        control.advance("1h")
    control.advance("next_working_day")


def look_at_the_question_to_colleagues(view: View) -> None:
    look(view, "leads", "hugo")
    asked = view.message("Anyone free?")
    expect(asked).to_be_visible()
    view.snap("anyone", asked)


def wait_for_the_return(control: Control) -> None:
    for _ in range(5):
        control.advance("next_working_day")


def look_at_a_lead_that_came_back(view: View) -> None:
    look(view, "leads", "ben")
    card = view.message("Back after")
    expect(card).to_contain_text("said Ben Cole")
    view.snap("returned", card)


if __name__ == "__main__":
    sys.exit(main())
