"""Marketing's side of the board: what it hands over, and what it owes sales."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.history import Line
from bot.core.marketing import Number, Part, Side
from bot.models import History
from bot.services import marketing
from bot.services.results import Scope, Window
from bot.views import ids
from sandbox.server import Sandbox
from tests.acts import record_outcome
from tests.conftest import NewDatabase
from tests.office import (
    BEN,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    OLGA,
    PACE,
    Json,
    Office,
    settings_for,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES
from tests.services.test_asks import answer, ask, question
from tests.services.test_campaigns import companies_in, told
from tests.services.test_campaigns import select as choose
from tests.services.test_disputes import JONAS, WHY, dispute, settle
from tests.services.test_disputes import told as told_of
from tests.services.test_flags import FRIDAY_TEN, flag_card, said

pytestmark = ON_BOTH_ENGINES

SHOW = "Spring show"


@pytest.fixture(scope="module")
def week(new_database: NewDatabase) -> Iterator[Office]:
    """The Friday of a week in which marketing was right once, wrong once, and late twice."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        sandbox.control.set_clock(MONDAY_TEN)
        office.open()
        _live_through(office)
        yield office
        office.close()


def _live_through(office: Office) -> None:
    long_ago = (MONDAY_TEN - timedelta(days=200)).isoformat()
    for grade in "AB":
        handed(office, company=f"Old {grade} Ltd", grade=grade, occurred_at=long_ago)
    turned_down(office, "wrong_data", company="No number Ltd")
    right = turned_down(office, "not_a_fit:size", company="Right Ltd")
    wrong = turned_down(office, "not_a_fit:size", company="Wrong Ltd", grade="B")
    slow = handed(office, company="Slow Ltd", grade="C")
    quick = handed(office, company="Quick Ltd", grade="B")
    for asked in (slow, quick):
        ask(office, BEN, asked)
    answer(office, IDA, question(office, IDA, quick))
    flag_card(office, BEN, slow)
    said(office, IDA, f"flagged {SHOW}")
    office.control.advance("15m")
    for contested, verdict in ((right, "reopened"), (wrong, "stands")):
        dispute(office, JONAS, contested)
        settle(office, OLGA, told_of(office, OLGA, contested, WHY), verdict)
        told_of(office, JONAS, contested, "settled your dispute")
    office.control.set_clock(FRIDAY_TEN)
    office.settle()


def handed(office: Office, **fields: object) -> str:
    return office.hand_over(**({"campaign": SHOW} | fields))


def turned_down(office: Office, outcome: str, **fields: object) -> str:
    handoff = handed(office, **fields)
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, outcome, "So I heard.")
    return handoff


def counted(office: Office) -> Side:
    assert office.bot
    liaison, now = office.bot.liaison, office.now()
    with liaison.reading() as tx:
        return marketing.side(tx, liaison.playbook, Scope.of(liaison, Window(), now), now)


def test_the_table_tells_marketings_side_too(week: Office) -> None:
    text = told(week, IDA, "")["text"]

    assert text.endswith(
        "*Marketing's side*\n"
        "• Grade A: 40 % (2 of 5 leads), 10 points less than in the 180 days before\n"
        "• Turned down for their data: 50 % (1 of 2 answered)\n"
        "• Disputes upheld: 1 of 2 settled\n"
        "• Answered late: 1 of 2 questions, 1 of 1 flags"
    )
    assert "before" not in told(week, IDA, "all")["text"].partition("Marketing's side")[2]


def test_every_number_of_it_opens_what_it_counts(week: Office) -> None:
    answered = told(week, IDA, "")
    for label, companies in {
        "Grade A": ["No number Ltd", "Right Ltd"],
        "Turned down for their data": ["No number Ltd"],
        "Disputes upheld": ["Right Ltd"],
        "Questions answered late": ["Slow Ltd"],
    }.items():
        choose(week, IDA, answered, ids.CAMPAIGN_LEADS, label)
        assert sorted(companies_in(week, IDA, label)) == companies

    choose(week, IDA, answered, ids.CAMPAIGN_LEADS, "Flags answered late")
    flags = week.modal(IDA, "Flags")
    week.control.close(IDA, flags["id"])
    assert f"*{SHOW}*" in text_of(flags)
    assert "no answer so far" in text_of(flags)


def test_nobody_is_named_as_late(week: Office) -> None:
    one, all_of_them = told(week, BEN, SHOW), told(week, BEN, "")

    assert "grade A 40 % (2 of 5 leads)" in one["text"]
    assert "late" not in one["text"].partition("Marketing's side")[2]
    assert "Ida" not in text_of(all_of_them)


def test_what_is_counted_is_what_the_histories_tell(week: Office) -> None:
    histories = _histories(week, handed_since=MONDAY_TEN - timedelta(days=180))
    ends: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    late = 0
    for history in histories:
        lines.update(line.kind for line in history)
        ends[_end_of(history)] += 1
        asked = next((line.at for line in history if line.kind == Line.ASKED), None)
        done = next((line.at for line in history if line.kind == Line.ANSWERED), week.now())
        # From Monday to Wednesday at the same hour: two working days.
        late += bool(asked and done > asked + timedelta(days=2))

    side = counted(week)
    upheld = lines[Line.REOPENED] + lines[Line.RELABELLED]
    assert side.top.of == len(histories)
    assert side.data == Part(ends["wrong_data"], len(histories) - ends["open"])
    assert side.upheld == Part(upheld, upheld + lines[Line.OUTCOME_STANDS])
    assert side.asks_late == Part(late, lines[Line.ASKED])
    assert side.part(Number.FLAGS_LATE) == Part(1, 1)


def _histories(office: Office, handed_since: object) -> list[list[History]]:
    """Of each hand-off that came in since, but not of one that acted long before."""
    assert office.bot
    found: dict[str, list[History]] = {}
    with office.bot.liaison.reading() as tx:
        for line in tx.scalars(select(History).order_by(col(History.id))):
            found.setdefault(line.handoff_id, []).append(line)
    old = {
        office.subject(message) for message in office.control.messages(LEADS) if _is_old(message)
    }
    return [lines for handoff, lines in found.items() if handoff not in old]


def _is_old(message: Json) -> bool:
    return "Old A Ltd" in text_of(message) or "Old B Ltd" in text_of(message)


def _end_of(history: list[History]) -> str:
    """The outcome that holds after all that happened, or `open`."""
    end = "open"
    for line in history:
        if line.kind in {Line.OUTCOME, Line.RELABELLED}:
            end = line.facts["outcome"]
        elif line.kind in {Line.REOPENED, Line.UNDONE}:
            end = "open"
    return end
