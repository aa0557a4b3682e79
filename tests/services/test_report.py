"""`/liaison report`: each side's numbers with their targets, counted so that history agrees."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Select, select
from sqlmodel import col

from bot.core.board import Number, Standing, standing
from bot.core.history import Line
from bot.core.marketing import Part
from bot.models import Ask, Campaign, Dispute, Handoff, History
from bot.playbook import Playbook
from bot.services import asks, board, disputes, escalations, flags, outcomes, report
from bot.services.board import Period
from bot.services.flags import Raising
from bot.services.outcomes import Answer
from bot.views import ids
from sandbox.server import Sandbox
from tests.acts import log_touch
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
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

pytestmark = ON_BOTH_ENGINES

JONAS = "U0JONAS0000"
FAIR = "Autumn fair"


@pytest.fixture(scope="module")
def week(new_database: NewDatabase) -> Iterator[Office]:
    """An office after a week in which either side kept some of what it owes the other."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        sandbox.control.set_clock(MONDAY_TEN)
        office.open()
        try:
            _live_through_it(office)
            yield office
        finally:
            office.close()


def _live_through_it(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    in_time = handed(office, "In time Ltd")
    log_touch(office, BEN, office.dm(BEN, in_time), in_time, "spoke")
    turned_down = handed(office, "Turned down Ltd", phone=None)
    outcomes.record_outcome(liaison, turned_down, BEN, Answer("not_a_fit:size", words="Forty."))
    disputes.dispute(liaison, turned_down, JONAS, "They have 400 people.")
    asked, unanswered = handed(office, "Asked Ltd"), handed(office, "Unanswered Ltd", title=None)
    excused = handed(office, "Excused Ltd")
    handed(office, "Never Ltd")
    log_touch(office, BEN, office.dm(BEN, asked), asked, "emailed")
    late, won = (
        handed(office, "Late Ltd", campaign=FAIR),
        handed(office, "Told Ltd", owner=None, grade="B"),
    )
    office.settle()
    asks.ask(liaison, asked, BEN, "Which site?")
    asks.ask(liaison, unanswered, BEN, "Which product?")
    asks.answer(liaison, asked_about(office, asked), IDA, "The one in Bonn.")
    campaign = one(office, select(col(Campaign.id)).where(col(Campaign.name) == FAIR))
    flags.raise_by_hand(liaison, Raising(campaign, "Students", "serious", None), BEN)
    office.tell(event="outcome", lead_id=office.lead_of(won), kind="won")
    office.control.advance("4h")
    log_touch(office, BEN, office.dm(BEN, late), late, "emailed")
    contested = one(office, select(col(Dispute.id)).where(col(Dispute.handoff_id) == turned_down))
    disputes.settle(liaison, contested, OLGA, "stands", "", "Forty it is.")
    for _ in range(5):
        office.control.advance("24h")
        office.settle()
    escalations.excuse(liaison, excused, ANA)
    handed(office, "Not due Ltd")
    office.settle()


def handed(office: Office, company: str, **fields: object) -> str:
    handoff = office.hand_over(**({"company": company} | fields))
    office.card(handoff)
    return handoff


def asked_about(office: Office, handoff: str) -> str:
    return one(office, select(col(Ask.id)).where(col(Ask.handoff_id) == handoff))


def one(office: Office, wanted: Select[str]) -> str:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return tx.scalars(wanted).one()


def counted(office: Office, days: int = 30) -> dict[Number, Part]:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        return {**board.board(tx, Period.of(liaison, days, office.now())).parts}


def told(office: Office, person: str, typed: str = "report") -> Json:
    """The private answer to `/liaison typed`."""
    before = len(office.control.messages(LEADS))
    office.control.command(person, LEADS, "/liaison", typed)

    def answer() -> Json | None:
        new = office.control.messages(LEADS)[before:]
        return next((m for m in reversed(new) if m["ephemeral_to"] == person), None)

    return office.control.until(answer)


def choose(office: Office, person: str, message: Json, action_id: str, label: str) -> None:
    """Choose an entry of a menu that begins like this."""
    elements = [one for block in message["blocks"] for one in block.get("elements", [])]
    menu = next(one for one in elements if one.get("action_id") == action_id)
    value = next(o["value"] for o in menu["options"] if o["text"]["text"].startswith(label))
    office.control.click(person, action_id, channel=LEADS, ts=message["ts"], value=value)


def companies(view: Json) -> set[str]:
    texts = [block["text"]["text"] for block in view["blocks"][1:] if "text" in block]
    return {text.split("*")[1] for text in texts}


ANSWERS = {Line.TOUCHED, Line.CRM_TOUCHED, Line.OUTCOME}


def recounted(office: Office) -> dict[Number, Part]:
    """Sales' side from nothing but the lines of history and what marketing was promised."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        lines = tx.scalars(select(History).order_by(col(History.at), col(History.id))).all()
        promised = {each.id: each.due_at for each in tx.scalars(select(Handoff))}
        due_asks = {each.handoff_id: each.due_at for each in tx.scalars(select(Ask))}
    of: dict[str, list[History]] = {}
    for line in lines:
        of.setdefault(line.handoff_id, []).append(line)
    counts: Counter[str] = Counter()
    for handoff_id, told in of.items():
        due, kinds = promised[handoff_id], {line.kind for line in told}
        at = [happened(line) for line in told if line.kind in ANSWERS]
        if due and due <= office.now() and not {Line.EXCUSED, Line.ERASED} & kinds:
            counts["due"] += 1
            counts["answered"] += bool(at)
            counts["in_time"] += bool(at) and min(at) <= due
        if Line.OUTCOME in kinds and not any(line.facts.get("outcome") == "won" for line in told):
            counts["ended"] += 1
        if handoff_id in due_asks:
            replies = [line.at for line in told if line.kind == Line.ANSWERED]
            counts["asks"] += 1
            counts["asks_kept"] += bool(replies) and min(replies) <= due_asks[handoff_id]
    return {
        Number.IN_TIME: Part(counts["in_time"], counts["due"]),
        Number.TOUCHED: Part(counts["answered"], counts["due"]),
        Number.REASONS: Part(counts["ended"], counts["ended"]),
        Number.ASKS: Part(counts["asks_kept"], counts["asks"]),
    }


def happened(line: History) -> datetime:
    told = line.facts.get("at")
    return datetime.fromisoformat(told) if told else line.at


def test_the_totals_agree_with_the_history(week: Office) -> None:
    recount = recounted(week)

    assert recount[Number.IN_TIME] == Part(4, 7)
    assert {number: counted(week)[number] for number in recount} == recount


def test_what_was_never_touched_counts_as_missed_and_what_is_not_due_counts_nowhere(
    week: Office,
) -> None:
    answer = told(week, IDA)["text"]

    assert "• First touch in time: 57 % (4 of 7), target 90 %: *below target*" in answer
    assert "• Touched or answered: 71 % (5 of 7), target 95 %: *below target*" in answer
    assert "*Sales*: 2 below target" in answer
    assert "9 leads handed over" in answer


def test_either_side_can_be_below_alone(week: Office) -> None:
    text = told(week, ANA)["text"]

    assert "• Data complete: 78 % (7 of 9), target 80 %: *below target*" in text
    assert "• Questions answered in time: 50 % (1 of 2), target 90 %: too few to say" in text
    assert "• Flags answered in time: 0 % (0 of 1), target 90 %: too few to say" in text
    assert "• Disputes settled in time: 100 % (1 of 1), target 90 %: too few to say" in text
    assert "*Marketing*: 1 below target" in text


def test_the_text_says_what_the_blocks_say_and_names_nobody(week: Office) -> None:
    answer = told(week, BEN)

    assert "data_visualization" in [block["type"] for block in answer["blocks"]]
    for block in answer["blocks"]:
        if block["type"] in {"section", "context"}:
            said = block.get("text") or block["elements"][0]
            assert said["text"] in answer["text"]
    assert not [name for name in ("Ben", "Ana", "Ida", "Jonas") if name in text_of(answer)]


@pytest.mark.parametrize(
    ("label", "leads"),
    [
        ("First touch late or open: 3", {"Late Ltd", "Unanswered Ltd", "Never Ltd"}),
        ("Never touched: 2", {"Unanswered Ltd", "Never Ltd"}),
        ("Something missing: 2", {"Turned down Ltd", "Unanswered Ltd"}),
        ("Questions late or open: 1", {"Unanswered Ltd"}),
        ("Disputes settled in time: 1", {"Turned down Ltd"}),
    ],
)
def test_every_number_opens_its_leads(week: Office, label: str, leads: set[str]) -> None:
    choose(week, IDA, told(week, IDA), ids.REPORT_LEADS, label)

    view = week.modal(IDA, "Leads")
    assert companies(view) == leads
    assert "Ben" not in text_of(view)
    week.control.close(IDA, view["id"])


def test_only_their_manager_reads_who_had_a_lead(week: Office) -> None:
    choose(week, ANA, told(week, ANA), ids.REPORT_LEADS, "Never touched")

    view = week.modal(ANA, "Leads")
    assert "Ben Cole" in text_of(view)
    week.control.close(ANA, view["id"])


def test_the_flags_behind_a_number_are_their_campaigns(week: Office) -> None:
    choose(week, BEN, told(week, BEN), ids.REPORT_LEADS, "Flags late or open: 1")

    view = week.modal(BEN, "Flags")
    assert FAIR in text_of(view) and "no answer so far" in text_of(view)
    week.control.close(BEN, view["id"])


def test_another_period_is_one_choice_and_an_odd_one_a_sentence(week: Office) -> None:
    before = told(week, BEN, "report 1")
    assert "1 leads handed over" in before["text"] or "2 leads handed over" in before["text"]

    choose(week, BEN, before, ids.REPORT_PERIOD, "The last 90 days")
    week.control.until(lambda: "the last 90 days" in told_last(week, BEN))

    assert "from 1 to 365" in told(week, BEN, "report soon")["text"]
    assert "from 1 to 365" in told(week, BEN, "report 999")["text"]


def told_last(office: Office, person: str) -> str:
    found = [m for m in office.control.messages(LEADS) if m["ephemeral_to"] == person]
    return str(found[-1]["text"])


def test_the_csv_has_every_number_of_the_period_and_of_each_week(week: Office) -> None:
    assert week.bot
    file = report.csv_of(week.bot.liaison, 30)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))

    assert len(rows) == 13 * len(Number)
    first = rows[0]
    assert (first["number"], first["kept"], first["of"]) == ("in_time", "4", "7")
    assert first["standing"] == "below target"
    by_week = [row for row in rows[len(Number) :] if row["number"] == "in_time"]
    assert sum(int(row["of"]) for row in by_week) == 7


def test_it_is_posted_to_a_channel_for_everybody(week: Office) -> None:
    answer = told(week, ANA)
    week.press(ANA, ids.REPORT_POST, answer, LEADS, "30")

    posted = week.control.message(
        LEADS, lambda m: not m["ephemeral_to"] and "the last 30 days" in m["text"]
    )
    assert "below target" in posted["text"]


def test_a_target_of_the_playbook_decides(week: Office) -> None:
    targets = Playbook.parse('[report]\nin_time = "50%"').report

    assert standing(Part(4, 7), targets.in_time) is Standing.ON_TARGET
