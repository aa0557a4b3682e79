"""The courier against a Slack that misbehaves: each message once, and none keeps others waiting."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from slack_sdk import WebClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import make_engine
from bot.delivery import courier as courier_module
from bot.delivery.courier import AGAIN, CLAIMED
from bot.delivery.outbox import Shown, claim
from bot.delivery.pacing import Pace
from bot.errors import NotSaved
from bot.liaison import Liaison
from bot.models import Message
from bot.slack import Slack
from tests.delivery.mailroom import LEASE, Ledger, Mailroom
from tests.office import LEADS, PACE
from tests.postgres import ON_BOTH_ENGINES

STANDUP = "C0STANDUP00"
MISHAPS = (
    "http_500_before",
    "http_500_after",
    "lost_answer",
    "truncated",
    "garbage",
    "drop_connection",
    "html_503",
    "slow",
    "rate_limited",
)


@ON_BOTH_ENGINES
def test_whatever_goes_wrong_with_a_post_it_is_shown_exactly_once(mailroom: Mailroom) -> None:
    for kind in MISHAPS:
        mailroom.sandbox.control.fault(kind, method="chat.postMessage", times=1, seconds=1)
    subjects = [f"lead {number}" for number in range(len(MISHAPS) + 3)]

    mailroom.say(*subjects)
    with mailroom.courier():
        mailroom.settle()

    assert not mailroom.sandbox.control.faults()
    assert Counter(mailroom.shown()) == Counter(subjects)
    assert mailroom.calls("conversations.history")


def test_a_post_is_not_repeated_while_its_place_in_the_history_cannot_be_read(
    mailroom: Mailroom,
) -> None:
    control = mailroom.sandbox.control
    control.fault("lost_answer", method="chat.postMessage", times=1)
    control.fault("http_500_before", method="conversations.history")

    mailroom.say("lead")
    with mailroom.courier():
        control.until(lambda: mailroom.calls("conversations.history"))
        assert len(mailroom.calls("chat.postMessage")) == 1
        control.clear_faults()
        mailroom.settle(15)

    assert mailroom.shown() == ["lead"]
    assert len(mailroom.calls("chat.postMessage")) == 1


def test_a_channel_that_asked_to_wait_is_left_alone_so_long(mailroom: Mailroom) -> None:
    control = mailroom.sandbox.control
    control.fault("rate_limited", method="chat.postMessage", times=1, seconds=2)

    mailroom.say("first", "second", "third")
    with mailroom.courier(pace=4):
        mailroom.settle()

    refused, *taken = mailroom.calls("chat.postMessage")
    assert sorted(mailroom.shown()) == ["first", "second", "third"]
    assert seconds_between(refused, taken[0]) >= 2


def test_no_edit_leaves_while_slack_asked_to_wait(mailroom: Mailroom) -> None:
    mailroom.say("first", "second")
    with mailroom.courier(pace=4):
        mailroom.settle()
        mailroom.sandbox.control.fault("rate_limited", method="chat.update", times=1, seconds=2)
        mailroom.change("first", "first, touched")
        mailroom.sandbox.control.until(lambda: bool(mailroom.calls("chat.update")), 5)
        mailroom.change("second", "second, touched")
        mailroom.settle()

    refused, *taken = mailroom.calls("chat.update")
    assert len(taken) == 2
    assert all(seconds_between(refused, call) >= 2 for call in taken)


def test_a_message_slack_refuses_is_dropped_and_the_queue_goes_on(mailroom: Mailroom) -> None:
    refusal = {"method": "chat.postMessage", "times": 1, "error": "restricted_action"}
    mailroom.sandbox.control.fault("error", **refusal)  # type: ignore[arg-type]
    mailroom.say("refused", "after it")

    with mailroom.courier(pace=20):
        mailroom.settle()

    assert mailroom.shown() == ["after it"]
    assert mailroom.row("refused").dropped == "restricted_action"
    assert mailroom.troubles == [("refused", "restricted_action")]


def test_what_slack_does_not_take_with_blocks_is_said_plainly(mailroom: Mailroom) -> None:
    mailroom.words["too long"] = "x" * 5000
    mailroom.say("too long", "after it")

    with mailroom.courier():
        mailroom.settle()
        mailroom.change("after it", "y" * 5000)
        mailroom.settle()

    cut = {letter: letter * 3899 + "…" for letter in "xy"}
    assert sorted(mailroom.shown()) == [cut["x"], cut["y"]]
    blocks = [m.get("blocks") for m in mailroom.sandbox.control.messages(LEADS)]
    assert not any(blocks)
    assert mailroom.troubles == [("too long", "invalid_blocks"), ("after it", "invalid_blocks")]


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "missing_scope"])
def test_while_the_token_is_no_good_all_waits_and_the_operator_hears_once(
    mailroom: Mailroom,
    code: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier_module, "SHUT_AGAIN", timedelta(seconds=0.2))
    control = mailroom.sandbox.control
    control.fault("error", error=code)
    mailroom.say(*(f"lead {number}" for number in range(40)))

    with mailroom.courier() as courier:
        control.until(lambda: not courier.is_let_in)
        knocked = len(mailroom.calls("chat.postMessage"))
        control.until(lambda: len(mailroom.calls("chat.postMessage")) > knocked)
        control.clear_faults()
        mailroom.settle()
        assert courier.is_let_in

    assert len(mailroom.shown()) == 40
    assert caplog.text.count("lets the bot in no more") == 1
    assert mailroom.troubles == []


@ON_BOTH_ENGINES
def test_replies_stand_in_their_thread_in_the_order_they_were_written(mailroom: Mailroom) -> None:
    mailroom.say("card")
    for number in range(6):
        mailroom.reply("card", f"reply {number}")
    mailroom.say("bystander")
    for method in ("chat.postMessage",):
        for kind in ("lost_answer", "http_500_before"):
            mailroom.sandbox.control.fault(kind, method=method, rate=0.25, seed=3)

    with mailroom.courier():
        mailroom.settle(30)

    said = [words for words in mailroom.shown() if words.startswith("reply")]
    assert said == [f"reply {number}" for number in range(6)]


def test_a_channel_that_is_gone_keeps_its_messages_and_no_other_waits(mailroom: Mailroom) -> None:
    mailroom.say("nobody can read this yet", channel="C0NOWHERE00")
    mailroom.say("elsewhere")

    with mailroom.courier():
        mailroom.sandbox.control.until(lambda: mailroom.shown() == ["elsewhere"])

    mailroom.sandbox.control.until(lambda: mailroom.troubles)
    waiting = mailroom.row("nobody can read this yet")
    assert waiting.dropped is None
    assert waiting.send_at
    assert mailroom.troubles == [("nobody can read this yet", "channel_not_found")]


def test_an_edit_refused_for_good_becomes_a_fresh_post(mailroom: Mailroom) -> None:
    with mailroom.courier():
        mailroom.say("lead")
        mailroom.settle()
        error = {"method": "chat.update", "times": 1, "error": "edit_window_closed"}
        mailroom.sandbox.control.fault("error", **error)  # type: ignore[arg-type]
        mailroom.change("lead", "lead, touched")
        mailroom.settle()
        mailroom.change("lead", "lead, qualified")
        mailroom.settle()

    # What it said before is taken away: two cards of one lead would contradict each other.
    assert mailroom.shown() == ["lead, qualified"]


def test_a_message_somebody_deleted_is_posted_anew(mailroom: Mailroom) -> None:
    with mailroom.courier():
        mailroom.say("lead")
        mailroom.settle()
        workspace = mailroom.sandbox.workspace
        ts = mailroom.row("lead").ts or ""
        with workspace.lock:
            post = workspace.channels[LEADS].timeline.living(ts)
            assert post
            workspace.delete(post)
        mailroom.change("lead", "lead, touched")
        mailroom.settle()

    assert mailroom.shown() == ["lead, touched"]


def test_ten_changes_during_one_edit_become_one_more_edit(mailroom: Mailroom) -> None:
    with mailroom.courier():
        mailroom.say("lead")
        mailroom.settle()
        mailroom.sandbox.control.fault("slow", method="chat.update", times=1, seconds=0.4)
        for number in range(10):
            mailroom.change("lead", f"lead, version {number}")
        mailroom.settle()

    assert mailroom.shown() == ["lead, version 9"]
    assert len(mailroom.calls("chat.update")) <= 3


def test_an_edit_that_changes_nothing_costs_no_call(mailroom: Mailroom) -> None:
    with mailroom.courier():
        mailroom.say("lead")
        mailroom.settle()
        mailroom.change("lead", "lead")
        mailroom.settle()

    assert not mailroom.calls("chat.update")


def test_an_edit_whose_answer_was_lost_is_made_again(mailroom: Mailroom) -> None:
    with mailroom.courier():
        mailroom.say("lead")
        mailroom.settle()
        mailroom.sandbox.control.fault("http_500_before", method="chat.update", times=1)
        mailroom.change("lead", "lead, touched")
        mailroom.settle()

    assert mailroom.shown() == ["lead, touched"]


def test_what_is_no_longer_wanted_is_not_sent(mailroom: Mailroom) -> None:
    mailroom.say("nudge")
    del mailroom.words["nudge"]

    with mailroom.courier():
        mailroom.settle()

    assert mailroom.shown() == []
    assert mailroom.row("nudge").dropped == "no longer wanted"


def test_one_row_that_cannot_be_recorded_keeps_no_other_from_it(mailroom: Mailroom) -> None:
    mailroom.breaks_when_shown.add("bad")
    mailroom.say("good", "bad", "better")

    with mailroom.courier() as courier:
        mailroom.sandbox.control.until(lambda: len(mailroom.shown()) == 3)
        mailroom.sandbox.control.until(
            lambda: mailroom.row("good").ts and mailroom.row("better").ts
        )
        assert courier.is_alive
        assert mailroom.row("bad").ts is None
        mailroom.breaks_when_shown.clear()
        mailroom.settle()

    assert sorted(mailroom.shown()) == ["bad", "better", "good"]


def test_one_row_that_cannot_be_rendered_keeps_no_other_waiting(mailroom: Mailroom) -> None:
    mailroom.say("broken", "sound")
    mailroom.words["broken"] = 5  # type: ignore[assignment]  # the view fails on it

    with mailroom.courier():
        mailroom.sandbox.control.until(lambda: mailroom.shown() == ["sound"])
        mailroom.words["broken"] = "mended"
        mailroom.settle()

    assert mailroom.shown() == ["sound", "mended"]


@ON_BOTH_ENGINES
def test_couriers_that_share_a_database_send_nothing_twice(mailroom: Mailroom) -> None:
    url = mailroom.liaison.engine.url.render_as_string(hide_password=False)
    others = [
        replace(mailroom.liaison, engine=make_engine(url), something_to_tell=Event())
        for _ in range(2)
    ]
    rooms = [mailroom, *(replace(mailroom, liaison=other) for other in others)]
    control = mailroom.sandbox.control
    for kind in ("lost_answer", "http_500_after", "drop_connection"):
        control.fault(kind, method="chat.postMessage", rate=0.1, seed=7)
    subjects = [f"lead {number}" for number in range(60)]

    with ExitStack() as stack:
        for room in rooms:
            stack.enter_context(room.courier())
        for start in range(0, 60, 10):
            mailroom.say(*subjects[start : start + 5])
            mailroom.say(*subjects[start + 5 : start + 10], channel=STANDUP)
        mailroom.settle(20)
    for other in others:
        other.engine.dispose()

    assert Counter(mailroom.shown() + mailroom.shown(STANDUP)) == Counter(subjects)
    ledger = Ledger.of(mailroom.sandbox, url)
    assert (ledger.lost, ledger.double, ledger.shown) == ([], [], 60)


@ON_BOTH_ENGINES
def test_what_follows_a_message_is_not_undone_by_those_recorded_with_it(mailroom: Mailroom) -> None:
    mailroom.say("first", channel=LEADS)
    mailroom.say("second", channel=STANDUP)
    mailroom.changes_when_shown = {"first": "second", "second": "first"}
    claims, _ = claim(mailroom.liaison, lease="mine", lasts=LEASE, most=2, pace=Pace(PACE))
    done = [(claimed, Shown(LEADS, f"{n}.0", 1, None)) for n, claimed in enumerate(claims)]

    mailroom.idle_courier()._write_down(done)

    for subject in ("first", "second"):
        row = mailroom.row(subject)
        assert (row.revision, row.shown_revision, row.send_at is None) == (2, 1, False)


def test_while_slack_cannot_be_reached_one_message_at_a_time_tries(mailroom: Mailroom) -> None:
    nobody = WebClient("xoxb-sandbox", "http://127.0.0.1:1/api/", timeout=1, retry_handlers=[])
    for number in range(40):
        mailroom.say(f"lead {number}", channel=f"C{number}")
    courier = mailroom.idle_courier(slack=Slack(nobody))

    began = time.monotonic()
    courier.start()
    mailroom.sandbox.control.until(lambda: tries_of(mailroom) > CLAIMED + 10)
    courier.stop()
    again = LEASE.total_seconds() * AGAIN

    assert tries_of(mailroom) <= CLAIMED + 1 + (time.monotonic() - began) / again


def test_while_the_database_is_away_the_courier_asks_once_a_second(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    is_away = Event()
    transaction = Liaison.transaction

    @contextmanager
    def refusing(liaison: Liaison) -> Iterator[Session]:
        if is_away.is_set():
            raise NotSaved
        with transaction(liaison) as tx:
            yield tx

    monkeypatch.setattr(Liaison, "transaction", refusing)
    mailroom.sandbox.control.fault("slow", method="chat.postMessage", seconds=0.3)
    mailroom.say("hello")

    with mailroom.courier():
        mailroom.sandbox.control.until(lambda: mailroom.calls("chat.postMessage"))
        is_away.set()
        mailroom.sandbox.control.until(lambda: mailroom.shown() == ["hello"])
        caplog.clear()
        time.sleep(1.5)
        is_away.clear()
        asked = sum("does not answer" in each.message for each in caplog.records)
        mailroom.settle()

    # What came back from Slack is not written down yet; it may wake the courier, once.
    assert 1 <= asked <= 3
    assert mailroom.shown() == ["hello"]


def tries_of(mailroom: Mailroom) -> float:
    """How many calls came to nothing."""
    return sum(
        reading.value
        for reading in mailroom.liaison.meters.readings()
        if reading.name == "liaison_messages_total"
    )


def test_a_sender_finds_its_next_message_claimed(mailroom: Mailroom) -> None:
    mailroom.sandbox.control.fault("slow", method="chat.postMessage", seconds=0.3)
    channels = [mailroom.sandbox.workspace.add_channel(f"c{n}").id for n in range(CLAIMED + 8)]
    for channel in channels:
        mailroom.say(f"to {channel}", channel=channel)
    claimed = select(func.count()).where(col(Message.lease).is_not(None))

    def are_claimed() -> bool:
        with mailroom.liaison.reading() as tx:
            return tx.scalar(claimed) == CLAIMED

    with mailroom.courier():
        mailroom.sandbox.control.until(are_claimed)
        mailroom.settle()


def seconds_between(earlier: dict[str, object], later: dict[str, object]) -> float:
    from_, to = (datetime.fromisoformat(str(call["at"])) for call in (earlier, later))
    return (to - from_).total_seconds()


@pytest.mark.postgres
@pytest.mark.parametrize("new_database", ["postgres"], indirect=True)
def test_a_claim_leaves_what_somebody_changes_for_its_next_look(mailroom: Mailroom) -> None:
    mailroom.say("first", channel=LEADS)
    mailroom.say("second", channel=STANDUP)

    with mailroom.liaison.transaction() as changing:
        row = mailroom.row("first")
        changing.get(Message, (row.team_id, row.id), with_for_update=True)
        lasts = timedelta(seconds=1)
        claims, _ = claim(mailroom.liaison, lease="a", lasts=lasts, most=9, pace=Pace(PACE))

    assert [claimed.id for claimed in claims] == [mailroom.row("second").id]
