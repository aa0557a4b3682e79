"""Slack's limits are kept by the gates, not by being refused."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.delivery.pacing import UPDATES, Pace, Passing, close_gate, pass_gates, posting_to
from bot.models import Gate
from sandbox.limits import Limits
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.delivery.mailroom import Mailroom, new_liaison
from tests.office import LEADS, MANIFEST

STANDUP = "C0STANDUP00"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEAM = "T1"


def test_posts_into_one_channel_keep_their_distance_and_channels_do_not_wait_for_each_other(
    new_database: NewDatabase,
) -> None:
    pace, count = 10.0, 15
    with Sandbox(limits=Limits(pace=pace, burst=1), manifest=MANIFEST) as sandbox:
        room = Mailroom(sandbox, new_liaison(new_database()))
        room.say(*(f"lead {number}" for number in range(count)))
        room.say(*(f"news {number}" for number in range(count)), channel=STANDUP)
        with room.courier(pace):
            room.settle()

        statuses = {call["status"] for call in room.calls("chat.postMessage")}
        taken = [posted_at(room, channel) for channel in (LEADS, STANDUP)]
        room.liaison.engine.dispose()

    assert statuses == {200}
    assert [len(times) for times in taken] == [count, count]
    assert max(taken[0][0], taken[1][0]) < min(taken[0][-1], taken[1][-1])


def test_edits_of_many_messages_stay_under_slacks_limit(mailroom: Mailroom) -> None:
    """At 30 times the speed the gate lets 8 edits pass at once and then one in 50 ms."""
    subjects = [f"lead {number}" for number in range(20)]
    mailroom.say(*subjects)
    with mailroom.courier():
        mailroom.settle()
    for subject in subjects:
        mailroom.change(subject, f"{subject}, touched")

    with mailroom.courier(30):
        mailroom.settle()

    times = [at(call["at"]) for call in mailroom.calls("chat.update")]
    assert len(times) == 20
    assert times[-1] - times[0] >= (20 - 8 - 1) * 1.5 / 30
    assert sorted(mailroom.shown()) == sorted(f"{subject}, touched" for subject in subjects)


@pytest.mark.parametrize(("gate", "most"), [(posting_to(LEADS), 1), (UPDATES, 8)])
def test_a_gate_lets_as_many_pass_at_once_as_slack_allows(
    mailroom: Mailroom, gate: str, most: int
) -> None:
    passed = sum(passes(mailroom, gate, NOW) for _ in range(20))

    assert passed == most


def test_a_gate_never_saves_up_more_than_its_burst(mailroom: Mailroom) -> None:
    passes(mailroom, UPDATES, NOW)
    much_later = NOW + timedelta(days=1)

    assert sum(passes(mailroom, UPDATES, much_later) for _ in range(20)) == 8


def test_a_gate_that_slack_closed_opens_when_slack_said(mailroom: Mailroom) -> None:
    gate = posting_to(LEADS)
    passes(mailroom, gate, NOW)
    with mailroom.liaison.transaction() as tx:
        close_gate(tx, TEAM, gate, NOW + timedelta(seconds=30))

    assert not passes(mailroom, gate, NOW + timedelta(seconds=29))
    assert passes(mailroom, gate, NOW + timedelta(seconds=30))


def test_of_two_that_saw_the_same_gate_open_one_passes(mailroom: Mailroom) -> None:
    gate, second = posting_to(LEADS), timedelta(seconds=1)
    with mailroom.liaison.transaction() as tx:
        new = [pass_gates(tx, TEAM, [Passing(gate, None, second)], NOW) for _ in range(2)]
    seen = NOW + second
    with mailroom.liaison.transaction() as tx:
        known = [pass_gates(tx, TEAM, [Passing(gate, seen, second)], seen) for _ in range(2)]

    assert (new, known) == ([{gate}, set()], [{gate}, set()])


def test_of_several_gates_those_pass_that_nobody_took(mailroom: Mailroom) -> None:
    second = timedelta(seconds=1)
    taken, fresh, free = (posting_to(name) for name in ("C1", "C2", "C3"))
    with mailroom.liaison.transaction() as tx:
        pass_gates(tx, TEAM, [Passing(taken, None, second), Passing(free, None, second)], NOW)
    seen = NOW + second
    with mailroom.liaison.transaction() as tx:
        pass_gates(tx, TEAM, [Passing(taken, seen, second)], seen)

    with mailroom.liaison.transaction() as tx:
        wanted = [Passing(taken, seen, second), Passing(fresh, None, second)]
        passed = pass_gates(tx, TEAM, [*wanted, Passing(free, seen, 2 * second)], seen)

    assert passed == {fresh, free}
    with mailroom.liaison.reading() as tx:
        opens = {gate: tx.get_one(Gate, (TEAM, gate)).next_at for gate in (taken, fresh, free)}
    assert opens == {taken: seen + second, fresh: seen + second, free: seen + 2 * second}


@pytest.mark.parametrize(("ahead", "passes"), [(-60, 8), (0, 8), (1.5, 7), (10.5, 1), (10.6, 0)])
def test_a_gate_says_how_many_may_pass_at_once(ahead: float, passes: int) -> None:
    next_at = NOW + timedelta(seconds=ahead)

    assert Pace().passes(UPDATES, next_at, NOW) == passes


def passes(mailroom: Mailroom, gate: str, now: datetime) -> bool:
    """Try a gate as a courier does: read it, and pass if it is open."""
    with mailroom.liaison.reading() as tx:
        row = tx.get(Gate, (TEAM, gate))
    next_at = row.next_at if row else None
    if not Pace().passes(gate, next_at, now):
        return False
    with mailroom.liaison.transaction() as tx:
        passing = Passing(gate, next_at, Pace().interval(gate))
        return gate in pass_gates(tx, TEAM, [passing], now)


def posted_at(room: Mailroom, channel: str) -> list[float]:
    times = [float(message["ts"]) for message in room.sandbox.control.messages(channel)]
    assert all(earlier < later for earlier, later in pairwise(times))
    return times


def at(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
