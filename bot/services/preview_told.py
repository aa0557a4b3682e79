"""What people read of previews: the question, how it stands, what became of it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.delivery.courier import Hold
from bot.delivery.outbox import FOLDED
from bot.liaison import Liaison
from bot.models import Campaign, Message, MessageKind, Person, Preview, PreviewVoice
from bot.services.edition import NOW, OF_TEAM, READER, Edition, Page, page_of
from bot.services.hours import back_at_work
from bot.services.previews import latest_of, shown_of
from bot.views import previews as views
from bot.views.blocks import Block, Post
from bot.views.brief import Heading
from bot.views.previews import Shown


def of_campaign(
    tx: Session, liaison: Liaison, campaign: Campaign, by: str | None
) -> tuple[str, list[Block]]:
    """How its newest preview stands, in counts, and what `by` can press about it."""
    preview = latest_of(tx, campaign)
    if preview is None:
        return "", []
    shown, person = shown_of(tx, preview), by and tx.get(Person, (liaison.team_id, by))
    buttons: list[Block] = []
    if person and preview.closed_at is None:
        mine = [voice for voice in shown.voices if voice.person_id == person.id]
        for voice in mine:
            buttons += views.answer_buttons(preview, voice, whole=True)
        if queries.markets(person) or person.id == preview.owner_id:
            buttons.append(views.off_button(preview))
    return views.state_line(shown), buttons


def to_answer(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: campaigns its reader is asked about, and has said nothing of."""
    asked, more = page_of(tx, edition, _waiting, page)
    items = []
    for preview in asked:
        voice = tx.get_one(PreviewVoice, (preview.team_id, preview.id, edition.person.id))
        items.append(views.to_answer(shown_of(tx, preview), voice))
    return Heading("Campaigns to look at", tuple(items), more) if items else None


def _waiting() -> Select[Preview]:
    return select(Preview).where(_is_asked()).order_by(col(Preview.closes_at), col(Preview.id))


def previews_wait() -> ColumnElement[bool]:
    """Whether that part has something to act on."""
    return exists(select(col(Preview.id)).where(_is_asked()))


def _is_asked() -> ColumnElement[bool]:
    silent = select(col(PreviewVoice.preview_id)).where(
        col(PreviewVoice.team_id) == OF_TEAM,
        col(PreviewVoice.person_id) == READER,
        col(PreviewVoice.answer).is_(None),
    )
    is_open = col(Preview.closed_at).is_(None) & (col(Preview.closes_at) > NOW)
    return (col(Preview.team_id) == OF_TEAM) & is_open & col(Preview.id).in_(silent)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """The question, to one of those who are asked; nobody is asked after it closed."""
    shown, reader = _read_by(liaison, tx, message)
    voice = tx.get_one(PreviewVoice, (liaison.team_id, shown.preview.id, reader.id))
    if message.ts is None:
        if not shown.is_open or shown.preview.closes_at <= now or voice.answer:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.question(shown, voice)


def state_telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    shown, reader = _read_by(liaison, tx, message)
    is_news = message.ts is None and not message.is_answer
    opens = back_at_work(tx, liaison, reader, now) if is_news else None
    return Hold(opens) if opens else views.state(shown)


def alert_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """Not needed any more when all was dealt with before it could be read."""
    shown, reader = _read_by(liaison, tx, message)
    if message.ts is None:
        if all(voice.settled_at for voice in shown.concerns):
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.alert(shown)


def news_telling(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | None:
    """What became of it; nothing for whom nothing was asked yet, or who says otherwise since."""
    shown, reader = _read_by(liaison, tx, message)
    voice = tx.get_one(PreviewVoice, (liaison.team_id, shown.preview.id, reader.id))
    news = (message.about or "").split(":")[1]
    if message.ts is None:
        is_news = voice.settled_at if news == "settled" else _was_asked(tx, shown.preview, voice)
        if not is_news or (news == "moved" and not shown.is_open):
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    if news == "moved":
        return views.moved(shown, voice)
    return views.called_off(shown) if news == "off" else views.settled(shown, voice)


def _was_asked(tx: Session, preview: Preview, voice: PreviewVoice) -> bool:
    """Whether they have read the question, in a message or in a brief."""
    if voice.answer:
        return True
    asked = select(col(Message.id)).where(
        col(Message.team_id) == preview.team_id,
        col(Message.subject_id) == preview.id,
        col(Message.kind) == MessageKind.PREVIEW,
        col(Message.recipient_id) == voice.person_id,
        col(Message.ts).is_not(None) | (col(Message.dropped) == FOLDED),
    )
    return tx.scalars(asked).first() is not None


def _read_by(liaison: Liaison, tx: Session, message: Message) -> tuple[Shown, Person]:
    preview = tx.get_one(Preview, (liaison.team_id, message.subject_id))
    return shown_of(tx, preview), tx.get_one(Person, (liaison.team_id, message.recipient_id))
