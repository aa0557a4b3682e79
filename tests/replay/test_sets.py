"""What becomes of a set before it is played: the same every time, and true to its source."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.lifecycle import Stage
from bot.intake.lead_event import EventKind, InvalidEvent, LeadEvent, parse
from replay import leadforge, olist, sets
from replay.leadset import Arrival, LeadSet
from replay.mishaps import with_mishaps
from replay.sellers import SELLERS, sellers_of

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def of_kind(leads: LeadSet, kind: EventKind) -> list[Arrival]:
    return [arrival for arrival in leads.arrivals if arrival.kind is kind]


def event(arrival: Arrival) -> LeadEvent:
    return parse(arrival.body, LATER)


def test_the_sample_is_the_same_at_every_reading() -> None:
    assert leadforge.read(sets.SAMPLE) == leadforge.read(sets.SAMPLE)


def test_every_event_of_the_sample_is_valid_and_arrives_when_it_happens() -> None:
    leads = leadforge.read(sets.SAMPLE, most=50)

    assert all(event(arrival).occurred_at == arrival.at for arrival in leads.arrivals)
    assert len(of_kind(leads, EventKind.HANDOFF)) == 50


def test_the_sample_has_every_grade_and_no_real_address() -> None:
    handed = [event(each) for each in of_kind(leadforge.read(sets.SAMPLE), EventKind.HANDOFF)]

    assert set(Counter(lead.grade for lead in handed)) == {"A", "B", "C", "D"}
    assert all((lead.email or "").endswith("@example.org") for lead in handed)


def test_contact_comes_from_the_owner_inside_their_own_day() -> None:
    leads = leadforge.read(sets.SAMPLE, most=20)
    owners = {each.lead_id: event(each).owner for each in of_kind(leads, EventKind.HANDOFF)}

    contacts = of_kind(leads, EventKind.CONTACTED)

    assert contacts
    assert all(event(contact).by == owners[contact.lead_id] for contact in contacts)


def test_the_sample_is_small_enough_to_be_cloned() -> None:
    assert sum(file.stat().st_size for file in sets.SAMPLE.iterdir()) < 200_000


@pytest.mark.parametrize(
    ("activity", "outcome", "kind"),
    [
        ("call", "connected", "spoke"),
        ("call", "left_voicemail", "no_answer"),
        ("email", "no_answer", "emailed"),
        ("demo", "demo_completed", "met"),
        ("meeting", "no_answer", "no_answer"),
    ],
)
def test_an_activity_counts_as_the_touch_it_was(activity: str, outcome: str, kind: str) -> None:
    assert leadforge.touch_kind(activity, outcome) == kind


def test_ten_reps_are_spread_over_everybody_who_sells() -> None:
    owners = sellers_of(f"rep_{number:02}" for number in range(10))

    assert set(owners.values()) == {*SELLERS}
    assert owners["rep_08"] == owners["rep_00"]


def test_mishaps_change_no_lead_that_ends_and_no_end() -> None:
    leads = leadforge.read(sets.SAMPLE)

    troubled = with_mishaps(leads)

    more = Counter(troubled.arrivals) - Counter(leads.arrivals)
    assert troubled.stages == leads.stages
    assert troubled.leads_in == leads.leads_in + more.total()
    assert {leads.stages[each.lead_id] for each in more} <= {Stage.NEW, Stage.WORKING}


def test_mishaps_are_of_three_kinds() -> None:
    leads = leadforge.read(sets.SAMPLE)
    bodies = {arrival.body for arrival in leads.arrivals}
    more = Counter(with_mishaps(leads).arrivals) - Counter(leads.arrivals)

    redelivered = [each for each in more if each.body in bodies]
    refused = [each for each in more if _is_refused(each)]

    assert redelivered
    assert refused
    assert len(more) > len(redelivered) + len(refused)


def _is_refused(arrival: Arrival) -> bool:
    try:
        parse(arrival.body, LATER)
    except InvalidEvent:
        return True
    return False


def olist_of(folder: Path, *leads: tuple[str, str, str], won: dict[str, str]) -> LeadSet:
    """A set in Olist's files: leads as (id, first contact, origin), and when each was won."""
    with (folder / olist.LEADS).open("w", newline="") as file:
        header = ("mql_id", "first_contact_date", "origin", "landing_page_id")
        csv.writer(file).writerows([header, *((*lead, "page") for lead in leads)])
    with (folder / olist.DEALS).open("w", newline="") as file:
        deals = [(lead_id, "rep", won_at) for lead_id, won_at in won.items()]
        csv.writer(file).writerows([("mql_id", "sr_id", "won_date"), *deals])
    return olist.read(folder)


def test_only_a_lead_that_was_won_has_an_owner(tmp_path: Path) -> None:
    leads = olist_of(
        tmp_path,
        ("a", "2018-02-01", "social"),
        ("b", "2018-02-02", ""),
        won={"a": "2018-02-26 19:58:54"},
    )

    owners = {each.lead_id: event(each).owner for each in of_kind(leads, EventKind.HANDOFF)}

    assert owners == {"a": SELLERS[0].email, "b": None}
    assert leads.stages == {"a": Stage.WON, "b": Stage.NEW}


def test_a_win_from_before_the_first_contact_is_told_once_the_lead_is_here(tmp_path: Path) -> None:
    leads = olist_of(tmp_path, ("a", "2018-02-01", "social"), won={"a": "2018-01-30 02:00:00"})

    handed, won = leads.arrivals

    assert handed.kind is EventKind.HANDOFF
    assert won.at > handed.at > event(won).occurred_at


def test_a_missing_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(sets.NoSuchSet, match="Set OLIST_DIR"):
        sets.read("olist", {})
    with pytest.raises(sets.NoSuchSet, match="cannot be read"):
        sets.read("leadforge", {"LEADFORGE_DIR": str(tmp_path)})


def test_published_figures_are_found_beside_the_set_or_where_told(tmp_path: Path) -> None:
    beside = {"OLIST_DIR": str(tmp_path / "olist")}
    (tmp_path / "expected.json").write_text(json.dumps({"olist": {"leads": 1}}))
    (tmp_path / "other.json").write_text(json.dumps({"olist": {"leads": 2}}))

    assert sets.published("olist", beside) == {"leads": 1}
    elsewhere = beside | {"EXPECTED_JSON": str(tmp_path / "other.json")}
    assert sets.published("olist", elsewhere) == {"leads": 2}
    assert sets.published("sample", {}) is None
