"""What people do with a lead by pressing, and what they read then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot.delivery.pacing import UPDATES
from bot.models import Gate
from bot.views import ids
from bot.views.ratings import QUESTION
from tests.office import LEADS, Json, Office, dm


def press(office: Office, person: str, action_id: str, message: Json, value: str) -> None:
    """Press in the person's own DM, and see it acknowledged."""
    assert office.press(person, action_id, message, dm(person), value)["acked"]


def log_touch(office: Office, person: str, message: Json, handoff: str, kind: str) -> None:
    press(office, person, ids.TOUCH, message, handoff)
    form = office.modal(person, "Log touch")
    office.control.submit(person, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: kind}})


def record_outcome(
    office: Office, person: str, message: Json, handoff: str, outcome: str, words: str = ""
) -> Json:
    """Fill in the form for the outcome, opened anew unless it stands open; gives the answer."""
    pass_over_the_rating(office, person)
    if not office.control.state(person)["views"]:
        press(office, person, ids.OUTCOME, message, handoff)
    form = office.modal(person, "Outcome")
    values = {ids.OUTCOME_KEY: {ids.CHOICE: outcome}, ids.OUTCOME_WORDS: {ids.CHOICE: words}}
    return office.control.submit(person, form["id"], values)


def pass_over_the_rating(office: Office, person: str) -> None:
    """Close the question how good the last lead was, if it stands open."""
    for view in office.control.state(person)["views"]:
        if view["title"]["text"] == QUESTION:
            office.control.close(person, view["id"])


def history(office: Office, person: str, card: Json, handoff: str) -> list[str]:
    """The lines of the history, as a person opens it from the card, without their times."""
    office.press(person, ids.MORE, card, LEADS, f"{ids.MORE_HISTORY}:{handoff}")
    view = office.modal(person, "History")
    office.control.close(person, view["id"])
    lines = [block["elements"][0]["text"] for block in view["blocks"][1:]]
    return [line.partition(" · <!date^")[0] for line in lines]


def why_me(office: Office, person: str, message: Json, handoff: str) -> str:
    press(office, person, ids.MORE, message, f"{ids.MORE_WHY}:{handoff}")
    return str(office.whisper(person, "this lead because")["text"])


def shrunk(office: Office, person: str, message: Json, shows: str = "") -> Json:
    """A DM once it is one line with nothing to press, waited for."""
    return office.control.message(
        dm(person),
        lambda m: m["ts"] == message["ts"] and len(m["blocks"]) == 1 and shows in m["text"],
    )


@contextmanager
def edits_held(office: Office) -> Iterator[None]:
    """Every button stays to be pressed meanwhile: no edit reaches Slack before the end.

    Otherwise the first of two who press at once may have changed the card the second one presses.
    """
    office.settle()
    # A gate that is closed for much longer would count as written by a clock that was ahead.
    _open_edits(office, datetime.now(UTC) + timedelta(minutes=10))
    yield
    _open_edits(office, datetime.now(UTC))


def _open_edits(office: Office, at: datetime) -> None:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.merge(Gate(team_id=liaison.team_id, name=UPDATES, next_at=at))
    liaison.something_to_tell.set()
