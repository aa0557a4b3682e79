"""Who may do what, and where it leads."""

from dataclasses import replace

import pytest

from bot.core.lifecycle import MOST_HOPS, Act, Stage, Standing, stage_after, touched, why_not

ACTOR = Standing(is_listed=True, is_actor=True, sells=True)
THEIR_MANAGER = Standing(is_listed=True, manages_actor=True, sells=True)
OTHER_REP = Standing(is_listed=True, sells=True)
MARKETER = Standing(is_listed=True)
STRANGER = Standing(is_listed=False, sells=True)
ADMIN = Standing(is_listed=True, is_admin=True)
ANSWERS = [Act.ACCEPT, Act.TOUCH, Act.OUTCOME]


@pytest.mark.parametrize("act", ANSWERS)
@pytest.mark.parametrize("who", [ACTOR, THEIR_MANAGER])
def test_the_actor_and_their_manager_may_always_answer(act: Act, who: Standing) -> None:
    assert why_not(act, who, in_queue=False, is_overdue=False) is None


@pytest.mark.parametrize("act", ANSWERS)
def test_another_rep_may_answer_only_once_the_first_touch_is_overdue(act: Act) -> None:
    assert why_not(act, OTHER_REP, in_queue=False, is_overdue=False)
    assert why_not(act, OTHER_REP, in_queue=False, is_overdue=True) is None


@pytest.mark.parametrize("act", ANSWERS)
def test_what_nobody_has_must_be_claimed_first(act: Act) -> None:
    sentence = why_not(act, OTHER_REP, in_queue=True, is_overdue=True)

    assert sentence and "Claim" in sentence


@pytest.mark.parametrize("who", [OTHER_REP, THEIR_MANAGER])
def test_anybody_who_sells_may_claim_from_the_queue(who: Standing) -> None:
    assert why_not(Act.CLAIM, who, in_queue=True, is_overdue=False) is None


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("in_queue", [True, False])
@pytest.mark.parametrize("is_overdue", [True, False])
@pytest.mark.parametrize("who", [MARKETER, STRANGER])
def test_nobody_outside_sales_ever_presses(
    act: Act, in_queue: bool, is_overdue: bool, who: Standing
) -> None:
    assert why_not(act, who, in_queue=in_queue, is_overdue=is_overdue)


@pytest.mark.parametrize("who", [ACTOR, THEIR_MANAGER, ADMIN])
def test_the_actor_their_manager_and_an_admin_may_reassign(who: Standing) -> None:
    assert why_not(Act.REASSIGN, who, in_queue=False, is_overdue=False) is None
    assert why_not(Act.REASSIGN, who, in_queue=True, is_overdue=False)


def test_another_rep_may_never_reassign() -> None:
    assert why_not(Act.REASSIGN, OTHER_REP, in_queue=False, is_overdue=True)


def test_after_three_changes_of_hands_the_manager_decides() -> None:
    tired = replace(ACTOR, hops=MOST_HOPS)

    sentence = why_not(Act.REASSIGN, tired, in_queue=False, is_overdue=False)

    assert sentence and "3 times" in sentence
    for who in (replace(tired, manages_actor=True), replace(ADMIN, hops=9)):
        assert why_not(Act.REASSIGN, who, in_queue=False, is_overdue=False) is None


def test_a_colleague_who_is_asked_may_take_it_on_whatever_the_clock_says() -> None:
    assert why_not(Act.TAKE_ON, OTHER_REP, in_queue=False, is_overdue=False) is None


def test_a_touch_starts_the_work_and_never_undoes_an_outcome() -> None:
    assert touched(Stage.NEW) is Stage.WORKING
    assert {stage for stage in Stage if touched(stage) is stage} == set(Stage) - {Stage.NEW}


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        ("qualified", Stage.QUALIFIED),
        ("won", Stage.WON),
        ("lost", Stage.LOST),
        ("not_a_fit", Stage.REJECTED),
        ("a_reason_of_their_own", Stage.REJECTED),
    ],
)
def test_an_outcome_leads_to_its_stage(outcome: str, stage: Stage) -> None:
    assert stage_after(outcome) is stage
