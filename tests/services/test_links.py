"""An owner as the CRM names them becomes somebody in Slack, and their leads find them."""

import re
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.models import Link, Message, MessageKind, Person, PersonChange, Workspace
from bot.services.link_news import check_people, tell_unlinked
from bot.slack import Slack
from bot.views import ids
from tests.office import BEN, CHLOE, DEV, HUGO, LEADS, MONDAY_TEN, PIA, Json, Office, dm, text_of
from tests.services.test_handoffs import stored

TUESDAY_TEN = MONDAY_TEN + timedelta(days=1)


@pytest.fixture(autouse=True)
def _nobody_is_linked_yet(office: Office) -> None:
    """What earlier tests told the admin today would stand in the way of this one's."""
    assert office.bot
    office.settle()
    with office.bot.liaison.transaction() as tx:
        kinds = col(Message.kind).in_([MessageKind.LINK, MessageKind.UNLINKED])
        tx.execute(delete(Message).where(kinds))
        tx.execute(delete(Link))
        tx.execute(delete(PersonChange))


def link_of(office: Office, given: str, system: str = "") -> Link:
    assert office.bot
    asked = select(Link).where(col(Link.given) == given, col(Link.system) == system)
    with office.bot.liaison.reading() as tx:
        return tx.scalars(asked).one()


def asked(office: Office, person: str, words: str) -> Json:
    return office.control.message(dm(person), lambda message: words in text_of(message))


def press(office: Office, person: str, button: str, message: Json, link: Link) -> None:
    assert office.press(person, button, message, dm(person), link.id)["acked"]


def set_link(office: Office, message: Json, link: Link, to: str | None) -> Json:
    """The admin links an owner from what they were told; gives what the form becomes."""
    press(office, PIA, ids.LINK_SET, message, link)
    form = office.modal(PIA, "Link an owner")
    chosen = {ids.LINK_TO: {ids.CHOICE: to}} if to else {}
    office.control.submit(PIA, form["id"], chosen)
    told = office.modal(PIA, "Linked")
    office.control.close(PIA, told["id"])
    return told


def test_whoever_fits_is_asked_and_with_a_yes_the_lead_is_theirs(office: Office) -> None:
    handoff = office.hand_over(owner="hugo@old-name.example", system="hubspot")
    card = office.card(handoff, "In the queue")
    question = asked(office, HUGO, "Are you *hugo@old-name.example* in HubSpot?")

    assert "an owner we know" in text_of(card)
    press(office, HUGO, ids.LINK_YES, question, link_of(office, "hugo@old-name.example", "hubspot"))
    office.card(handoff, "Hugo Lind has it")
    asked(office, HUGO, "That is not me")
    later = office.hand_over(owner="hugo@old-name.example", system="hubspot")
    assert office.card(later, "Hugo Lind has it")
    assert stored(office, handoff).owner_id == HUGO


def test_with_a_no_the_admin_hears_once_and_a_no_may_be_taken_back(office: Office) -> None:
    handoff = office.hand_over(owner="chloe.martin@partner.example")
    question = asked(office, CHLOE, "Are you *chloe.martin@partner.example*")
    link = link_of(office, "chloe.martin@partner.example")

    press(office, CHLOE, ids.LINK_NO, question, link)
    asked(office, CHLOE, "You are not *chloe.martin@partner.example*")
    told(office)
    news = asked(office, PIA, "chloe.martin@partner.example")
    assert "1 lead waiting in the queue" in text_of(news)
    office.hand_over(owner="chloe.martin@partner.example")
    office.settle()
    told(office)
    assert len(news_of(office, "chloe.martin@partner.example")) == 1

    press(office, CHLOE, ids.LINK_YES, question, link)
    office.card(handoff, "Chloe Martin has it")
    office.settle()
    assert "Chloe Martin." in text_of(asked(office, PIA, "chloe.martin@partner.example"))


def before_work(office: Office) -> None:
    """No admin is at work: nothing is told until the clock says ten."""
    office.control.set_clock(MONDAY_TEN - timedelta(hours=4))


def told(office: Office) -> None:
    """What is new for the admins is told now."""
    assert office.bot
    tell_unlinked(office.bot.liaison)
    office.settle()


def news_of(office: Office, words: str) -> list[Json]:
    return [message for message in office.dms(PIA) if words in text_of(message)]


def test_an_id_nobody_knows_is_linked_by_the_admin_for_its_system_alone(office: Office) -> None:
    first = office.hand_over(owner="0055", system="salesforce")
    other = office.hand_over(owner="0055", system="pipedrive")
    told(office)
    news = asked(office, PIA, "0055")

    said = set_link(office, news, link_of(office, "0055", "salesforce"), DEV)

    assert "1 lead that waited is theirs too" in text_of(said)
    office.card(first, "Dev Thapa has it")
    office.card(office.hand_over(owner="0055", system="salesforce"), "Dev Thapa has it")
    office.settle()
    office.card(other, "In the queue")


def test_of_nobody_here_the_admin_hears_no_more(office: Office) -> None:
    office.hand_over(owner="agency@elsewhere.example")
    told(office)
    set_link(
        office, asked(office, PIA, "agency@"), link_of(office, "agency@elsewhere.example"), None
    )
    office.card(office.hand_over(owner="second@elsewhere.example"), "In the queue")
    told(office)
    assert news_of(office, "second@elsewhere.example") == []  # an admin hears once a day
    office.control.set_clock(TUESDAY_TEN)

    office.card(office.hand_over(owner="agency@elsewhere.example"), "In the queue")
    told(office)
    assert len(news_of(office, "second@elsewhere.example")) == 1
    assert len(news_of(office, "agency@elsewhere.example")) == 1
    assert "nobody here, as an admin said" in text_of(news_of(office, "agency@")[0])


def test_many_owners_are_one_message_and_the_list_has_pages(office: Office) -> None:
    before_work(office)
    for number in range(23):
        office.hand_over(owner=f"who{number:02}@elsewhere.example")
    office.settle()
    office.control.set_clock(MONDAY_TEN)
    told(office)

    assert len(news_of(office, "who00@")) == 1
    assert "13 more stand in the list" in text_of(news_of(office, "who00@")[0])
    office.control.command(PIA, LEADS, "/liaison", "links")
    page = office.modal(PIA, "Owners")
    assert "1 to 20 of 23 owners" in text_of(page)
    office.control.click(PIA, ids.LINKS_PAGE, view_id=page["id"], value="1")
    office.control.until(lambda: "21 to 23 of 23" in text_of(office.modal(PIA, "Owners")) or None)
    office.control.click(PIA, ids.LINKS_CSV, view_id=page["id"], value="all")
    file = office.control.message(dm(PIA), lambda message: bool(message.get("files")))
    assert file["files"][0]["name"] == "links.csv"
    for view in reversed(office.control.state(PIA)["views"]):
        office.control.close(PIA, view["id"])


def test_the_list_is_for_admins(office: Office) -> None:
    office.control.command(BEN, LEADS, "/liaison", "links")

    office.whisper(BEN, "This is for admins")
    assert office.control.state(BEN)["views"] == []


def test_who_leaves_is_told_at_once_and_their_leads_go_to_the_queue(office: Office) -> None:
    given = "hugo@example.com"
    office.card(office.hand_over(owner=given), "Hugo Lind has it")
    before_work(office)
    office.control.change_person(HUGO, deleted=True)
    office.control.until(lambda: not is_active(office, HUGO) or None)

    office.card(office.hand_over(owner=given), "In the queue")
    office.control.set_clock(MONDAY_TEN)
    told(office)
    news = text_of(asked(office, PIA, "Slack account is closed"))
    assert "Hugo Lind’s Slack account is closed. Link somebody else. 1 lead" in news
    assert re.search(r"\d+ leads? open with them: their manager presses", news)
    office.control.change_person(HUGO, deleted=False)
    office.control.until(lambda: is_active(office, HUGO) or None)
    office.card(office.hand_over(owner=given), "Hugo Lind has it")


def is_active(office: Office, person: str) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Person, (office.bot.liaison.team_id, person)).is_active


def test_once_a_week_everybody_is_compared_with_slack_by_one_replica(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.execute(update(Workspace).values(people_check_at=MONDAY_TEN - timedelta(minutes=5)))
        tx.execute(update(Person).where(col(Person.id) == DEV).values(timezone="Europe/Oslo"))
    slack = Slack(WebClient("xoxb-sandbox", base_url=office.settings.slack_api_url))

    assert [check_people(slack, liaison) for _ in range(2)] == [16, 0]
    told(office)
    assert "Dev Thapa moved from Europe/Oslo to Asia/Kathmandu" in text_of(
        asked(office, PIA, "moved from")
    )
    with liaison.reading() as tx:
        next_check = tx.get_one(Workspace, liaison.team_id).people_check_at
    assert next_check == MONDAY_TEN + timedelta(days=7, hours=-1)
