"""What somebody sets about their own messages holds for what waits, and for nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.settings import Wishes
from bot.errors import NotAllowed
from bot.models import Message
from bot.services import exports, settings
from bot.views import ids
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    HUGO,
    IDA,
    LEADS,
    MONDAY_TEN,
    PIA,
    Json,
    Office,
    text_of,
    without_standup,
)
from tests.services.test_troubles import sent_about


@pytest.fixture
def briefed(own_office: Office) -> Office:
    """An office with briefs and the team's own cap, on Monday at ten."""
    own_office.settings = replace(own_office.settings, liaison_playbook=without_standup())
    own_office.control.set_clock(MONDAY_TEN)
    own_office.open()
    return own_office


def fill_in(office: Office, person: str, **values: object) -> Json:
    """Save the form with these values; gives Slack's answer."""
    office.control.command(person, LEADS, "/liaison", "settings")
    form = office.modal(person, "Your messages")
    filled = {
        ids.SETTINGS_HOT: "at_once",
        ids.SETTINGS_CAP: "team",
        ids.SETTINGS_PLEASANT: ["named", "week"],
    } | values
    answer = office.control.submit(
        person, form["id"], {name: {ids.CHOICE: value} for name, value in filled.items()}
    )
    if answer.get("errors"):
        office.control.close(person, form["id"])
    return answer


def saved(office: Office, person: str, shows: str) -> Json:
    return office.control.until(
        lambda: next(
            (view for view in office.control.state(person)["views"] if shows in text_of(view)), None
        )
    )


def rows_of(office: Office, handoff: str) -> list[Message]:
    return [row for row in sent_about(office, [handoff]) if row.recipient_id]


def test_in_a_quiet_time_messages_wait_and_what_was_asked_for_does_not(office: Office) -> None:
    fill_in(office, BEN, settings_quiet="12-13, 10:00–11:00")
    assert "Quiet 10:00-11:00, 12:00-13:00" in text_of(saved(office, BEN, "Saved"))
    handoff = office.hand_over(owner="ben@example.com")
    queued = office.hand_over(owner=None)
    office.card(handoff, "Ben Cole has it")
    office.settle()
    assert [row.ts for row in rows_of(office, handoff)] == [None]

    office.press(BEN, ids.CLAIM, office.card(queued), LEADS, queued)
    office.dm(BEN, queued, "You have it")
    office.control.advance("1h")
    office.dm(BEN, handoff, "You have it")
    reset(office)


def reset(office: Office) -> None:
    assert office.bot
    for person in (BEN, HUGO):
        settings.change(office.bot.liaison, person, Wishes())
        for view in reversed(office.control.state(person)["views"]):
            office.control.close(person, view["id"])


def test_undo_brings_back_what_was_before_and_lets_go_what_it_held(office: Office) -> None:
    fill_in(office, HUGO, settings_quiet="9:30-15:00")
    view = saved(office, HUGO, "Saved")
    handoff = office.hand_over(owner="hugo@example.com")
    office.card(handoff, "Hugo Lind has it")
    office.settle()
    assert [row.ts for row in rows_of(office, handoff)] == [None]

    office.control.click(HUGO, ids.SETTINGS_UNDO, view_id=view["id"], value="team")
    saved(office, HUGO, "No quiet times of your own.")
    office.dm(HUGO, handoff, "You have it")
    reset(office)


def test_what_cannot_be_read_is_told_beside_the_field(office: Office) -> None:
    errors = fill_in(office, BEN, settings_quiet="lunch")["errors"]
    assert errors == {
        ids.SETTINGS_QUIET: "Write times such as 12:00-13:00, several with a comma between."
    }
    errors = fill_in(office, BEN, settings_quiet="8-16:30")["errors"]
    assert errors == {ids.SETTINGS_QUIET: "Please leave an hour of every working day."}


def test_what_people_chose_decides_between_a_message_and_their_brief(briefed: Office) -> None:
    office = briefed
    fill_in(office, HUGO, settings_hot="in_brief")
    fill_in(office, BEN, settings_cap="0")
    hugos = office.hand_over(owner="hugo@example.com", company="Northgate")
    bens = office.hand_over(owner="ben@example.com", company="Tidewater", grade="B")
    for handoff, name in ((hugos, "Hugo Lind"), (bens, "Ben Cole")):
        office.card(handoff, f"{name} has it")
    office.settle()
    assert [row for each in (hugos, bens) for row in rows_of(office, each) if row.ts] == []

    view = saved(office, HUGO, "in your morning brief")
    office.control.click(HUGO, ids.SETTINGS_UNDO, view_id=view["id"], value="team")
    office.dm(HUGO, hugos, "You have it")
    office.control.set_clock(MONDAY_TEN + timedelta(hours=9))
    chloes = office.hand_over(owner="chloe@example.com", company="Larkfield")
    office.card(chloes, "Chloe Martin has it")
    office.settle()
    fill_in(office, CHLOE, settings_hot="in_brief")  # while the message waits for the morning
    office.control.advance("next_working_day")
    office.brief(BEN, "Tidewater")
    office.brief(CHLOE, "Larkfield")
    office.settle()
    told = [row.ts for each in (bens, chloes) for row in rows_of(office, each)]
    assert set(told) == {None}


def test_only_the_person_and_the_admins_read_them(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    settings.change(liaison, BEN, Wishes(quiet="12:00-13:00", cap=2))

    listed = str(exports.people(liaison, 0, PIA))
    assert "Chose: 2 messages a day, quiet 12:00-13:00" in listed
    assert listed.count("Chose:") == 1
    rows = exports.people_as_file(liaison, PIA).content.decode("utf-8-sig").splitlines()
    ben = next(row for row in rows if row.startswith("Ben Cole"))
    assert ben.endswith(",yes,yes,,2,12:00-13:00,yes,no")
    for other in (ANA, IDA, BEN):
        with pytest.raises(NotAllowed):
            exports.people(liaison, 0, other)
    reset(office)


def test_the_home_opens_them(office: Office) -> None:
    office.control.home(HUGO)
    office.control.until(lambda: ids.SETTINGS_OPEN in text_of_home(office) or None)
    office.control.click(HUGO, ids.SETTINGS_OPEN, home=True, value=HUGO)
    assert "Quiet times" in str(office.modal(HUGO, "Your messages"))
    reset(office)


def text_of_home(office: Office) -> str:
    return str(office.control.state(HUGO)["home"])


def test_quiet_times_hold_from_the_next_message_on_for_a_day(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    settings.change(liaison, BEN, Wishes(quiet="10:00-10:30"))
    office.control.set_clock(MONDAY_TEN + timedelta(days=1, minutes=40))

    office.dm(BEN, office.hand_over(owner="ben@example.com"), "You have it")
    reset(office)
