"""What is left of an erased lead."""

import pytest

from bot.core.erasing import digest, without_words


def test_a_digest_names_nobody_and_needs_the_secret() -> None:
    key = "id:7781"

    assert digest("one", key) == digest("one", key)
    assert digest("one", key) != digest("other", key)
    assert "7781" not in digest("one", key)[:4]


@pytest.mark.parametrize(
    "fact",
    [
        *("U0BEN000000", "3", "A", "2026-11-23", "2026-11-23T09:00:00+00:00"),
        "01999c1e-5b2a-7c31-9a55-2f6a3d0c4e11",
    ],
)
def test_ids_and_numbers_stay(fact: str) -> None:
    assert without_words({"x": fact}) == {"x": fact}


@pytest.mark.parametrize("fact", ["asked for a demo", "Jane", "jane@example.org", "+1 555 0100"])
def test_words_go_and_the_fact_stays_there(fact: str) -> None:
    assert without_words({"x": fact, "outcome": "not_a_fit"}) == {"x": "", "outcome": "not_a_fit"}
