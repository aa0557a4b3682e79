"""A campaign is shown to sales before its launch: who is asked, what they say, what comes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.campaigns import name_sign, slug
from bot.core.previews import MOST_ASKED, closes_at, earliest_launch, first_asked
from bot.db import insert_once
from bot.delivery.courier import Hold
from bot.delivery.messages import revise, revise_lists, revise_those
from bot.delivery.outbox import FOLDED
from bot.delivery.sayings import Saying, Tale, say, say_to, say_to_person
from bot.errors import BadField, BadFields, NotAllowed, NotListed, Refused, TooLate
from bot.identity import new_id
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
from bot.services.campaigns import (
    NAME,
    NO_ORIGIN,
    check_marketer,
    exactly_called,
    found_by_name,
    members,
    owner,
    roots,
)
from bot.services.edition import NOW, OF_TEAM, READER, Edition, Page, page_of
from bot.services.hours import back_at_work
from bot.services.recognition import enter
from bot.views import ids
from bot.views import previews as views
from bot.views.blocks import Block, Post, escape, foreign, when
from bot.views.brief import Heading
from bot.views.previews import Draft, Shown

AT_ONCE = 50
NO_NAME = "Write the campaign's name too, such as `/campaign preview Spring webinar`."
_TO_OWNER = (MessageKind.PREVIEW_STATE, MessageKind.PREVIEW_ALERT)


class NoSuchPreview(Refused):
    """This preview is not here any more."""


@dataclass(frozen=True)
class Filled:
    """A filled-in form, untrusted; None = left empty. The day is an ISO date."""

    name: str | None
    audience: str | None
    offer: str | None
    launches_on: str | None
    follow_up: str | None
    talk_track: str | None
    asked: Sequence[str]


def look_to_put(liaison: Liaison, typed: str, by: str) -> Draft:
    """What is known of the campaign of this name, and who would be asked. Raises `NoSuchCampaign`
    when several could be meant."""
    name = " ".join(typed.split())
    with liaison.reading() as tx:
        check_marketer(tx, liaison.team_id, by)
        if not name or slug(name) == slug(NO_ORIGIN):
            raise Refused(NO_NAME)
        campaign = found_by_name(tx, liaison.team_id, name)
        if campaign and (standing := _open_of(tx, campaign)):
            raise TooLate(_already(campaign, standing))
        return Draft(
            name=campaign.name if campaign else name[:NAME],
            campaign=campaign,
            asked=_usually_asked(tx, liaison.team_id),
            most_asked=MOST_ASKED,
        )


def _open_of(tx: Session, campaign: Campaign) -> Preview | None:
    latest = _latest(tx, campaign)
    return latest if latest and latest.closed_at is None else None


def _latest(tx: Session, campaign: Campaign) -> Preview | None:
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


def _already(campaign: Campaign, standing: Preview) -> str:
    name = foreign(campaign.name, 60)
    until = when(standing.closes_at)
    return f"“{name}” is with sales already, until {until}; `/campaign {name}` shows how it stands."


def _usually_asked(tx: Session, team_id: str) -> list[str]:
    reps = tx.scalars(
        select(Person).where(
            col(Person.team_id) == team_id,
            col(Person.team) == queries.SALES,
            col(Person.is_active),
        )
    ).all()
    asked = tx.execute(
        select(col(PreviewVoice.person_id), func.max(col(Preview.put_at)))
        .join(
            Preview,
            (col(Preview.team_id) == PreviewVoice.team_id)
            & (col(Preview.id) == PreviewVoice.preview_id),
        )
        .where(col(PreviewVoice.team_id) == team_id)
        .group_by(col(PreviewVoice.person_id))
    )
    last = {person_id: at for person_id, at in asked}
    return first_asked(
        (person.id, person.name, last.get(person.id)) for person in reps if "rep" in person.roles
    )


def put(liaison: Liaison, filled: Filled, by: str) -> Shown:
    """Put a campaign to sales: its brief is kept with it, everybody who is asked gets one message,
    its owner one in which the answers come in. Raises `BadFields`."""
    now = liaison.now()
    with liaison.transaction() as tx:
        check_marketer(tx, liaison.team_id, by)
        brief = _checked(tx, liaison, filled, now)
        campaign = exactly_called(tx, liaison.team_id, brief.name)
        if campaign is None:
            campaign = _entered(tx, liaison, brief.name, by, now)
        if campaign.ends_on and campaign.ends_on < brief.launches_on:
            last = views.day(campaign.ends_on)
            raise BadField(ids.STARTS_ON, f"Choose a day up to its last one, {last}.")
        if standing := _open_of(tx, campaign):
            raise TooLate(_already(campaign, standing))
        _keep(campaign, brief, now)
        reads = owner(tx, liaison, campaign)
        closes = closes_at(liaison.playbook.hours.timezone, brief.launches_on)
        preview = Preview(
            team_id=liaison.team_id,
            id=new_id(now),
            campaign_id=campaign.id,
            put_by=by,
            put_at=now,
            owner_id=reads.id if reads and queries.is_listed(reads) else by,
            audience=brief.audience,
            offer=brief.offer,
            launches_on=brief.launches_on,
            follow_up=brief.follow_up,
            talk_track=brief.talk_track,
            closes_at=closes,
            close_check_at=closes,
        )
        tx.flush()
        if not insert_once(tx, preview):
            raise TooLate(f"“{foreign(campaign.name, 60)}” was put to sales a moment ago.")
        for person in brief.asked:
            tx.add(
                PreviewVoice(team_id=liaison.team_id, preview_id=preview.id, person_id=person.id)
            )
        tx.flush()
        _ask(tx, liaison, preview, brief.asked, now)
        return _shown(tx, preview)


@dataclass(frozen=True)
class _Brief:
    """A form that was found right."""

    name: str
    audience: str
    offer: str
    launches_on: date
    follow_up: str
    talk_track: str | None
    asked: Sequence[Person]


def _checked(tx: Session, liaison: Liaison, filled: Filled, now: datetime) -> _Brief:
    """Raises `BadFields` with every fault."""
    faults: dict[str, str] = {}
    name = " ".join((filled.name or "").split())
    if not 0 < len(name) <= NAME or slug(name) == slug(NO_ORIGIN):
        faults[ids.CAMPAIGN_NAME] = f"Write a name of at most {NAME} characters."
    told = {}
    for field, words, missing in (
        (ids.AUDIENCE, filled.audience, "Write who it is for."),
        (ids.CAMPAIGN_OFFER, filled.offer, "Write what it offers."),
        (ids.FOLLOW_UP, filled.follow_up, "Write how sales follows up."),
        (ids.TALK_TRACK, filled.talk_track, ""),
    ):
        told[field] = (words or "").strip()
        if missing and not told[field]:
            faults[field] = missing
        elif len(told[field]) > views.LONGEST:
            faults[field] = f"Please keep it under {views.LONGEST} characters."
    launches_on = _launch(liaison.playbook.hours.timezone, filled.launches_on, now, faults)
    asked = _people(tx, liaison, filled.asked, faults)
    if faults or launches_on is None:
        raise BadFields(faults)
    return _Brief(
        name,
        told[ids.AUDIENCE],
        told[ids.CAMPAIGN_OFFER],
        launches_on,
        told[ids.FOLLOW_UP],
        told[ids.TALK_TRACK] or None,
        asked,
    )


def _launch(zone: str, picked: str | None, now: datetime, faults: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(picked or "")
    except ValueError:
        faults[ids.STARTS_ON] = "Choose the day of the launch."
        return None
    first = earliest_launch(zone, now)
    if day < first:
        faults[ids.STARTS_ON] = (
            f"A preview closes 48 hours before the launch: choose {views.day(first)} or later."
        )
    return day


def _people(
    tx: Session, liaison: Liaison, chosen: Iterable[str], faults: dict[str, str]
) -> list[Person]:
    asked = [tx.get(Person, (liaison.team_id, each)) for each in dict.fromkeys(chosen)]
    if not 0 < len(asked) <= MOST_ASKED:
        faults[ids.PREVIEW_ASKED] = f"Choose one to {MOST_ASKED} people of sales."
    elif not all(person and queries.sells(person) for person in asked):
        faults[ids.PREVIEW_ASKED] = "Choose reps and managers of sales alone."
    return [person for person in asked if person]


def _entered(tx: Session, liaison: Liaison, name: str, by: str, now: datetime) -> Campaign:
    """A campaign before its first lead, which is recognised by this name."""
    entered = enter(tx, liaison.team_id, [name_sign(name)], now)
    campaign = roots(tx, liaison.team_id)[entered]
    if campaign.created_at == now:
        campaign.owner_id = by
    return campaign


def _keep(campaign: Campaign, brief: _Brief, now: datetime) -> None:
    """The brief is the campaign's from now on."""
    before = (campaign.audience, campaign.offer)
    campaign.audience, campaign.offer = brief.audience, brief.offer
    campaign.follow_up, campaign.talk_track = brief.follow_up, brief.talk_track
    campaign.starts_on = brief.launches_on
    if before != (campaign.audience, campaign.offer):
        campaign.changed_at = now


def _ask(
    tx: Session, liaison: Liaison, preview: Preview, asked: Iterable[Person], now: datetime
) -> None:
    """Everybody once, inside their hours; and the owner's message, at once where they asked."""
    for person in asked:
        held = back_at_work(tx, liaison, person, now)
        say_to_person(tx, liaison, person.id, MessageKind.PREVIEW, preview.id, hold_until=held)
    reads = tx.get_one(Person, (preview.team_id, preview.owner_id))
    is_answer = preview.owner_id == preview.put_by
    held = None if is_answer else back_at_work(tx, liaison, reads, now)
    kind = MessageKind.PREVIEW_STATE
    saying = Saying(f"{kind}:{preview.id}", kind, preview.id, reads.id, is_answer=is_answer)
    say(tx, liaison, saying, hold_until=held)


def _shown(tx: Session, preview: Preview) -> Shown:
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


def look(liaison: Liaison, preview_id: str) -> Shown:
    """Anybody may read the brief."""
    with liaison.reading() as tx:
        preview = tx.get(Preview, (liaison.team_id, preview_id))
        if preview is None:
            raise NoSuchPreview
        return _shown(tx, preview)


def look_to_answer(liaison: Liaison, preview_id: str, by: str) -> tuple[Shown, PreviewVoice]:
    """The preview and what they said so far; refuses before rather than after."""
    with liaison.reading() as tx:
        preview, voice = _theirs(tx, liaison, preview_id, by, liaison.now())
        return _shown(tx, preview), voice


def answer(
    liaison: Liaison, preview_id: str, by: str, said: PreviewAnswer, words: str | None = None
) -> None:
    """Say OK, or what should change first; until it closes the last answer counts."""
    concern = said is PreviewAnswer.CONCERN
    told = _told(words, ids.PREVIEW_WORDS, "Write what should change first.") if concern else None
    now = liaison.now()
    with liaison.transaction() as tx:
        preview, voice = _theirs(tx, liaison, preview_id, by, now)
        if (voice.answer, voice.words) == (said, told):
            return
        voice.answer, voice.words, voice.answered_at = said, told, now
        voice.settled_at = voice.settled_by = voice.change = None
        _show_again(tx, liaison, preview, by)


def _told(words: str | None, field: str, missing: str) -> str:
    told = " ".join((words or "").split())
    if not told:
        raise BadField(field, missing)
    if len(told) > views.WORDS:
        raise BadField(field, f"Please keep it under {views.WORDS} characters.")
    return told


def _theirs(
    tx: Session, liaison: Liaison, preview_id: str, by: str, now: datetime
) -> tuple[Preview, PreviewVoice]:
    """The preview, locked, and the voice of `by` in it, while it may be raised."""
    preview = _locked(tx, liaison, preview_id)
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


def _locked(tx: Session, liaison: Liaison, preview_id: str) -> Preview:
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


def look_to_settle(
    liaison: Liaison, preview_id: str, person_id: str, by: str
) -> tuple[Shown, PreviewVoice]:
    """The concern of this person, when `by` may say what became of it."""
    with liaison.reading() as tx:
        preview, voice = _concern(tx, liaison, preview_id, person_id, by)
        return _shown(tx, preview), voice


def settle(liaison: Liaison, preview_id: str, person_id: str, by: str, words: str | None) -> None:
    """Say what was changed because of a concern; whoever raised it hears."""
    change = _told(words, ids.PREVIEW_CHANGE, "Write what was changed.")
    now = liaison.now()
    with liaison.transaction() as tx:
        preview, voice = _concern(tx, liaison, preview_id, person_id, by)
        voice.settled_at, voice.settled_by, voice.change = now, by, change
        tx.flush()
        if person_id != by:
            _tell_news(tx, liaison, preview, person_id, f"settled:{now.isoformat()}", now)
        _show_again(tx, liaison, preview, person_id)


def _concern(
    tx: Session, liaison: Liaison, preview_id: str, person_id: str, by: str
) -> tuple[Preview, PreviewVoice]:
    preview = _locked(tx, liaison, preview_id)
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


def _tell_news(
    tx: Session, liaison: Liaison, preview: Preview, person_id: str, news: str, now: datetime
) -> None:
    person = tx.get_one(Person, (preview.team_id, person_id))
    held = back_at_work(tx, liaison, person, now)
    tale = Tale(MessageKind.PREVIEW_NEWS, preview.id, f"{preview.id}:{news}")
    say_to(tx, liaison, tale, person_id, hold_until=held)


def look_to_call_off(liaison: Liaison, preview_id: str, by: str) -> Shown:
    with liaison.reading() as tx:
        return _shown(tx, _to_call_off(tx, liaison, preview_id, by))


def call_off(liaison: Liaison, preview_id: str, by: str, words: str | None) -> None:
    """Ask nobody any more; whoever has read the question hears why."""
    said = _told(words, ids.PREVIEW_OFF_WORDS, "Write a word to those who are asked.")
    now = liaison.now()
    with liaison.transaction() as tx:
        preview = _to_call_off(tx, liaison, preview_id, by)
        preview.called_off_by, preview.called_off_words = by, said
        _close(tx, liaison, preview, now)
        for voice in _shown(tx, preview).voices:
            if voice.person_id != by:
                _tell_news(tx, liaison, preview, voice.person_id, "off", now)


def _to_call_off(tx: Session, liaison: Liaison, preview_id: str, by: str) -> Preview:
    preview = _locked(tx, liaison, preview_id)
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
    for voice in _shown(tx, preview).voices:
        revise_lists(tx, liaison, voice.person_id)


def close_previews(liaison: Liaison) -> int:
    """Close what is at its deadline; the owner is alerted of concerns that are open. Says how
    many were closed."""
    now = liaison.now()
    asked = {"team_id": liaison.team_id, "now": now}
    with liaison.reading() as tx:
        # Asked first, because an idle tick should not take the writers' lock.
        if tx.scalars(_closing().limit(1), asked).first() is None:
            return 0
    with liaison.transaction() as tx:
        closing = tx.scalars(_closing().with_for_update(skip_locked=True), asked).all()
        for preview in closing:
            _close(tx, liaison, preview, now)
            if any(voice.settled_at is None for voice in _shown(tx, preview).concerns):
                reads = tx.get_one(Person, (preview.team_id, preview.owner_id))
                held = back_at_work(tx, liaison, reads, now)
                kind = MessageKind.PREVIEW_ALERT
                say_to_person(tx, liaison, reads.id, kind, preview.id, hold_until=held)
        return len(closing)


@cache
def _closing() -> Select[Preview]:
    """Built once: every tick asks it."""
    is_due = col(Preview.close_check_at) <= bindparam("now")
    return (
        select(Preview).where(col(Preview.team_id) == bindparam("team_id"), is_due).limit(AT_ONCE)
    )


def of_campaign(
    tx: Session, liaison: Liaison, campaign: Campaign, by: str | None
) -> tuple[str, list[Block]]:
    """How its newest preview stands, in counts, and what `by` can press about it."""
    preview = _latest(tx, campaign)
    if preview is None:
        return "", []
    shown, person = _shown(tx, preview), by and tx.get(Person, (liaison.team_id, by))
    buttons: list[Block] = []
    if person and preview.closed_at is None:
        mine = [voice for voice in shown.voices if voice.person_id == person.id]
        for voice in mine:
            buttons += views.answer_buttons(preview, voice, whole=True)
        if queries.markets(person) or person.id == preview.owner_id:
            buttons.append(views.off_button(preview))
    return views.state_line(shown), buttons


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


def to_answer(tx: Session, _liaison: Liaison, edition: Edition, page: Page) -> Heading | None:
    """A part of the brief: campaigns its reader is asked about, and has said nothing of."""
    asked, more = page_of(tx, edition, _waiting, page)
    items = []
    for preview in asked:
        voice = tx.get_one(PreviewVoice, (preview.team_id, preview.id, edition.person.id))
        items.append(views.to_answer(_shown(tx, preview), voice))
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
    is_off = (message.about or "").endswith(":off")
    if message.ts is None:
        if not (_was_asked(tx, shown.preview, voice) if is_off else voice.settled_at):
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    return views.called_off(shown) if is_off else views.settled(shown, voice)


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
    return _shown(tx, preview), tx.get_one(Person, (liaison.team_id, message.recipient_id))
