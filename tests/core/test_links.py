"""Whom a CRM may mean by an owner: guessed only when one person fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.links import Candidate, State, guess, state_of

JANE = Candidate("U1", "Jane Doe", "jane@acme.io")
JOHN = Candidate("U2", "John Doe", "jdoe@acme.io")
UMA = Candidate("U3", "Uma Ögren", "uma@acme.io")
TEAM = (JANE, JOHN, UMA)


@pytest.mark.parametrize(
    ("owner", "fits"),
    [
        ("jane@old-name.com", JANE),
        ("JANE@acme.com", JANE),
        ("jane.doe@acme.com", JANE),
        ("doe.jane@acme.com", JANE),
        ("janed@acme.com", JANE),
        ("Jane Doe", JANE),
        ("john_doe", JOHN),
        ("uma.ögren@acme.com", UMA),
        ("stranger@acme.com", None),
        ("0055", None),
        ("", None),
    ],
)
def test_the_same_or_a_usual_spelling_of_the_name_fits(owner: str, fits: Candidate | None) -> None:
    assert guess(owner, TEAM) == fits


def test_the_same_name_before_the_at_goes_before_a_name_that_only_fits() -> None:
    assert guess("jdoe@acme.com", TEAM) == JOHN


def test_of_two_who_fit_nobody_is_guessed() -> None:
    twin = Candidate("U4", "Jane Doe", "jane.d@acme.io")
    assert guess("jane.doe@acme.com", (JOHN, twin)) == twin
    assert guess("jane.doe@acme.com", (JANE, JOHN, twin)) is None


@given(st.text(max_size=40), st.lists(st.text(max_size=30), max_size=6))
def test_whoever_is_guessed_is_the_only_one_so_called(owner: str, names: list[str]) -> None:
    people = [Candidate(str(n), name, None) for n, name in enumerate(names)]
    found = guess(owner, people)

    assert found is None or [one.name for one in people].count(found.name) == 1
    assert guess(owner, reversed(people)) == found


@given(st.booleans(), st.booleans(), st.booleans())
def test_only_somebody_certain_who_is_here_is_linked(
    is_somebody: bool, is_active: bool, is_certain: bool
) -> None:
    state = state_of(is_somebody=is_somebody, is_active=is_active, is_certain=is_certain)

    assert (state is State.LINKED) == (is_somebody and is_active and is_certain)
