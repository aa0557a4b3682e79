"""Ids sort as their rows were made."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.identity import first_id, made_at, new_id

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def test_ids_of_one_instant_sort_as_they_were_made() -> None:
    made = [new_id(NOON) for _ in range(40_000)]

    assert sorted(made) == made
    assert len(set(made)) == len(made)


def test_a_later_instant_sorts_later_whenever_it_was_made() -> None:
    later, earlier = new_id(NOON + MILLISECOND), new_id(NOON)

    assert earlier < first_id(NOON + MILLISECOND) < later
    assert first_id(NOON) < earlier


def test_an_id_is_a_uuid_of_version_seven_that_tells_its_instant() -> None:
    row_id = new_id(NOON)

    assert (UUID(row_id).version, UUID(row_id).variant) == (7, "specified in RFC 4122")
    assert made_at(row_id) == NOON
