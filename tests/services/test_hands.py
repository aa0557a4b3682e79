"""A lead changes hands: by asking, in turn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.services.routing import next_rep
from bot.views import ids
from tests.acts import history, log_touch, shrunk, why_me
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    HUGO,
    IDA,
    LEADS,
    MONDAY_TEN,
    PIA,
    Json,
    Office,
    dm,
    playbook_without_a_cap,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_handoffs import run_of, stored

EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def ask(office: Office, by: str, handoff: str, to: str, why: str = "") -> Json:
    """Reassign from the card's menu; gives the form's answer."""
    card = office.card(handoff, "has it")
    office.press(by, ids.MORE, card, LEADS, f"{ids.MORE_REASSIGN}:{handoff}")
    form = office.modal(by, "Reassign")
    values = {ids.REASSIGN_TO: {ids.CHOICE: to}, ids.REASSIGN_WHY: {ids.CHOICE: why}}
    return office.control.submit(by, form["id"], values)


def offer_of(office: Office, person: str, handoff: str) -> Json:
    return office.dm(person, handoff, "asks you to take")


def answer(office: Office, person: str, handoff: str, action_id: str) -> Json:
    """Press a button of the offer; gives the offer as it was."""
    offer = offer_of(office, person, handoff)
    office.press(person, action_id, offer, dm(person), handoff)
    return offer


def hop(office: Office, by: str, handoff: str, to: str) -> None:
    """Ask, take, and see it on the card."""
    ask(office, by, handoff, to)
    runs = stored(office, handoff).runs
    answer(office, to, handoff, ids.TAKE)
    office.control.until(lambda: stored(office, handoff).runs > runs)
    office.settle()


def test_a_lead_changes_hands_only_when_the_colleague_takes_it(office: Office) -> None:
    handoff = office.hand_over(company="Swap Ltd")
    told = office.dm(BEN, handoff)

    ask(office, BEN, handoff, CHLOE, "You know <them>")
    offer = offer_of(office, CHLOE, handoff)

    assert offer["text"].startswith("Ben Cole asks you to take Swap Ltd")
    assert "You know &lt;them&gt;" in text_of(offer)
    assert "jane" not in text_of(offer).lower()
    assert stored(office, handoff).actor_id == BEN
    office.control.advance("20m")
    answer(office, CHLOE, handoff, ids.TAKE)

    office.card(handoff, "Chloe Martin has it")
    shrunk(office, CHLOE, offer, "you took it")
    assert "due 11:20" in office.dm(CHLOE, handoff, "Call Swap Ltd")["text"]
    shrunk(office, BEN, told, "Chloe Martin has it")
    office.control.message(dm(BEN), lambda m: "*Swap Ltd*: Chloe Martin took it over." in m["text"])
    assert stored(office, handoff).owner_id == CHLOE
    assert run_of(office, handoff, 1).ended_at
    assert run_of(office, handoff, 2).why == "reassigned"


def test_no_thanks_leaves_it_where_it_is_and_the_living_message_keeps_its_buttons(
    office: Office,
) -> None:
    handoff = office.hand_over(company="Stay Ltd")
    ask(office, BEN, handoff, CHLOE)

    offer = answer(office, CHLOE, handoff, ids.NO_THANKS)

    shrunk(office, CHLOE, offer, "you said no thanks")
    office.control.message(
        dm(BEN), lambda m: "*Stay Ltd*: Chloe Martin said no thanks" in m["text"]
    )
    office.settle()
    assert stored(office, handoff).actor_id == BEN
    assert ids.TOUCH in text_of(office.dm(BEN, handoff, "You have it"))


def test_a_newer_offer_replaces_the_open_one(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff, CHLOE)
    first = offer_of(office, CHLOE, handoff)

    ask(office, BEN, handoff, HUGO)
    shrunk(office, CHLOE, first, "somebody else was asked")
    office.press(HUGO, ids.TAKE, offer_of(office, HUGO, handoff), dm(HUGO), handoff)

    office.card(handoff, "Hugo Lind has it")


def test_a_touch_ends_the_offer_and_its_button_says_so(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff, CHLOE)
    offer = offer_of(office, CHLOE, handoff)
    office.settle()
    office.control.fault("html_503", method="chat.update")

    log_touch(office, BEN, office.dm(BEN, handoff), handoff, "spoke")
    office.press(CHLOE, ids.TAKE, offer, dm(CHLOE), handoff)

    office.whisper(CHLOE, "not offered to you any more")
    office.control.clear_faults()
    shrunk(office, CHLOE, offer, "it was answered")
    assert stored(office, handoff).actor_id == BEN


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (BEN, "Ben Cole has this lead; choose somebody else."),
        (IDA, "Ida Berg takes no leads; choose a rep."),
        ("U0LIAISON00", "Choose a colleague in sales."),
    ],
)
def test_only_another_person_who_sells_can_be_asked(office: Office, to: str, sentence: str) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    revision = stored(office, handoff).revision

    assert ask(office, BEN, handoff, to)["errors"] == {ids.REASSIGN_TO: sentence}

    office.control.close(BEN, office.modal(BEN, "Reassign")["id"])
    assert stored(office, handoff).revision == revision


@pytest.mark.parametrize("who", [CHLOE, IDA])
def test_others_cannot_give_a_lead_away(office: Office, who: str) -> None:
    handoff = office.hand_over()
    card = office.card(handoff, "Ben Cole has it")

    office.press(who, ids.MORE, card, LEADS, f"{ids.MORE_REASSIGN}:{handoff}")

    office.whisper(who, "Only whoever has this lead, their manager or an admin")


@pytest.mark.parametrize("who", [ANA, PIA])
def test_manager_and_admin_may_ask_and_both_they_and_the_actor_hear_of_it(
    office: Office, who: str
) -> None:
    handoff = office.hand_over(company=f"Managed by {who}")

    ask(office, who, handoff, HUGO)
    answer(office, HUGO, handoff, ids.TAKE)

    for reader in (who, BEN):
        office.control.message(
            dm(reader), lambda m: f"Managed by {who}*: Hugo Lind took it over" in m["text"]
        )


def test_after_three_hops_only_the_manager_passes_it_on(office: Office) -> None:
    handoff = office.hand_over()
    for by, to in ((BEN, CHLOE), (CHLOE, HUGO), (HUGO, BEN)):
        hop(office, by, handoff, to)

    card = office.card(handoff, "Ben Cole has it")
    office.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_REASSIGN}:{handoff}")
    office.whisper(BEN, "It changed hands 3 times already; ask your manager")

    hop(office, ANA, handoff, CHLOE)
    office.card(handoff, "Chloe Martin has it")


def test_an_offer_waits_for_its_receivers_hours_and_is_dropped_when_it_is_over(
    office: Office,
) -> None:
    handoff, other = office.hand_over(), office.hand_over()
    office.dm(BEN, other)
    office.control.set_clock(EVENING)
    for each in (handoff, other):
        ask(office, BEN, each, CHLOE)
    office.settle()
    assert not [m for m in office.dms(CHLOE) if office.subject(m) in {handoff, other}]
    office.tell(event="contacted", lead_id=office.lead_of(other), kind="call")

    office.control.set_clock(TUESDAY_NINE)

    offer_of(office, CHLOE, handoff)
    office.settle()
    assert not [m for m in office.dms(CHLOE) if office.subject(m) == other]


def test_two_buttons_at_once_take_it_once(office: Office) -> None:
    handoff = office.hand_over()
    ask(office, BEN, handoff, CHLOE)
    offer = offer_of(office, CHLOE, handoff)
    office.settle()
    office.control.fault("html_503", method="chat.update")

    office.press_at_once([CHLOE, CHLOE], ids.TAKE, offer, dm(CHLOE), handoff)

    office.whisper(CHLOE, "not offered to you any more")
    office.control.clear_faults()
    assert stored(office, handoff).runs == 2


@pytest.fixture
def in_turn(own_office: Office, tmp_path: Path) -> Iterator[Office]:
    """An office that gives leads without an owner to the rep who is next."""
    playbook = tmp_path / "playbook.toml"
    playbook.write_text(
        playbook_without_a_cap().read_text("utf-8") + "\n[routing]\nround_robin = true\n"
    )
    own_office.reopen(liaison_playbook=playbook)
    yield own_office


def test_leads_without_an_owner_go_round_those_on_duty_and_the_card_says_so(
    in_turn: Office,
) -> None:
    office = in_turn
    handoffs = [office.hand_over(owner=None) for _ in range(4)]

    assert [stored(office, each).actor_id for each in handoffs] == [BEN, CHLOE, DEV, HUGO]
    card = office.card(handoffs[0], "Ben Cole has it: next in turn.")
    told = office.dm(BEN, handoffs[0])
    assert "it came without an owner and you were next" in why_me(office, BEN, told, handoffs[0])
    assert "Ben Cole was next in turn" in history(office, IDA, card, handoffs[0])
    assert run_of(office, handoffs[1]).why == "round_robin"

    stranger = office.hand_over(owner="nobody@example.com")
    assert "an owner we know" in text_of(office.card(stranger, "Ben Cole has it: next in turn"))


def test_at_night_the_next_turn_is_of_whoever_is_back_first(in_turn: Office) -> None:
    in_turn.control.set_clock(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))

    handoff = in_turn.hand_over(owner=None)

    assert stored(in_turn, handoff).actor_id == DEV


@ON_BOTH_ENGINES
def test_two_processes_at_once_give_every_rep_their_turn(
    in_turn: Office, new_database: NewDatabase
) -> None:
    assert in_turn.bot
    liaison = in_turn.bot.liaison

    def route(_: int) -> str:
        with liaison.transaction() as tx:
            rep = next_rep(tx, liaison, MONDAY_TEN)
            assert rep
            return rep.id

    with ThreadPoolExecutor(6) as processes:
        turns = list(processes.map(route, range(12)))

    assert {rep: turns.count(rep) for rep in turns} == dict.fromkeys((BEN, CHLOE, DEV, HUGO), 3)
