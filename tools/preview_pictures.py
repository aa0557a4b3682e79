"""Makes the previews' pictures in docs/pictures: python tools/preview_pictures.py

The workspace is the sandbox's; what is shown is what the bot says there.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import expect
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.models import Campaign, PreviewAnswer
from bot.services import campaign_entry, preview_put, previews
from bot.services.preview_put import Filled
from sandbox.server import Sandbox
from tests.office import ANA, BEN, CHLOE, DEV, LEADS, MANIFEST, MONDAY_TEN, Office, settings_for
from tests.services.test_previews import BRIEF, CLOSED, JONAS, LAUNCH, said
from tools.pictures import BRIEF_WIDTH, DESK, PHONE, View, chromium

NAME = "Supplier audit"
FORM = 1240
"""CSS pixels of a phone's window in which the form stands whole."""
CONCERN = "Nobody of us can say how long an audit takes; they will ask."


def main() -> None:
    database = f"sqlite:///{mkdtemp()}/pictures.db"
    with Sandbox(pace=1000.0, manifest=MANIFEST) as sandbox, chromium() as browser:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, database))
        office.open()
        assert office.bot
        liaison = office.bot.liaison
        views = [View(browser, sandbox.url, frame) for frame in (DESK, PHONE)]
        describe(office)
        office.control.command(JONAS, LEADS, "/campaign", f"preview {NAME}")
        form = office.modal(JONAS, "Preview")
        for frame in (DESK, replace(PHONE, height=FORM)):
            view = View(browser, sandbox.url, frame)
            view.go("leads", "jonas")
            expect(view.modal).to_be_visible()
            view.snap("preview-form")
        office.control.close(JONAS, form["id"])
        asked = (ANA, BEN, CHLOE, DEV)
        preview = preview_put.put(liaison, Filled(NAME, *words(), asked=asked), JONAS).preview
        said(office, BEN, f"is {NAME} ready")
        for view in views:
            look(view, "ben", f"is {NAME} ready", "preview")
        previews.answer(liaison, preview.id, ANA, PreviewAnswer.OK)
        previews.answer(liaison, preview.id, BEN, PreviewAnswer.OK)
        previews.answer(liaison, preview.id, CHLOE, PreviewAnswer.CONCERN, CONCERN)
        for view in views:
            look(view, "jonas", "2 OK, 1 concern, 1 no answer yet", "preview-state")
        office.control.set_clock(CLOSED)
        said(office, JONAS, f"{NAME} is to launch")
        for view in views:
            look(view, "jonas", f"{NAME} is to launch", "preview-alert")
            look(view, "chloe", "the preview is closed", "preview-closed")
        office.close()


def describe(office: Office) -> None:
    """Marketing has entered the campaign before."""
    assert office.bot
    liaison = office.bot.liaison
    office.hand_over(campaign=NAME)
    with liaison.reading() as tx:
        campaign = tx.scalars(select(Campaign)).one()
    audience, offer, launch, follow_up, talk_track = words()
    known = campaign_entry.Filled(
        name=NAME,
        owner_id=JONAS,
        starts_on=launch,
        audience=audience,
        offer=offer,
        follow_up=follow_up,
        talk_track=talk_track,
    )
    campaign_entry.edit(liaison, campaign.id, JONAS, known)


def words() -> tuple[str, str, str, str, str]:
    """The brief, in the order of the form."""
    audience, offer, follow_up, talk_track = BRIEF.values()
    return audience, offer, LAUNCH, follow_up, talk_track


def look(view: View, person: str, shows: str, name: str) -> None:
    view.go("liaison", person)
    view.page.reload()
    message = view.message(shows)
    expect(message).to_be_visible()
    view.snap(name, message, width=BRIEF_WIDTH)


if __name__ == "__main__":
    main()
