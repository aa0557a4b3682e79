"""The bot was off for a working day; ten thousand steps are overdue when it comes back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from bot.models import Run
from bot.playbook import Playbook
from chaos.row import Finding, Row
from chaos.stage import stage
from chaos.steps import hand_over
from sandbox.people import roster
from tests.office import LEADS, MONDAY_TEN, PLAYBOOK, dm, is_brief

BACK = MONDAY_TEN + timedelta(hours=8)
TUESDAY_NINE = MONDAY_TEN + timedelta(hours=23)
HALF = timedelta(minutes=30)
ANYONE_FREE = 10
"""Questions to the channel within one hour; see bot/services/colleagues.py."""


def after_an_outage(leads: int, look_at: Sequence[datetime]) -> list[Finding]:
    """Shown on Monday at ten, off until six, and on again; looked at then and then."""
    playbook = Playbook.parse(PLAYBOOK.read_text("utf-8"))
    cap = playbook.attention.cap
    with stage(liaison_playbook=PLAYBOOK) as on:
        hand_over(on, leads)
        on.start()
        on.until(lambda: on.posted() >= leads and not on.unsaid(), 1200)
        on.stop()
        before = {place: len(on.control.messages(place)) for place in places()}
        on.control.set_clock(BACK)
        overdue = select(func.count()).where(col(Run.next_step_at) <= BACK)
        late = on.scalar(overdue)
        on.start()
        told: list[tuple[datetime, str, dict[str, object]]] = []
        for at in look_at:
            on.control.set_clock(at)
            on.until(lambda: on.scalar(overdue) == 0 and not on.unsaid(), 600)
            for place in places():
                new = on.control.messages(place)[before[place] :]
                before[place] += len(new)
                told += [(at, place, message) for message in new if not message["ephemeral_to"]]
        on.stop()
        return judged(told, late, cap)


def half_hours(start: datetime, end: datetime) -> list[datetime]:
    return [start + number * HALF for number in range(int((end - start) / HALF) + 1)]


def places() -> list[str]:
    return [LEADS, *map(dm, roster())]


def judged(
    told: list[tuple[datetime, str, dict[str, object]]], late: int, cap: int
) -> list[Finding]:
    people = {dm(person.id): person for person in roster().values()}
    days: Counter[tuple[str, str]] = Counter()
    briefs: Counter[tuple[str, str]] = Counter()
    outside, in_channel = 0, Counter[datetime]()
    for at, place, message in told:
        if place == LEADS:
            in_channel[at.replace(minute=0)] += 1
            continue
        local = at.astimezone(ZoneInfo(people[place].tz))
        day = (place, local.date().isoformat())
        days[day] += 1
        briefs[day] += is_brief(message)
        outside += not _works(at, people[place].tz)
    most = max(days.values(), default=0)
    flood = max(in_channel.values(), default=0)
    return [
        Finding("steps are overdue after the outage", f"{late}", late > 0),
        Finding(
            "one brief a person and day",
            f"{sum(briefs.values())} briefs, at most {max(briefs.values(), default=0)} a day",
            max(briefs.values(), default=0) == 1,
        ),
        Finding("nobody hears outside their hours", f"{outside} of {len(told)}", outside == 0),
        Finding("no flood for a person", f"at most {most} messages a day", most <= cap + 1),
        Finding(
            "no flood in the channel",
            f"at most {flood} messages an hour",
            flood <= ANYONE_FREE,
        ),
    ]


def _works(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and 9 <= local.hour < 17


def long() -> list[Finding]:
    return after_an_outage(10_000, half_hours(BACK, MONDAY_TEN + timedelta(hours=26)))


def short() -> list[Finding]:
    return after_an_outage(30, [BACK, *half_hours(TUESDAY_NINE, TUESDAY_NINE + 4 * HALF)])


ROW = Row("8 h outage, 10,000 steps overdue: one brief per person, no flood", long, short)
