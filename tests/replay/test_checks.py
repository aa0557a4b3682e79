"""The reconciliation notices what it promises to notice: books that add up, broken in one place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import sla
from bot.core.lifecycle import Stage
from bot.intake.lead_event import EventKind
from bot.models import NEXT_BRIEF, MessageKind
from replay import checks
from replay.books import Books, Posted
from replay.checks import Check, reconcile
from replay.clock import GRID
from tests.replay.ledger import (
    ANAS_DM,
    BENS_DM,
    LEADS,
    MONDAY_NINE,
    TOUCHED_AT,
    TUESDAY_NINE,
    books,
    handoff,
    kept_back,
    message,
    with_post,
)

NIGHT = MONDAY_NINE + timedelta(hours=10)

Tamper = Callable[[Books], Books]


def test_books_that_add_up_break_no_promise() -> None:
    assert [finding for finding in reconcile(books()) if finding.offenders] == []
    assert all(finding.checked for finding in reconcile(books()))


def _one_lead_more(told: Books) -> Books:
    return replace(told, leads_in=4)


def _a_refusal_uncounted(told: Books) -> Books:
    told.tally.refused[EventKind.HANDOFF] = 0
    return told


def _a_lead_never_handed_over(told: Books) -> Books:
    return replace(told, stages={"lead-1": Stage.WORKING, "lead-2": Stage.NEW})


def _a_second_handoff(told: Books) -> Books:
    return replace(told, handoffs=(*told.handoffs, handoff("h2", "l1")))


def _won_says_the_set(told: Books) -> Books:
    return replace(told, stages={"lead-1": Stage.WON})


def _new_though_touched(told: Books) -> Books:
    told.handoffs[0].stage = Stage.NEW
    return replace(told, stages={"lead-1": Stage.NEW})


def _expired_though_touched(told: Books) -> Books:
    told.handoffs[0].stage = Stage.EXPIRED
    return told


def _untouched_for_good(told: Books) -> Books:
    return replace(told, first_contacts={})


def _touched_too_late(told: Books) -> Books:
    return replace(told, first_contacts={"lead-1": MONDAY_NINE + timedelta(days=8)})


def _given_back_too_early(told: Books) -> Books:
    told.runs[0].answered_at, told.runs[0].ended_at = None, TOUCHED_AT
    return told


def _expired_too_late(told: Books) -> Books:
    lead = told.handoffs[0]
    lead.stage, lead.actor_id = Stage.EXPIRED, None
    lead.closed_at = MONDAY_NINE + timedelta(days=22)
    return told


def _closed_without_outcome(told: Books) -> Books:
    told.handoffs[0].closed_at = TOUCHED_AT
    return told


def _contact_of_nobody(told: Books) -> Books:
    told.tally.of_no_handoff.append("lead-9")
    return told


def _lost(told: Books) -> Books:
    return replace(told, posted=told.posted[1:])


def _doubled(told: Books) -> Books:
    return replace(told, posted=(*told.posted, replace(told.posted[0], ts="9.000000")))


def _elsewhere(told: Books) -> Books:
    return with_post(told, "m2.0", channel=LEADS)


def _of_nobody(told: Books) -> Books:
    return replace(told, posted=(*told.posted, Posted(LEADS, "9.000000", "x.0", MONDAY_NINE)))


def _without_mark(told: Books) -> Books:
    return replace(told, posted=(*told.posted, Posted(LEADS, "9.000000", None, MONDAY_NINE)))


def _still_waiting(told: Books) -> Books:
    told.messages[0].send_at = NIGHT
    return told


def _stale(told: Books) -> Books:
    told.messages[0].revision = 3
    return told


def _refused_by_slack(told: Books) -> Books:
    dropped = message("m9", MessageKind.CARD)
    dropped.ts, dropped.dropped = None, "channel_not_found"
    return replace(told, messages=(*told.messages, dropped))


def _without_step(told: Books) -> Books:
    return replace(told, steps=told.steps[1:])


def _before_its_time(told: Books) -> Books:
    told.steps[0].planned_at = TOUCHED_AT
    return told


def _to_somebody_else(told: Books) -> Books:
    return with_post(told, "n1.0", channel="D2")


def _again(told: Books) -> Books:
    again = message("n9", MessageKind.NUDGE, 1)
    post = Posted(BENS_DM, again.ts or "", "n9.0", TOUCHED_AT - timedelta(hours=1))
    return replace(told, messages=(*told.messages, again), posted=(*told.posted, post))


def _forgotten(told: Books) -> Books:
    return replace(told, steps=told.steps[:1])


def _too_many(told: Books) -> Books:
    told.runs[0].answered_at = told.steps[1].planned_at - timedelta(minutes=20)
    return told


def _after_the_touch(told: Books) -> Books:
    return with_post(told, "n2.0", at=TOUCHED_AT + timedelta(minutes=1))


def _at_the_touch(told: Books) -> Books:
    return with_post(told, "n2.0", at=TOUCHED_AT)


def _after_the_end(told: Books) -> Books:
    told.handoffs[0].closed_at = MONDAY_NINE
    return told


def _at_night(told: Books) -> Books:
    return with_post(told, "m2.0", at=NIGHT)


def _a_second_brief(told: Books) -> Books:
    again = message("b2", MessageKind.BRIEF)
    post = Posted(BENS_DM, again.ts or "", "b2.0", TOUCHED_AT)
    return replace(told, messages=(*told.messages, again), posted=(*told.posted, post))


def _kept_back_for_a_brief_never_sent(told: Books) -> Books:
    return replace(told, messages=(*told.messages, kept_back("n9", "b9")))


def _kept_back_and_passed_over(told: Books) -> Books:
    brief = next(row for row in told.messages if row.kind is MessageKind.BRIEF)
    brief.about = TUESDAY_NINE.isoformat()
    return replace(told, messages=(*told.messages, kept_back("n9", NEXT_BRIEF)))


def _a_lower_cap(told: Books) -> Books:
    return replace(told, cap=3)


def _never_told(told: Books) -> Books:
    told.runs[0].answered_at = None
    return replace(told, messages=tuple(m for m in told.messages if m.id not in {"m2", "b1"}))


def _asked_without_a_warning(told: Books) -> Books:
    return replace(told, steps=told.steps[2:])


def _asked_too_soon(told: Books) -> Books:
    told.steps[1].taken_at = told.steps[2].taken_at - timedelta(minutes=29)
    return told


def _asked_beside_the_card(told: Books) -> Books:
    told.messages[4].parent_id = None
    return told


def _asked_at_night(told: Books) -> Books:
    return with_post(told, "n3.0", at=NIGHT)


def _never_listed(told: Books) -> Books:
    told.handoffs[0].touched_at = told.runs[0].answered_at = None
    return replace(told, messages=told.messages[:5])


def _list_forgotten(told: Books) -> Books:
    told.escalations[0].list_at = TUESDAY_NINE
    return told


def _listed_twice(told: Books) -> Books:
    again = message("m9", MessageKind.MANAGER_LIST)
    post = Posted(ANAS_DM, again.ts or "", "m9.0", TUESDAY_NINE + timedelta(hours=1))
    return replace(told, messages=(*told.messages, again), posted=(*told.posted, post))


TAMPERED: tuple[tuple[Check, Tamper, str], ...] = (
    (checks.leads_add_up, _one_lead_more, "4 in, 3 accounted for"),
    (checks.leads_add_up, _a_refusal_uncounted, "3 in, 2 accounted for"),
    (checks.each_lead_has_one_handoff, _a_lead_never_handed_over, "lead-2"),
    (checks.each_lead_has_one_handoff, _a_second_handoff, "lead-1"),
    (checks.each_stage_is_the_sets, _won_says_the_set, "h1"),
    (checks.each_stage_is_the_sets, _new_though_touched, "h1"),
    (checks.each_stage_is_the_sets, _closed_without_outcome, "h1"),
    (checks.each_stage_is_the_sets, _expired_though_touched, "h1"),
    (checks.each_stage_is_the_sets, _untouched_for_good, "h1"),
    (checks.each_stage_is_the_sets, _touched_too_late, "h1"),
    (checks.each_unworked_lead_turns_on_time, _given_back_too_early, "h1"),
    (checks.each_unworked_lead_turns_on_time, _expired_too_late, "h1"),
    (checks.nothing_was_told_for_nobody, _contact_of_nobody, "lead-9"),
    (checks.each_message_is_in_slack_once, _lost, "m1"),
    (checks.each_message_is_in_slack_once, _doubled, "m1"),
    (checks.each_message_is_in_slack_once, _elsewhere, "m2"),
    (checks.slack_shows_nothing_else, _of_nobody, "9.000000"),
    (checks.slack_shows_nothing_else, _without_mark, "9.000000"),
    (checks.none_is_lost, _still_waiting, "m1"),
    (checks.none_is_lost, _stale, "m1"),
    (checks.none_is_lost, _refused_by_slack, "m9"),
    (checks.each_nudge_is_explained, _without_step, "n1"),
    (checks.each_nudge_is_explained, _before_its_time, "n1"),
    (checks.each_nudge_is_explained, _to_somebody_else, "n1"),
    (checks.each_step_nudges_once, _again, "h1:1:1"),
    (checks.each_ladder_is_climbed, _forgotten, "h1"),
    (checks.each_ladder_is_climbed, _too_many, "h1"),
    (checks.nothing_goes_up_without_a_warning, _asked_without_a_warning, "h1"),
    (checks.nothing_goes_up_without_a_warning, _asked_too_soon, "h1"),
    (checks.each_question_is_explained, _asked_beside_the_card, "n3"),
    (checks.each_question_is_explained, _asked_at_night, "n3"),
    (checks.each_escalation_is_listed, _never_listed, "h1"),
    (checks.each_escalation_is_listed, _list_forgotten, "h1"),
    (checks.one_list_a_day, _listed_twice, "U2:2026-11-24"),
    (checks.no_nudge_after_an_answer, _after_the_touch, "n2"),
    (checks.no_nudge_after_an_answer, _at_the_touch, "n2"),
    (checks.no_nudge_after_an_answer, _after_the_end, "n1"),
    (checks.nobody_is_messaged_outside_hours, _at_night, "m2"),
    (checks.at_most_one_brief_a_day, _a_second_brief, "U1:2026-11-23"),
    (checks.what_was_kept_back_is_read, _kept_back_for_a_brief_never_sent, "n9"),
    (checks.what_was_kept_back_is_read, _kept_back_and_passed_over, "n9"),
    (checks.nobody_is_over_the_cap, _a_lower_cap, "U1:2026-11-23"),
    (checks.each_untold_lead_is_in_a_brief, _never_told, "h1"),
)


@pytest.mark.parametrize(
    ("check", "tamper", "offender"),
    TAMPERED,
    ids=[f"{check.__name__}-{tamper.__name__.strip('_')}" for check, tamper, _ in TAMPERED],
)
def test_a_broken_promise_is_found_and_named(check: Check, tamper: Tamper, offender: str) -> None:
    assert offender in check(tamper(books())).offenders


def test_every_check_is_seen_to_fail() -> None:
    assert {check for check, _, _ in TAMPERED} == {*checks.CHECKS}


def test_a_message_that_was_no_longer_wanted_is_not_lost() -> None:
    told = books()
    needless = message("n9", MessageKind.NUDGE, 2)
    needless.ts, needless.dropped = None, "no longer wanted"

    finding = checks.none_is_lost(replace(told, messages=(*told.messages, needless)))

    assert finding.offenders == ()


def test_contact_in_the_very_tick_in_which_time_ran_out_counts_or_not() -> None:
    told = books()
    assert told.runs[0].due_at
    touched_at = told.runs[0].due_at + timedelta(days=7)

    at_the_end = replace(told, first_contacts={"lead-1": touched_at})

    assert checks.each_stage_is_the_sets(at_the_end).offenders == ()


def test_a_step_in_the_very_tick_of_the_answer_may_be_taken_or_not() -> None:
    told = books()
    told.runs[0].answered_at = told.steps[1].planned_at
    told = replace(told, steps=told.steps[:2])

    assert checks.each_ladder_is_climbed(told).offenders == ()
    assert checks.each_ladder_is_climbed(replace(told, steps=told.steps[:1])).offenders == ()


def test_colleagues_are_asked_only_once_a_warning_was_read_for_a_while() -> None:
    told = books()
    read_late = told.steps[2].planned_at
    posts = [
        replace(post, at=read_late) if post.mark in {"n1.0", "n2.0"} else post
        for post in told.posted
    ]
    told = replace(told, posted=tuple(posts), steps=told.steps[:2])

    told.runs[0].answered_at = read_late + sla.STEP_GAP
    assert checks.each_ladder_is_climbed(told).offenders == ()
    told.runs[0].answered_at = read_late + sla.STEP_GAP + 2 * GRID
    assert checks.each_ladder_is_climbed(told).offenders == ("h1",)
