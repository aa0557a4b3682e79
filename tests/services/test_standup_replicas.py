"""However many processes look at the clock at once, there is one agenda, one note, one set of
minutes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.db import make_engine, migrate
from bot.models import Message, MessageKind, Occurrence
from bot.services import standup
from tests.conftest import NewDatabase
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_items import ANA, BEN, teams

pytestmark = ON_BOTH_ENGINES
REPLICAS = 3


@pytest.mark.parametrize("weeks", [2])
def test_three_processes_take_each_step_once(new_database: NewDatabase, weeks: int) -> None:
    url = new_database()
    engines = [make_engine(url) for _ in range(REPLICAS)]
    migrate(engines[0])
    played = teams(engines[0])
    played.add(BEN, dated=True)
    processes = [replace(played.liaison, engine=engine) for engine in engines]

    with ThreadPoolExecutor(REPLICAS) as pool:
        for _ in range(weeks * 10):
            list(pool.map(standup.take_due_standups, processes))
            played.clock.now += timedelta(hours=17)

    with played.liaison.reading() as tx:
        messages = tx.scalars(select(Message)).all()
        days = tx.scalars(select(Occurrence).order_by(col(Occurrence.day))).all()
    for engine in engines:
        engine.dispose()
    told = Counter((row.kind, row.subject_id) for row in messages if row.recipient_id is None)
    assert set(told.values()) == {1}
    assert len({row.day for row in days}) == len(days) >= weeks
    asked = [row.key for row in messages if row.kind is MessageKind.DUTY]
    assert len(asked) == len(set(asked))
    assert ANA in {row.recipient_id for row in messages}
