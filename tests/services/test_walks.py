"""`/liaison try`: the whole ladder in a minute, for one person, and then as if it never was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot.core.walks import instant
from bot.models import Escalation, Handoff, Message
from bot.services import walks
from bot.services.walks import team_of
from bot.views import ids
from tests.office import BEN, CHLOE, LEADS, Json, Office, dm, text_of
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES


@dataclass
class Rehearsal:
    """Ben's; its clock may be ahead of what it would show by now."""

    office: Office
    ahead: timedelta = timedelta(0)

    def instant(self, begins: datetime, morning: datetime, since: timedelta) -> datetime:
        return instant(begins, morning, since + self.ahead)

    def hurry(self, seconds: float) -> None:
        """Let so many seconds more have passed."""
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def rehearsal(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """Ben typed the command; whatever is left afterwards is taken away."""
    played = Rehearsal(office)
    monkeypatch.setattr(walks, "instant", played.instant)
    office.control.command(BEN, LEADS, "/liaison", "try")
    assert office.whisper(BEN, "A rehearsal begins in our direct messages")
    yield played
    assert office.bot
    if own := walks.of(office.bot.liaison, BEN):
        walks.end(own)
    office.control.until(lambda: not rows(office))


def told(office: Office, words: str) -> Json:
    return office.control.message(dm(BEN), lambda message: words in text_of(message))


def rows(office: Office) -> int:
    """What the database holds of it, in every table."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        return sum(
            len(tx.execute(select(table).where(table.c.team_id == team_of(liaison, BEN))).all())
            for table in SQLModel.metadata.sorted_tables
        )


def is_noted(office: Office, ts: str) -> bool:
    """Whether the bot knows by now where a message stands that Slack shows."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(select(Message).where(col(Message.ts) == ts)).first() is not None


def escalated(office: Office) -> bool:
    """Whether the manager has it on the list of the next morning."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        own = select(Escalation).where(col(Escalation.team_id) == team_of(liaison, BEN))
        return tx.scalars(own).first() is not None


def lead(office: Office) -> Handoff:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        own = select(Handoff).where(col(Handoff.team_id) == team_of(liaison, BEN))
        return tx.scalars(own).one()


def test_every_step_of_the_ladder_comes_to_the_one_who_typed_it(rehearsal: Rehearsal) -> None:
    office = rehearsal.office
    assert office.bot
    told(office, "Trial: this would go to <#")
    told(office, "Call Northwind Traders: asked for a demo")
    rehearsal.hurry(13)
    warned = told(office, "Northwind Traders: first touch due")
    # What comes next goes by when it was noted that the one before stands.
    office.control.until(lambda: is_noted(office, warned["ts"]))
    rehearsal.hurry(14)
    office.control.until(lambda: told(office, "Northwind Traders")["ts"] != warned["ts"])
    breached = told(office, "Northwind Traders")
    office.control.until(lambda: is_noted(office, breached["ts"]))
    rehearsal.hurry(12)
    told(office, "Trial: this would go to <#")
    asked = told(office, "Anyone free?")
    assert f"Trial: this would go to <#{LEADS}>." in text_of(asked)
    rehearsal.hurry(6)
    office.control.until(lambda: escalated(office))
    rehearsal.hurry(9)
    listed = told(office, "Trial: this would go to your manager.")

    assert asked["ts"] < listed["ts"]
    others = [channel for channel in office.sandbox.workspace.channels if channel != dm(BEN)]
    assert not any(
        "Northwind" in text_of(message)
        for channel in others
        for message in office.control.messages(channel)
    )
    office.control.command(CHLOE, LEADS, "/lead", "Northwind")
    assert "Northwind Traders" not in str(office.whisper(CHLOE, "No lead")["text"])


def test_it_is_answered_by_pressing_and_taken_away_by_one_press(rehearsal: Rehearsal) -> None:
    office = rehearsal.office
    mine = told(office, "Call Northwind Traders")
    office.control.until(lambda: is_noted(office, mine["ts"]))

    office.press(BEN, ids.TOUCH, mine, dm(BEN), lead(office).id)
    form = office.modal(BEN, "Log touch")
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})
    told(office, "Ben Cole is working on it")
    intro = told(office, "A rehearsal.")
    office.press(BEN, ids.WALK_REMOVE, intro, dm(BEN), "remove")

    office.control.until(lambda: not rows(office))
    left = [message for message in office.dms(BEN) if not message["deleted"]]
    assert not any("Northwind" in text_of(message) for message in left)
