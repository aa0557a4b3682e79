"""A line of history, told to one person."""

from datetime import UTC, datetime

from bot import queries
from bot.core.history import Line
from bot.delivery.sayings import tell
from bot.models import Person
from bot.services.handoffs import note
from bot.services.hours import back_at_work
from tests.office import ANA, BEN, Office, dm, text_of

EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def say_accepted(office: Office, handoff_id: str, reader: str) -> None:
    """Tell `reader` that Ben accepted it, twice over."""
    assert office.bot
    liaison = office.bot.liaison
    now = liaison.now()
    with liaison.transaction() as tx:
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        line = note(tx, handoff, Line.ACCEPTED, now, by=BEN)
        tx.flush()
        held = back_at_work(tx, liaison, tx.get_one(Person, (liaison.team_id, reader)), now)
        for _ in range(2):
            tell(tx, liaison, line, reader, hold_until=held)


def notes_of(office: Office, person: str) -> list[str]:
    return [text_of(said) for said in office.dms(person) if "accepted it" in text_of(said)]


def test_a_note_is_told_once_and_names_the_reader_you(office: Office) -> None:
    handoff = office.hand_over(company="Notable Ltd")
    office.card(handoff)

    say_accepted(office, handoff, ANA)
    say_accepted(office, handoff, BEN)
    office.settle()

    assert [said.count("Ben") for said in notes_of(office, ANA)] == [2]
    assert any("*Notable Ltd*: You accepted it." in said for said in notes_of(office, BEN))


def test_a_note_waits_for_its_readers_hours(office: Office) -> None:
    handoff = office.hand_over(company="Patient Ltd")
    office.card(handoff)
    office.control.set_clock(EVENING)

    say_accepted(office, handoff, ANA)
    office.settle()
    assert not any("Patient Ltd" in said for said in notes_of(office, ANA))

    office.control.set_clock(NEXT_MORNING)
    office.control.message(dm(ANA), lambda said: "Patient Ltd" in text_of(said))
