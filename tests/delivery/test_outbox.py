"""Claims and what becomes of them: leases, late answers, crashes between two steps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery import outbox
from bot.delivery.jumps import bring_back
from bot.delivery.outbox import Claim, Dropped, Outcome, Repost, Retry, Shown, Unclear
from bot.delivery.pacing import Pace
from bot.models import Lane, Message
from tests.delivery.mailroom import TEAM, Mailroom
from tests.office import LEADS

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


def claim(mailroom: Mailroom, at: datetime = NOW, lease: str = "mine") -> list[Claim]:
    liaison = replace(mailroom.liaison, wall=lambda: at)
    claims, _opens = outbox.claim(liaison, lease=lease, lasts=MINUTE, most=10, pace=Pace(1000))
    return claims


def record(
    mailroom: Mailroom, claimed: Claim, outcome: Outcome, at: datetime = NOW
) -> Message | None:
    liaison = replace(mailroom.liaison, wall=lambda: at)
    with liaison.transaction() as tx:
        message = outbox.still_ours(tx, liaison, [claimed]).get(claimed.id)
        is_first = message is not None and outbox.record(tx, liaison, message, outcome)
        return message if is_first else None


@pytest.fixture
def lead(mailroom: Mailroom) -> Mailroom:
    """A mailroom where one message waits."""
    mailroom.liaison = replace(mailroom.liaison, wall=lambda: NOW)
    mailroom.say("lead")
    return mailroom


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(lead: Mailroom) -> None:
    [first] = claim(lead)

    assert not first.was_unclear
    assert first.message.lease == first.lease
    assert claim(lead, NOW + MINUTE - timedelta(seconds=1)) == []
    [second] = claim(lead, NOW + MINUTE)
    assert second.was_unclear


def test_an_answer_that_comes_after_the_lease_was_lost_changes_nothing(lead: Mailroom) -> None:
    [first] = claim(lead, lease="slow")
    claim(lead, NOW + MINUTE, lease="quick")

    told = record(lead, first, Dropped("channel_not_found"), NOW + MINUTE)

    assert told is None
    row = lead.row("lead")
    assert (row.lease, row.dropped) == ("quick", None)


def test_only_the_first_showing_is_told_to_whoever_waits_for_it(lead: Mailroom) -> None:
    [first] = claim(lead)
    assert record(lead, first, Shown(LEADS, "1.000001", 1, "digest"))

    lead.change("lead", "changed")
    [second] = claim(lead, NOW + MINUTE)
    assert record(lead, second, Shown(LEADS, "1.000001", 2, "other")) is None


def test_a_change_during_a_post_is_edited_in_afterwards(lead: Mailroom) -> None:
    [claimed] = claim(lead)
    lead.change("lead", "changed meanwhile")

    record(lead, claimed, Shown(LEADS, "1.000001", 1, "digest"))

    assert lead.row("lead").send_at == NOW


def test_a_post_found_in_the_history_is_edited_to_what_is_true_now(lead: Mailroom) -> None:
    claim(lead)
    [again] = claim(lead, NOW + MINUTE)

    record(lead, again, Shown(LEADS, "1.000001", 0, None), NOW + MINUTE)

    row = lead.row("lead")
    assert (row.ts, row.send_at, row.is_unclear) == ("1.000001", NOW + MINUTE, False)


def test_an_unclear_post_waits_for_its_lease_and_is_then_looked_for(lead: Mailroom) -> None:
    [claimed] = claim(lead)
    record(lead, claimed, Unclear())

    assert claim(lead) == []
    assert claim(lead, NOW + MINUTE)[0].was_unclear


def test_a_post_that_did_not_happen_is_tried_again_without_a_look(lead: Mailroom) -> None:
    [claimed] = claim(lead)
    record(lead, claimed, Retry(timedelta(seconds=5)))

    assert claim(lead, NOW + timedelta(seconds=4)) == []
    [again] = claim(lead, NOW + timedelta(seconds=5))
    assert not again.was_unclear
    assert lead.row("lead").first_tried_at == NOW + timedelta(seconds=5)


def test_a_look_that_failed_leaves_the_post_as_unclear_as_before(lead: Mailroom) -> None:
    claim(lead)
    [again] = claim(lead, NOW + MINUTE)
    record(lead, again, Retry(timedelta(seconds=5), is_unclear=True), NOW + MINUTE)

    [third] = claim(lead, NOW + MINUTE + timedelta(seconds=5))
    assert third.was_unclear
    assert lead.row("lead").first_tried_at == NOW


def test_a_fresh_post_has_a_mark_of_its_own_and_is_no_first_showing(lead: Mailroom) -> None:
    [first] = claim(lead)
    record(lead, first, Shown(LEADS, "1.000001", 1, "digest"))
    lead.change("lead", "changed")
    [edit] = claim(lead, NOW + MINUTE)
    record(lead, edit, Repost(), NOW + MINUTE)

    [fresh] = claim(lead, NOW + MINUTE + timedelta(seconds=1))

    assert not fresh.was_unclear
    row = lead.row("lead")
    assert (row.posts, row.ts, row.gate) == (1, None, f"post:{LEADS}")
    assert record(lead, fresh, Shown(LEADS, "2.000001", 2, "d"), NOW + MINUTE) is None


def test_a_reply_waits_for_its_parent_and_nothing_else_does(lead: Mailroom) -> None:
    lead.say("reply", "bystander", channel="C0STANDUP00")
    with lead.liaison.transaction() as tx:
        tx.get_one(Message, (TEAM, lead.row("reply").id)).parent_id = lead.row("lead").id

    claims = claim(lead)
    assert subjects(lead, claims) == {"lead", "bystander"}

    parent = next(one for one in claims if one.id == lead.row("lead").id)
    record(lead, parent, Shown(LEADS, "1.000001", 1, "digest"))
    assert subjects(lead, claim(lead, NOW + timedelta(seconds=1))) == {"reply"}


def test_after_the_clock_was_set_back_nothing_waits_for_the_time_it_was(lead: Mailroom) -> None:
    hour_ago = NOW - timedelta(hours=1)
    liaison = replace(lead.liaison, wall=lambda: hour_ago)
    assert claim(lead, hour_ago + MINUTE) == []

    assert bring_back(liaison) == 1
    assert bring_back(liaison) == 0

    [claimed] = claim(lead, hour_ago + MINUTE)
    assert record(lead, claimed, Shown(LEADS, "1.000001", 1, "digest"))


def test_who_presses_goes_before_what_is_sent_in_bulk(mailroom: Mailroom) -> None:
    mailroom.liaison = replace(mailroom.liaison, wall=lambda: NOW)
    mailroom.say("news", "lead")
    with mailroom.liaison.transaction() as tx:
        tx.get_one(Message, (TEAM, mailroom.row("news").id)).lane = Lane.BULK

    assert subjects(mailroom, claim(mailroom)) == {"lead"}


def subjects(mailroom: Mailroom, claims: Sequence[Claim]) -> set[str]:
    with mailroom.liaison.reading() as tx:
        return {tx.get_one(Message, (TEAM, one.id)).subject_id for one in claims}
