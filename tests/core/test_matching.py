"""Which routing rule a lead meets."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.matching import ACCOUNT_OWNER, Condition, Rule, Sized, Traits, first_match

DACH = Rule(1, (Condition.of("country", ["DE", "Austria"]),), None, ("DACH",))
HOT = Rule(2, (Condition.of("grade", ["A"]),), None, ("ben@example.com",))
REST = Rule(3, (), None, ("everybody",))


def found(
    *rules: Rule, here: bool = False, **told: object
) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    match = first_match(rules, Traits(**told), is_account_here=here)  # type: ignore[arg-type]
    return (match.rule.number, match.because) if match else None


def test_the_first_rule_that_fits_decides_and_says_what_fitted() -> None:
    assert found(DACH, HOT, REST, country="austria", grade="A") == (1, (("country", "Austria"),))
    assert found(DACH, HOT, REST, country="FR", grade="A") == (2, (("grade", "A"),))
    assert found(DACH, HOT, REST, grade="B") == (3, ())
    assert found(DACH, HOT, country="FR") is None


def test_all_that_a_rule_asks_for_has_to_hold() -> None:
    both = Rule(1, (*DACH.conditions, *HOT.conditions), None, ("DACH",))

    assert found(both, country="DE", grade="B") is None
    assert found(both, country="DE", grade="A") == (1, (("country", "DE"), ("grade", "A")))


@pytest.mark.parametrize(
    ("field", "wanted", "told", "fits"),
    [
        ("postcode", "80", "80331", True),
        ("postcode", "SW1", "sw 1a 1aa", True),
        ("postcode", "80", "18033", False),
        ("email_domain", "@example.com", "example.com", True),
        ("email_domain", "edu", "cs.example.edu", True),
        ("email_domain", "ample.com", "example.com", False),
        ("source", " Webinar ", "webinar", True),
        ("source", "Webinar", "Webinars", False),
    ],
)
def test_how_a_text_fits(field: str, wanted: str, told: str, fits: bool) -> None:
    rule = Rule(1, (Condition.of(field, [wanted]),), None, ("DACH",))

    one: dict[str, Any] = {field: told}
    traits = replace(Traits(), **one)

    assert (first_match([rule], traits, is_account_here=False) is not None) is fits


@given(st.none() | st.integers(0, 100), st.none() | st.integers(0, 100), st.integers(0, 100))
def test_a_size_fits_within_its_bounds(least: int | None, most: int | None, size: int) -> None:
    rule = Rule(1, (), Sized(least, most), ("DACH",))
    within = (least is None or size >= least) and (most is None or size <= most)

    assert (found(rule, size=size) is not None) is within
    assert found(rule) is None


def test_a_rule_to_the_accounts_owner_is_passed_over_where_that_is_nobody_here() -> None:
    account = Rule(1, (), None, (ACCOUNT_OWNER,))

    assert found(account, REST, account_owner="kim@example.com") == (3, ())
    kim = found(account, REST, account_owner="kim@example.com", here=True)
    assert kim == (1, ())
