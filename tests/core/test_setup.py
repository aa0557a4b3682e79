"""A list of people, as somebody copies it out of a spreadsheet."""

import pytest

from bot.core.setup import BadList, Listed, read_list


def test_a_list_is_read_with_its_heading_and_whatever_stands_between_the_columns() -> None:
    text = "E-mail,Team,Role\n\nAna@Example.com, Sales, manager\nbo@example.com;marketing\tadmin"

    assert read_list(text) == [
        Listed("ana@example.com", "sales", ("manager",)),
        Listed("bo@example.com", "marketing", ("admin",)),
    ]


def test_without_a_role_somebody_is_what_their_side_does() -> None:
    assert [each.roles for each in read_list("a@example.com,sales\nb@example.com,marketing")] == [
        ("rep",),
        ("marketer",),
    ]


def test_somebody_who_is_there_twice_has_both_roles() -> None:
    text = "a@example.com,sales,rep\na@example.com,sales,manager liaison"

    assert read_list(text) == [Listed("a@example.com", "sales", ("rep", "manager", "liaison"))]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ana@example.com, sales\nsales", "Line 2: begin with an e-mail address."),
        ("ana@example.com, finance", "Line 1: write sales or marketing after the address."),
        ("ana@example.com, sales, chief", "Line 1: there is no role chief; write rep, marketer"),
    ],
)
def test_the_first_line_that_cannot_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadList, match=sentence):
        read_list(text)
