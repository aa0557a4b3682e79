"""Both sides say apart what a word means, see where they differ, and agree on one text."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.db import insert_once
from bot.delivery.courier import Hold
from bot.delivery.messages import revise
from bot.delivery.sayings import say_to_person
from bot.errors import BadField, NotAllowed, Refused, TooLate, Unknown
from bot.identity import new_id
from bot.liaison import Liaison
from bot.models import DefinitionAnswer, DefinitionQuestion, Message, MessageKind, Person
from bot.playbook import (
    PART,
    Change,
    Definition,
    Playbook,
    PlaybookFaults,
    Role,
    changes,
    with_definition,
)
from bot.services import playbooks
from bot.services.hours import back_at_work
from bot.services.playbooks import SIDES
from bot.services.wording import worded
from bot.views import definitions as views
from bot.views import ids
from bot.views.blocks import Post, escape
from bot.views.definitions import Meaning, Standing
from bot.views.playbooks import Agreement, faults

WORD = 40
"""Characters of a word."""


def ask(liaison: Liaison, by: str, word: str | None) -> dict[str, list[str]]:
    """Ask the heads of both sides apart; gives their names, by side.

    Raises `TooLate` when the word is being asked about already.
    """
    asked = worded(word, ids.DEFINITION_WORD, "Write the word, such as qualified.", WORD)
    now = liaison.now()
    with liaison.transaction() as tx:
        playbooks.editor(tx, liaison, by)
        heads = {side: playbooks.heads(tx, liaison, side) for side in SIDES}
        for side, found in heads.items():
            if not found:
                raise Refused(f"Nobody heads {side} yet: list a manager of {side} first.")
        question = DefinitionQuestion(
            team_id=liaison.team_id,
            id=new_id(now),
            word=asked.casefold(),
            asked_by=by,
            asked_at=now,
        )
        if not insert_once(tx, question):
            raise TooLate(f"Both sides are being asked about “{escape(asked)}” already.")
        _tell(tx, liaison, question.id, MessageKind.DEFINITION, now)
    return {side: [head.name for head in found] for side, found in heads.items()}


def _tell(
    tx: Session, liaison: Liaison, question_id: str, kind: MessageKind, now: datetime
) -> None:
    for side in SIDES:
        for head in playbooks.heads(tx, liaison, side):
            held = back_at_work(tx, liaison, head, now)
            say_to_person(tx, liaison, head.id, kind, question_id, hold_until=held)


def look_to_answer(liaison: Liaison, question_id: str, by: str) -> tuple[Standing, str]:
    """The question as the side of `by` sees it, and which side that is."""
    with liaison.reading() as tx:
        standing = _standing(tx, liaison, question_id)
        side = _side_to_answer(tx, liaison, standing, by)
        return standing, side


def answer(liaison: Liaison, question_id: str, by: str, said: Meaning) -> None:
    """Say it for one's side; it may be changed until both sides have answered."""
    meaning = checked(said)
    now = liaison.now()
    with liaison.transaction() as tx:
        _lock(tx, liaison, question_id)
        standing = _standing(tx, liaison, question_id)
        side = _side_to_answer(tx, liaison, standing, by)
        row = DefinitionAnswer(
            team_id=liaison.team_id,
            question_id=question_id,
            side=side,
            by=by,
            at=now,
            must_have=meaning.must_have,
            must_not_have=meaning.must_not_have,
            who_decides=meaning.who_decides,
        )
        tx.merge(row)
        if standing.answers.keys() | {side} == {*SIDES}:
            _tell(tx, liaison, question_id, MessageKind.DEFINITION_BOTH, now)
        tx.flush()
        revise(tx, liaison, question_id)


def checked(said: Meaning) -> Meaning:
    """Tidied. Raises `BadField` beside what is missing or too long."""
    never = said.must_not_have.strip()
    return Meaning(
        worded(said.must_have, ids.DEFINITION_MUST, "Write what it has to have.", PART),
        worded(never, ids.DEFINITION_NOT, "", PART) if never else "",
        worded(said.who_decides, ids.DEFINITION_WHO, "Write who decides.", PART),
    )


def _side_to_answer(tx: Session, liaison: Liaison, standing: Standing, by: str) -> str:
    person = playbooks.listed(tx, liaison, by)
    if person.team not in SIDES or Role.MANAGER not in person.roles:
        raise NotAllowed("A manager of sales or of marketing answers for their side.")
    _still_open(standing)
    if standing.is_complete:
        raise TooLate("Both sides have answered: compare them now, and agree on one text.")
    return str(person.team)


def _still_open(standing: Standing) -> None:
    if standing.question.agreed_at:
        name = standing.name(standing.question.agreed_by)
        raise TooLate(f"{name} has written down what was agreed; the playbook has it.")


def look_to_agree(liaison: Liaison, question_id: str, by: str) -> Standing:
    """Both answers; only once both are in."""
    with liaison.reading() as tx:
        standing = _standing(tx, liaison, question_id)
        _check_to_agree(tx, liaison, standing, by)
        return standing


def _check_to_agree(tx: Session, liaison: Liaison, standing: Standing, by: str) -> None:
    playbooks.editor(tx, liaison, by)
    _still_open(standing)
    if not standing.is_complete:
        raise TooLate("The other side has not answered yet; you both see both answers then.")


def agree(
    liaison: Liaison, question_id: str, by: str, said: Meaning
) -> tuple[Agreement, list[Change]]:
    """Write down the one text: a new version of the playbook, which nobody has signed yet."""
    meaning = checked(said)
    # The number first: a newer playbook under an older number is refused, not lost.
    base, before = liaison.shelf.number, liaison.playbook
    now = liaison.now()
    with liaison.transaction() as tx:
        question = _lock(tx, liaison, question_id)
        _check_to_agree(tx, liaison, _standing(tx, liaison, question_id), by)
        playbook = _agreed(before, question.word, meaning)
        version = playbooks.amend(tx, liaison, by, playbook, base)
        question.agreed_at, question.agreed_by, question.version = now, by, version.number
        tx.flush()
        revise(tx, liaison, question_id)
    playbooks.put_in_force(liaison, version)
    return playbooks.look(liaison, by), changes(before, playbook)


def _agreed(playbook: Playbook, word: str, meaning: Meaning) -> Playbook:
    agreed = Definition(
        word=word,
        must_have=meaning.must_have,
        must_not_have=meaning.must_not_have or None,
        who_decides=meaning.who_decides,
    )
    try:
        return with_definition(playbook, agreed)
    except PlaybookFaults as error:
        raise BadField(ids.DEFINITION_MUST, faults(error.faults)) from error


def _lock(tx: Session, liaison: Liaison, question_id: str) -> DefinitionQuestion:
    """Of two who answer at once the second sees what the first said."""
    key = (liaison.team_id, question_id)
    question = tx.get(DefinitionQuestion, key, with_for_update=True)
    if question is None:
        raise Unknown
    return question


def _standing(tx: Session, liaison: Liaison, question_id: str) -> Standing:
    question = tx.get(DefinitionQuestion, (liaison.team_id, question_id))
    if question is None:
        raise Unknown
    rows = tx.scalars(
        select(DefinitionAnswer).where(
            col(DefinitionAnswer.team_id) == liaison.team_id,
            col(DefinitionAnswer.question_id) == question_id,
        )
    ).all()
    by = {row.side: row.by for row in rows}
    people = {question.asked_by, question.agreed_by, *by.values()} - {None}
    return Standing(
        question,
        {row.side: Meaning(row.must_have, row.must_not_have, row.who_decides) for row in rows},
        _names(tx, liaison, people),
        by,
    )


def _names(tx: Session, liaison: Liaison, people: set[str | None]) -> Mapping[str, str]:
    return queries.names_of(tx, liaison.team_id, [one for one in people if one])


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The question as the head of one side reads it."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    standing = _standing(tx, liaison, message.subject_id)
    if message.ts is None:
        if standing.is_complete or standing.question.agreed_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.question(standing, reader.team or "")


def both_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """That both sides have answered."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    standing = _standing(tx, liaison, message.subject_id)
    if message.ts is None:
        if standing.question.agreed_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.both_in(standing)
