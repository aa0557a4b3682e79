"""Why a message reaches its reader: one sentence, by the rule or the playbook's value behind it.

Every kind of message stands in exactly one of the four tables below.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.history import Line
from bot.core.sla import Recipient
from bot.delivery.courier import Telling, Told
from bot.liaison import Liaison
from bot.models import (
    Absence,
    Ask,
    Dispute,
    Flag,
    History,
    Message,
    MessageKind,
    Offer,
    Person,
    Preview,
)
from bot.services.asks import ANSWERED_WITHIN
from bot.views import whys as views
from bot.views.blocks import Post

IN_A_CHANNEL = frozenset(
    {
        MessageKind.CARD,
        MessageKind.ANYONE,
        MessageKind.BATCH_CARD,
        MessageKind.BATCH_ANYONE,
        MessageKind.WON,
        MessageKind.CAMPAIGN,
        MessageKind.REPORT,
        MessageKind.AGENDA,
        MessageKind.STANDUP_START,
        MessageKind.MINUTES,
        MessageKind.ITEMS,
        MessageKind.ADDED,
    }
)
"""Said to everybody there, and to nobody in particular."""
BY_A_BUTTON = frozenset(
    {
        MessageKind.LEAD_DM,
        MessageKind.NUDGE,
        MessageKind.FOLLOW_UP,
        MessageKind.BATCH_LIST,
        MessageKind.BATCH_NUDGE,
    }
)
"""They have *Why me?*, because they are read many times a day."""
BY_ITSELF = frozenset({MessageKind.LINK})
"""The question tells why it is asked."""


Why = Callable[[Liaison, Session, Message], str]


def _name(tx: Session, message: Message, person_id: str | None) -> str:
    person = tx.get(Person, (message.team_id, person_id)) if person_id else None
    return person.name if person else "Somebody"


def _brief(liaison: Liaison, _tx: Session, _message: Message) -> str:
    return views.of_a_brief(liaison.playbook.attention.cap)


_BY_LINE = {
    Line.GOT_IT.value: views.NAMED_TO_GO_ON,
    Line.HAD_IT.value: views.NAMED_AS_HAVING_IT,
    Line.DECLINED.value: views.ASKED_A_COLLEAGUE,
    Line.UNDONE.value: views.HEARD_OF_IT_BEFORE,
    Line.CRM_OWNER.value: views.HAD_THE_LEAD,
}


def _note(_liaison: Liaison, tx: Session, message: Message) -> str:
    line = tx.get_one(History, (message.team_id, message.about))
    return _BY_LINE.get(line.kind, views.HAS_THE_LEAD)


def _flag(_liaison: Liaison, tx: Session, message: Message) -> str:
    flag = tx.get_one(Flag, (message.team_id, message.subject_id))
    days = ANSWERED_WITHIN.days
    if flag.receiver_id == message.recipient_id:
        return views.answers_for_the_campaign(days)
    return views.manages_who_was_asked(_name(tx, message, flag.receiver_id), days)


def _flag_news(_liaison: Liaison, tx: Session, message: Message) -> str:
    flag = tx.get_one(Flag, (message.team_id, message.subject_id))
    is_raiser = flag.raised_by == message.recipient_id
    return views.RAISED_THE_FLAG if is_raiser else views.RATED_ITS_LEADS


def _preview(_liaison: Liaison, tx: Session, message: Message) -> str:
    preview = tx.get_one(Preview, (message.team_id, message.subject_id))
    return views.asked_before_launch(_name(tx, message, preview.put_by))


def _preview_owner(_liaison: Liaison, tx: Session, message: Message) -> str:
    preview = tx.get_one(Preview, (message.team_id, message.subject_id))
    put_it = preview.put_by == message.recipient_id
    return views.PUT_THE_PREVIEW if put_it else views.ANSWERS_FOR_IT


def _ask(_liaison: Liaison, tx: Session, message: Message) -> str:
    asked = tx.get_one(Ask, (message.team_id, message.about))
    days = ANSWERED_WITHIN.days
    if asked.receiver_id == message.recipient_id:
        return views.answers_for_the_campaign(days)
    return views.manages_who_was_asked(_name(tx, message, asked.receiver_id), days)


def _away(_liaison: Liaison, tx: Session, message: Message) -> str:
    absence = tx.get_one(Absence, (message.team_id, message.subject_id))
    if absence.person_id == message.recipient_id:
        return views.entered_for_you(_name(tx, message, absence.created_by))
    return views.covers_for(_name(tx, message, absence.person_id))


def _back(_liaison: Liaison, tx: Session, message: Message) -> str:
    absence = tx.get_one(Absence, (message.team_id, message.subject_id))
    if absence.person_id == message.recipient_id:
        return views.WAS_AWAY
    return views.covered_for(_name(tx, message, absence.person_id))


def _offer(_liaison: Liaison, tx: Session, message: Message) -> str:
    offer = tx.get_one(Offer, (message.team_id, message.about))
    return views.offered_by(_name(tx, message, offer.by))


def _manager_list(liaison: Liaison, _tx: Session, _message: Message) -> str:
    steps = [step for step in liaison.playbook.ladder if step.to is Recipient.MANAGER]
    return views.decides(round(100 * steps[0].at) if steps else None)


def _dispute(_liaison: Liaison, tx: Session, message: Message) -> str:
    reader = tx.get_one(Person, (message.team_id, message.recipient_id))
    return views.SETTLES if "liaison" in reader.roles else views.STANDS_IN_FOR_LIAISON


def _settled(_liaison: Liaison, tx: Session, message: Message) -> str:
    contested = tx.get_one(Dispute, (message.team_id, message.about))
    is_opener = contested.by == message.recipient_id
    return views.OPENED_THE_DISPUTE if is_opener else views.RECORDED_THE_OUTCOME


def _trouble(_liaison: Liaison, tx: Session, message: Message) -> str:
    reader = tx.get_one(Person, (message.team_id, message.recipient_id))
    return views.LOOKS_AFTER if "admin" in reader.roles else views.OWNS_THE_WORKSPACE


def _always(sentence: str) -> Why:
    return lambda _liaison, _tx, _message: sentence


IN_WORDS: Mapping[MessageKind, Why] = {
    MessageKind.NOTE: _note,
    MessageKind.BRIEF: _brief,
    MessageKind.FLAG: _flag,
    MessageKind.FLAG_HINT: _always(views.HAS_OPEN_LEADS),
    MessageKind.FLAG_NEWS: _flag_news,
    MessageKind.PREVIEW: _preview,
    MessageKind.PREVIEW_STATE: _preview_owner,
    MessageKind.PREVIEW_ALERT: _preview_owner,
    MessageKind.PREVIEW_NEWS: _preview,
    MessageKind.SECOND_LOOK: _always(views.A_SECOND_VIEW),
    MessageKind.ASK: _ask,
    MessageKind.ANSWER: _always(views.ASKED_MARKETING),
    MessageKind.AWAY: _away,
    MessageKind.BACK: _back,
    MessageKind.OFFER: _offer,
    MessageKind.MANAGER_LIST: _manager_list,
    MessageKind.DIGEST: _always(views.READS_FOR_MARKETING),
    MessageKind.DISPUTE: _dispute,
    MessageKind.SETTLED: _settled,
    MessageKind.UNREAD: _always(views.SET_UP_THE_WATCH),
    MessageKind.DUTY: _always(views.TAKES_A_TURN),
    MessageKind.LOOSE: _always(views.LED_THE_STANDUP),
    MessageKind.NO_STANDUP: _always(views.IS_THE_LIAISON),
    MessageKind.INVITATION: _always(views.ATTENDS),
    MessageKind.WRITTEN_ASK: _always(views.ATTENDS),
    MessageKind.TROUBLE: _trouble,
    MessageKind.SETUP: _always(views.SETS_UP),
    MessageKind.AGREE: _always(views.HEADS_A_SIDE),
    MessageKind.DEFINITION: _always(views.SAYS_FOR_A_SIDE),
    MessageKind.DEFINITION_BOTH: _always(views.SAYS_FOR_A_SIDE),
    MessageKind.SUGGESTION: _trouble,
    MessageKind.LEAVE: _always(views.TOLD_OF_AN_ABSENCE),
    MessageKind.DIARY: _always(views.GAVE_THE_CALENDAR),
    MessageKind.UNLINKED: _trouble,
}
"""They say it in a line of their own."""


def with_why(liaison: Liaison, kind: MessageKind, telling: Telling) -> Telling:
    """The same message with that line, as long as it is more than what is left of one."""
    why = IN_WORDS.get(kind)
    if why is None:
        return telling

    def render(tx: Session, message: Message, now: datetime) -> Told:
        told = telling.render(tx, message, now)
        if not isinstance(told, Post) or views.is_a_rest(told):
            return told
        return views.with_why(told, why(liaison, tx, message))

    return replace(telling, render=render)
