"""A playbook written as TOML reads back as itself, and two versions tell their differences."""

import pytest

from bot.playbook import (
    Change,
    Playbook,
    PlaybookFaults,
    as_document,
    as_toml,
    changes,
    entries,
    section_text,
    sections,
    with_text,
)
from bot.views.playbooks import TITLES
from tests.office import PLAYBOOK

SANDBOX = Playbook.parse(PLAYBOOK.read_text("utf-8"))
RULES = """
[[routing.groups]]
name = "DACH"
people = ["ben@example.com", "chloe@example.com"]

[[routing.rules]]
country = ["DE"]
to = "DACH"

[[routing.rules]]
grade = "A"
size_from = 50
to = "hugo@example.com"
"""
ROUTED = Playbook.parse(PLAYBOOK.read_text("utf-8") + RULES)


@pytest.mark.parametrize(
    "playbook",
    [
        Playbook(),
        SANDBOX,
        Playbook.parse('[sla]\nA = "none"\nC = "none"\nD = "2d"'),
        ROUTED,
        Playbook.parse('[[meetings]]\nkey = "weekly"\nchannel = "#standup"\ntime = "09:30"'),
    ],
    ids=[
        "built in",
        "sandbox",
        "no clock where the default has one",
        "rules",
        "a meeting of its own",
    ],
)
def test_what_is_written_reads_back_as_the_same(playbook: Playbook) -> None:
    assert Playbook.parse(as_toml(playbook)) == playbook


@pytest.mark.parametrize("section", sections(ROUTED))
def test_every_section_and_entry_can_be_written_back_unchanged(section: str) -> None:
    listed = entries(ROUTED, section)
    for entry in [None] if listed is None else range(len(listed)):
        text = section_text(ROUTED, section, entry)
        assert with_text(ROUTED, section, entry, text) == ROUTED


def test_every_section_has_a_title_people_know() -> None:
    assert set(sections(SANDBOX)) == set(TITLES)


def test_a_short_list_stands_on_one_line_and_a_long_one_on_many() -> None:
    rule = '[[routing.rules]]\ncampaign = ["a\\n]", "b, c"]\nto = "queue"\n'
    short = Playbook.parse(rule)
    many = Playbook.parse(rule.replace('"b, c"', ", ".join(f'"Autumn fair {n}"' for n in range(9))))

    assert 'campaign = ["a\\n]", "b, c"]\n' in section_text(short, "routing.rules", 0)
    assert section_text(many, "routing.rules", 0).count("\n") == 13
    assert [Playbook.parse(as_toml(one)) for one in (short, many)] == [short, many]


def test_a_rule_can_be_put_before_another() -> None:
    second = section_text(ROUTED, "routing.rules", 1)

    moved = with_text(ROUTED, "routing.rules", 1, second, place=0)

    assert [rule.to for rule in moved.routing.rules] == [("hugo@example.com",), ("DACH",)]
    assert moved.routing.groups == ROUTED.routing.groups
    assert with_text(ROUTED, "routing.rules", 1, "").routing.rules == ROUTED.routing.rules[:1]


def test_a_changed_key_a_new_entry_and_one_taken_out_are_told_apart() -> None:
    one = with_text(SANDBOX, "sla", None, 'A = "2h"\nB = "4h"\nC = "1d"\nD = "none"')
    who = len(entries(one, "people") or [])
    two = with_text(one, "people", who, 'email = "zoe@example.com"\nteam = "sales"\nrole = "rep"')
    three = with_text(two, "people", 1, "")

    made = changes(SANDBOX, three)

    assert Change("sla.A", "1h", "2h") in made
    assert Change("people[zoe@example.com].team", None, "sales") in made
    assert Change("people[ben@example.com].team", "sales", None) in made
    assert {change.key.partition(".")[0] for change in made} == {
        "sla",
        "people[zoe@example",
        "people[ben@example",
    }


def test_an_order_changed_in_a_list_is_no_change_of_its_entries() -> None:
    document = as_document(SANDBOX)
    people = document["people"]
    assert isinstance(people, list)
    turned = Playbook.model_validate(document | {"people": [*reversed(people)]})
    assert changes(SANDBOX, turned) == []


@pytest.mark.parametrize(
    ("section", "entry", "text", "said"),
    [
        ("sla", None, 'A = "soon"', "sla.A"),
        ("sla", None, "A = ", "line 1"),
        ("people", 1, 'email = "ben@example.com"', "people[1].team"),
        ("hours", None, 'opens = "24/7"', 'did you mean "open"'),
    ],
)
def test_what_does_not_fit_is_told_by_its_key(
    section: str, entry: int | None, text: str, said: str
) -> None:
    with pytest.raises(PlaybookFaults) as refused:
        with_text(SANDBOX, section, entry, text)
    assert said in str(refused.value)
