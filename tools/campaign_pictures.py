"""Makes the pictures of campaigns in docs/pictures: python tools/campaign_pictures.py

A season of hand-offs, told by webhook to the real bot in a sandbox, then looked at in its page.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from pictures import BRIEF_WIDTH, DESK, PHONE, PICTURES, View, chromium  # noqa: E402
from playwright.sync_api import Locator, expect  # noqa: E402

from bot.services import campaign_entry, campaigns, disputes, outcomes  # noqa: E402
from bot.services.campaign_entry import Filled  # noqa: E402
from bot.services.outcomes import Answer  # noqa: E402
from sandbox.server import Sandbox  # noqa: E402
from tests.office import (  # noqa: E402
    BEN,
    IDA,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Office,
    settings_for,
)

SEASON = {
    "Spring webinar": (41, "EUR"),
    "Autumn fair": (28, "EUR"),
    "Partner day": (19, "EUR"),
    "Newsletter": (12, "EUR"),
    "google": (9, "EUR"),
    "Google": (6, "EUR"),
    "White paper": (5, "EUR"),
    None: (4, "EUR"),
}
ENDS = ("qualified", "not_a_fit", "won", "no_need", "qualified", "wrong_data", None, "no_budget")
WORDS = {
    "not_a_fit": "Forty people; we start at two hundred.",
    "no_need": "They build it themselves.",
    "no_budget": "Next year, they say.",
    "wrong_data": "The phone number is a fax.",
}
JONAS = "U0JONAS0000"
REPS = ("ben", "chloe", "dev")


def main() -> int:
    with season() as office, chromium() as browser:
        for frame in (replace(DESK, height=1300), replace(PHONE, height=1500, dots=1.75)):
            view = View(browser, office.sandbox.url, frame)
            look_at_the_table(view)
            look_at_one(view)
        for frame in (DESK, PHONE):
            view = View(browser, office.sandbox.url, frame)
            look_at_the_dispute(view)
            look_at_the_forms(view)
            look_at_the_rating(office, view)
    return 0


@contextmanager
def season() -> Iterator[Office]:
    with (
        TemporaryDirectory(prefix="liaison-pictures-") as folder,
        Sandbox(pace=PACE, manifest=MANIFEST) as sandbox,
    ):
        office = Office(sandbox, settings_for(sandbox, f"sqlite:///{Path(folder) / 'pictures.db'}"))
        sandbox.control.set_clock(MONDAY_TEN)
        office.open()
        try:
            tell(office)
            office.settle()
            yield office
        finally:
            office.close()


def tell(office: Office) -> None:
    """Each campaign's leads, over three months, with all kinds of ends."""
    number = 0
    told = []
    for place, (campaign, (leads, currency)) in enumerate(SEASON.items()):
        for each in range(leads):
            number += 1
            at = office.now() - timedelta(days=100 - (each * 97 // leads), hours=place)
            rep = f"{REPS[number % 3]}@example.com"
            worth = {"amount": str(1000 * (1 + number % 7)), "currency": currency}
            fields = {"campaign": campaign, "owner": rep, "occurred_at": at.isoformat()}
            fields["grade"] = "BCAB"[number % 4]
            handoff = office.hand_over(**fields, **worth)
            told.append((office.lead_of(handoff), ENDS[(number * 3 + place) % len(ENDS)], rep))
    office.settle()
    office.control.advance("1h")
    for lead, end, rep in told:
        answer(office, lead, end, rep)
    describe(office)
    contest(office)


def describe(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        campaign = campaigns.called(tx, liaison.team_id, "Spring webinar")
    assert campaign
    filled = Filled(
        name="Spring webinar",
        owner_id=JONAS,
        starts_on="2026-08-10",
        ends_on="2026-11-20",
        cost="6000 EUR",
    )
    campaign_entry.edit(liaison, campaign.id, IDA, filled)


def answer(office: Office, lead: str, end: str | None, rep: str) -> None:
    if end is None:
        return
    said = {"reason": WORDS[end]} if end in WORDS else {}
    office.tell(event="contacted", lead_id=lead, kind="spoke", by=rep)
    office.tell(event="outcome", lead_id=lead, kind=end, by=rep, **said)


def type_command(view: View, typed: str, shows: str) -> Locator:
    view.go("leads", "ida")
    box = view.page.get_by_placeholder("Message #leads as Ida Berg")
    box.fill(typed)
    view.page.get_by_test_id("composer-send").click()
    answered = view.message(shows)
    expect(answered).to_be_visible()
    return answered


def snap(view: View, name: str, message: Locator) -> None:
    """A whole message, however long it is."""
    view.page.get_by_test_id("jump-to-newest").evaluate_all(
        "found => found.forEach(e => e.remove())"
    )
    message.screenshot(
        path=PICTURES / f"{name}-{view.frame.name}.png", animations="disabled", caret="hide"
    )


def contest(office: Office) -> None:
    """A lead of Ben's is turned down, and Jonas sees it otherwise."""
    assert office.bot
    liaison = office.bot.liaison
    handoff = office.hand_over(company="Harbour Logistics", campaign="Spring webinar")
    told = Answer("not_a_fit:size", words="Forty people; we start at two hundred.")
    outcomes.record_outcome(liaison, handoff, BEN, told)
    disputes.dispute(liaison, handoff, JONAS, "They have 400 people; their site says so.")
    office.settle()


def look_at_the_dispute(view: View) -> None:
    """As the liaison reads it, and the form that settles it."""
    view.go("liaison", "olga")
    asked = view.message("disputes an outcome")
    expect(asked).to_be_visible()
    view.press(asked, "Settle…")
    view.modal.get_by_label("Another reason").check()
    view.modal.get_by_label("Which reason").select_option(label="No need")
    view.modal.get_by_label("The line both of them read").fill("400 people, and no need this year.")
    view.snap("dispute")
    view.page.get_by_test_id("modal-cancel").click()
    expect(view.modal).to_be_hidden()


def look_at_the_forms(view: View) -> None:
    """What stands behind a number, what is edited, and what is merged."""
    page = type_command(view, "/campaign google", "google, the last")
    page.get_by_role("combobox").select_option(index=1)
    expect(view.modal).to_be_visible()
    view.snap("campaign-leads")
    close(view)
    for entry, name in (("Edit…", "campaign-edit"), ("Merge…", "campaign-merge")):
        page.locator('[data-action-id="lead:campaign_more"]').click()
        view.page.get_by_role("menuitem", name=entry).click()
        expect(view.modal).to_be_visible()
        view.snap(name)
        close(view)


def close(view: View) -> None:
    view.page.get_by_test_id("modal-cancel").click()
    expect(view.modal).to_be_hidden()


def look_at_the_rating(office: Office, view: View) -> None:
    """One tap, once the outcome is recorded."""
    company = f"Rated by {view.frame.name} Ltd"
    handoff = office.hand_over(company=company, campaign="Spring webinar")
    office.dm(BEN, handoff)
    assert office.bot
    outcomes.record_outcome(office.bot.liaison, handoff, BEN, Answer("no_need"))
    office.settle()
    view.go("liaison", "ben")
    asked = view.message(company)
    expect(asked).to_contain_text("So-so")
    view.snap("rating", asked, width=BRIEF_WIDTH)


def look_at_the_table(view: View) -> None:
    snap(view, "campaigns", type_command(view, "/campaign", "Campaigns, the last 180 days"))


def look_at_one(view: View) -> None:
    snap(
        view, "campaign", type_command(view, "/campaign Spring webinar", "Spring webinar, the last")
    )


if __name__ == "__main__":
    sys.exit(main())
