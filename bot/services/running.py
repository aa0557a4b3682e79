"""The running of a stand-up: what whoever leads it presses, one item after the other.

When it begins what is talked about is kept, so that Next means the same for everybody who looks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.standup import State, Subject
from bot.delivery.messages import revise
from bot.errors import BadField, Refused, TooLate
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import Decision, Occurrence
from bot.services.agenda import STANDS, look, say_agenda
from bot.services.occurrences import occurrence_of, occurrence_to_change, runner
from bot.views import ids
from bot.views import standup as views


def begin(tx: Session, liaison: Liaison, occurrence: Occurrence, now: datetime) -> None:
    """It runs: what is talked about is kept from now on."""
    talked = look(tx, liaison, occurrence, now).subjects
    occurrence.frozen = [subject.kept() for subject in talked]
    occurrence.state, occurrence.page = State.RUNNING, 0
    say_agenda(tx, liaison, occurrence)


@contextmanager
def _pressed(
    liaison: Liaison, occurrence_id: str, by: str
) -> Iterator[tuple[Session, Occurrence, datetime]]:
    """A press by whoever may run the meeting, as one transaction; its message follows, and it
    counts as held."""
    now = liaison.now()
    with liaison.transaction() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_to_change(tx, liaison, occurrence_id)
        if occurrence.state not in STANDS:
            raise TooLate("This stand-up is over; `/alignment-standup` opens the next one.")
        yield tx, occurrence, now
        occurrence.held_at = occurrence.held_at or now
        revise(tx, liaison, occurrence.id)


def turn(liaison: Liaison, occurrence_id: str, page: int, by: str, forward: int = 1) -> None:
    """Show the next item, or with -1 the one before; from page -1 on the meeting begins.

    `page` is what whoever pressed has seen: of two presses at once only one turns.
    """
    with _pressed(liaison, occurrence_id, by) as (tx, occurrence, now):
        if occurrence.is_async:
            raise TooLate("This stand-up is held in writing.")
        if occurrence.state is State.ANNOUNCED:
            begin(tx, liaison, occurrence, now)
            return
        _check_page(occurrence, page)
        last = len(occurrence.frozen or []) + 1
        occurrence.page = max(0, min(page + forward, last))


def _check_page(occurrence: Occurrence, page: int) -> None:
    if occurrence.page != page:
        raise TooLate("Somebody turned the page already.")


def park(liaison: Liaison, occurrence_id: str, page: int, by: str) -> None:
    """Put one subject off to the next meeting, and go on."""
    with _pressed(liaison, occurrence_id, by) as (_, occurrence, _now):
        _check_page(occurrence, page)
        kept = occurrence.frozen or []
        if not 0 < page <= len(kept):
            raise Refused("Only what is talked about can be parked.")
        parked = replace(Subject.of(kept[page - 1]), is_parked=True)
        occurrence.frozen = [*kept[: page - 1], parked.kept(), *kept[page:]]
        occurrence.page = page + 1


def look_to_decide(liaison: Liaison, occurrence_id: str, by: str) -> Occurrence:
    """The meeting, when `by` may keep a decision of it; refuses before rather than after."""
    with liaison.reading() as tx:
        runner(tx, liaison, by)
        occurrence = occurrence_of(tx, liaison, occurrence_id)
        if occurrence.state not in STANDS:
            raise TooLate("This stand-up is over; `/alignment-standup` opens the next one.")
        return occurrence


def decide(liaison: Liaison, occurrence_id: str, by: str, words: str | None) -> None:
    """Keep a decision."""
    said = (words or "").strip()
    if not said:
        raise BadField(ids.DECISION_WORDS, "Write what was decided.")
    if len(said) > views.DECISION_WORDS:
        sentence = f"Please keep it under {views.DECISION_WORDS} characters."
        raise BadField(ids.DECISION_WORDS, sentence)
    with _pressed(liaison, occurrence_id, by) as (tx, occurrence, now):
        tx.add(
            Decision(
                team_id=liaison.team_id,
                id=new_id(now),
                occurrence_id=occurrence.id,
                words=said,
                by=by,
                at=now,
            )
        )
