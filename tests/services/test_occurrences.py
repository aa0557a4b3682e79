"""Which day is the next meeting's: holidays, zones, the clock change, a playbook that changes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from bot.db import make_engine, migrate
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Occurrence, UserGroup
from bot.playbook import Playbook
from bot.services import standup
from tests.conftest import NewDatabase
from tests.services.test_items import teams

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
HEADS = 'attendees = "@heads"'


@pytest.fixture(scope="module")
def engine(new_database: NewDatabase) -> Engine:
    engine = make_engine(new_database())
    migrate(engine)
    return engine


def agreed(liaison: Liaison, meeting: str = "", hours: str = "") -> Liaison:
    """The same teams, who agreed to something else."""
    text = f'[hours]\n{hours}\n[[meetings]]\nkey = "standup"\nchannel = "#standup"\n{meeting}\n'
    return replace(liaison, shelf=Shelf(Playbook.parse(text)))


def planned(liaison: Liaison) -> list[Occurrence]:
    standup.take_due_standups(liaison)
    with liaison.reading() as tx:
        return list(tx.scalars(select(Occurrence).order_by(col(Occurrence.day))))


def test_a_holiday_on_the_day_is_skipped_or_moved(engine: Engine) -> None:
    closed = "holidays = [2026-11-24]"

    (skipped,) = planned(agreed(teams(engine).liaison, hours=closed))
    (moved,) = planned(agreed(teams(engine).liaison, 'on_holiday = "move"', closed))

    assert (skipped.day, moved.day) == (date(2026, 12, 1), WEDNESDAY)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Asia/Kathmandu", datetime(2026, 11, 24, 4, 15, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 24, 15, tzinfo=UTC)),
    ],
)
def test_ten_oclock_is_the_meetings_own(engine: Engine, zone: str, begins: datetime) -> None:
    (found,) = planned(agreed(teams(engine).liaison, f'timezone = "{zone}"'))

    assert (found.day, found.begins_at) == (TUESDAY, begins)


def test_after_the_clock_change_it_is_at_ten_all_the_same(engine: Engine) -> None:
    played = teams(engine)
    played.clock.now = datetime(2027, 3, 26, 12, tzinfo=UTC)

    (found,) = planned(agreed(played.liaison, 'timezone = "Europe/Berlin"'))

    assert found.begins_at == datetime(2027, 3, 30, 8, tzinfo=UTC)


def test_what_is_planned_follows_the_playbook_and_is_planned_once(engine: Engine) -> None:
    liaison = teams(engine).liaison
    planned(liaison)

    (moved,) = planned(agreed(liaison, 'weekday = "wednesday"\ntime = "14:30"'))
    (again,) = planned(agreed(liaison, 'weekday = "wednesday"\ntime = "14:30"'))

    assert (moved.day, moved.begins_at.hour, moved.begins_at.minute) == (WEDNESDAY, 14, 30)
    assert again.id == moved.id


def test_a_meeting_that_is_taken_out_is_held_no_more(engine: Engine) -> None:
    played = teams(engine)
    planned(played.liaison)
    without = replace(played.liaison, shelf=Shelf(Playbook.parse("")), rooms=Rooms("C1"))
    played.clock.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    (found,) = planned(without)

    assert (found.state, found.next_at) == ("missed", None)


def asked_about_heads(liaison: Liaison) -> None:
    """As after Slack was asked who is in the group."""
    with liaison.transaction() as tx:
        tx.merge(UserGroup(team_id=liaison.team_id, name="@heads", asked_at=liaison.now()))


def test_what_is_next_waits_until_slack_was_asked_who_is_in_the_group(engine: Engine) -> None:
    played = teams(engine)
    liaison = agreed(played.liaison, HEADS)
    assert planned(liaison) == []

    asked_about_heads(liaison)
    (found,) = planned(liaison)
    assert found.next_step == "agenda"

    played.clock.now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    (found,) = planned(liaison)
    assert found.next_step == "agenda"

    asked_about_heads(liaison)
    (found, *_) = planned(liaison)
    assert found.next_step != "agenda"
