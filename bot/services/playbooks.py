"""The playbook: which version is in force, how it is changed in Slack, and who signed it."""

import logging
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.db import insert_once
from bot.delivery.messages import revise_those
from bot.errors import BadField, CannotStart, NotAllowed, NotListed, Refused, TooLate
from bot.liaison import Liaison, Shelf
from bot.models import Message, MessageKind, Person, PlaybookSignature, PlaybookVersion
from bot.playbook import (
    Change,
    Playbook,
    PlaybookFaults,
    Role,
    UnknownSchema,
    changes,
    digest,
    with_text,
)
from bot.services import people
from bot.views import ids
from bot.views.blocks import escape
from bot.views.playbooks import Agreement, Edit, Signature, Since, faults

log = logging.getLogger(__name__)

SIDES = (queries.SALES, queries.MARKETING)
ASK_FOR_IT = (MessageKind.SETUP, MessageKind.AGREE)
"""Messages that show the version in force, and ask for its signatures."""
EDITORS = frozenset({Role.MANAGER, Role.ADMIN})


def in_force(tx: Session, team_id: str, file: Path | None, now: datetime) -> Shelf:
    """The version a bot goes by now; before the first one, what it would begin with."""
    newest = _newest(tx, team_id)
    return _shelved(newest) if newest else at_the_next_start(tx, team_id, file, now)


def at_the_next_start(tx: Session, team_id: str, file: Path | None, _now: datetime) -> Shelf:
    """What a bot would begin with. Nothing is stored: looking at a file changes nothing.

    A file counts only when it differs from the last one that was read: edits made in Slack since
    then are not undone by an old file. Raises `PlaybookFaults`, `CannotStart`.
    """
    newest = _newest(tx, team_id)
    if file is None:
        return _shelved(newest) if newest else Shelf(Playbook.parse(""))
    text = _read(file)
    playbook = Playbook.parse(text)
    last = _last_file(tx, team_id)
    if newest and last and digest(text) == last.file_digest:
        if newest.number != last.number:
            log.info("playbook: version %d, edited in Slack, is newer than the file", newest.number)
        return _shelved(newest)
    return Shelf(playbook, newest.number + 1 if newest else 1)


def bring_in(tx: Session, team_id: str, file: Path | None, now: datetime) -> Shelf:
    """The playbook a bot runs with, read before anything else starts; a file that counts becomes a
    new version, in force for every process. Raises as `at_the_next_start` does."""
    newest = _newest(tx, team_id)
    shelf = at_the_next_start(tx, team_id, file, now)
    if file and shelf.number > (newest.number if newest else 0):
        version = PlaybookVersion(
            team_id=team_id,
            number=shelf.number,
            body=shelf.playbook.to_json(),
            file_digest=digest(_read(file)),
            created_at=now,
        )
        tx.add(version)
    return shelf


def _shelved(version: PlaybookVersion) -> Shelf:
    return Shelf(Playbook.from_json(version.body), version.number)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The playbook {file} cannot be read: {error}.") from error


def keep_up(liaison: Liaison) -> int:
    """Put a version on the shelf that came since; says how many. Each process does so."""
    with liaison.reading() as tx:
        number = tx.scalars(_newest_number(), {"of_team": liaison.team_id}).one()
        if (number or 0) <= liaison.shelf.number:
            return 0
        version = _newest(tx, liaison.team_id)
    assert version
    put_in_force(liaison, version)
    return 1


@cache
def _newest_number() -> Select[int | None]:
    """Built once: every tick asks it."""
    newest = func.max(col(PlaybookVersion.number))
    return select(newest).where(col(PlaybookVersion.team_id) == bindparam("of_team"))


def put_in_force(liaison: Liaison, version: PlaybookVersion) -> None:
    """A version of a newer app is left to it: this one goes on by the rules it knows."""
    try:
        liaison.shelf.playbook = Playbook.from_json(version.body)
    except UnknownSchema as error:
        log.warning("playbook: %s", error)
    liaison.shelf.number = version.number
    people.relist(liaison)
    with liaison.transaction() as tx:
        revise_those(tx, liaison, col(Message.kind).in_(ASK_FOR_IT))


def look(liaison: Liaison, by: str) -> Agreement:
    """The version in force, who agreed to it, and what `by` may do about it."""
    with liaison.reading() as tx:
        person = tx.get(Person, (liaison.team_id, by))
        version = _newest(tx, liaison.team_id)
        changed_by = version and version.edited_by
        return Agreement(
            liaison.playbook,
            version.number if version else 0,
            version.created_at if version else None,
            tx.get(Person, (liaison.team_id, changed_by)) if changed_by else None,
            _signatures(tx, version) if version else {},
            {side: [head.name for head in heads(tx, liaison, side)] for side in SIDES},
            _since_both_signed(tx, liaison),
            may_edit=person is not None and _may_edit(person),
            signs_for=_signs_for(tx, liaison, person) if person else None,
        )


def edit(liaison: Liaison, by: str, wanted: Edit) -> tuple[Agreement, list[Change]]:
    """Change a section, or an entry of one: a new version, which nobody has signed yet.

    Gives it, and what is different. Raises `BadField` with every fault, `TooLate` when somebody
    else changed it meanwhile.
    """
    now, before = liaison.now(), liaison.playbook
    with liaison.transaction() as tx:
        editor(tx, liaison, by)
        _hold_to(tx, liaison, _newest(tx, liaison.team_id), wanted.base)
        playbook = _changed(before, wanted)
        if playbook == before:
            raise TooLate("That is what the playbook says already.")
        version = PlaybookVersion(
            team_id=liaison.team_id,
            number=wanted.base + 1,
            body=playbook.to_json(),
            file_digest=None,
            created_at=now,
            edited_by=by,
        )
        if not insert_once(tx, version):
            raise TooLate("Somebody changed the playbook at the same moment; open it again.")
    put_in_force(liaison, version)
    return look(liaison, by), changes(before, playbook)


def draft(liaison: Liaison, by: str, wanted: Edit) -> Playbook:
    """What the playbook would be with this change. Raises `Refused` with every fault."""
    with liaison.reading() as tx:
        editor(tx, liaison, by)
    try:
        return _changed(liaison.playbook, wanted)
    except BadField as error:
        raise Refused(escape(str(error))) from error


def editor(tx: Session, liaison: Liaison, by: str) -> Person:
    """The person, when they may change the playbook. Raises `NotAllowed`, `NotListed`."""
    person = listed(tx, liaison, by)
    if not _may_edit(person):
        raise NotAllowed("Only managers and admins change the playbook; ask one of them.")
    return person


def _changed(playbook: Playbook, wanted: Edit) -> Playbook:
    try:
        changed = with_text(playbook, wanted.section, wanted.entry, wanted.text, wanted.place)
    except PlaybookFaults as error:
        raise BadField(ids.BOOK_TEXT, faults(error.faults)) from error
    if not any(EDITORS & {*person.roles} for person in changed.people):
        sentence = "Leave at least one manager or admin, or nobody could change it any more."
        raise BadField(ids.BOOK_TEXT, sentence)
    return changed


def read_file(file: Path) -> Playbook:
    """Raises `PlaybookFaults`, `CannotStart`."""
    return Playbook.parse(_read(file))


def bring_in_file(liaison: Liaison, file: Path) -> Shelf:
    """Make a file the version in force; a bot that runs takes it over within seconds.

    Raises `PlaybookFaults`, `CannotStart`; also when it says what is in force already.
    """
    playbook = read_file(file)
    if playbook == liaison.playbook:
        raise CannotStart("That is what the playbook says already; nothing was changed.")
    with liaison.transaction() as tx:
        newest = _newest(tx, liaison.team_id)
        version = PlaybookVersion(
            team_id=liaison.team_id,
            number=newest.number + 1 if newest else 1,
            body=playbook.to_json(),
            file_digest=None,
            created_at=liaison.now(),
        )
        if not insert_once(tx, version):
            raise CannotStart("Somebody changed the playbook at the same moment; try again.")
    return Shelf(playbook, version.number)


def amend(tx: Session, liaison: Liaison, by: str, playbook: Playbook, base: int) -> PlaybookVersion:
    """Let what was made of version `base` be the next; `put_in_force` follows the commit.

    Raises `TooLate` when another came in force meanwhile.
    """
    _hold_to(tx, liaison, _newest(tx, liaison.team_id), base)
    return adopt(tx, liaison, by, playbook)


def adopt(tx: Session, liaison: Liaison, by: str, playbook: Playbook) -> PlaybookVersion:
    """Let what a set-up came to be the next version; `put_in_force` follows the commit."""
    newest = _newest(tx, liaison.team_id)
    version = PlaybookVersion(
        team_id=liaison.team_id,
        number=newest.number + 1 if newest else 1,
        body=playbook.to_json(),
        file_digest=None,
        created_at=liaison.now(),
        edited_by=by,
    )
    if not insert_once(tx, version):
        raise TooLate("Somebody brought in a playbook at the same moment; look again.")
    return version


def sign(liaison: Liaison, by: str, number: int) -> None:
    """A head agrees to the version in force. Raises `TooLate` when it is another by now."""
    now = liaison.now()
    with liaison.transaction() as tx:
        person = listed(tx, liaison, by)
        side = _signs_for(tx, liaison, person)
        if side is None:
            raise NotAllowed("Only the head of sales and the head of marketing sign the playbook.")
        _hold_to(tx, liaison, _newest(tx, liaison.team_id), number)
        signature = PlaybookSignature(
            team_id=liaison.team_id, number=number, side=side, by=by, at=now
        )
        if not insert_once(tx, signature):
            raise TooLate("Your side has signed this version already.")


def listed(tx: Session, liaison: Liaison, by: str) -> Person:
    """The person, when the playbook names them. Raises `NotListed`."""
    person = queries.person(tx, liaison.team_id, by)
    if not person.is_active or not queries.is_listed(person):
        raise NotListed
    return person


def _hold_to(tx: Session, liaison: Liaison, newest: PlaybookVersion | None, number: int) -> None:
    """What was looked at is what is changed or signed."""
    if (newest.number if newest else 0) == number:
        return
    changed_by = newest and newest.edited_by
    by = tx.get(Person, (liaison.team_id, changed_by)) if changed_by else None
    who = escape(by.name) if by else "Somebody"
    raise TooLate(f"{who} changed the playbook since you opened it; open it again.")


def _may_edit(person: Person) -> bool:
    return person.is_active and bool(EDITORS & {*person.roles}) and queries.is_listed(person)


def heads(tx: Session, liaison: Liaison, side: str) -> list[Person]:
    """A side's managers who have no manager of that side above them."""
    listed = select(Person).where(
        col(Person.team_id) == liaison.team_id, col(Person.team) == side, col(Person.is_active)
    )
    found = tx.scalars(listed.order_by(col(Person.name), col(Person.id)))
    managers = {person.id: person for person in found if Role.MANAGER in person.roles}
    return [one for one in managers.values() if one.manager_id not in managers]


def _signs_for(tx: Session, liaison: Liaison, person: Person) -> str | None:
    """The side a person heads; None for everybody else."""
    if person.team not in SIDES:
        return None
    leads = {head.id for head in heads(tx, liaison, person.team)}
    return person.team if person.id in leads else None


def _signatures(tx: Session, version: PlaybookVersion) -> dict[str, Signature]:
    rows = tx.execute(
        select(PlaybookSignature, Person)
        .join(
            Person,
            (col(Person.team_id) == col(PlaybookSignature.team_id))
            & (col(Person.id) == col(PlaybookSignature.by)),
        )
        .where(
            col(PlaybookSignature.team_id) == version.team_id,
            col(PlaybookSignature.number) == version.number,
        )
    )
    return {row.side: Signature(person.name, row.at) for row, person in rows}


def _since_both_signed(tx: Session, liaison: Liaison) -> Since | None:
    """What changed since the last version both sides signed; None while there is none."""
    signed = (
        select(col(PlaybookSignature.number))
        .where(col(PlaybookSignature.team_id) == liaison.team_id)
        .group_by(col(PlaybookSignature.number))
        .having(func.count() == len(SIDES))
        .order_by(col(PlaybookSignature.number).desc())
        .limit(1)
    )
    number = tx.scalars(signed).first()
    if number is None:
        return None
    body = tx.get_one(PlaybookVersion, (liaison.team_id, number)).body
    return Since(number, changes(Playbook.from_json(body), liaison.playbook))


def _newest(tx: Session, team_id: str) -> PlaybookVersion | None:
    return tx.scalars(_versions(team_id).limit(1)).first()


def _last_file(tx: Session, team_id: str) -> PlaybookVersion | None:
    of_files = _versions(team_id).where(col(PlaybookVersion.file_digest).is_not(None))
    return tx.scalars(of_files.limit(1)).first()


def _versions(team_id: str) -> Select[PlaybookVersion]:
    newest_first = col(PlaybookVersion.number).desc()
    return (
        select(PlaybookVersion)
        .where(col(PlaybookVersion.team_id) == team_id)
        .order_by(newest_first)
    )
