"""Makes the pictures of routing and the playbook in docs/pictures: python tools/routing_pictures.py

The workspace is the sandbox's; what is shown is what the bot says there.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.services import definitions
from bot.views import ids
from bot.views.definitions import Meaning
from sandbox.server import Sandbox
from tests.office import ANA, BEN, IDA, LEADS, MANIFEST, MONDAY_TEN, Json, Office, dm, settings_for
from tests.services.test_definitions import MARKETING, SALES
from tests.services.test_playbooks import change, opened
from tests.services.test_routing import playbook_with_rules
from tools.pictures import BRIEF_WIDTH, DESK, PHONE, View, chromium

WHOLE = replace(PHONE, height=1330)
"""A phone's window in which both answers and the form below them stand whole."""
LONG = replace(PHONE, height=1240, dots=1)
"""One in which the whole glossary stands; with fewer dots, as it is all text."""
RULE = 'country = ["NL", "BE"]\nsize_from = 200\nto = ["hugo@example.com", "chloe@example.com"]\n'
COUNTRIES = ("DE", "NL", "BE", "NL", "AT", "FR")


def main() -> None:
    database = f"sqlite:///{mkdtemp()}/pictures.db"
    with Sandbox(pace=1000.0, manifest=MANIFEST) as sandbox, chromium() as browser:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, database))
        office.reopen(liaison_playbook=playbook_with_rules(Path(mkdtemp())))
        views = [View(browser, sandbox.url, frame) for frame in (DESK, PHONE)]
        whole = [views[0], View(browser, sandbox.url, WHOLE)]
        look_at_a_routed_lead(office, views)
        look_at_the_playbook(office, views)
        look_at_a_rehearsal(office, views)
        look_at_the_definitions(office, views, whole)
        look_at_the_glossary(office, [views[0], View(browser, sandbox.url, LONG)])
        office.close()


def look_at_a_routed_lead(office: Office, views: list[View]) -> None:
    handoff = office.hand_over(owner=None, company="Kestrel Optics", country="DE")
    office.card(handoff, "Routed by rule")
    for view in views:
        view.go("leads", "ida")
        view.snap("routed", view.message("Routed by rule"))


def look_at_the_playbook(office: Office, views: list[View]) -> None:
    opened(office, ANA)
    shown(office, views, "playbook", "how long before time alone")
    form = change(office, ANA, "routing.rules", "Routing rules")
    office.control.submit(ANA, form["id"], {ids.BOOK_ENTRY: {ids.CHOICE: "1"}})
    expect_form(office)
    shown(office, views, "rule", "Which in the order")


def expect_form(office: Office) -> Json:
    return office.control.until(
        lambda: next(
            (v for v in office.control.state(ANA)["views"] if v["callback_id"] == ids.BOOK_FORM),
            None,
        )
    )


def look_at_a_rehearsal(office: Office, views: list[View]) -> None:
    for number in range(60):
        office.hand_over(
            owner=None,
            company=f"Lead {number}",
            country=COUNTRIES[number % len(COUNTRIES)],
            grade="ABCD"[number % 4],
            custom={"employees": 150 + 25 * (number % 7)},
        )
    office.settle()
    office.control.advance("5h")
    choice = change(office, ANA, "routing.rules", "Routing rules")
    office.control.submit(ANA, choice["id"], {ids.BOOK_ENTRY: {ids.CHOICE: "5"}})
    form = expect_form(office)
    typed = {ids.BOOK_TEXT: {ids.CHOICE: RULE}}
    office.control.click(ANA, ids.BOOK_TRY, view_id=form["id"], values=typed)
    shown(office, views, "tryout", "Nothing was changed")


def look_at_the_definitions(office: Office, views: list[View], whole: list[View]) -> None:
    assert office.bot
    close_all(office, ANA)
    liaison = office.bot.liaison
    definitions.ask(liaison, ANA, "qualified")
    asked = office.control.message(dm(IDA), lambda m: "Please say it for" in str(m))
    question = asked["blocks"][-1]["elements"][0]["value"]
    for view in views:
        look(view, "ida", "Please say it for marketing", "definition-asked")
    office.press(IDA, ids.DEFINITION_ANSWER, asked, dm(IDA), question)
    office.modal(IDA, "What does it mean?")
    shown(office, views, "definition-answer", "What rules it out?", "ida")
    close_all(office, IDA)
    definitions.answer(liaison, question, IDA, Meaning(*MARKETING))
    definitions.answer(liaison, question, ANA, Meaning(*SALES))
    both = office.control.message(dm(ANA), lambda m: "Both sides have said" in str(m["text"]))
    for view in views:
        look(view, "ana", "Both sides have said", "definition-both")
    office.press(ANA, ids.DEFINITION_COMPARE, both, dm(ANA), question)
    office.modal(ANA, "Compare and agree")
    shown(office, whole, "definition-compare", "One text for both")
    definitions.agree(liaison, question, ANA, Meaning(*SALES))
    close_all(office, ANA)


def look_at_the_glossary(office: Office, views: list[View]) -> None:
    office.control.command(BEN, LEADS, "/liaison", "glossary")
    for view in views:
        view.go("leads", "ben")
        message = view.message("real contact by a human")
        expect(message).to_be_visible()
        view.snap("glossary", message, width=BRIEF_WIDTH)


def shown(office: Office, views: list[View], name: str, words: str, person: str = "ana") -> None:
    """The modal that stands open, once it has these words."""
    office.settle()
    for view in views:
        view.go("leads", person)
        view.page.reload()
        expect(view.modal).to_contain_text(words)
        view.modal.get_by_text(words).first.scroll_into_view_if_needed()
        view.snap(name, view.modal, width=BRIEF_WIDTH)


def close_all(office: Office, person: str) -> None:
    for view in reversed(office.control.state(person)["views"]):
        office.control.close(person, view["id"])


def look(view: View, person: str, shows: str, name: str) -> None:
    view.go("liaison", person)
    view.page.reload()
    message = view.message(shows)
    expect(message).to_be_visible()
    view.snap(name, message, width=BRIEF_WIDTH)


if __name__ == "__main__":
    main()
