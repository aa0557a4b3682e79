"""What becomes of messages when an answer is taken back."""

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.db import rows_changed
from bot.liaison import TELLS, Liaison
from bot.models import NEXT_BRIEF, History, Message, MessageKind, Run


def withdraw(tx: Session, line: History, recipient_id: str) -> bool:
    """Take back a note that did not go out yet; False = it is out, or on its way."""
    unsent = update(Message).where(
        col(Message.team_id) == line.team_id,
        col(Message.key) == f"{MessageKind.NOTE}:{line.id}:{recipient_id}",
        col(Message.ts).is_(None),
        col(Message.lease).is_(None),
        col(Message.is_unclear).is_(False),
        col(Message.brief_id).is_(None) | (col(Message.brief_id) == NEXT_BRIEF),
    )
    withdrawn = unsent.values(dropped="taken back", send_at=None, hold_until=None, brief_id=None)
    return rows_changed(tx, withdrawn) == 1


def retire(tx: Session, run: Run) -> None:
    """A run that is undone: its messages belong to none any more, and their keys are free."""
    undone = Message.key + ":undone:" + Message.id
    tx.execute(update(Message).where(_of_run(run)).values(run=None, key=undone))


def revive(tx: Session, liaison: Liaison, run: Run) -> None:
    """Queue a run's first DM again, when it was not sent because the run seemed over."""
    _revive(tx, liaison, _of_run(run) & (col(Message.kind) == MessageKind.LEAD_DM))


def revive_offer(tx: Session, liaison: Liaison, offer_id: str) -> None:
    """Queue the DM of an offer again, when it was not sent because the offer seemed over."""
    of_offer = (col(Message.kind) == MessageKind.OFFER) & (col(Message.about) == offer_id)
    _revive(tx, liaison, (col(Message.team_id) == liaison.team_id) & of_offer)


def _revive(tx: Session, liaison: Liaison, which: ColumnElement[bool]) -> None:
    tx.info[TELLS] = True
    unsent = update(Message).where(
        which, col(Message.ts).is_(None), col(Message.dropped).is_not(None)
    )
    again = unsent.values(dropped=None, brief_id=None, send_at=liaison.wall())
    tx.execute(again.execution_options(synchronize_session=False))


def _of_run(run: Run) -> ColumnElement[bool]:
    return (
        (col(Message.team_id) == run.team_id)
        & (col(Message.subject_id) == run.handoff_id)
        & (col(Message.run) == run.number)
    )
