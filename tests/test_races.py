"""Many at once: one wins, everybody is told in time, nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot import queries
from bot.core.lifecycle import Stage
from bot.delivery.messages import revise
from bot.models import Handoff
from bot.services import turns
from bot.views import ids
from tests.office import ANA, BEN, CHLOE, DEV, LEADS, Office, dm
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_handoffs import stored

pytestmark = ON_BOTH_ENGINES

SELLERS = (
    ANA, BEN, CHLOE, DEV, "U0ELLA00000", "U0FEMI00000", "U0GRACE0000", "U0HUGO00000"
)  # fmt: skip


@pytest.mark.alone
def test_of_twenty_who_claim_at_once_one_wins_and_the_others_hear_who_was_first(
    office: Office,
) -> None:
    handoff = office.hand_over(owner=None)
    card = office.card(handoff, "Claim")
    office.settle()
    keep_the_buttons(office)
    presses = [*SELLERS, *SELLERS, *SELLERS[:4]]

    def claim(person: str) -> bool:
        return bool(office.press(person, ids.CLAIM, card, LEADS, handoff)["acked"])

    with ThreadPoolExecutor(20) as pool:
        acked = list(pool.map(claim, presses))

    office.control.clear_faults()
    assert all(acked)
    notes = office.control.until(lambda: all_of(whispers(office, "has this lead already"), 19))
    first = {
        note.partition(" has this lead already")[0] for note in notes if "You have" not in note
    }
    assert len(notes) == 19
    assert len(first) == 1
    assert office.card(handoff, f"{first.pop()} has it")


@pytest.mark.alone
def test_a_hundred_clicks_at_once_are_all_acknowledged_in_time(office: Office) -> None:
    handoffs = [office.hand_over() for _ in range(10)]
    dms = {handoff: office.dm(BEN, handoff) for handoff in handoffs}
    office.settle()
    keep_the_buttons(office)

    def click(number: int) -> dict[str, object]:
        handoff = handoffs[number % 10]
        return office.press(BEN, ids.ACCEPT, dms[handoff], dm(BEN), handoff)

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(click, range(100)))

    office.control.clear_faults()
    assert all(answer["acked"] for answer in answers)
    for handoff in handoffs:
        office.dm(BEN, handoff, "accepted")


def test_a_click_and_the_courier_do_not_block_each_other(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Both lock the hand-off and its messages; in opposite order they would wait for ever."""
    assert office.bot
    liaison = office.bot.liaison
    office.control.fault("slow", method="chat.postMessage", times=1, seconds=0.5)
    handoff = office.hand_over()
    office.card(handoff)  # Slack shows it, and has not answered yet

    with liaison.transaction() as tx:
        queries.handoff_to_change(tx, liaison.team_id, handoff)
        time.sleep(0.8)  # by now the courier wants to record that the card is shown
        revise(tx, liaison, handoff)

    office.dm(BEN, handoff)
    assert "does not answer" not in caplog.text


def test_a_turn_is_taken_once_however_many_processes_look(office: Office) -> None:
    handoffs = [office.hand_over(owner=None) for _ in range(12)]
    for handoff in handoffs:
        office.card(handoff, "First touch due")

    long_ago = office.now() - timedelta(days=22)
    at_once(office, {handoff: {"shown_at": long_ago} for handoff in handoffs})

    assert [stored(office, handoff).stage for handoff in handoffs] == [Stage.EXPIRED] * 12
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        for handoff in handoffs:
            lines = queries.history(tx, tx.get_one(Handoff, (liaison.team_id, handoff)))
            assert [line.kind for line in lines].count("expired") == 1


def test_a_reps_day_is_filled_once_however_many_processes_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", 1)
    handoffs = [office.hand_over() for _ in range(9)]
    for handoff in handoffs:
        office.card(handoff, "First touch due")

    now = office.now()
    put_off = {
        "stage": Stage.RECYCLED,
        "closed_at": now,
        "return_at": now,
        "return_announced_at": now,
    }
    at_once(office, dict.fromkeys(handoffs, put_off))

    waiting = [stored(office, handoff).return_at for handoff in handoffs]
    assert len([at for at in waiting if at is None]) == 5
    assert len([at for at in waiting if at and at > now]) == 4


def at_once(office: Office, changes: dict[str, dict[str, object]]) -> None:
    """Change these hand-offs so that their turn is due, and let six look for it together."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        for handoff_id, changed in changes.items():
            handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
            for name, value in changed.items():
                setattr(handoff, name, value)
            handoff.turns_at = liaison.now()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(turns.take_due_turns, [liaison] * 6))


def keep_the_buttons(office: Office) -> None:
    """Nothing is edited until everybody has pressed. The bot is told to wait rather than left to
    try again and again, which would be work beside that of the presses."""
    office.control.fault("rate_limited", method="chat.update", seconds=3)


def whispers(office: Office, words: str) -> list[str]:
    """The private notes in the channel that say so."""
    notes = [m["text"] for m in office.control.messages(LEADS) if m["ephemeral_to"]]
    return [note for note in notes if words in note or words.replace("has", "have", 1) in note]


def all_of(notes: list[str], count: int) -> list[str] | None:
    return notes if len(notes) >= count else None
