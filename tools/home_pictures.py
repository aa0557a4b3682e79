"""Makes the pictures of App Home by role, and of the two-way board: python tools/home_pictures.py

A season of hand-offs, and what both sides owe each other since, looked at in the sandbox's page.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from campaign_pictures import ENDS, REPS, answer, contest, describe, snap, type_command  # noqa: E402
from pictures import DESK, PHONE, PICTURES, View, chromium  # noqa: E402
from playwright.sync_api import Locator, expect  # noqa: E402
from sqlalchemy import select  # noqa: E402
from sqlmodel import col  # noqa: E402

from bot.models import Ask, Campaign, PreviewAnswer  # noqa: E402
from bot.services import asks, flags, preview_put, previews  # noqa: E402
from bot.services.flags import Raising  # noqa: E402
from bot.services.preview_put import Filled  # noqa: E402
from sandbox.server import Sandbox  # noqa: E402
from tests.office import (  # noqa: E402
    BEN,
    CHLOE,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Office,
    playbook_with,
    settings_for,
)

JONAS = "U0JONAS0000"
TABS = {"marketing": ("jonas", None), "team": ("ana", "Team"), "disputes": ("olga", "Disputes")}
TALL = {DESK.name: 1750, PHONE.name: 2900}


def main() -> int:
    with office_with(season, owe) as office, chromium() as browser:
        for frame in (DESK, PHONE):
            view = View(browser, office.sandbox.url, replace(frame, height=TALL[frame.name]))
            for name, (person, tab) in TABS.items():
                look_at_home(view, f"home-{name}", person, tab)
            look_at_home(view, "home-setup", "pia", "Set-up")
            look_at_the_report(view)
            look_into_it(View(browser, office.sandbox.url, frame))
    with office_with() as office, chromium() as browser:
        for frame in (DESK, PHONE):
            view = View(browser, office.sandbox.url, frame)
            look_at_home(view, "home-empty", "jonas", None)
    return 0


@contextmanager
def office_with(*stories: "Story") -> Iterator[Office]:
    with (
        TemporaryDirectory(prefix="liaison-pictures-") as folder,
        Sandbox(pace=PACE, manifest=MANIFEST) as sandbox,
    ):
        settings = settings_for(sandbox, f"sqlite:///{Path(folder) / 'pictures.db'}")
        alone = playbook_with("[attention]\ncap = 1000\n[batches]\nsize = 1000\n")
        office = Office(sandbox, replace(settings, liaison_playbook=alone))
        sandbox.control.set_clock(MONDAY_TEN)
        office.open()
        try:
            for story in stories:
                story(office)
            office.settle()
            yield office
        finally:
            office.close()


Story = Callable[[Office], None]


def season(office: Office) -> None:
    """Fourteen weeks of leads: most are answered in time, some late, some never."""
    told: list[tuple[str, str | None, str]] = []
    for number in range(90):
        at = office.now() - timedelta(days=98 - number, hours=number % 5)
        rep = f"{REPS[number % 3]}@example.com"
        fields = {"campaign": CAMPAIGNS[number % 3], "owner": rep, "occurred_at": at.isoformat()}
        missing = {"phone": None} if number % 4 == 0 else {}
        handoff = office.hand_over(**fields, **missing, grade="ABBC"[number % 4])
        told.append((office.lead_of(handoff), ENDS[number * 3 % len(ENDS)], rep))
    office.settle()
    for number, each in enumerate(told):
        if number % 7:
            answer(office, *each)
    office.control.advance("6h")
    for number, each in enumerate(told):
        if number % 14 == 0:
            answer(office, *each)
    describe(office)
    contest(office)


CAMPAIGNS = ("Spring webinar", "Autumn fair", "Newsletter")


def owe(office: Office) -> None:
    """Questions, a flag and a preview; some of it is answered late, some not at all."""
    assert office.bot
    liaison = office.bot.liaison
    fair = {"campaign": "Spring webinar", "grade": "A"}
    open_ones = [office.hand_over(company=name, owner="ben@example.com", **fair) for name in OPEN]
    queued = office.hand_over(company="Linden Freight", owner=None, **fair)
    for handoff in (*open_ones, queued):
        office.card(handoff)
    asks.ask(liaison, open_ones[0], BEN, "Which of their sites did they ask about?")
    asks.ask(liaison, open_ones[1], BEN, "Did they see the price list?")
    with liaison.reading() as tx:
        named = select(col(Campaign.id)).where(col(Campaign.name) == "Spring webinar")
        campaign_id = tx.scalars(named).one()
    raising = Raising(campaign_id, "Students, not buyers", "serious", None)
    flags.raise_by_hand(liaison, raising, BEN)
    launch = (office.now() + timedelta(days=24)).date().isoformat()
    preview = preview_put.put(liaison, replace(PREVIEW, launches_on=launch), JONAS)
    concern = "Nobody can answer for the discount."
    previews.answer(liaison, preview.preview.id, BEN, PreviewAnswer.CONCERN, concern)
    previews.answer(liaison, preview.preview.id, CHLOE, PreviewAnswer.OK)
    for _ in range(3):
        office.control.advance("24h")
        office.settle()
    asks.answer(liaison, ask_about(office, open_ones[1]), JONAS, "They did, in the follow-up.")
    late = office.hand_over(company="Alder Optics", owner="chloe@example.com", **fair)
    office.card(late)
    office.control.advance("6h")


OPEN = ("Northgate Advisory", "Tidewater Haulage", "Birch Pumps")
PREVIEW = Filled(
    name="Autumn roadshow",
    audience="Heads of procurement, 200 to 2,000 people",
    offer="A free audit of their suppliers",
    launches_on="",
    follow_up="Call within the day",
    talk_track="Ask what their last audit found",
    asked=(BEN, CHLOE),
)


def ask_about(office: Office, handoff: str) -> str:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(col(Ask.id)).where(col(Ask.handoff_id) == handoff)).one()


def look_at_home(view: View, name: str, person: str, tab: str | None) -> None:
    """All of a Home, with the tab open that begins like this."""
    view.go("home", person)
    home = view.page.get_by_test_id("home")
    expect(home).to_contain_text("Your settings")
    if tab:
        home.get_by_role("button", name=re.compile(f"^{tab}")).click()
        expect(home.get_by_role("button", name=re.compile(rf"^{tab}.*\(open\)"))).to_be_visible()
    keep(view, name, home)


def keep(view: View, name: str, part: Locator) -> None:
    file = PICTURES / f"{name}-{view.frame.name}.png"
    part.screenshot(path=file, animations="disabled", caret="hide")


def look_at_the_report(view: View) -> None:
    snap(view, "report", typed(view, "/liaison report 90"))


def typed(view: View, words: str) -> Locator:
    return type_command(view, words, "Sales and marketing, the last 90 days")


def look_into_it(view: View) -> None:
    """The leads behind a number, a search, the people and a history."""
    board = typed(view, "/liaison report 90")
    menu = board.get_by_role("combobox").first
    label = menu.locator("option", has_text="First touch late or open").inner_text()
    menu.select_option(label=label)
    expect(view.modal).to_be_visible()
    view.snap("report-leads")
    view.page.get_by_test_id("modal-close").click()
    view.go("home", "chloe")
    view.page.get_by_test_id("home").get_by_role("button", name="Search…").click()
    view.modal.get_by_label("What are you looking for?").fill("web")
    view.page.get_by_test_id("modal-submit").click()
    expect(view.modal).to_contain_text("Campaigns")
    view.snap("search")
    view.page.get_by_test_id("modal-close").click()
    view.go("home", "pia")
    home = view.page.get_by_test_id("home")
    home.get_by_role("button", name=re.compile("^Set-up")).click()
    home.get_by_role("button", name="People", exact=True).click()
    expect(view.modal).to_contain_text("Ben Cole")
    view.snap("people")
    view.page.get_by_test_id("modal-close").click()


if __name__ == "__main__":
    sys.exit(main())
