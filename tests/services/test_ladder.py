"""After the warnings: free colleagues, and then the manager."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.errors import NotAllowed
from bot.liaison import Liaison
from bot.models import Escalation, Person, Step
from bot.services import ladder
from bot.services.escalations import excuse
from bot.services.ladder import take_due_steps
from bot.services.ladder_rows import LadderRows
from bot.views import ids
from bot.views.brief import Item
from bot.views.escalations import manager_list
from tests.acts import edits_held, history, log_touch, press, shrunk
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
    PLAYBOOK,
    Json,
    Office,
    dm,
    is_reply,
    playbook_without_a_cap,
    text_of,
)
from tests.services.test_handoffs import run_of, stored

TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)
WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


def climb(office: Office, *minutes: int) -> None:
    """Let the clock run over the steps of a lead of one hour, so many minutes after ten."""
    office.settle()
    for minute in minutes or (31, 61, 92, 124):
        office.control.set_clock(MONDAY_TEN + timedelta(minutes=minute))
        office.settle()


def replies(office: Office, card: Json) -> list[Json]:
    """What stands below the card, whatever it says now."""
    office.settle()
    below = [m for m in office.control.messages(LEADS) if is_reply(m)]
    return [m for m in below if m["thread_ts"] == card["ts"]]


def question(office: Office, handoff: str) -> Json:
    """The question to free colleagues, waited for."""
    return office.control.message(
        LEADS, lambda m: is_reply(m) and "Anyone free?" in m["text"] and handoff in text_of(m)
    )


def lists(office: Office, person: str) -> list[Json]:
    """Messages of a person that have something to decide, briefs and lists."""
    office.settle()
    return [m for m in office.dms(person) if "Excuse" in text_of(m)]


def zone_of(office: Office, person: str) -> str:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.get_one(Person, (office.bot.liaison.team_id, person)).timezone


def steps_of(office: Office, handoff: str) -> dict[int, Step]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        rows = tx.scalars(select(Step).where(col(Step.handoff_id) == handoff)).all()
        return {row.number: row for row in rows}


def test_at_half_as_long_again_free_colleagues_are_asked_below_the_card(office: Office) -> None:
    handoff = office.hand_over(company="Open Ltd")
    card = office.card(handoff, "Ben Cole has it")
    told = office.dm(BEN, handoff)

    climb(office, 31, 61)
    assert replies(office, card) == []
    climb(office, 92)

    asked = question(office, handoff)
    assert asked["thread_ts"] == card["ts"]
    assert asked["text"] == "*Open Ltd*: first touch still open. Anyone free?"
    assert "Ben" not in text_of(asked)
    assert "still yours until someone takes it" in text_of(
        office.dm(BEN, handoff, "Free colleagues are asked")
    )
    assert told["ts"] != office.dm(BEN, handoff)["ts"]


def test_whoever_claims_has_it_from_then_on_with_a_clock_of_their_own(office: Office) -> None:
    handoff = office.hand_over(company="Freed Ltd")
    office.dm(BEN, handoff)
    climb(office, 31, 61, 92)
    asked = question(office, handoff)

    office.press(CHLOE, ids.TAKE_ON, asked, LEADS, handoff)

    office.card(handoff, "Chloe Martin has it")
    assert "due 12:32" in office.dm(CHLOE, handoff)["text"]
    assert run_of(office, handoff, 2).why == "took_on"
    office.control.message(
        LEADS, lambda m: m["ts"] == asked["ts"] and m["text"] == "*Freed Ltd*: taken, thank you."
    )
    office.control.message(dm(BEN), lambda m: "*Freed Ltd*: Chloe Martin took it on." in m["text"])
    climb(office, 124)
    office.settle()
    assert run_of(office, handoff, 1).next_step_at is None


def test_of_two_who_claim_at_once_one_has_it_and_the_other_hears_who(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office, 31, 61, 92)
    asked = question(office, handoff)
    office.settle()
    office.control.fault("html_503", method="chat.update")

    office.press_at_once([CHLOE, HUGO], ids.TAKE_ON, asked, LEADS, handoff)

    winner = stored(office, handoff).actor_id
    loser, name = (HUGO, "Chloe Martin") if winner == CHLOE else (CHLOE, "Hugo Lind")
    office.whisper(loser, f"{name} took this lead already")
    office.press(BEN, ids.TAKE_ON, asked, LEADS, handoff)
    office.whisper(BEN, f"{name} took this lead already")
    office.control.clear_faults()
    assert stored(office, handoff).runs == 2


def test_the_actor_who_claims_is_told_that_it_is_theirs(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office, 31, 61, 92)

    office.press(BEN, ids.TAKE_ON, question(office, handoff), LEADS, handoff)
    office.whisper(BEN, "You have this lead already")
    office.press(IDA, ids.TAKE_ON, question(office, handoff), LEADS, handoff)
    office.whisper(IDA, "Only sales can press this")


def test_a_touch_shrinks_the_question_and_takes_no_further_step(office: Office) -> None:
    handoff = office.hand_over(company="Done Ltd")
    office.dm(BEN, handoff)
    climb(office, 31, 61, 92)
    asked = question(office, handoff)

    log_touch(office, BEN, office.dm(BEN, handoff, "Free colleagues"), handoff, "spoke")

    office.control.message(
        LEADS, lambda m: m["ts"] == asked["ts"] and m["text"] == "*Done Ltd*: answered, thank you."
    )
    office.control.set_clock(TUESDAY_NINE)
    office.control.advance("7d")
    assert not [m for m in lists(office, ANA) if "Done Ltd" in text_of(m)]
    assert sorted(steps_of(office, handoff)) == [1, 2, 3]


def test_the_channel_is_asked_ten_times_an_hour_and_no_more(own_office: Office) -> None:
    office = own_office
    office.open()
    handoffs = [office.hand_over(company=f"Crowd {number}") for number in range(13)]
    for handoff in handoffs:
        office.card(handoff, "Ben Cole has it")
    office.settle()

    climb(office, 31, 61, 92)
    office.settle()

    asked = [m for m in office.control.messages(LEADS) if "Anyone free?" in m["text"]]
    assert len(asked) == 10
    assert all(len(steps_of(office, handoff)) == 3 for handoff in handoffs)


def test_colleagues_are_asked_in_the_teams_hours(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    handoff = office.hand_over(owner="femi@example.com")
    card = office.card(handoff, "Femi Adeyemi has it")
    for hour, minute in ((20, 31), (21, 1), (21, 32)):
        office.control.set_clock(datetime(2026, 11, 23, hour, minute, tzinfo=UTC))
        office.settle()

    assert sorted(steps_of(office, handoff)) == [1, 2, 3]
    assert replies(office, card) == []
    office.control.set_clock(TUESDAY_NINE)

    assert question(office, handoff)["thread_ts"] == card["ts"]


def test_after_an_outage_the_actor_is_warned_before_anybody_else_hears(office: Office) -> None:
    handoff = office.hand_over()
    card = office.card(handoff, "Ben Cole has it")
    office.dm(BEN, handoff)

    office.control.set_clock(MONDAY_TEN + timedelta(hours=4))
    assert sorted(steps_of(office, handoff)) == [1, 2]
    office.settle()
    office.control.advance("29m")
    assert replies(office, card) == []
    office.control.advance("2m")
    question(office, handoff)

    taken = steps_of(office, handoff)
    assert taken[3].taken_at - taken[2].taken_at >= timedelta(minutes=30)
    assert taken[3].recipient_id == LEADS


@pytest.fixture
def quiet_office(own_office: Office) -> Iterator[Office]:
    """An office in which nobody has anything to decide yet."""
    own_office.open()
    yield own_office


def test_the_manager_reads_one_list_on_their_next_working_morning(quiet_office: Office) -> None:
    office = quiet_office
    handoffs = [office.hand_over(company=f"Waiting {number}") for number in range(2)]
    for handoff in handoffs:
        office.dm(BEN, handoff)
    climb(office)
    assert lists(office, ANA) == []

    office.control.set_clock(TUESDAY_NINE)

    told = office.brief(ANA, "2 to decide")
    assert "Waiting 0" in told["text"] and "Ben Cole has it, first touch was due" in told["text"]
    assert "Waiting 1" in told["text"]
    office.control.set_clock(WEDNESDAY_NINE)
    office.control.until(lambda: len(office.briefs(ANA)) == 2)
    assert [step.recipient_id for step in steps_of(office, handoffs[0]).values()][3] == ANA


def test_a_long_list_shows_ten_and_says_how_many_more() -> None:
    told = manager_list([Item(f"Lead {number}") for number in range(10)], 2)

    assert told.text.startswith("12 leads need your decision")
    assert "Lead 9" in told.text
    assert "and 2 more" in told.text


def test_excuse_ends_the_ladder_and_is_nobodys_business(quiet_office: Office) -> None:
    office = quiet_office
    handoff = office.hand_over(company="Excused Ltd")
    card = office.card(handoff, "Ben Cole has it")
    climb(office)
    office.control.set_clock(TUESDAY_NINE)
    told = office.brief(ANA, "1 to decide")

    with edits_held(office):
        office.press_at_once([ANA, ANA], ids.EXCUSE, told, dm(ANA), handoff)

    office.whisper(ANA, "You decided this already")
    shrunk(office, ANA, told, "all of it is done")
    assert run_of(office, handoff).excused_at
    excused = "Ana Ruiz excused the open first touch of Ben Cole"
    assert excused in history(office, BEN, card, handoff)
    assert excused in history(office, ANA, card, handoff)
    assert excused not in history(office, IDA, card, handoff)


def test_leave_changes_nothing_and_ends_the_ladder_for_good(quiet_office: Office) -> None:
    office = quiet_office
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office)
    office.control.set_clock(TUESDAY_NINE)
    told = office.brief(ANA, "1 to decide")
    office.settle()
    said = len(office.dms(BEN))

    press(office, ANA, ids.LEAVE, told, handoff)
    shrunk(office, ANA, told)
    office.control.change_person(BEN, tz="America/New_York")
    office.control.until(lambda: zone_of(office, BEN) == "America/New_York")
    office.control.advance("3d")
    office.settle()

    assert run_of(office, handoff).excused_at is None
    assert run_of(office, handoff).next_step_at is None
    assert stored(office, handoff).actor_id == BEN
    assert len(office.dms(BEN)) == said
    assert len(office.briefs(ANA)) == 1


def test_a_manager_reassigns_from_the_list(quiet_office: Office) -> None:
    office = quiet_office
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office)
    office.control.set_clock(TUESDAY_NINE)
    told = office.brief(ANA, "1 to decide")

    press(office, ANA, ids.REASSIGN, told, handoff)
    form = office.modal(ANA, "Reassign")
    office.control.submit(ANA, form["id"], {ids.REASSIGN_TO: {ids.CHOICE: HUGO}})
    offer = office.dm(HUGO, handoff, "Ana Ruiz asks you")
    office.press(HUGO, ids.TAKE, offer, dm(HUGO), handoff)

    office.card(handoff, "Hugo Lind has it")
    shrunk(office, ANA, told, "all of it is done")


def test_others_cannot_decide(quiet_office: Office) -> None:
    office = quiet_office
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office)
    office.control.set_clock(TUESDAY_NINE)
    office.brief(ANA, "1 to decide")

    assert office.bot
    with pytest.raises(NotAllowed, match="Only the manager"):
        excuse(office.bot.liaison, handoff, CHLOE)

    assert run_of(office, handoff).excused_at is None


def test_a_lead_answered_overnight_is_on_no_list(quiet_office: Office) -> None:
    office = quiet_office
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    climb(office)
    office.tell(event="contacted", lead_id=office.lead_of(handoff), kind="call")

    office.control.set_clock(TUESDAY_NINE)

    assert lists(office, ANA) == []


@pytest.mark.parametrize(
    ("managers", "reader"), [("ana", ANA), ("nobody", PIA)], ids=["another manager", "an admin"]
)
def test_without_a_manager_somebody_else_decides(
    own_office: Office, tmp_path: Path, managers: str, reader: str
) -> None:
    listed = PLAYBOOK.read_text("utf-8").replace('manager = "ana@example.com"\n', "")
    if managers == "nobody":
        listed = listed.replace('roles = ["manager"]', 'roles = ["rep"]', 1)
    playbook = tmp_path / "playbook.toml"
    playbook.write_text(listed)
    own_office.reopen(liaison_playbook=playbook)
    handoff = own_office.hand_over()
    own_office.dm(BEN, handoff)
    climb(own_office)
    own_office.control.set_clock(TUESDAY_NINE)

    told = own_office.brief(reader, "1 to decide")
    press(own_office, reader, ids.LEAVE, told, handoff)

    shrunk(own_office, reader, told)
    assert run_of(own_office, handoff).ladder_ended_at


def test_without_manager_and_admin_the_workspaces_owner_decides_although_not_listed(
    own_office: Office,
) -> None:
    own_office.reopen(liaison_playbook=without_deciders())
    handoff = own_office.hand_over()
    own_office.dm(BEN, handoff)
    climb(own_office)
    own_office.control.set_clock(TUESDAY_NINE)

    told = own_office.control.message(dm(PIA), lambda m: "1 lead needs your decision" in m["text"])
    assert "as the workspace's primary owner" in told["text"]
    press(own_office, PIA, ids.REASSIGN, told, handoff)
    own_office.control.close(PIA, own_office.modal(PIA, "Reassign")["id"])
    press(own_office, PIA, ids.LEAVE, told, handoff)

    shrunk(own_office, PIA, told, "All decided")


def without_deciders() -> Path:
    """A playbook without manager and admin, in which the workspace's owner is not listed."""
    listed = playbook_without_a_cap().read_text("utf-8")
    listed = listed.replace('manager = "ana@example.com"\n', "")
    listed = listed.replace('roles = ["manager"]', 'roles = ["rep"]')
    file = Path(mkdtemp(prefix="liaison-")) / "playbook.toml"
    file.write_text(listed[: listed.index('[[people]]\nemail = "pia@example.com"')], "utf-8")
    return file


def test_without_anybody_to_decide_the_step_is_taken_and_nothing_is_sent(
    own_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    own_office.reopen(liaison_playbook=without_deciders())
    assert own_office.bot
    liaison = own_office.bot.liaison
    with liaison.transaction() as tx:  # where Slack does not tell who owns the workspace
        tx.get_one(Person, (liaison.team_id, PIA)).is_primary_owner = False
    handoff = own_office.hand_over()
    own_office.dm(BEN, handoff)

    climb(own_office)

    assert sorted(steps_of(own_office, handoff)) == [1, 2, 3, 4]
    assert "no manager, admin or owner" in caplog.text
    with own_office.bot.liaison.reading() as tx:
        assert tx.scalars(select(Escalation)).first() is None


def test_a_manager_far_away_reads_it_in_their_own_morning(
    own_office: Office, tmp_path: Path
) -> None:
    listed = PLAYBOOK.read_text("utf-8").replace("ana@example.com", "x@example.com")
    listed = listed.replace("dev@example.com", "ana@example.com")
    listed = listed.replace("x@example.com", "dev@example.com")
    playbook = tmp_path / "playbook.toml"
    playbook.write_text(listed)
    own_office.reopen(liaison_playbook=playbook)
    handoff = own_office.hand_over()
    own_office.dm(BEN, handoff)
    climb(own_office)

    own_office.control.set_clock(datetime(2026, 11, 24, 3, 14, tzinfo=UTC))
    assert lists(own_office, DEV) == []
    own_office.control.set_clock(datetime(2026, 11, 24, 3, 15, 5, tzinfo=UTC))

    own_office.brief(DEV, "1 to decide")


def half_an_hour_ahead(office: Office) -> Liaison:
    """The bot's own, in whose time the first reminders of three leads are due."""
    for handoff in [office.hand_over() for _ in range(3)]:
        office.dm(BEN, handoff)
    office.settle()
    assert office.bot
    later = MONDAY_TEN + timedelta(minutes=31)
    return replace(office.bot.liaison, now=lambda: later, stopping=Event())


def test_a_transaction_that_lasts_takes_no_further_run_and_the_next_one_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever presses a button meanwhile waits for its end."""
    ahead, put, puts = half_an_hour_ahead(office), LadderRows.put, list[int]()

    def counted(rows: LadderRows, tx: Session) -> None:
        puts.append(len(rows.next_steps))
        put(rows, tx)

    monkeypatch.setattr(LadderRows, "put", counted)
    monkeypatch.setattr(ladder, "HOLDS", 0.0)

    taken = take_due_steps(ahead)

    assert taken >= 3
    assert puts == [1] * taken


def test_a_bot_that_is_to_end_leaves_what_is_due_for_the_next_start(office: Office) -> None:
    ahead = half_an_hour_ahead(office)
    ahead.stopping.set()

    assert take_due_steps(ahead) == 0

    ahead.stopping.clear()
    assert take_due_steps(ahead) >= 3
