"""Which playbook is in force: the newest version, or the file when it was edited since."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.errors import CannotStart
from bot.models import PlaybookVersion
from bot.playbook import Playbook, digest


def bring_in(tx: Session, team_id: str, file: Path | None, now: datetime) -> Playbook:
    """The playbook to run with, read before anything else starts.

    A file becomes a new version only when it differs from the last file that was read: edits made
    elsewhere since then are not undone by an old file. Raises `PlaybookFaults`, `CannotStart`.
    """
    newest = _newest(tx, team_id)
    if file is None:
        return Playbook.from_json(newest.body) if newest else Playbook.parse("")
    text = _read(file)
    playbook = Playbook.parse(text)
    if newest and digest(text) == _last_file(tx, team_id):
        return Playbook.from_json(newest.body)
    tx.add(
        PlaybookVersion(
            team_id=team_id,
            number=newest.number + 1 if newest else 1,
            body=playbook.to_json(),
            file_digest=digest(text),
            created_at=now,
        )
    )
    return playbook


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The playbook {file} cannot be read: {error}.") from error


def _newest(tx: Session, team_id: str) -> PlaybookVersion | None:
    return tx.scalars(_versions(team_id).limit(1)).first()


def _last_file(tx: Session, team_id: str) -> str | None:
    of_files = _versions(team_id).where(col(PlaybookVersion.file_digest).is_not(None))
    found = tx.scalars(of_files.limit(1)).first()
    return found.file_digest if found else None


def _versions(team_id: str) -> Select[PlaybookVersion]:
    newest_first = col(PlaybookVersion.number).desc()
    return (
        select(PlaybookVersion)
        .where(col(PlaybookVersion.team_id) == team_id)
        .order_by(newest_first)
    )
