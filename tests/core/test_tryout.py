"""What another playbook would have made of leads that came already."""

import random
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import Calendars
from bot.core.business_time import next_opening
from bot.core.matching import Condition, Rule, Traits
from bot.core.pools import Desk, Rep, Rules
from bot.core.routing import Seat, next_in_turn
from bot.core.sla import DEFAULT_LADDER, Allowance
from bot.core.tryout import Book, Past, Replayed, replay, working_days

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNTIL = MONDAY + 14 * DAY
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
CLOCKS = {"A": Allowance.parse("1h"), "B": Allowance.parse("4h"), "C": Allowance.parse("1d")}
ANYBODY = Traits()


@cache
def opening(zone: str = "UTC", *away: tuple[datetime, datetime]) -> object:
    return Calendars().opening(zone, "Mo-Fr 09:00-17:00", (), away, MONDAY)


WORKING = [MONDAY.toordinal() + day for day in range(14) if day % 7 < 5]


def rep(name: str, zone: str = "UTC", **more: object) -> Rep:
    return Rep(f"{name}@example.com", opening(zone), **more)  # type: ignore[arg-type]


def book(*reps: Rep, rules: tuple[Rule, ...] = (), cap: int = 6) -> Book:
    by_address = {each.address: each for each in reps}
    return Book(
        Rules(by_address, rules, frozenset, round_robin=True),
        lambda grade, in_batch: CLOCKS.get(grade),
        frozenset("AB"),
        DEFAULT_LADDER,
        brief=True,
        cap=cap,
    )


def told(tried: Book, *leads: Past) -> Replayed:
    return replay(tried, leads, UNTIL, lambda _: None, {})


def messages(tried: Book, *leads: Past) -> dict[str, list[int]]:
    """How many each day, by name."""
    shares = told(tried, *leads).shares
    return {
        who.partition("@")[0]: sorted(each.a_day(tried, WORKING)) for who, each in shares.items()
    }


def test_a_hot_lead_touched_in_time_is_one_message() -> None:
    lead = Past(MONDAY, "A", ANYBODY, touched_at=MONDAY + HOUR / 4)

    assert messages(book(rep("ben")), lead) == {"ben": [1]}


def test_one_touched_late_is_reminded_of_twice_and_counts_as_late() -> None:
    lead = Past(MONDAY, "A", ANYBODY, touched_at=MONDAY + 3 * HOUR)

    assert messages(book(rep("ben")), lead) == {"ben": [3]}
    assert told(book(rep("ben")), lead).late == {0}


def test_a_cold_lead_is_in_the_brief_of_the_next_morning_with_others() -> None:
    leads = [Past(MONDAY + number * HOUR, "D", ANYBODY) for number in range(5)]

    assert messages(book(rep("ben")), *leads) == {"ben": [1]}


def test_a_brief_waits_for_the_next_working_day() -> None:
    friday = MONDAY + 4 * DAY
    leads = [Past(at, "D", ANYBODY) for at in (friday, friday + DAY, friday + 2 * DAY)]

    shares = told(book(rep("ben")), *leads).shares["ben@example.com"]

    assert shares.a_day(book(), WORKING) == [1]


def test_nobody_has_more_messages_a_day_than_on_their_fullest() -> None:
    since, until = MONDAY - 2 * HOUR, MONDAY + 9 * DAY + 12 * HOUR
    leads = [Past(MONDAY + number * HOUR / 4, "A", ANYBODY) for number in range(4 * 24 * 9)]
    ben = rep("ben", "Asia/Tokyo")

    shares = replay(book(ben), leads, until, lambda _: None, {}).shares["ben@example.com"]
    working = working_days(ben.opening, since, until)
    days = shares.a_day(book(ben), working)

    assert len(days) <= len(working)
    assert sum(days) / len(working) <= max(days) == 6


def test_a_batch_is_one_list_for_each_rep() -> None:
    leads = [Past(MONDAY, "D", ANYBODY, batch="fair") for _ in range(8)]

    assert messages(book(rep("ben"), rep("chloe")), *leads) == {"ben": [1], "chloe": [1]}


def test_the_cap_holds_back_what_is_beyond_it() -> None:
    touched = MONDAY + HOUR / 4
    leads = [Past(MONDAY, "A", ANYBODY, touched_at=touched) for _ in range(9)]

    assert messages(book(rep("ben")), *leads) == {"ben": [6]}
    assert messages(book(rep("ben"), cap=20), *leads) == {"ben": [9]}


def test_a_lead_of_the_night_is_told_and_counted_from_the_opening() -> None:
    night = MONDAY - 6 * HOUR

    on_time = Past(night, "A", ANYBODY, touched_at=MONDAY + HOUR / 4)

    assert told(book(rep("ben")), on_time).late == set()
    assert messages(book(rep("ben")), on_time) == {"ben": [1]}


def test_one_that_nobody_touched_is_late_unless_it_was_closed_before() -> None:
    open_, closed = (Past(MONDAY, "A", ANYBODY, closed_at=at) for at in (None, MONDAY + HOUR / 2))

    assert told(book(rep("ben")), open_, closed).late == {0}


def test_an_owner_has_their_lead_and_a_rule_sends_the_others() -> None:
    rule = Rule(1, (Condition.of("country", ["DE"]),), None, ("ben@example.com",))
    leads = [
        Past(MONDAY, "A", Traits(country="DE"), owner="chloe@example.com"),
        Past(MONDAY, "A", Traits(country="DE")),
        Past(MONDAY, "B", Traits(country="DE"), owner="gone@example.com"),
        Past(MONDAY, "C", Traits(country="FR")),
    ]

    shares = told(book(rep("ben"), rep("chloe"), rules=(rule,)), *leads).shares

    assert {who[:3]: (each.leads, each.hot) for who, each in shares.items()} == {
        "chl": (1, 1),
        "ben": (3, 2),
    }


def test_caps_of_a_day_and_of_what_is_open_send_leads_on() -> None:
    ended = MONDAY + 2 * HOUR
    day = [Past(MONDAY, "D", ANYBODY, closed_at=ended) for _ in range(3)]
    later = [Past(MONDAY + 3 * HOUR, "D", ANYBODY), Past(MONDAY + DAY, "D", ANYBODY)]

    a_day = told(book(rep("ben", cap_a_day=2)), *day, *later)
    at_once = told(book(rep("ben", cap_open=2)), *day, *later)

    assert (a_day.shares["ben@example.com"].leads, a_day.queue) == (3, 2)
    assert (at_once.shares["ben@example.com"].leads, at_once.queue) == (4, 1)


def test_who_is_back_at_midnight_is_next_in_the_morning_too() -> None:
    holiday = (MONDAY - 9 * HOUR, MONDAY + 15 * HOUR)
    back = Rep("back@example.com", opening("UTC", holiday), (holiday,))  # type: ignore[arg-type]
    desk = Desk(book(back, rep("ben")).rules)
    night = (MONDAY + 12 * HOUR, MONDAY + 18 * HOUR, MONDAY + 19 * HOUR)

    given_to = [desk.take(at, ANYBODY, None, None) for at in night]

    assert [each.address[:4] for each in given_to if each] == ["ben@", "back", "ben@"]


@dataclass
class Slow:
    """Routing as it is done lead by lead, with every rep looked at anew."""

    reps: list[Rep]
    seats: dict[str, Seat]
    pace: int = 0

    def take(self, at: datetime) -> str | None:
        seats = [
            replace(
                self.seats[each.address],
                at_work_at=next_opening(each.opening, at),
                is_free=not any(since <= at < until for since, until in each.away),
            )
            for each in self.reps
        ]
        turn = next_in_turn(seats, self.pace)
        if turn is None:
            return None
        self.pace, self.seats = turn.pace, {seat.person_id: seat for seat in turn.seats}
        return turn.person_id


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60 * 24 * 10), min_size=1, max_size=80), st.randoms())
def test_many_leads_go_to_whom_routing_gives_them_one_by_one(
    minutes: list[int], chance: random.Random
) -> None:
    holiday = (MONDAY + 2 * DAY, MONDAY + 5 * DAY)
    reps = [
        rep(f"rep-{number}", chance.choice(ZONES), weight=chance.choice([1, 1, 3]))
        for number in range(5)
    ]
    away = Rep("away@example.com", opening("UTC", holiday), (holiday,))  # type: ignore[arg-type]
    reps = sorted([*reps, away], key=lambda each: each.address)
    slow = Slow(reps, {each.address: Seat(each.address, MONDAY, each.weight) for each in reps})
    desk = Desk(Rules({each.address: each for each in reps}, (), frozenset, round_robin=True))

    for minute in sorted(minutes):
        at = MONDAY + timedelta(minutes=minute)
        found = desk.take(at, ANYBODY, None, None)
        assert (found.address if found else None) == slow.take(at)


def test_thousands_of_leads_among_two_hundred_reps_take_a_moment() -> None:
    chance = random.Random(5)
    reps = [rep(f"rep-{number}", ZONES[number % 3], cap_a_day=40) for number in range(200)]
    at = sorted(MONDAY + 10 * DAY * chance.random() for _ in range(5_000))
    leads = [Past(one, chance.choice("ABCD"), ANYBODY, touched_at=one + HOUR) for one in at]

    began = time.process_time()
    shares = told(book(*reps), *leads).shares

    assert time.process_time() - began < 4
    assert sum(each.leads for each in shares.values()) == 5_000
    assert date.fromordinal(min(shares["rep-0@example.com"].messages)) >= MONDAY.date()
