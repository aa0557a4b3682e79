"""Makes the flags' pictures in docs/pictures: python tools/flag_pictures.py

The workspace is the sandbox's, with answered leads put into its tables; what is shown is what the
bot says of them.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import Browser, expect
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.models import Person, SecondLook
from bot.views import ids
from sandbox.server import Sandbox
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    Office,
    settings_for,
)
from tests.services.test_flags import TUESDAY_NINE, campaign_with, judge_now, usual_campaigns
from tools.pictures import BRIEF_WIDTH, DESK, PHONE, View, chromium


def main() -> None:
    database = f"sqlite:///{mkdtemp()}/pictures.db"
    with Sandbox(pace=1000.0, manifest=MANIFEST) as sandbox, chromium() as browser:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, database))
        office.open()
        usual_campaigns(office, "Regular")
        campaign_with(office, "Autumn fair", {ANA: 9, BEN: 8, CHLOE: 9, DEV: 7})
        campaign_with(office, "Partner list", {ANA: 10})
        judge_now(office)
        asked = second_rep(office)
        handoff = office.hand_over(campaign="Spring webinar", company="Northgate Advisory")
        office.card(handoff)
        office.settle()
        views = [View(browser, sandbox.url, frame) for frame in (DESK, PHONE)]
        for view in views:
            look(view, "ida", "Autumn fair brings worse", "flag")
            look(view, asked, "A second view", "flag-second-look")
            view.page.goto(f"{sandbox.url}/#/ida/liaison")
            press(view, "See the leads", "Autumn fair brings worse", "flag-leads")
        office.control.shortcut(BEN, ids.FLAG_MESSAGE, channel=LEADS, ts=office.card(handoff)["ts"])
        for view in views:
            view.page.goto(f"{sandbox.url}/#/ben/leads")
            expect(view.modal).to_be_visible()
            view.snap("flag-form")
        desk = views[0]
        desk.modal.get_by_label("What is wrong").fill("Students: the offer promises a certificate")
        desk.page.get_by_test_id("modal-submit").click()
        expect(desk.modal).to_contain_text("has it")
        for shown in office.control.state(BEN)["views"]:
            office.control.close(BEN, shown["id"])
        office.settle()
        for view in views:
            view.page.goto(f"{sandbox.url}/#/chloe/leads")
            view.page.reload()
            card = view.message("Northgate Advisory")
            expect(card).to_contain_text("Campaign flagged")
            view.snap("flag-card", card)
            look(view, "ida", "flagged Spring webinar", "flag-hand")
            press(view, "Say what changed…", "flagged Spring webinar", "flag-change")
        look_at_the_brief(office, browser)
        office.close()


def look_at_the_brief(office: Office, browser: Browser) -> None:
    """The next morning nobody has answered yet; a window in which the brief stands whole."""
    office.control.set_clock(TUESDAY_NINE)
    office.brief(IDA, "Flags to answer")
    for frame in (DESK, replace(PHONE, height=1200)):
        view = View(browser, office.sandbox.url, frame)
        view.go("liaison", "ida")
        brief = view.message("Flags to answer")
        expect(brief).to_be_visible()
        view.snap("flag-brief", brief, width=BRIEF_WIDTH)


def second_rep(office: Office) -> str:
    """Who was asked about the campaign that one person rated, as the page's address names them."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        asked = tx.scalars(select(SecondLook)).one()
        person = tx.get_one(Person, (asked.team_id, asked.person_id))
        return person.name.partition(" ")[0].lower()


def look(view: View, person: str, words: str, name: str) -> None:
    view.page.goto(f"{view._url}/#/{person}/liaison")
    expect(view.message(words)).to_be_visible()
    view.message(words).scroll_into_view_if_needed()
    view.snap(name)


def press(view: View, label: str, words: str, name: str) -> None:
    view.press(view.message(words), label)
    expect(view.modal).to_be_visible()
    view.snap(name)
    close = view.page.get_by_test_id("modal-cancel").or_(view.page.get_by_test_id("modal-close"))
    close.first.click()


if __name__ == "__main__":
    main()
