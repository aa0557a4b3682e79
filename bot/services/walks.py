"""`/liaison try`: a made-up lead walks the whole ladder in a minute, and touches nobody else.

It is a trial in a workspace of its own: the same tables under another team id, a clock of its own,
and people that only it knows. So nothing real can see it, no report counts it, and taking it away
is one statement a table.
"""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot import queries
from bot.core.business_time import next_days_opening
from bot.core.walks import LASTS, instant
from bot.delivery.inbox import take_in
from bot.delivery.sayings import Saying, say
from bot.errors import NotListed, TooLate
from bot.intake.lead_event import parse
from bot.intake.webhook import Delivery
from bot.liaison import Liaison, Rooms, Shelf
from bot.models import Message, MessageKind, Person, Setup
from bot.playbook import Attention, Channels, Hours, Playbook
from bot.services.deliveries import receive
from bot.services.setup import SUBJECT
from bot.views import walks as views
from bot.views.blocks import Post

_OF = ":try:"
"""Between the workspace's id and the person's, in the team id of a rehearsal."""
GRADE = "B"
"""Its clock of four hours has a warning at 80 %; one of an hour would warn at half."""


def team_of(liaison: Liaison, person_id: str) -> str:
    return f"{liaison.team_id}{_OF}{person_id}"


def begin(liaison: Liaison, by: str) -> None:
    """Start one for `by`, who plays the rep, and whoever else comes up. One at a time."""
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, by)
        if not queries.is_listed(person):
            raise NotListed
        if tx.get(Setup, team_of(liaison, by)):
            raise TooLate("A rehearsal goes on already, in our direct messages.")
    begins, morning = _days(liaison, person)
    setup = Setup(
        team_id=team_of(liaison, by),
        person_id=by,
        answers={"begins": begins.isoformat(), "morning": morning.isoformat()},
        begun_at=liaison.wall(),
        trial_at=begins,
    )
    own = world(liaison, setup, person.timezone)
    with own.transaction() as tx:
        tx.add(setup)
        tx.add_all(_cast(own.team_id, person))
        kind = MessageKind.SETUP
        saying = Saying(kind.value, kind, SUBJECT, by, is_answer=True)
        tx.flush()
        say(tx, own, saying, hold_until=None)
    body = json.dumps(views.sample(person.email, begins, GRADE)).encode()
    delivery = Delivery("try", parse(body, begins), body)
    take_in(own, [delivery], partial(receive, own))


def _days(liaison: Liaison, person: Person) -> tuple[datetime, datetime]:
    """The openings of the next working day and of the one after it, where the person is."""
    now, hours = liaison.now(), Hours()
    opening = liaison.calendars.opening(person.timezone, hours.open, (), (), now)
    begins = next_days_opening(opening, now)
    return begins, next_days_opening(opening, begins)


def _cast(team_id: str, person: Person) -> list[Person]:
    """Whoever comes up, besides the one who rehearses; they exist nowhere else."""
    manager = Person(
        team_id=team_id,
        id="manager",
        name="your manager",
        email="manager@example.com",
        timezone=person.timezone,
        team=queries.SALES,
        roles=["manager"],
    )
    colleague = Person(
        team_id=team_id,
        id="colleague",
        name="a colleague who is free",
        email="colleague@example.com",
        timezone=person.timezone,
        team=queries.SALES,
        roles=["rep"],
        manager_id=manager.id,
    )
    rep = Person(
        team_id=team_id,
        id=person.id,
        name=person.name,
        email=person.email,
        timezone=person.timezone,
        dm_channel=person.dm_channel,
        team=queries.SALES,
        roles=["rep"],
        manager_id=manager.id,
    )
    return [manager, colleague, rep]


def world(liaison: Liaison, setup: Setup, zone: str) -> Liaison:
    """The workspace of one rehearsal: its own rows, clock and hours; the playbook's reasons."""
    begins = datetime.fromisoformat(setup.answers["begins"])
    morning = datetime.fromisoformat(setup.answers["morning"])
    begun_at, wall = setup.begun_at, liaison.wall
    playbook = Playbook(
        channels=Channels(handoffs=liaison.playbook.channels.handoffs),
        hours=Hours(timezone=zone),
        attention=Attention(brief=False),
        reasons=liaison.playbook.reasons,
    )
    # Whatever else a workspace has, meters and wake-ups, is new with it.
    return Liaison(
        team_id=setup.team_id,
        engine=liaison.engine,
        shelf=Shelf(playbook, 1),
        rooms=Rooms(liaison.handoff_channel, number=1),
        now=_clock(begins, morning, begun_at, wall),
        wall=wall,
        calendars=liaison.calendars,
    )


def _clock(
    begins: datetime, morning: datetime, begun_at: datetime, wall: Callable[[], datetime]
) -> Callable[[], datetime]:
    return lambda: instant(begins, morning, wall() - begun_at)


def of(liaison: Liaison, person_id: str) -> Liaison | None:
    """The workspace of the rehearsal that somebody has going on."""
    with liaison.reading() as tx:
        setup = tx.get(Setup, team_of(liaison, person_id))
        person = setup and tx.get(Person, (setup.team_id, person_id))
    return world(liaison, setup, person.timezone) if setup and person else None


def going_on(liaison: Liaison) -> list[Liaison]:
    """Every rehearsal of the workspace, with its own."""
    with liaison.reading() as tx:
        of_ours = col(Setup.team_id).startswith(f"{liaison.team_id}{_OF}", autoescape=True)
        people = list(tx.scalars(select(col(Setup.person_id)).where(of_ours)))
    return [own for own in (of(liaison, person) for person in people) if own]


def end(own: Liaison) -> None:
    """Its Remove was pressed."""
    with own.transaction() as tx:
        setup = tx.get_one(Setup, own.team_id)
        setup.asked_at = own.wall()


def is_over(own: Liaison) -> bool:
    with own.reading() as tx:
        setup = tx.get(Setup, own.team_id)
    return setup is None or setup.asked_at is not None or own.wall() - setup.begun_at > LASTS


def posts(own: Liaison) -> list[tuple[str, str]]:
    """Where its messages stand: channel and ts."""
    with own.reading() as tx:
        rows = tx.scalars(select(Message).where(col(Message.team_id) == own.team_id))
        return [(row.channel, row.ts) for row in rows if row.channel and row.ts]


def clear(own: Liaison) -> None:
    """Nothing of it is left."""
    with own.transaction() as tx:
        for table in reversed(SQLModel.metadata.sorted_tables):
            tx.execute(table.delete().where(table.c.team_id == own.team_id))


def telling(_own: Liaison, _tx: object, _message: Message, _now: datetime) -> Post:
    return views.intro(LASTS)
