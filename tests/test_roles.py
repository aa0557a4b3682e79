"""Who may press what, and who reads what: both tables of the product, person by person.

Every act is really done by everybody, on a real database. Whoever may not reads one sentence, and
nothing has changed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from bot import queries
from bot.core.snooze import Choice
from bot.core.standup import State
from bot.db import make_engine, migrate
from bot.errors import Refused
from bot.liaison import Liaison, Rooms
from bot.models import (
    ActionItem,
    ActionItemLine,
    Dispute,
    Handoff,
    History,
    Message,
    Occurrence,
    PlaybookSignature,
    PlaybookVersion,
    Topic,
    Verdict,
)
from bot.services import (
    agenda,
    asks,
    away,
    batches,
    byhand,
    colleagues,
    disputes,
    erasing,
    escalations,
    exports,
    fixes,
    followups,
    handoffs,
    hands,
    home,
    items,
    outcomes,
    people,
    playbooks,
    returns,
    running,
    search,
    snooze,
    standup,
    team,
    topics,
    undo,
    watching,
)
from bot.services.away import Plan
from bot.services.items import Wish
from bot.services.nextsteps import NextStep
from bot.services.outcomes import Answer
from bot.slack import Member
from bot.views import followups as followup_views
from bot.views import handoffs as handoff_views
from bot.views.home import TAB
from bot.views.playbooks import Edit
from tests.promises.floor import CHANNEL, Colleague, Floor

BERLIN, NINE_TO_FIVE = "Europe/Berlin", "Mo-Fr 09:00-17:00"
MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _one(name: str, team: str, role: str, manager: str | None = None) -> Colleague:
    return Colleague(name, team, role, BERLIN, NINE_TO_FIVE, (), manager)


TEAM = (
    _one("BEN", "sales", "rep", "ANA"),
    _one("CHLOE", "sales", "rep", "ANA"),
    _one("HUGO", "sales", "rep", "KAI"),
    _one("ANA", "sales", "manager"),
    _one("KAI", "sales", "manager"),
    _one("IDA", "marketing", "manager"),
    _one("JON", "marketing", "marketer", "IDA"),
    _one("OLGA", "marketing", "liaison", "IDA"),
    _one("PIA", "marketing", "admin", "IDA"),
)
NIL = "NIL"
"""A member of the workspace whom the playbook does not list."""
EVERYBODY = frozenset({*(one.id for one in TEAM), NIL})
LISTED = EVERYBODY - {NIL}
SALES = frozenset({"BEN", "CHLOE", "HUGO", "ANA", "KAI"})
MARKETING = frozenset({"IDA", "JON"})
MINE = frozenset({"BEN", "ANA"})
"""The lead is Ben's, and Ana manages him."""
RUN_IT = frozenset({"ANA", "KAI", "IDA", "OLGA"})
MANAGERS = frozenset({"ANA", "KAI", "IDA"})
HEADS = frozenset({"ANA", "KAI", "IDA"})
"""Nobody of their side is above them."""
WEEKLY = """
[[meetings]]
key = "weekly"
channel = "#standup"
weekday = "tuesday"
time = "10:00"
"""

SECRETS = ("jane.doe@example.org", "+1 555 0100", "My boss must not hear of this.", "Doe")
LATENESS = ("was reminded", "A manager was asked", "needs your decision", "Overdue")

_numbers = count()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('roles') / 'liaison.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def new_floor(engine: Engine) -> Floor:
    """A team on a Monday at ten, and somebody the playbook does not list."""
    floor = Floor(engine, f"T{next(_numbers):09}", TEAM, MONDAY_TEN, WEEKLY)
    stranger = Member(NIL, "Nil", "nil@elsewhere.example", BERLIN, is_active=True)
    people.refresh(floor.liaison, [*map(floor.member, TEAM), stranger])
    return floor


# How a hand-off stands when it is pressed.


def of_another_person(floor: Floor) -> str:
    """Ben's; nobody else has this address."""
    name = f"lead-{next(_numbers)}"
    told = floor.tell(
        lead_id=name,
        email=f"{name}@example.org",
        grade="A",
        owner="ben@example.com",
        occurred_at=floor.now.isoformat(),
    )
    floor.carry()
    assert told.handoff_id
    return told.handoff_id


def waiting(floor: Floor, owner: str | None = "ben@example.com", grade: str = "A") -> str:
    """Ben's, and not due yet."""
    receipt = floor.tell(
        lead_id=f"lead-{next(_numbers)}",
        company="Globex",
        first_name="Jane",
        last_name="Doe",
        email="jane.doe@example.org",
        phone="+1 555 0100",
        message="My boss must not hear of this.",
        campaign="Spring webinar",
        reason="asked for a demo",
        grade=grade,
        owner=owner,
        occurred_at=floor.now.isoformat(),
    )
    floor.carry()
    assert receipt.handoff_id
    return receipt.handoff_id


def overdue(floor: Floor) -> str:
    handoff = waiting(floor)
    floor.advance(floor.now + timedelta(minutes=61))
    return handoff


def queued(floor: Floor) -> str:
    return waiting(floor, owner=None)


def covered(floor: Floor) -> str:
    """Chloe's, who covers for Ben."""
    plan = Plan("BEN", date(2026, 11, 23), date(2026, 11, 24), cover_id="CHLOE")
    away.go_away(floor.liaison, "BEN", plan)
    return waiting(floor)


def worked_on_by_who_left(floor: Floor) -> str:
    """Ben's still, who went away after the first touch; Chloe covers."""
    handoff = waiting(floor)
    followups.log_touch(floor.liaison, handoff, "BEN", "spoke")
    plan = Plan("BEN", date(2026, 11, 23), date(2026, 11, 24), cover_id="CHLOE")
    away.go_away(floor.liaison, "BEN", plan)
    return handoff


def offered(floor: Floor) -> str:
    handoff = waiting(floor)
    hands.offer(floor.liaison, handoff, "BEN", "HUGO", None)
    return handoff


def hopped(floor: Floor) -> str:
    """Ben's again, after three changes of hands."""
    handoff = waiting(floor)
    for by, to in (("BEN", "CHLOE"), ("CHLOE", "HUGO"), ("HUGO", "BEN")):
        hands.offer(floor.liaison, handoff, by, to, None)
        hands.take(floor.liaison, handoff, to)
    return handoff


def asked_around(floor: Floor) -> str:
    handoff = waiting(floor)
    floor.advance(floor.now + timedelta(hours=2))
    return handoff


def escalated(floor: Floor) -> str:
    handoff = waiting(floor)
    floor.advance(MONDAY_TEN + timedelta(days=1))
    return handoff


def asked(floor: Floor) -> str:
    handoff = waiting(floor)
    asks.ask(floor.liaison, handoff, "BEN", "What did they ask for?")
    return handoff


def ended(floor: Floor, outcome: str) -> str:
    handoff = waiting(floor)
    person = "CHLOE" if outcome == "qualified" else None
    outcomes.record_outcome(floor.liaison, handoff, "BEN", Answer(outcome, person=person))
    return handoff


def turned_down_for_its_data(floor: Floor) -> str:
    return ended(floor, "wrong_data")


def to_return(floor: Floor) -> str:
    return ended(floor, "no_budget")


def qualified(floor: Floor) -> str:
    return ended(floor, "qualified")


def touched(floor: Floor) -> str:
    handoff = waiting(floor)
    followups.log_touch(floor.liaison, handoff, "BEN", "spoke")
    return handoff


def disputed(floor: Floor) -> str:
    """The dispute of an outcome of Ben's."""
    handoff = turned_down_for_its_data(floor)
    dispute(floor.liaison, handoff, "JON")
    with floor.liaison.reading() as tx:
        rows = select(Dispute).where(col(Dispute.handoff_id) == handoff)
        return tx.scalars(rows).one().id


def queued_together(floor: Floor) -> str:
    """A batch, some of whose leads wait in the queue."""
    while not (batch := floor.row(Handoff, queued(floor)).batch_id):
        pass
    return batch


def newly_changed(floor: Floor) -> str:
    """The number of a version of the playbook that nobody has signed."""
    edit_playbook(floor.liaison, str(floor.liaison.shelf.number), "PIA")
    return str(floor.liaison.shelf.number)


def planned(floor: Floor) -> str:
    """A stand-up to come."""
    floor.liaison = replace(floor.liaison, rooms=Rooms("C0LEADS", {"weekly": "C0STANDUP"}))
    standup.take_due_standups(floor.liaison)
    return meetings(floor)[0].id


def announced(floor: Floor) -> str:
    """The same, an hour before it, with something to talk about."""
    add_topic(floor.liaison, planned(floor), "BEN")
    floor.now = MONDAY_TEN + timedelta(hours=23)
    standup.take_due_standups(floor.liaison)
    assert meetings(floor)[0].state is State.ANNOUNCED
    return meetings(floor)[0].id


def meetings(floor: Floor) -> list[Occurrence]:
    with floor.liaison.reading() as tx:
        rows = select(Occurrence).where(col(Occurrence.team_id) == floor.team_id)
        return list(tx.scalars(rows.order_by(col(Occurrence.day))))


def to_do(floor: Floor) -> str:
    """An action item of Ben's."""
    return items.add(floor.liaison, "weekly", "BEN", Wish("Call them", "BEN", "2026-11-30"))


ALONE = (covered, worked_on_by_who_left, asked_around, escalated)
"""These change the team or take long: one of them to a floor."""

# What is pressed.

Press = Callable[[Liaison, str, str], object]
Stands = Callable[[Floor], str]


def accept(liaison: Liaison, handoff: str, by: str) -> None:
    followups.accept(liaison, handoff, by)


def touch(liaison: Liaison, handoff: str, by: str) -> None:
    followups.log_touch(liaison, handoff, by, "spoke")


def plan_next_step(liaison: Liaison, handoff: str, by: str) -> None:
    followups.log_touch(liaison, handoff, by, "spoke", NextStep("2026-12-01", "Send a price"))


def say_outcome(liaison: Liaison, handoff: str, by: str) -> None:
    outcomes.record_outcome(liaison, handoff, by, Answer("not_a_fit"))


def say_won(liaison: Liaison, handoff: str, by: str) -> None:
    outcomes.record_outcome(liaison, handoff, by, Answer("won"))


def put_off(liaison: Liaison, handoff: str, by: str) -> None:
    snooze.snooze(liaison, handoff, by, Choice.HOUR, None, None)


def ask(liaison: Liaison, handoff: str, by: str) -> None:
    asks.ask(liaison, handoff, by, "What did they ask for?")


def reassign(liaison: Liaison, handoff: str, by: str) -> None:
    hands.offer(liaison, handoff, by, "HUGO" if by != "HUGO" else "KAI", None)


def answer(liaison: Liaison, handoff: str, by: str) -> None:
    with liaison.reading() as tx:
        row = asks._asked(tx, tx.get_one(Handoff, (liaison.team_id, handoff)))[0]
    asks.answer(liaison, row.id, by, "A price for twenty.")


def send_back(liaison: Liaison, handoff: str, by: str) -> None:
    fixes.send_back(liaison, handoff, by, {"phone": "+1 555 0199"})


def go_away_for_ben(liaison: Liaison, _handoff: str, by: str) -> None:
    away.go_away(liaison, by, Plan("BEN", date(2026, 11, 25), date(2026, 11, 25)))


def watch_a_channel(liaison: Liaison, _handoff: str, by: str) -> None:
    watching.watch(liaison, f"C{by}", "B1", {}, by)


def hand_over_by_hand(liaison: Liaison, handoff: str, by: str) -> None:
    told = byhand.Told(f"{handoff}:{by}", {"company": "Initech", "grade": "C"}, None)
    byhand.hand_over(liaison, told, by)


def set_own_hours(liaison: Liaison, _handoff: str, by: str) -> None:
    people.set_hours(liaison, by, "Mo-Fr 10:00-18:00")


def read_the_team(liaison: Liaison, _handoff: str, by: str) -> None:
    team.leads_behind(liaison, "open", 0, by)


def read_a_rep(liaison: Liaison, _handoff: str, by: str) -> None:
    """Ben, whom Ana manages."""
    team.leads_behind(liaison, "rep:BEN", 0, by)


def export_people(liaison: Liaison, _handoff: str, by: str) -> None:
    exports.people_as_file(liaison, by)


def dispute(liaison: Liaison, handoff: str, by: str) -> None:
    disputes.dispute(liaison, handoff, by, "The number rings.")


def settle(liaison: Liaison, contested: str, by: str) -> None:
    disputes.settle(liaison, contested, by, Verdict.STANDS, "", "It rings for nobody.")


def edit_playbook(liaison: Liaison, number: str, by: str) -> None:
    clocks = f'A = "{int(number) + 2}h"\nB = "2d"\nC = "3d"\nD = "none"'
    playbooks.edit(liaison, by, Edit("sla", None, int(number), clocks))


def sign_playbook(liaison: Liaison, number: str, by: str) -> None:
    playbooks.sign(liaison, by, int(number))


def run_meeting(liaison: Liaison, meeting: str, by: str) -> None:
    running.turn(liaison, meeting, -1, by)


def decide_in_meeting(liaison: Liaison, meeting: str, by: str) -> None:
    running.decide(liaison, meeting, by, "The form asks for the size.")


def skip_meeting(liaison: Liaison, _meeting: str, by: str) -> None:
    agenda.skip(liaison, "C0STANDUP", by, "Everybody is at the fair")


def add_topic(liaison: Liaison, _meeting: str, by: str) -> None:
    topics.add_topic(liaison, "weekly", by, "Leads without a number")


def add_item(liaison: Liaison, meeting: str, by: str) -> None:
    items.add(liaison, "weekly", by, Wish("Change the form"), meeting)


@dataclass(frozen=True)
class Right:
    """One line of the table: the act, how the hand-off stands, and who may."""

    act: Press
    stands: Stands
    may: frozenset[str]


ANSWERS = (accept, touch, plan_next_step, say_outcome, ask)
RIGHTS = (
    *(Right(act, waiting, MINE) for act in ANSWERS),
    *(Right(act, overdue, SALES) for act in ANSWERS),
    *(Right(act, queued, frozenset()) for act in (*ANSWERS, put_off, reassign)),
    *(Right(act, covered, MINE | {"CHLOE"}) for act in (*ANSWERS, put_off)),
    *(
        Right(act, worked_on_by_who_left, MINE | {"CHLOE"})
        for act in (touch, plan_next_step, say_outcome, ask)
    ),
    *(Right(put_off, stands, MINE) for stands in (waiting, overdue)),
    *(Right(reassign, stands, MINE | {"PIA"}) for stands in (waiting, overdue)),
    Right(reassign, covered, MINE | {"CHLOE", "PIA"}),
    Right(reassign, hopped, frozenset({"ANA", "PIA"})),
    Right(handoffs.claim, queued, SALES),
    Right(handoffs.claim, waiting, frozenset()),
    Right(handoffs.claim, overdue, frozenset()),
    Right(hands.take, offered, frozenset({"HUGO"})),
    Right(hands.decline, offered, frozenset({"HUGO"})),
    Right(colleagues.take_on, asked_around, SALES - {"BEN"}),
    Right(colleagues.take_on, overdue, frozenset()),
    Right(escalations.excuse, escalated, frozenset({"ANA", "PIA"})),
    Right(escalations.leave, escalated, frozenset({"ANA", "PIA"})),
    Right(escalations.excuse, waiting, frozenset()),
    Right(answer, asked, MARKETING | {"OLGA"}),
    Right(send_back, turned_down_for_its_data, MARKETING),
    Right(send_back, to_return, frozenset()),
    Right(returns.cancel_return, to_return, MARKETING),
    Right(say_won, qualified, MINE | {"CHLOE"}),
    Right(say_won, waiting, frozenset()),
    Right(undo.take_back, touched, frozenset({"BEN"})),
    Right(erasing.erase_by_admin, of_another_person, frozenset({"PIA"})),
    Right(go_away_for_ben, waiting, MINE),
    Right(set_own_hours, waiting, LISTED),
    Right(watch_a_channel, waiting, frozenset({"ANA", "KAI", "IDA", "PIA"})),
    Right(hand_over_by_hand, waiting, LISTED),
    Right(dispute, turned_down_for_its_data, MARKETING | {"OLGA"}),
    Right(dispute, waiting, frozenset()),
    Right(settle, disputed, frozenset({"OLGA"})),
    Right(batches.claim_one, queued_together, SALES),
    Right(edit_playbook, newly_changed, frozenset({"ANA", "KAI", "IDA", "PIA"})),
    Right(sign_playbook, newly_changed, HEADS),
    Right(run_meeting, announced, RUN_IT),
    Right(decide_in_meeting, announced, RUN_IT),
    Right(skip_meeting, announced, RUN_IT),
    Right(add_topic, planned, LISTED),
    Right(add_item, planned, LISTED),
    Right(read_the_team, waiting, MANAGERS),
    Right(read_a_rep, waiting, frozenset({"ANA"})),
    Right(export_people, waiting, frozenset({"PIA"})),
    Right(exports.history_of, waiting, frozenset({"PIA"})),
    Right(items.done, to_do, MINE | RUN_IT),
)


@pytest.mark.parametrize("stands", dict.fromkeys(right.stands for right in RIGHTS))
def test_whoever_may_does_it_and_whoever_may_not_reads_why(engine: Engine, stands: Stands) -> None:
    floor = new_floor(engine)
    handoff = stands(floor)
    before = trace(floor)
    rights = [right for right in RIGHTS if right.stands is stands]
    for right in rights:
        for by in EVERYBODY - right.may:
            with pytest.raises(Refused) as refusal:
                right.act(floor.liaison, handoff, by)
            assert str(refusal.value).endswith("."), (right.act, by)
            assert "\n" not in str(refusal.value)
    assert trace(floor) == before

    for right in rights:
        for by in sorted(right.may):
            right.act(floor.liaison, handoff, by)
            is_late = floor.now > MONDAY_TEN + timedelta(hours=4)
            floor = new_floor(engine) if is_late or stands in ALONE else floor
            handoff = stands(floor)


LEAVES_ROWS = (
    History,
    Message,
    Dispute,
    Topic,
    ActionItem,
    ActionItemLine,
    PlaybookVersion,
    PlaybookSignature,
)


def trace(floor: Floor) -> tuple[object, ...]:
    """What nobody can change without leaving a trace."""
    with floor.liaison.reading() as tx:
        counts = [
            tx.scalar(
                select(func.count()).select_from(table).where(col(table.team_id) == floor.team_id)
            )
            for table in LEAVES_ROWS
        ]
    held = [(m.state, m.page, m.held_at) for m in meetings(floor)]
    return counts, held, [(h.stage, h.actor_id, h.revision) for h in floor.handoffs()]


# What people read.


@pytest.fixture(scope="module")
def told(engine: Engine) -> dict[str, str]:
    """All that everybody can read of one lead of Ben's that waited over night, then was ended:
    messages to them, the lead opened, its history, why it is whose, what `/lead` finds, their Home.

    Under "channel" what stands there.
    """
    floor = new_floor(engine)
    handoff = waiting(floor)
    asks.ask(floor.liaison, handoff, "BEN", "What did they ask for?")
    answer(floor.liaison, handoff, "JON")
    hands.offer(floor.liaison, handoff, "BEN", "HUGO", "You know them")
    floor.carry()
    floor.advance(MONDAY_TEN + timedelta(days=1))
    seen = {reader: looks(floor, handoff, reader) for reader in sorted(LISTED)}
    outcomes.record_outcome(
        floor.liaison, handoff, "ANA", Answer("other", words="They build it themselves.")
    )
    floor.carry()
    for reader in seen:
        seen[reader] += looks(floor, handoff, reader)
    channel = "".join(
        post.text + json.dumps(post.blocks) for post in floor.said if post.channel == CHANNEL
    )
    return seen | {"channel": channel}


def looks(floor: Floor, handoff: str, reader: str) -> str:
    liaison, now = floor.liaison, floor.now
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff)
        person = queries.person(tx, liaison.team_id, reader)
        views = [home.render(liaison, tx, reader, {TAB: tab}, now) for tab in range(len(home.TABS))]
    views.append(exports.look_at_history(liaison, handoff, 0, reader))
    views.append(home.open_lead(liaison, handoff, reader))
    _, found, _ = search.find(liaison, reader, "Globex")
    lines = [handoff_views.line(each, liaison.playbook, person) for each in found]
    messages = [post.text + json.dumps(post.blocks) for post in floor.said if post.to == reader]
    return "\n".join(
        [*map(json.dumps, views), followup_views.why_me(facts, person), *lines, *messages]
    )


@pytest.mark.parametrize("reader", sorted(LISTED))
def test_contact_data_is_for_the_actor_and_their_manager(told: dict[str, str], reader: str) -> None:
    shown = {secret for secret in SECRETS if secret in told[reader]}

    assert shown == (set(SECRETS) if reader in MINE else set())


@pytest.mark.parametrize("reader", sorted(LISTED))
def test_an_open_first_touch_is_between_a_rep_and_their_manager(
    told: dict[str, str], reader: str
) -> None:
    shown = [words for words in LATENESS if words in told[reader]]

    assert bool(shown) == (reader in MINE), shown


@pytest.mark.parametrize("reader", sorted(LISTED))
def test_everybody_reads_stage_reason_and_words(told: dict[str, str], reader: str) -> None:
    for words in ("asked for a demo", "Other", "They build it themselves."):
        assert words in told[reader]


def test_the_channel_has_the_facts_and_neither_contact_data_nor_lateness(
    told: dict[str, str],
) -> None:
    assert "They build it themselves." in told["channel"]
    assert [words for words in (*SECRETS, *LATENESS) if words in told["channel"]] == []


@pytest.mark.parametrize("reader", sorted(SALES))
def test_contact_data_finds_a_lead_for_those_who_read_it(engine: Engine, reader: str) -> None:
    floor = new_floor(engine)
    waiting(floor)

    _, found, _ = search.find(floor.liaison, reader, "jane.doe@")

    assert bool(found) == (reader in MINE)
