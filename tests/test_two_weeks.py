"""Two weeks of eight reps over the wire: what they were told, and what the channel never said."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.lifecycle import Stage
from bot.models import MessageKind
from tests.office import ANA, CHLOE, ELLA, HUGO, LEADS, Json, is_brief, is_reply, text_of
from tests.services.test_batches import batch_of
from tests.two_weeks import (
    AMERICANS,
    FAIR,
    FEMI,
    GRACE,
    NORMAL,
    REPS,
    THANKSGIVING,
    Told,
    Weeks,
    eight_reps,
    play,
    table,
)

pytestmark = pytest.mark.timeout(240)  # whoever asks first plays the two weeks

BLAME = re.compile(
    r"\b(late(ly|r|ness)?|overdue|bad(ly)?|breach\w*|miss(ed|ing the)|fail\w*|slow\w*|"
    r"ignor\w+|forg[eo]t\w*|unanswered|neglect\w*|escalat\w*|remind\w*|warn\w*|rank\w*)\b",
    re.IGNORECASE,
)
CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\+\d[\d ()-]{6,}")


@pytest.fixture(scope="module")
def weeks() -> Iterator[Weeks]:
    with eight_reps() as office:
        yield play(office)


@pytest.fixture(scope="module")
def told(weeks: Weeks) -> list[Told]:
    return weeks.told()


def of(told: list[Told], reader: str, *kinds: MessageKind) -> list[Told]:
    return [each for each in told if each.reader == reader and each.kind in kinds]


@pytest.mark.parametrize("rep", NORMAL)
def test_who_works_normally_reads_one_brief_and_one_message_a_lead(
    weeks: Weeks, told: list[Told], rep: str
) -> None:
    others = [each for each in told if each.reader == rep and each.kind is not MessageKind.BRIEF]
    hot = [handoff for company, handoff in weeks.leads.items() if weeks.is_hot(company, rep)]

    briefs = [each.day for each in of(told, rep, MessageKind.BRIEF)]
    assert len(briefs) == len(set(briefs))
    leads = [each.handoff for each in others if each.kind is MessageKind.LEAD_DM]
    assert sorted(leads) == sorted(hot)
    assert [each.kind for each in others if each.handoff not in hot] == [MessageKind.BATCH_LIST]


def test_eighty_leads_of_one_fair_are_one_message_in_the_channel_and_one_list_a_rep(
    weeks: Weeks, told: list[Told]
) -> None:
    fair = batch_of(weeks.office, FAIR).id
    said = [m for m in weeks.office.control.messages(LEADS) if FAIR in text_of(m)]
    (card,) = [m for m in said if not is_reply(m)]
    lists = Counter(each.reader for each in told if each.kind is MessageKind.BATCH_LIST)

    assert "80 leads came together" in card["text"]
    assert "Grades: A 16 · B 16 · C 24 · D 24" in card["text"]
    assert "First touch made: 29 of 80" in card["text"]
    assert "Answered: 1: 1 No need." in card["text"]
    assert lists == Counter(REPS)
    assert {each.handoff for each in told if each.kind is MessageKind.BATCH_LIST} == {fair}
    assert {each.handoff for each in told}.isdisjoint(weeks.gathered.values())


def test_who_lets_a_list_lie_reads_one_line_a_day_and_their_manager_one_in_the_brief(
    weeks: Weeks, told: list[Told]
) -> None:
    reminded = Counter(
        (each.reader, each.day.day) for each in told if each.kind is MessageKind.BATCH_NUDGE
    )
    lines = [
        line
        for message in weeks.office.dms(ANA)
        if is_brief(message)
        for line in message["text"].split("\n")
        if f"*{FAIR}*" in line
    ]

    assert reminded == {(FEMI, day): 1 for day in (27, 30, 1, 2)} | {(GRACE, 1): 1}
    assert len(lines) == 1
    asked = [m for m in weeks.office.control.messages(LEADS) if is_reply(m) and FAIR in text_of(m)]
    still_open = "*Trade fair*: first touch still open for 4 leads. Anyone free?"
    assert [m["text"] for m in asked] == [still_open] * 2  # of those of grade A, days later of B


def test_who_works_in_the_crm_alone_is_never_reminded(told: list[Told]) -> None:
    assert len(of(told, ELLA, MessageKind.LEAD_DM)) == 3
    assert of(told, ELLA, MessageKind.NUDGE) == []


def test_who_lets_things_lie_is_warned_then_colleagues_are_asked_then_the_manager_decides(
    weeks: Weeks, told: list[Told]
) -> None:
    nudges = of(told, FEMI, MessageKind.NUDGE)
    assert [each.handoff for each in nudges] == [
        weeks.leads[company] for company in ("Dune 1", "Dune 1", "Dune 5", "Dune 5")
    ]
    asked = [m for m in weeks.office.control.messages(LEADS) if is_reply(m)]
    about = [m["text"].split(":")[0] for m in asked]
    assert [each for each in about if "Dune" in each] == ["*Dune 1*", "*Dune 5*"]
    assert weeks.handoff("Dune 5").owner_id == GRACE
    assert weeks.handoff("Dune 1").owner_id is None  # given back after a week


def test_who_is_on_leave_hears_nothing_and_their_cover_has_it(
    weeks: Weeks, told: list[Told]
) -> None:
    leave = {each.day.day for each in told if each.reader == CHLOE}
    assert leave.isdisjoint({24, 25, 26})
    covered = {weeks.leads["Kestrel 1"], weeks.leads["Kestrel 2"]}
    assert covered <= {each.handoff for each in of(told, HUGO, MessageKind.LEAD_DM)}
    assert weeks.handoff("Kestrel 1").owner_id == CHLOE
    assert of(told, CHLOE, MessageKind.BACK) == []
    calls = [call["body"] for call in weeks.office.control.traffic() if call["direction"] == "in"]
    posts = [str(body.get("text")) for body in calls if body.get("text") and "ts" not in body]
    assert len([text for text in posts if "While you were away Hugo Lind" in text]) == 1


def test_nobody_is_told_anything_outside_their_hours(weeks: Weeks, told: list[Told]) -> None:
    assert [each for each in told if not weeks.is_at_work(each.reader, each.at)] == []
    assert [e for e in told if e.reader in AMERICANS and e.day == THANKSGIVING] == []


def test_an_answer_that_was_undone_and_one_that_ends_it_for_good(weeks: Weeks) -> None:
    assert weeks.handoff("Kauri 1").stage is Stage.WORKING
    again = weeks.office.tell(
        lead_id=weeks.office.lead_of(weeks.leads["Kauri 6"]),
        company="Kauri 6",
        occurred_at=weeks.office.now().isoformat(),
    )
    assert again["handoff"] == weeks.leads["Kauri 6"]
    assert weeks.handoff("Kauri 6").stage is Stage.REJECTED


def test_the_table_counts_every_message_that_stands_in_slack(
    weeks: Weeks, told: list[Told]
) -> None:
    for rep in REPS:
        stands = [m for m in weeks.office.dms(rep) if not m["deleted"]]
        answers = len(stands) - len([each for each in told if each.reader == rep])
        assert 0 <= answers <= 2  # to presses of their own: a claim, a snooze, an undo
    assert table(weeks).count("\n") == 1 + len({each.reader for each in told})


def test_no_message_in_the_channel_joins_anybody_to_blame_or_shows_contact_data(
    weeks: Weeks,
) -> None:
    """Every text and block that was ever posted or edited there, over all of two weeks."""
    calls = [call["body"] for call in weeks.office.control.traffic() if call["direction"] == "in"]
    said = [shown_in(body) for body in calls if body.get("channel") == LEADS]
    said += [shown_in(message) for message in weeks.office.control.messages(LEADS)]

    assert len(said) > 150
    assert any("Ben Cole" in text for text in said)
    assert any("80 leads came together" in text for text in said)
    assert any(FAIR in text and "Anyone free?" in text for text in said)
    assert [text for text in said if BLAME.search(text)] == []
    assert [text for text in said if CONTACT.search(text)] == []


def shown_in(message: Json) -> str:
    """What people read of it; ids and instants apart."""
    words = json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)
    words = re.sub(r'"(block_id|value|action_id)": "[^"]*"', "", words)
    return re.sub(r"<!date\^\d+\^[^>]*>", "", words)


def test_the_page_shows_what_was_counted(weeks: Weeks) -> None:
    page = (Path(__file__).parent.parent / "docs" / "operating.md").read_text("utf-8")
    counted = table(weeks).splitlines()

    for line in (counted[0], *(line for line in counted if line.startswith(("| Ben", "| Dev")))):
        assert line in page
