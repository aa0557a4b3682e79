"""App Home: what is mine by urgency, the queue, the leads opened from it, kept up to date."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update
from sqlmodel import col

from bot.identity import new_id
from bot.models import ActionItem, HomeChange, HomeView
from bot.services import items
from bot.views import ids
from sandbox.control import Refused
from tests.office import ANA, BEN, CHLOE, HUGO, IDA, LEADS, MONDAY_TEN, Json, Office, text_of
from tests.services.test_handoffs import stored


@pytest.fixture
def office(own_office: Office) -> Iterator[Office]:
    """One whose queue nobody else fills."""
    own_office.control.set_clock(MONDAY_TEN)
    own_office.open()
    yield own_office


def open_home(office: Office, person: str, shows: str = "") -> list[str]:
    """Open the tab; gives what each block says, once some block says these words."""
    office.control.home(person)
    return watch_home(office, person, shows)


def watch_home(office: Office, person: str, shows: str) -> list[str]:
    office.control.until(lambda: shows in "\n".join(said(office, person)))
    return said(office, person)


def said(office: Office, person: str) -> list[str]:
    home = office.control.state(person)["home"]
    return [words(block) for block in (home or {"blocks": []})["blocks"]]


def words(block: Json) -> str:
    if block["type"] == "actions":
        named = (each.get("text") or each["placeholder"] for each in block["elements"])
        return " ".join(f"[{name['text']}]" for name in named)
    if block["type"] == "context":
        return "\n".join(element["text"] for element in block["elements"])
    accessory = f" [{block['accessory']['text']['text']}]" if "accessory" in block else ""
    return str(block["text"]["text"]) + accessory


def press_home(office: Office, person: str, action_id: str, value: str) -> None:
    """Press a button on the Home, wherever on it it stands."""
    assert office.control.until(lambda: pressed_home(office, person, action_id, value))["acked"]


def pressed_home(office: Office, person: str, action_id: str, value: str) -> Json | None:
    """None = it was published anew between the look and the press."""
    for block in office.control.state(person)["home"]["blocks"]:
        for button in block.get("elements", [block.get("accessory", {})]):
            if (button.get("action_id"), button.get("value")) == (action_id, value):
                place = {"home": True, "block_id": block["block_id"], "value": value}
                with suppress(Refused):
                    return office.control.click(person, action_id, **place)
                return None
    raise AssertionError(f"no {action_id} for {value}")


def turn_tab(office: Office, person: str, label: str) -> None:
    """Open another tab, whatever is counted on it."""
    open_home(office, person, label)
    for button in office.control.state(person)["home"]["blocks"][0]["elements"]:
        if button["text"]["text"].startswith(label):
            press_home(office, person, button["action_id"], button["value"])


def open_lead(office: Office, person: str, handoff: str) -> Json:
    for view in reversed(office.control.state(person)["views"]):
        office.control.close(person, view["id"])
    press_home(office, person, ids.OPEN, handoff)
    return office.modal(person, "Lead")


def published(office: Office, person: str, after: int) -> int:
    """How many times this person's Home was published since."""
    return sum(
        call.get("method") == "views.publish" and call["body"].get("user_id") == person
        for call in office.control.traffic(after)
        if call["direction"] == "in"
    )


def test_what_is_mine_stands_by_urgency_with_its_counts(office: Office) -> None:
    late = office.hand_over(company="Latecomer Ltd", grade="A")
    office.dm(BEN, late)
    office.control.advance("90m")
    office.dm(BEN, office.hand_over(company="Today Ltd", grade="B"))
    office.dm(BEN, office.hand_over(company="Tomorrow Ltd", grade="C"))
    office.card(office.hand_over(company="Queued Ltd", owner=None), "In the queue")
    touched = office.hand_over(company="Touched Ltd")
    office.dm(BEN, touched)
    office.tell(event="contacted", lead_id=office.lead_of(touched), kind="spoke")
    office.card(touched, "working on it")

    home = "\n".join(open_home(office, BEN, "Touched Ltd"))

    assert home.startswith("[Search…]\n4 open with you: 1 overdue, 1 due today · 1 in the queue")
    pieces = [
        "First touch overdue: 1", "*Latecomer Ltd*", "[Open]",
        "First touch due today: 1", "*Today Ltd*",
        "In the queue: 1", "*Queued Ltd*", "[Claim] [Open]",
        "Also open with you: 2", "*Tomorrow Ltd*", "*Touched Ltd* · working", "Your settings",
    ]  # fmt: skip
    places = [home.index(piece) for piece in pieces]
    assert places == sorted(places)


def test_who_has_nothing_reads_what_comes_here_and_their_settings(office: Office) -> None:
    hugo = open_home(office, HUGO, "Your settings")
    assert hugo[:3] == [
        "[Search…]",
        "0 open with you: 0 overdue, 0 due today · 0 in the queue",
        "Nothing is open. New leads reach you here and as a message.",
    ]
    assert "You are rep in sales. Your manager is Ana Ruiz." in hugo[4]
    assert "Your hours: Mo-Fr 09:00-17:00, Europe/Berlin. Holidays: none." in hugo[4]
    assert "No absence is noted." in hugo[4]

    turn_tab(office, IDA, "Leads")
    assert "Leads open with you appear here." in "\n".join(watch_home(office, IDA, "appear here"))


def test_a_lead_is_claimed_from_the_home_and_moves_on_it(office: Office) -> None:
    handoff = office.hand_over(company="Queued Ltd", owner=None)
    office.card(handoff, "In the queue")
    open_home(office, BEN, "Queued Ltd")
    open_home(office, CHLOE, "Queued Ltd")

    press_home(office, BEN, ids.CLAIM, handoff)

    watch_home(office, BEN, "First touch due today: 1")
    watch_home(office, CHLOE, "0 in the queue")
    assert stored(office, handoff).actor_id == BEN


def test_who_claims_too_late_on_the_home_reads_who_was_first(office: Office) -> None:
    handoff = office.hand_over(owner=None)
    office.card(handoff, "In the queue")
    open_home(office, CHLOE, "In the queue")
    office.control.fault("rate_limited", method="views.publish", times=3, seconds=1)
    office.press(BEN, ids.CLAIM, office.card(handoff), LEADS, handoff)

    press_home(office, CHLOE, ids.CLAIM, handoff)

    assert "Ben Cole has this lead already" in text_of(office.modal(CHLOE, "Please note"))


def test_an_opened_lead_shows_contact_data_to_its_actor_and_their_manager_only(
    office: Office,
) -> None:
    handoff = office.hand_over(owner=None, email="jane@example.org", phone="+1 555 0199")
    office.card(handoff, "In the queue")
    for person in (BEN, ANA, CHLOE):
        open_home(office, person, "Acme 1")
    turn_tab(office, IDA, "Leads")
    watch_home(office, IDA, "Acme 1")
    shown = open_lead(office, CHLOE, handoff)
    assert labels(shown) == ["Claim", "menu"]
    assert labels(open_lead(office, IDA, handoff)) == ["menu"]
    office.control.fault("rate_limited", method="views.publish", times=9, seconds=3)
    office.press(BEN, ids.CLAIM, office.card(handoff), LEADS, handoff)

    buttons = {}
    for person in (BEN, ANA, CHLOE, IDA):
        lead = open_lead(office, person, handoff)
        buttons[person] = labels(lead)
        assert ("jane@example.org" in text_of(lead)) == (person in {BEN, ANA})
        assert ("+1 555 0199" in text_of(lead)) == (person in {BEN, ANA})

    assert buttons[BEN] == ["Accept", "Log touch", "Outcome…", "menu"]
    assert buttons[ANA] == ["Accept", "Log touch", "Outcome…", "menu"]
    assert buttons[CHLOE] == buttons[IDA] == ["menu"]


def labels(view: Json) -> list[str]:
    row = next(block for block in view["blocks"] if block["type"] == "actions")
    return [
        element["text"]["text"] if element["type"] == "button" else "menu"
        for element in row["elements"]
    ]


def test_what_is_pressed_in_an_opened_lead_shows_there_and_on_the_home(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    open_home(office, BEN, "Acme 1")
    lead = open_lead(office, BEN, handoff)

    office.control.click(BEN, ids.ACCEPT, view_id=lead["id"], value=handoff)
    office.control.until(lambda: "You accepted it" in text_of(office.modal(BEN, "Lead")))
    watch_home(office, BEN, "You accepted it")
    assert labels(office.modal(BEN, "Lead")) == ["Log touch", "Outcome…", "Undo", "menu"]

    office.control.click(BEN, ids.TOUCH, view_id=lead["id"], value=handoff)
    form = office.modal(BEN, "Log touch")
    assert len(office.control.state(BEN)["views"]) == 2
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
    assert office.control.state(BEN)["views"] == []
    watch_home(office, BEN, "You are working on it")


def test_a_refusal_in_an_opened_lead_is_said_on_top_of_it(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    open_home(office, BEN, "Acme 1")
    lead = open_lead(office, BEN, handoff)
    office.tell(event="outcome", lead_id=office.lead_of(handoff), kind="won")

    office.control.click(BEN, ids.ACCEPT, view_id=lead["id"], value=handoff)

    assert "The CRM already recorded “Won”" in text_of(office.modal(BEN, "Please note"))


def test_a_long_section_is_turned_page_by_page(office: Office) -> None:
    for number in range(1, 24):
        office.hand_over(company=f"Queued {number:02}", owner=None, grade="D")
    office.settle()

    first = open_home(office, BEN, "In the queue: 23")
    assert companies(first) == [f"Queued {number:02}" for number in range(1, 11)]
    assert first[-6:-4] == ["1 to 10 of 23", "[Show more]"]

    press_home(office, BEN, ids.HOME_MORE, "queue:1")
    second = watch_home(office, BEN, "11 to 20 of 23")
    assert "[Show more] [Back to the first]" in second
    press_home(office, BEN, ids.HOME_MORE, "queue:2")
    third = watch_home(office, BEN, "21 to 23 of 23")
    assert companies(third) == ["Queued 21", "Queued 22", "Queued 23"]
    assert "[Back to the first]" in third

    office.hand_over(company="Queued 24", owner=None, grade="D")
    watch_home(office, BEN, "21 to 24 of 24")
    assert "1 to 10 of 24" in "\n".join(open_home(office, BEN, "1 to 10 of 24"))


def test_own_action_items_are_turned_page_by_page_too(office: Office) -> None:
    assert office.bot
    with office.bot.liaison.transaction() as tx:
        for number in range(1, 8):
            tx.add(
                ActionItem(
                    team_id=office.bot.liaison.team_id,
                    id=new_id(MONDAY_TEN),
                    words=f"Call number {number}",
                    owner_id=BEN,
                    due_on=date(2026, 12, number),
                    meeting="standup",
                    created_at=MONDAY_TEN,
                    created_by=BEN,
                    counts_from=MONDAY_TEN,
                )
            )

    first = "\n".join(open_home(office, BEN, "Your action items: 7"))
    assert "Call number 5" in first
    assert "Call number 6" not in first

    press_home(office, BEN, ids.HOME_MORE, "items:1")
    second = "\n".join(watch_home(office, BEN, "6 to 7 of 7"))
    assert "Call number 5" not in second
    assert "Call number 7" in second

    with office.bot.liaison.reading() as tx:
        later = select(col(ActionItem.id)).where(col(ActionItem.words) != "Call number 1")
        for item in tx.scalars(later).all():
            items.done(office.bot.liaison, item, BEN)
    assert "Call number 1" in "\n".join(watch_home(office, BEN, "Your action items: 1"))


def companies(home: list[str]) -> list[str]:
    return [found[1] for text in home if (found := re.match(r"\*(.+?)\*", text))]


def test_many_changes_in_a_moment_are_few_publishes(office: Office) -> None:
    open_home(office, BEN, "Your settings")
    before = len(office.control.traffic())

    for _ in range(20):
        office.hand_over(owner=None)
    office.settle()
    watch_home(office, BEN, "20 in the queue")

    assert published(office, BEN, before) <= 5


def test_a_home_nobody_looked_at_for_a_day_is_left_alone(office: Office) -> None:
    open_home(office, BEN, "Your settings")
    open_home(office, CHLOE, "Your settings")
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        old = liaison.wall() - timedelta(days=1, minutes=1)
        tx.execute(update(HomeView).where(col(HomeView.person_id) == BEN).values(opened_at=old))
    before = len(office.control.traffic())

    office.hand_over(owner=None)

    watch_home(office, CHLOE, "1 in the queue")
    assert published(office, BEN, before) == 0


def test_a_home_opened_long_ago_forgets_an_erased_lead_too(office: Office) -> None:
    office.hand_over(lead_id="gone-1", company="Gone Ltd", owner=None)
    open_home(office, BEN, "Gone Ltd")
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        old = liaison.wall() - timedelta(days=30)
        tx.execute(update(HomeView).where(col(HomeView.person_id) == BEN).values(opened_at=old))

    office.tell(event="erased", lead_id="gone-1")

    office.control.until(lambda: "Gone Ltd" not in "\n".join(said(office, BEN)))


def test_a_change_that_a_person_does_not_see_is_no_call(office: Office) -> None:
    open_home(office, CHLOE, "Your settings")
    before = len(office.control.traffic())

    office.dm(BEN, office.hand_over())
    office.control.until(lambda: not waiting_changes(office))

    assert published(office, CHLOE, before) == 0


def waiting_changes(office: Office) -> bool:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(HomeChange).limit(1)).first() is not None


def test_a_home_somebody_else_published_is_shown_anew_with_what_is_now(office: Office) -> None:
    open_home(office, BEN, "Your settings")
    slack = WebClient(token="xoxb-sandbox", base_url=office.settings.slack_api_url)
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "Older"}}
    slack.views_publish(user_id=BEN, view={"type": "home", "blocks": [block]})

    office.hand_over(owner=None)

    assert "Older" not in watch_home(office, BEN, "1 in the queue")


def test_what_changed_while_the_bot_was_down_is_published_at_its_start(office: Office) -> None:
    open_home(office, BEN, "Your settings")
    office.control.fault("rate_limited", method="views.publish", times=1, seconds=30)
    office.hand_over(owner=None)
    office.control.until(lambda: not office.control.faults())
    office.settle()
    office.close()
    assert "0 in the queue" in said(office, BEN)[1]

    office.open()

    watch_home(office, BEN, "1 in the queue")
