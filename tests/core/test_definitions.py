"""Whether two sides say the same."""

import pytest

from bot.core.definitions import is_same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A budget, and a date.", "a  budget and a date", True),
        ("50 people or more", "60 people or more", False),
        ("", "", True),
        ("A budget", "", False),
    ],
)
def test_case_spaces_and_marks_make_no_difference(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same
