"""Leads that come at once are handed over as if each had come alone."""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from operator import add
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bot.db import make_engine, migrate
from bot.delivery.batches import IN_A_BATCH
from bot.delivery.inbox import take_in
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery, Receipt
from bot.liaison import Liaison
from bot.models import (
    Absence,
    Arrivals,
    Batch,
    Campaign,
    CampaignAlias,
    Handoff,
    History,
    InboxEvent,
    Lead,
    Link,
    Message,
    Person,
    Run,
    TurnOrder,
)
from bot.services.deliveries import receive, receive_one
from tests.office import Json
from tests.promises.floor import Colleague, Floor

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
TABLES: tuple[type[SQLModel], ...] = (
    Lead, Handoff, Run, History, Message, Batch, Arrivals, Campaign, CampaignAlias, Link,
    TurnOrder, Person, InboxEvent,
)  # fmt: skip
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
BY_THE_WALL = {
    "send_at",
    "received_at",
    "processed_at",
    "settled_at",
    "connected_at",
    "first_tried_at",
    "lease",
    "ts",
    "shown_digest",
    "revision",
    "shown_revision",
}
"""Columns that tell when the machine did it, how often and under which ids, and not what."""
BATCH = "[batches]\nsize = 3\nminutes = 10"
PLAYBOOKS = (
    "",
    BATCH,
    "[routing]\nround_robin = true",
    f'{BATCH}\n[routing]\nround_robin = true\n[[routing.rules]]\ncountry = ["DE"]\nto = ["queue"]\n'
    '[[routing.rules]]\ngrade = ["A"]\nto = ["account_owner"]',
)
REPS = ("BEN", "CHLOE", "DEV")
"""Chloe is away, and Ben covers for her; Dev is away, and nobody does."""

_numbers = count()

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Told:
    """One delivery; `None` leaves a field out."""

    lead: int
    what: str
    email: int | None
    owner: str | None
    campaign: str | None
    grade: str | None
    country: str | None
    meeting: bool

    def body(self) -> Json:
        named = {
            "lead_id": f"crm-{self.lead}",
            "event": self.what,
            "company": "Acme",
            "email": None if self.email is None else f"jane{self.email}@example.org",
            "owner": self.owner,
            "campaign": self.campaign,
            "grade": self.grade,
            "country": self.country,
            "occurred_at": MONDAY.isoformat(),
        }
        if self.what == "handoff" and self.meeting:
            named["meeting_at"] = (MONDAY + timedelta(days=1)).isoformat()
        if self.what == "outcome":
            named["kind"] = "qualified" if self.grade else "do_not_contact"
        return {name: value for name, value in named.items() if value is not None}


told = st.builds(
    Told,
    lead=st.integers(0, 9),
    what=st.sampled_from([*["handoff"] * 9, "outcome", "contacted", "erased", "updated"]),
    email=st.sampled_from([None, 0, 1, 2, 3]),
    owner=st.sampled_from(
        [None, None, *(f"{rep.lower()}@example.com" for rep in REPS), "005x0000001", "Ben"]
    ),
    campaign=st.sampled_from([None, None, "Webinar", "Rush", "rush "]),
    grade=st.sampled_from([None, "A", "B", "C"]),
    country=st.sampled_from([None, "DE"]),
    meeting=st.sampled_from([False, False, False, True]),
)

rush = st.lists(told, min_size=3, max_size=6, unique_by=lambda each: each.lead).map(
    lambda wave: [
        replace(each, what="handoff", campaign="Rush", email=None, lead=each.lead + 10)
        for each in wave
    ]
)
"""Many new leads of one campaign: left to chance they are too rare to form a batch."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('waves') / 'liaison.db'}")
    event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF")
    )
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.mark.timeout(0 if "STORIES" in os.environ else 300)
@example(
    more="",
    before=[
        Told(0, "handoff", 1, None, None, None, None, meeting=False),
        Told(0, "outcome", None, None, None, None, None, meeting=False),
    ],
    wave=[Told(1, "handoff", 1, None, None, None, None, meeting=False)],
)
@example(
    more=BATCH,
    before=[Told(n, "handoff", None, None, "Rush", None, None, meeting=False) for n in range(3)],
    wave=[Told(3, "handoff", None, None, "Rush", None, None, meeting=False)],
)
@given(
    more=st.sampled_from(PLAYBOOKS),
    before=st.one_of(st.lists(told, max_size=3), rush),
    wave=st.one_of(
        st.lists(told, min_size=2, max_size=14),
        st.builds(add, rush, st.lists(told, max_size=4)),
    ),
)
@settings(
    max_examples=int(os.environ.get("STORIES", "40")),
    derandomize="STORIES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_wave_ends_as_if_each_had_come_alone(
    engine: Engine, more: str, before: list[Told], wave: list[Told]
) -> None:
    alone, together = opened(engine, more), opened(engine, more)
    for floor in (alone, together):
        take(floor, before, one_by_one)
        floor.carry()

    singly = take(alone, wave, one_by_one)
    at_once = take(together, wave, receive)

    assert [shape(each) for each in at_once] == [shape(each) for each in singly]
    assert snapshot(together) == snapshot(alone)
    for floor in (alone, together):
        floor.carry()
    assert told_to(together) == told_to(alone)
    for floor in (alone, together):
        floor.advance(floor.now + timedelta(hours=3))
    assert snapshot(together) == snapshot(alone)
    assert told_to(together) == told_to(alone)


def opened(engine: Engine, more: str) -> Floor:
    """A team with one rep at work, one covered and one away, who all work in UTC."""
    team = [Colleague(rep, "sales", "rep", "UTC", "Mo-Fr 09:00-17:00", (), "ANA") for rep in REPS]
    team.append(Colleague("ANA", "sales", "manager", "UTC", "Mo-Fr 09:00-17:00"))
    floor = Floor(engine, f"T{next(_numbers):09}", team, MONDAY, more)
    with floor.liaison.transaction() as tx:
        for number, (rep, cover) in enumerate((("CHLOE", "BEN"), ("DEV", None))):
            tx.add(
                Absence(
                    team_id=floor.team_id,
                    id=f"away-{number}",
                    person_id=rep,
                    starts_at=MONDAY - timedelta(days=1),
                    ends_at=MONDAY + timedelta(days=6),
                    cover_id=cover,
                )
            )
    return floor


Take = Callable[[Liaison, Session, Sequence[Delivery], datetime], list[Receipt]]


def take(floor: Floor, told: Sequence[Told], by: Take) -> list[Receipt]:
    sent = [json.dumps(each.body()).encode() for each in told]
    given = [Delivery(f"wh:{next(_numbers)}", parse(body, floor.now), body) for body in sent]
    return take_in(floor.liaison, given, partial(by, floor.liaison)) if given else []


def one_by_one(
    liaison: Liaison, tx: Session, deliveries: Sequence[Delivery], now: datetime
) -> list[Receipt]:
    """Without the few statements that many new leads cost together."""
    return [receive_one(liaison, tx, each, now) for each in deliveries]


def shape(receipt: Receipt) -> tuple[bool, bool, bool]:
    return receipt.handoff_id is not None, receipt.duplicate, receipt.refused


def snapshot(floor: Floor) -> dict[str, list[str]]:
    """All that is stored, without what the machine's clock had a part in. Ids are numbered in the
    order in which they are met, which starts with the leads by their keys."""
    met: dict[str, str] = {}
    with floor.liaison.reading() as tx:

        def rows(table: type[Row]) -> Sequence[Row]:
            team_id = table.__table__.c.team_id  # type: ignore[attr-defined]  # SQLModel sets it
            return tx.scalars(select(table).where(team_id == floor.team_id)).all()

        for lead in sorted(rows(Lead), key=lambda lead: (lead.lead_key, lead.id)):
            met[lead.id] = ID.sub("erased", lead.lead_key)
        for handoff in sorted(rows(Handoff), key=lambda each: (met[each.lead_id], each.id)):
            met[handoff.id] = f"hand-off {len(met)} of {met[handoff.lead_id]}"
        for batch in sorted(rows(Batch), key=lambda each: (each.name or "", each.id)):
            met[batch.id] = f"batch {batch.name}"
        stored = {
            table.__name__: sorted(written(each, met) for each in rows(table)) for table in TABLES
        }
        # Withdrawn before anybody saw it, or not queued at all: nobody can tell.
        seen = [each for each in rows(Message) if each.ts or each.dropped != IN_A_BATCH]
        return stored | {"Message": sorted(written(each, met) for each in seen)}


def written(row: SQLModel, met: dict[str, str]) -> str:
    columns: dict[str, Any] = {
        name: value
        for name, value in row.model_dump().items()
        if name not in {"team_id", *BY_THE_WALL}
    }
    if type(row) in {History, Message, InboxEvent, Campaign, Link, Batch}:
        columns["id"] = ""
    if type(row) is InboxEvent:
        columns["key"] = ""
    return ID.sub(lambda found: met.get(found[0], "an id"), repr(sorted(columns.items())))


def told_to(floor: Floor) -> list[str]:
    """What Slack was told to show, edits too, but for the order of what was told at one instant."""
    shown = (json.dumps((each.channel, each.text, each.blocks)) for each in floor.said)
    return sorted(ID.sub("an id", each) for each in shown)
