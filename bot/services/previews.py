"""A campaign is shown to sales before its launch: what they say, and what comes of it."""

from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.previews import closes_at, earliest_launch
from bot.delivery import homes
from bot.delivery.messages import revise, revise_lists, revise_those
from bot.delivery.sayings import Tale, say_to, say_to_person
from bot.errors import BadField, NotAllowed, NotListed, Refused, TooLate
from bot.liaison import Liaison
from bot.models import (
    Campaign,
    Message,
    MessageKind,
    Person,
    Preview,
    PreviewAnswer,
    PreviewVoice,
)
from bot.queries.due import NOW, OF_TEAM
from bot.services.campaigns import check_marketer, members
from bot.services.due import take
from bot.services.hours import back_at_work
from bot.services.wording import worded
from bot.views import ids
from bot.views import previews as views
from bot.views.blocks import escape, when
from bot.views.previews import Shown

_TO_OWNER = (MessageKind.PREVIEW_STATE, MessageKind.PREVIEW_ALERT)


class NoSuchPreview(Refused):
    """This preview is not here any more."""


def shown_of(tx: Session, preview: Preview) -> Shown:
    voices = tx.scalars(
        select(PreviewVoice).where(
            col(PreviewVoice.team_id) == preview.team_id,
            col(PreviewVoice.preview_id) == preview.id,
        )
    ).all()
    people = {voice.person_id for voice in voices} | {voice.settled_by for voice in voices}
    people |= {preview.put_by, preview.owner_id, preview.called_off_by}
    names = queries.names_of(tx, preview.team_id, {each for each in people if each})
    campaign = tx.get_one(Campaign, (preview.team_id, preview.campaign_id))
    by_name = sorted(voices, key=lambda voice: (names[voice.person_id], voice.person_id))
    return Shown(preview, campaign.name, by_name, names)


def latest_of(tx: Session, campaign: Campaign) -> Preview | None:
    """Of it and of all that were merged into it: the open one, else the newest."""
    return tx.scalars(
        select(Preview)
        .where(
            col(Preview.team_id) == campaign.team_id,
            col(Preview.campaign_id).in_(members(tx, campaign)),
        )
        .order_by(col(Preview.closed_at).is_not(None), col(Preview.id).desc())
        .limit(1)
    ).first()


def open_of(tx: Session, campaign: Campaign) -> Preview | None:
    latest = latest_of(tx, campaign)
    return latest if latest and latest.closed_at is None else None


def look(liaison: Liaison, preview_id: str) -> Shown:
    """Anybody may read the brief."""
    with liaison.reading() as tx:
        preview = tx.get(Preview, (liaison.team_id, preview_id))
        if preview is None:
            raise NoSuchPreview
        return shown_of(tx, preview)


def look_to_answer(liaison: Liaison, preview_id: str, by: str) -> tuple[Shown, PreviewVoice]:
    """The preview and what they said so far; refuses before rather than after."""
    with liaison.reading() as tx:
        preview, voice = _theirs(tx, liaison, preview_id, by, liaison.now())
        return shown_of(tx, preview), voice


def answer(
    liaison: Liaison, preview_id: str, by: str, said: PreviewAnswer, words: str | None = None
) -> None:
    """Say OK, or what should change first; until it closes the last answer counts."""
    concern = said is PreviewAnswer.CONCERN
    told = (
        worded(words, ids.PREVIEW_WORDS, "Write what should change first.", views.WORDS)
        if concern
        else None
    )
    now = liaison.now()
    with liaison.transaction() as tx:
        preview, voice = _theirs(tx, liaison, preview_id, by, now)
        if (voice.answer, voice.words) == (said, told):
            return
        voice.answer, voice.words, voice.answered_at = said, told, now
        voice.settled_at = voice.settled_by = voice.change = None
        _show_again(tx, liaison, preview, by)


def _theirs(
    tx: Session, liaison: Liaison, preview_id: str, by: str, now: datetime
) -> tuple[Preview, PreviewVoice]:
    """The preview, locked, and the voice of `by` in it, while it may be raised."""
    preview = locked(tx, liaison, preview_id)
    person = tx.get(Person, (liaison.team_id, by))
    if person is None or not person.is_active or not queries.is_listed(person):
        raise NotListed
    voice = tx.get(PreviewVoice, (liaison.team_id, preview_id, by))
    reads = escape(tx.get_one(Person, (liaison.team_id, preview.owner_id)).name)
    if voice is None:
        raise NotAllowed(f"Others are asked this time; tell {reads} what you think of it.")
    if preview.called_off_by:
        raise TooLate("This preview was called off; there is nothing to answer any more.")
    if preview.closed_at or preview.closes_at <= now:
        raise TooLate(f"This preview closed {when(preview.closes_at)}; tell {reads} directly.")
    return preview, voice


def locked(tx: Session, liaison: Liaison, preview_id: str) -> Preview:
    preview = tx.get(Preview, (liaison.team_id, preview_id), with_for_update=True)
    if preview is None:
        raise NoSuchPreview
    return preview


def _show_again(tx: Session, liaison: Liaison, preview: Preview, person_id: str) -> None:
    """What its owner reads, and what this person was asked, in a message or in their brief."""
    theirs = (col(Message.kind) == MessageKind.PREVIEW) & (col(Message.recipient_id) == person_id)
    shown = col(Message.kind).in_(_TO_OWNER) | theirs
    revise_those(tx, liaison, (col(Message.subject_id) == preview.id) & shown)
    revise_lists(tx, liaison, person_id)
    homes.note_for_all(tx, liaison, preview.id)


def look_to_settle(
    liaison: Liaison, preview_id: str, person_id: str, by: str
) -> tuple[Shown, PreviewVoice]:
    """The concern of this person, when `by` may say what became of it."""
    with liaison.reading() as tx:
        preview, voice = _concern(tx, liaison, preview_id, person_id, by)
        return shown_of(tx, preview), voice


def settle(liaison: Liaison, preview_id: str, person_id: str, by: str, words: str | None) -> None:
    """Say what was changed because of a concern; whoever raised it hears."""
    change = worded(words, ids.PREVIEW_CHANGE, "Write what was changed.", views.WORDS)
    now = liaison.now()
    with liaison.transaction() as tx:
        preview, voice = _concern(tx, liaison, preview_id, person_id, by)
        voice.settled_at, voice.settled_by, voice.change = now, by, change
        tx.flush()
        if person_id != by:
            tell_news(tx, liaison, preview, person_id, f"settled:{now.isoformat()}", now)
        _show_again(tx, liaison, preview, person_id)


def _concern(
    tx: Session, liaison: Liaison, preview_id: str, person_id: str, by: str
) -> tuple[Preview, PreviewVoice]:
    preview = locked(tx, liaison, preview_id)
    if by != preview.owner_id:
        check_marketer(tx, liaison.team_id, by)
    voice = tx.get(PreviewVoice, (liaison.team_id, preview_id, person_id))
    if voice is None:
        raise NoSuchPreview
    if preview.called_off_by:
        raise TooLate("This preview was called off; its concerns are not open any more.")
    if voice.answer is not PreviewAnswer.CONCERN:
        raise TooLate("This concern was taken back: they say OK now.")
    if voice.settled_at:
        first = tx.get_one(Person, (liaison.team_id, voice.settled_by))
        name = "You" if first.id == by else escape(first.name)
        raise TooLate(f"{name} dealt with this already, {when(voice.settled_at)}.")
    return preview, voice


def tell_news(
    tx: Session, liaison: Liaison, preview: Preview, person_id: str, news: str, now: datetime
) -> None:
    person = tx.get_one(Person, (preview.team_id, person_id))
    held = back_at_work(tx, liaison, person, now)
    tale = Tale(MessageKind.PREVIEW_NEWS, preview.id, f"{preview.id}:{news}")
    say_to(tx, liaison, tale, person_id, hold_until=held)


def look_to_call_off(liaison: Liaison, preview_id: str, by: str) -> Shown:
    with liaison.reading() as tx:
        return shown_of(tx, _to_call_off(tx, liaison, preview_id, by))


def call_off(liaison: Liaison, preview_id: str, by: str, words: str | None) -> None:
    """Ask nobody any more; whoever has read the question hears why."""
    said = worded(words, ids.PREVIEW_OFF_WORDS, "Write a word to those who are asked.", views.WORDS)
    now = liaison.now()
    with liaison.transaction() as tx:
        preview = _to_call_off(tx, liaison, preview_id, by)
        preview.called_off_by, preview.called_off_words = by, said
        _close(tx, liaison, preview, now)
        for voice in shown_of(tx, preview).voices:
            if voice.person_id != by:
                tell_news(tx, liaison, preview, voice.person_id, "off", now)


def _to_call_off(tx: Session, liaison: Liaison, preview_id: str, by: str) -> Preview:
    preview = locked(tx, liaison, preview_id)
    if by != preview.owner_id:
        check_marketer(tx, liaison.team_id, by)
    if preview.called_off_by:
        first = tx.get_one(Person, (liaison.team_id, preview.called_off_by))
        name = "You" if first.id == by else escape(first.name)
        raise TooLate(f"{name} called this preview off already.")
    if preview.closed_at:
        raise TooLate(
            f"This preview closed {when(preview.closes_at)}; there is nothing to call off."
        )
    return preview


def _close(tx: Session, liaison: Liaison, preview: Preview, now: datetime) -> None:
    """Every message of it is one that takes no answer any more."""
    preview.closed_at, preview.close_check_at = now, None
    tx.flush()
    revise(tx, liaison, preview.id)
    homes.note_for_all(tx, liaison, preview.id)
    for voice in shown_of(tx, preview).voices:
        revise_lists(tx, liaison, voice.person_id)


def move_launch(tx: Session, liaison: Liaison, campaign: Campaign, now: datetime) -> None:
    """The campaign's first day was written down anew: an open preview closes by it, and everybody
    who was asked hears. Raises `BadField` where that day leaves no time to answer."""
    preview = open_of(tx, campaign)
    if preview is None or preview.launches_on == campaign.starts_on:
        return
    zone = liaison.playbook.hours.timezone
    day, first = campaign.starts_on, earliest_launch(zone, now)
    if day is None or day < first:
        sentence = f"Sales is asked about it until 48 hours before: choose {views.day(first)} or"
        raise BadField(ids.STARTS_ON, f"{sentence} later, or call off its preview first.")
    preview.launches_on, preview.closes_at = day, closes_at(zone, day)
    preview.close_check_at = preview.closes_at
    tx.flush()
    revise(tx, liaison, preview.id)
    homes.note_for_all(tx, liaison, preview.id)
    for voice in shown_of(tx, preview).voices:
        tell_news(tx, liaison, preview, voice.person_id, f"moved:{day}:{now.isoformat()}", now)
        revise_lists(tx, liaison, voice.person_id)


def close_previews(liaison: Liaison) -> int:
    """Close what is at its deadline; the owner is alerted of concerns that are open. Says how
    many were closed."""

    def close_due(tx: Session, preview: Preview, now: datetime) -> None:
        _close(tx, liaison, preview, now)
        if any(voice.settled_at is None for voice in shown_of(tx, preview).concerns):
            reads = tx.get_one(Person, (preview.team_id, preview.owner_id))
            held = back_at_work(tx, liaison, reads, now)
            kind = MessageKind.PREVIEW_ALERT
            say_to_person(tx, liaison, reads.id, kind, preview.id, hold_until=held)

    return take(liaison, due_now(), close_due)


@cache
def due_now() -> Select[Preview]:
    """Built once: every tick asks it."""
    is_due = col(Preview.close_check_at) <= NOW
    return select(Preview).where(col(Preview.team_id) == OF_TEAM, is_due)


def open_concerns(tx: Session, team_id: str) -> list[tuple[date, str, str]]:
    """What nobody has dealt with of previews that closed: the day of the launch, the campaign's
    name, and the concern; the next launch first."""
    of_preview = (col(PreviewVoice.team_id) == Preview.team_id) & (
        col(PreviewVoice.preview_id) == Preview.id
    )
    of_campaign = (col(Campaign.team_id) == Preview.team_id) & (
        col(Campaign.id) == Preview.campaign_id
    )
    found = (
        select(col(Preview.launches_on), col(Campaign.name), col(PreviewVoice.words))
        .join(PreviewVoice, of_preview)
        .join(Campaign, of_campaign)
        .where(
            col(Preview.team_id) == team_id,
            col(Preview.closed_at).is_not(None),
            col(Preview.called_off_by).is_(None),
            col(PreviewVoice.answer) == PreviewAnswer.CONCERN,
            col(PreviewVoice.settled_at).is_(None),
        )
        .order_by(col(Preview.launches_on), col(Preview.id), col(PreviewVoice.answered_at))
    )
    return [(day, name, words or "") for day, name, words in tx.execute(found)]
