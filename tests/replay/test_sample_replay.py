"""The leads that come with the project, through the real bot, over the wire."""

import pytest

from bot.intake.lead_event import EventKind
from tests.replay.test_replays import LEADS, WITHIN, broken, played


@pytest.mark.timeout(WITHIN)
def test_the_sample_adds_up() -> None:
    told = played("sample", LEADS)

    assert broken(told) == []
    assert len(told.books.handoffs) == LEADS
    assert told.books.tally.duplicates[EventKind.HANDOFF] > 0
    assert told.books.tally.refused[EventKind.HANDOFF] > 0
