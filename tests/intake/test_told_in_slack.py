"""What a message says about a lead, as people and tools write it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.lead_event import EventKind
from bot.intake.spellings import FIELDS
from bot.intake.told_in_slack import read_message

BOLD = """*New lead*
*Company:* Acme &amp; Sons
E-Mail: <mailto:jane@acme.example.org|jane@acme.example.org>
Phone: <tel:+15550100|+1 555 0100>
*Job title*
Head of IT
Link: <https://crm.example.org/7|Open>"""
FIELDS_OF_A_SECTION = {
    "blocks": [
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Company*\nAcme"},
                {"type": "mrkdwn", "text": "*Grade:*\nA"},
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": "Campaign: Spring webinar"}],
                }
            ],
        },
    ],
    "text": "Company: not this one",
}
OF_ATTACHMENTS = {
    "attachments": [{"fields": [{"title": "Company", "value": "Acme"}], "text": "Source: Fair"}]
}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            {"text": BOLD},
            {
                "company": "Acme & Sons",
                "email": "jane@acme.example.org",
                "phone": "+15550100",
                "title": "Head of IT",
                "url": "https://crm.example.org/7",
            },
        ),
        (FIELDS_OF_A_SECTION, {"company": "Acme", "grade": "A", "campaign": "Spring webinar"}),
        (OF_ATTACHMENTS, {"company": "Acme", "source": "Fair"}),
        ({"text": "Name: Jane van der Doe"}, {"first_name": "Jane van der", "last_name": "Doe"}),
        ({"text": "Full name: Doe, Jane"}, {"first_name": "Jane", "last_name": "Doe"}),
        ({"text": "*Contact name:* Madonna"}, {"first_name": "Madonna"}),
        ({"text": "Contact person: jane@example.org"}, {"email": "jane@example.org"}),
        ({"text": "Name: Acme, Doe\nSurname: Doe"}, {"last_name": "Doe"}),
        (
            {"text": "hey, can somebody call jane@example.org, +49 30 1234567?"},
            {"email": "jane@example.org", "phone": "+49 30 1234567"},
        ),
        ({"text": "Lunch at 12:30? Note: bring a coat_and_hat"}, {}),
        ({"text": "Company: Acme\nCompany: Bolt"}, {"company": "Acme"}),
        ({}, {}),
    ],
)
def test_labels_and_shapes_are_read_and_nothing_else_is_guessed(
    message: dict[str, Any], told: dict[str, str]
) -> None:
    assert read_message(message) == told


@given(text=st.text(max_size=500))
def test_any_text_gives_known_fields_only(text: str) -> None:
    told = read_message({"text": text})

    assert told.keys() <= FIELDS
    assert EventKind.HANDOFF not in told
