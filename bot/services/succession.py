"""What waits for somebody who is gone: their manager answers it, else an admin."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from bot import queries
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.liaison import Liaison
from bot.models import Ask, Dispute, Flag, MessageKind, Person, Preview
from bot.services import asks, disputes, flags
from bot.services.hours import back_at_work


def pass_to_successors(tx: Session, liaison: Liaison) -> None:
    """Questions, flags, previews and disputes that are open, and with nobody who is here. Their
    due times stay: that is what was promised."""
    now, team_id = liaison.now(), liaison.team_id
    tx.flush()
    open_asks = col(Ask.answered_at).is_(None) & (col(Ask.question) != "")
    for asked in tx.scalars(select(Ask).where(open_asks, _is_gone(team_id, col(Ask.receiver_id)))):
        if to := _successor(tx, team_id, asked.receiver_id):
            asked.receiver_id = to.id
            asks.tell(tx, liaison, asked, to, now)
    open_flags = col(Flag.closed_at).is_(None) & _is_gone(team_id, col(Flag.receiver_id))
    for flag in tx.scalars(select(Flag).where(open_flags)):
        if to := _successor(tx, team_id, flag.receiver_id):
            flag.receiver_id = to.id
            flags.tell(tx, liaison, flag, to.id, now)
    open_previews = col(Preview.closed_at).is_(None) & _is_gone(team_id, col(Preview.owner_id))
    for preview in tx.scalars(select(Preview).where(open_previews)):
        if to := _successor(tx, team_id, preview.owner_id):
            preview.owner_id = to.id
            _show(tx, liaison, preview, to, now)
    unsettled = col(Dispute.settled_at).is_(None) & _is_gone(team_id, col(Dispute.receiver_id))
    for contested in tx.scalars(select(Dispute).where(unsettled, col(Dispute.words) != "")):
        disputes.pass_on(liaison, tx, contested, now)


def _is_gone(team_id: str, person_id: Mapped[str]) -> ColumnElement[bool]:
    """Deactivated in Slack, or no longer in the playbook."""
    is_gone = ~col(Person.is_active) | col(Person.team).is_(None)
    gone = select(col(Person.id)).where(col(Person.team_id) == team_id, is_gone)
    return person_id.in_(gone)


def _successor(tx: Session, team_id: str, person_id: str) -> Person | None:
    """None = nobody else is there."""
    gone = tx.get_one(Person, (team_id, person_id))
    found = queries.decider_for(tx, gone, queries.MARKETING)
    return found if found and found.id != person_id else None


def _show(tx: Session, liaison: Liaison, preview: Preview, to: Person, now: datetime) -> None:
    """What sales says of it so far, and from now on."""
    kind = MessageKind.PREVIEW_STATE
    saying = Saying(f"{kind}:{preview.id}:{to.id}", kind, preview.id, to.id)
    say(tx, liaison, saying, hold_until=back_at_work(tx, liaison, to, now))
    tx.flush()
    revise(tx, liaison, preview.id)
