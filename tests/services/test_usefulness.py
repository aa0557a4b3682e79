"""Each message is counted once its reader's hour is over; a kind of little use is told of once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from bot.core.usefulness import Count, Kind
from bot.models import Message, MessageKind, Usefulness
from bot.services.usefulness import counted, judge_messages, suggest
from bot.views import ids
from tests.acts import log_touch
from tests.office import BEN, CHLOE, HUGO, LEADS, MONDAY_TEN, PIA, Office, dm, text_of
from tests.test_metrics import scraped

MONDAY = date(2026, 11, 23)
LEAD = Kind("lead_dm", None, "A")


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet(office: Office) -> None:
    assert office.bot
    office.settle()
    with office.bot.liaison.transaction() as tx:
        tx.execute(delete(Usefulness))
        tx.execute(update(Message).values(judge_at=None))
        tx.execute(delete(Message).where(col(Message.kind) == MessageKind.SUGGESTION))


def counts(office: Office) -> dict[Kind, Count]:
    assert office.bot
    liaison = office.bot.liaison
    judge_messages(liaison)
    with liaison.reading() as tx:
        return counted(tx, liaison.team_id, MONDAY, MONDAY + timedelta(days=1))


def test_an_act_a_snooze_and_neither_are_told_apart_after_a_working_hour(office: Office) -> None:
    acted, snoozed = office.hand_over(), office.hand_over(owner="chloe@example.com")
    ignored = office.hand_over(owner="hugo@example.com")
    office.dm(HUGO, ignored)
    log_touch(office, BEN, office.dm(BEN, acted), acted, "spoke")
    told = office.dm(CHLOE, snoozed)
    office.press(CHLOE, ids.MORE, told, dm(CHLOE), f"{ids.MORE_SNOOZE}:{snoozed}")
    form = office.modal(CHLOE, "Snooze")
    office.control.submit(CHLOE, form["id"], {ids.SNOOZE_FOR: {ids.CHOICE: "3h"}})
    assert counts(office) == {}

    office.control.advance("1h")
    office.control.advance("1m")
    assert counts(office)[LEAD] == Count(sent=3, acted=1, snoozed=1)
    assert counts(office)[LEAD].ignored == 1
    fates = scraped(office)
    assert fates['liaison_message_fates{fate="acted",kind="lead_dm"}'] == 1
    assert fates['liaison_message_fates{fate="neither",kind="lead_dm"}'] == 1


def test_an_hour_that_the_night_cuts_goes_on_in_the_morning(office: Office) -> None:
    office.control.set_clock(MONDAY_TEN + timedelta(hours=6, minutes=30))
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.set_clock(MONDAY_TEN + timedelta(hours=23, minutes=10))
    assert LEAD not in counts(office)

    call = {"lead_id": office.lead_of(handoff), "by": "ben@example.com", "kind": "call"}
    office.tell(event="contacted", **call)
    office.control.set_clock(MONDAY_TEN + timedelta(hours=23, minutes=40))
    assert counts(office)[LEAD] == Count(sent=1, acted=1)


def put(office: Office, kind: str, step: int, grade: str, *weeks: tuple[int, int]) -> None:
    """Messages and acts of the last weeks, the newest last."""
    assert office.bot
    with office.bot.liaison.transaction() as tx:
        for ago, (sent, acted) in enumerate(reversed(weeks)):
            tx.add(
                Usefulness(
                    team_id=office.bot.liaison.team_id,
                    day=MONDAY - timedelta(days=3 + 7 * ago),
                    kind=kind,
                    step=step,
                    grade=grade,
                    sent=sent,
                    acted=acted,
                )
            )


def test_the_admin_hears_of_the_least_useful_once_and_opens_the_playbook_there(
    office: Office,
) -> None:
    assert office.bot
    put(office, "nudge", 1, "C", (20, 5), (20, 4))
    put(office, "brief", 0, "", (60, 10), (20, 15))
    put(office, "follow_up", 0, "B", (20, 5), (20, 9))

    assert [suggest(office.bot.liaison) for _ in range(2)] == [1, 0]
    told = office.control.message(
        dm(PIA), lambda message: "80% reminders to C leads" in text_of(message)
    )
    assert "31 of 40 were ignored" in text_of(told)
    version = office.bot.liaison.shelf.number
    office.press(PIA, ids.BOOK_EDIT, told, dm(PIA), f"ladder:{version}")
    assert office.modal(PIA, "Ladder")
    for view in reversed(office.control.state(PIA)["views"]):
        office.control.close(PIA, view["id"])
    office.control.set_clock(MONDAY_TEN + timedelta(days=7))
    assert suggest(office.bot.liaison) == 0


def test_the_table_is_for_admins_and_empty_at_first(office: Office) -> None:
    office.control.command(PIA, LEADS, "/liaison", "usefulness")
    office.whisper(PIA, "look again tomorrow")
    office.control.command(BEN, LEADS, "/liaison", "usefulness")
    office.whisper(BEN, "This is for admins")
    put(office, "nudge", 2, "B", (10, 9))
    office.control.command(PIA, LEADS, "/liaison", "usefulness")
    office.whisper(PIA, "Reminders, step 2, of B leads: sent 10, acted on 9 (90%)")
