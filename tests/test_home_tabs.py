"""App Home by role: a tab for each role, its counts, what is pressed there, and the search."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Dispute, Flag
from bot.services import asks, disputes, flag_answers, flags, outcomes
from bot.services.flags import Raising
from bot.services.outcomes import Answer
from bot.views import ids
from bot.views.home import LISTED
from tests.office import ANA, BEN, CHLOE, IDA, OLGA, PIA, PLAYBOOK, Json, Office, text_of
from tests.services.test_handoffs import stored
from tests.test_home import open_home, press_home, said, turn_tab, watch_home

JONAS = "U0JONAS0000"


def labels(office: Office, person: str) -> list[str]:
    """What the first row of a Home offers, without numbers."""
    row = office.control.state(person)["home"]["blocks"][0]
    return [button["text"]["text"].partition(":")[0] for button in row["elements"]]


def test_each_role_has_its_tab_and_the_first_one_is_open(office: Office) -> None:
    found = {}
    for person in (BEN, ANA, IDA, OLGA, PIA):
        open_home(office, person, "Your settings")
        found[person] = [one.removesuffix(" (open)") for one in labels(office, person)]

    assert found[BEN] == ["Search…"]
    assert found[ANA] == ["My leads", "Team", "Search…"]
    assert found[IDA] == ["Marketing", "Team", "Leads", "Search…"]
    assert found[OLGA][-1] == found[PIA][-1] == "Search…"
    assert "Disputes" in found[OLGA] and "Set-up" in found[PIA]


def test_a_part_with_nothing_in_it_says_so_in_a_line(own_office: Office) -> None:
    own_office.open()
    home = "\n".join(open_home(own_office, JONAS, "Your settings"))

    for title in ("Questions", "Flags", "Previews", "Your disputes", "Coming back this week"):
        assert f"*{title}*: " in home
    assert "You answer for none so far" in home


def test_marketing_answers_from_the_home_and_the_count_follows(office: Office) -> None:
    assert office.bot
    handoff = office.hand_over(campaign="Home fair")
    office.dm(BEN, handoff)
    asks.ask(office.bot.liaison, handoff, BEN, "Which of their sites?")

    open_home(office, IDA, "Which of their sites?")
    button = next(
        one
        for block in office.control.state(IDA)["home"]["blocks"]
        if "Which of their sites?" in str(block)
        for one in [block.get("accessory")]
    )
    press_home(office, IDA, ids.ANSWER, button["value"])
    form = office.modal(IDA, "Answer")
    office.control.submit(IDA, form["id"], {ids.ANSWER_WORDS: {ids.CHOICE: "The one in Bonn."}})

    office.control.until(lambda: "Which of their sites?" not in "\n".join(said(office, IDA)))


def test_a_flag_stands_on_its_owners_home_until_it_is_closed(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    handoff = office.hand_over(campaign="Flagged fair")
    office.dm(BEN, handoff)
    campaign_id = stored(office, handoff).campaign_id or ""
    open_home(office, IDA, "Your settings")
    flags.raise_by_hand(liaison, Raising(campaign_id, "Students", "serious", None), BEN)

    watch_home(office, IDA, "Flagged fair")
    with liaison.reading() as tx:
        of_campaign = select(col(Flag.id)).where(col(Flag.campaign_id) == campaign_id)
        flag_id = tx.scalars(of_campaign).one()
    flag_answers.close(liaison, flag_id, IDA, "The form asks for size now.")

    office.control.until(lambda: "flagged Flagged fair" not in "\n".join(said(office, IDA)))


def test_a_dispute_stands_with_who_opened_it_and_is_settled_on_the_liaisons(
    office: Office,
) -> None:
    assert office.bot
    liaison = office.bot.liaison
    handoff = office.hand_over(company="Contested Ltd")
    office.dm(BEN, handoff)
    outcomes.record_outcome(liaison, handoff, BEN, Answer("not_a_fit:size", words="Forty."))
    disputes.dispute(liaison, handoff, JONAS, "They have 400 people.")

    assert "Olga" in "\n".join(open_home(office, JONAS, "Contested Ltd"))
    turn_tab(office, OLGA, "Disputes")
    watch_home(office, OLGA, "Contested Ltd")
    with liaison.reading() as tx:
        of_lead = select(col(Dispute.id)).where(col(Dispute.handoff_id) == handoff)
        contested = tx.scalars(of_lead).one()
    press_home(office, OLGA, ids.SETTLE, contested)
    form = office.modal(OLGA, "Settle")
    values = {ids.VERDICT: {ids.CHOICE: "stands"}, ids.SETTLE_WORDS: {ids.CHOICE: "It stands."}}
    office.control.submit(OLGA, form["id"], values)

    office.control.until(lambda: "Contested Ltd" not in "\n".join(said(office, OLGA)))


def choose_list(office: Office, person: str, number: str) -> None:
    """Open the leads of one of the team's numbers."""
    office.control.click(person, ids.TEAM_LIST, value=f"show:{number}", home=True, block_id="team")


def test_a_manager_reads_the_team_and_each_own_rep(own_office: Office) -> None:
    office = own_office
    office.open()
    late = office.hand_over(company="Late Ltd")
    office.dm(BEN, late)
    office.card(office.hand_over(company="Queued Ltd", owner=None), "In the queue")
    office.control.advance("2h")

    turn_tab(office, ANA, "Team")
    home = "\n".join(watch_home(office, ANA, "*Ben Cole*: 1 open, 1 overdue, 0 due today"))
    assert "Open with reps 1 · First touch overdue 1" in home
    assert "In the queue 1" in home

    choose_list(office, ANA, "queue")
    view = office.modal(ANA, "Leads")
    assert "Queued Ltd" in text_of(view) and "Late Ltd" not in text_of(view)
    office.control.close(ANA, view["id"])
    press_home(office, ANA, ids.TEAM_LEADS, f"rep:{BEN}")
    assert "Late Ltd" in text_of(office.modal(ANA, "Leads"))


def test_marketings_manager_reads_the_same_numbers_and_no_names(own_office: Office) -> None:
    office = own_office
    office.open()
    office.dm(BEN, office.hand_over(company="Late Ltd"))
    office.control.advance("2h")

    turn_tab(office, IDA, "Team")
    home = "\n".join(watch_home(office, IDA, "First touch overdue 1"))
    assert "Ben" not in home
    choose_list(office, IDA, "overdue")
    view = office.modal(IDA, "Leads")
    assert "Late Ltd" in text_of(view) and "Ben" not in text_of(view)


def test_the_next_standup_stands_there_with_who_leads_it(own_office: Office) -> None:
    office = own_office
    office.settings = replace(office.settings, liaison_playbook=PLAYBOOK)
    office.open()

    turn_tab(office, ANA, "Team")
    home = "\n".join(watch_home(office, ANA, "The stand-up"))
    assert "30 minutes" in home


def test_an_admin_reads_what_needs_a_hand_and_who_signed(office: Office) -> None:
    turn_tab(office, PIA, "Set-up")
    home = "\n".join(watch_home(office, PIA, "Set-up"))

    assert "Not signed by sales yet" in home and "Well: " in home
    press_home(office, PIA, ids.BOOK_OPEN, "all")
    office.control.close(PIA, office.modal(PIA, "Playbook")["id"])
    press_home(office, PIA, ids.DOCTOR, "all")
    assert "Permissions" in text_of(office.modal(PIA, "Set-up"))


def search(office: Office, person: str, words: str) -> Json:
    open_home(office, person, "Your settings")
    press_home(office, person, ids.HOME_SEARCH, "search")
    form = office.modal(person, "Search")
    return office.control.submit(person, form["id"], {ids.SEARCH_WORDS: {ids.CHOICE: words}})


@pytest.fixture
def searched(office: Office) -> Iterator[Office]:
    yield office
    for view in reversed(office.control.state(CHLOE)["views"]):
        office.control.close(CHLOE, view["id"])


def test_the_search_finds_leads_campaigns_and_people(searched: Office) -> None:
    office = searched
    office.card(office.hand_over(company="Cole Brothers", campaign="Coleslaw day"))

    search(office, CHLOE, "cole")

    found = text_of(office.modal(CHLOE, "Search"))
    assert all(name in found for name in ("*Cole Brothers*", "*Coleslaw day*", "*Ben Cole*"))
    press_in_modal(office, CHLOE, ids.CAMPAIGN_SHOW)
    shown = text_of(office.modal(CHLOE, "Campaign"))
    assert "Coleslaw day" in shown and "Post to channel" not in shown


def press_in_modal(office: Office, person: str, action_id: str) -> None:
    view = office.control.state(person)["views"][-1]
    for block in view["blocks"]:
        if (button := block.get("accessory")) and button["action_id"] == action_id:
            where = {"view_id": view["id"], "value": button["value"]}
            office.control.click(person, action_id, **where)
            return
    raise AssertionError(action_id)


def test_what_fits_nothing_and_what_is_too_short_are_told_kindly(searched: Office) -> None:
    search(searched, CHLOE, "nobody of that name")
    assert "Try a shorter part" in text_of(searched.modal(CHLOE, "Search"))
    for view in reversed(searched.control.state(CHLOE)["views"]):
        searched.control.close(CHLOE, view["id"])

    refused = search(searched, CHLOE, "x")
    assert "Type 2 to 80 characters" in str(refused)


def test_the_fullest_tab_fits_into_a_home(own_office: Office) -> None:
    office = own_office
    office.open()
    assert office.bot
    liaison = office.bot.liaison
    for number in range(LISTED + 2):
        handoff = office.hand_over(company=f"Long name {'of a company ' * 8} {number}")
        office.dm(BEN, handoff)
        asks.ask(liaison, handoff, BEN, "Which of their many sites do they mean by that? " * 5)
    for number in range(LISTED + 2):
        handoff = office.hand_over(campaign=f"Campaign {'long ' * 20} {number}")
        office.card(handoff)
        campaign_id = stored(office, handoff).campaign_id or ""
        flags.raise_by_hand(liaison, Raising(campaign_id, "Students", "serious", None), BEN)

    home = open_home(office, IDA, "Show more")

    assert len(home) <= 100
    assert f"1 to {LISTED} of {LISTED + 2}" in home
