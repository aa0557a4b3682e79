"""Whole replays of each set that is here, through the real bot, over the wire."""

import os

import pytest

from bot.core.lifecycle import Stage
from replay import sets
from replay.checks import reconcile
from replay.run import Played, replay

LEADS = 100
"""Of the 300 of the sample, enough for every kind of promise; `make replay` plays all."""
ENOUGH = {"leadforge": 10, "olist": 30}
"""Of the sets whose own files are read here; the loop itself is replayed next door."""
WITHIN = 600
"""Seconds after which a replay counts as hung."""


def played(name: str, most: int) -> Played:
    """A replay of a set. Skips when the set is not on this machine."""
    try:
        leads = sets.read(name, os.environ, most)
    except sets.NoSuchSet as error:
        pytest.skip(str(error))
    return replay(leads, None, lambda _through: None)


def broken(told: Played) -> list[str]:
    findings = [finding for finding in reconcile(told.books) if finding.offenders]
    return [f"{finding.promise}: {finding.offenders[:3]}" for finding in findings]


@pytest.mark.timeout(WITHIN)
def test_leadforge_adds_up() -> None:
    told = played("leadforge", ENOUGH["leadforge"])

    assert broken(told) == []
    assert {handoff.stage for handoff in told.books.handoffs} == {
        Stage.EXPIRED,
        Stage.WORKING,
        Stage.WON,
        Stage.LOST,
    }


@pytest.mark.timeout(WITHIN)
def test_olist_adds_up() -> None:
    told = played("olist", ENOUGH["olist"])

    assert broken(told) == []
    waiting = [handoff for handoff in told.books.handoffs if handoff.actor_id is None]
    # Nobody has it any more: it expired in the queue, or was won from there, says the CRM.
    assert Stage.EXPIRED in {handoff.stage for handoff in waiting} <= {Stage.EXPIRED, Stage.WON}
