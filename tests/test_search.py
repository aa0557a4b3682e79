"""`/lead acme` finds leads: everybody by company, one's own by contact data."""

import pytest

from tests.office import ANA, BEN, CHLOE, HUGO, IDA, LEADS, Office
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES


def find(office: Office, person: str, words: str) -> str:
    """The answer to `/lead words`, which is private."""
    before = len(office.control.messages(LEADS))
    office.control.command(person, LEADS, "/lead", words)
    return str(
        office.control.until(
            lambda: next(
                (
                    message["text"]
                    for message in office.control.messages(LEADS)[before:]
                    if message["ephemeral_to"] == person
                ),
                None,
            )
        )
    )


def test_everybody_finds_a_lead_by_part_of_its_company_in_any_case(office: Office) -> None:
    office.card(office.hand_over(company="Zephyr Hydraulics"), "First touch due")

    for person in (BEN, CHLOE, IDA):
        assert find(office, person, "HYDRAUL").startswith("*Zephyr Hydraulics*: ")
    assert "You have it. First touch due" in find(office, BEN, "zephyr  hydraulics")
    assert "Ben Cole has it." in find(office, IDA, "zephyr")


def test_letters_beyond_ascii_have_a_case_too(office: Office) -> None:
    office.card(office.hand_over(company="Österreichische Ärztekammer"))

    assert "*Österreichische Ärztekammer*" in find(office, IDA, "ÄRZTE")


@pytest.mark.parametrize("words", ["quill.worth@example", "Perpetua Quill", "quillworth"])
def test_contact_data_finds_ones_own_leads_only(office: Office, words: str) -> None:
    office.hand_over(
        lead_id="own",
        company="Contactable Ltd",
        first_name="Perpetua",
        last_name="Quillworth",
        email="quill.worth@example.org",
        owner="hugo@example.com",
    )

    for person in (HUGO, ANA):
        assert "*Contactable Ltd*" in find(office, person, words)
    for person in (CHLOE, IDA):
        assert find(office, person, words).startswith(f"No lead matches “{words}”. Try")


@pytest.mark.parametrize("words", ["50%", "%%", "a_b", "a\\b"])
def test_what_is_special_to_a_database_means_itself(office: Office, words: str) -> None:
    office.hand_over(lead_id="odd", company="Discounts of 500 axb")
    office.hand_over(lead_id=f"odd {words}", company=f"Literally {words} Ltd")

    answer = find(office, BEN, words)

    assert "Literally" in answer
    assert "Discounts of 500" not in answer


def test_a_lead_is_found_once_with_its_latest_hand_off_and_open_ones_first(office: Office) -> None:
    office.hand_over(lead_id="twofold", company="Twofold One")
    office.tell(event="outcome", lead_id="twofold", kind="not_a_fit")
    closed = office.hand_over(lead_id="other", company="Twofold Two")
    office.card(closed)
    office.tell(event="outcome", lead_id="other", kind="not_a_fit")
    office.card(office.hand_over(lead_id="twofold", company="Twofold One"), "First touch due")

    answer = find(office, BEN, "twofold").splitlines()

    assert len(answer) == 2
    assert answer[0].startswith("*Twofold One*: You have it.")
    assert answer[1].startswith("*Twofold Two* · rejected: *Not a fit")


def test_at_most_ten_are_told_and_that_there_are_more(office: Office) -> None:
    for number in range(11):
        office.hand_over(lead_id=f"crowd {number}", company=f"Crowded {number}")

    answer = find(office, IDA, "crowded").splitlines()

    assert len(answer) == 11
    assert answer[-1] == "These are the first 10; type more of the name to see others."


@pytest.mark.parametrize("words", ["a", "x" * 81])
def test_too_little_and_too_much_is_answered_with_what_to_type(office: Office, words: str) -> None:
    assert find(office, BEN, words) == "Type 2 to 80 characters of a company, name or e-mail."
