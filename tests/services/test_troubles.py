"""Slack does not take our messages somewhere: it falls back, goes on, and the admin hears once."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Message
from tests.office import LEADS, PIA, Office, text_of


def errors(office: Office, code: str, method: str, times: int | None = None) -> None:
    how = {"method": method, "error": code, "times": times}
    given = {name: value for name, value in how.items() if value is not None}
    office.control.fault("error", **given)  # type: ignore[arg-type]


def told(office: Office, words: str) -> list[str]:
    return [text_of(message) for message in office.dms(PIA) if words in text_of(message)]


@pytest.mark.parametrize(
    ("code", "words"), [("not_in_channel", "I am not in it"), ("is_archived", "it is archived")]
)
def test_of_a_channel_that_is_gone_the_admin_hears_once_and_its_cards_wait(
    own_office: Office, code: str, words: str
) -> None:
    office = own_office
    office.open()
    waiting = []
    for _ in range(2):
        errors(office, code, "chat.postMessage", times=1)
        waiting.append(office.hand_over())
        office.control.until(lambda: not office.control.faults() and told(office, words))
    office.card(office.hand_over())

    assert len(told(office, words)) == 1
    assert f"<#{LEADS}>" in told(office, words)[0]
    rows = [row for row in sent_about(office, waiting) if row.kind == "card"]
    assert len(rows) == 2
    assert all(row.send_at and not row.dropped for row in rows)


def test_of_a_person_whose_account_is_closed_the_admin_hears_once(own_office: Office) -> None:
    office = own_office
    office.open()
    for _ in range(2):
        errors(office, "user_disabled", "conversations.open", times=1)
        office.hand_over(owner="ben@example.com")
        office.control.until(lambda: told(office, "their account is closed"))
        office.control.until(lambda: not office.control.faults())

    office.settle()
    assert len(told(office, "to Ben Cole was not delivered")) == 1


def test_a_card_slack_does_not_take_with_blocks_is_told_in_words(own_office: Office) -> None:
    office = own_office
    office.open()
    errors(office, "msg_too_long", "chat.postMessage", times=1)
    office.hand_over(company="Plain Words Ltd")

    plain = office.control.message(LEADS, lambda m: "Plain Words Ltd" in m["text"])
    office.control.until(lambda: told(office, "went out as"))
    assert not plain.get("blocks")
    assert len(told(office, "went out as")) == 1


def sent_about(office: Office, handoffs: list[str]) -> list[Message]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(tx.scalars(select(Message).where(col(Message.subject_id).in_(handoffs))))
