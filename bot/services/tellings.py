"""How each kind of message is told: rendered from the rows as they are now.

What counts against the cap of a person's day (`attention`) is every message the app starts with
them, whatever its kind. What is beyond the cap waits for their brief:

    LEAD_DM NUDGE FOLLOW_UP   among the leads overdue, due, new or held back
    NOTE UNREAD ANSWER FLAG_HINT FLAG_NEWS   as the sentence they are
    ASK OFFER PREVIEW FLAG SECOND_LOOK       with their buttons, as long as they are open
    BACK DIGEST MANAGER_LIST  always, for whoever gets a brief: they are news of the morning

Counted, and sent whatever the count is: the BRIEF itself, for there is one a day; AWAY, for a cover
has to know before the first lead reaches them, and it changes with the absence; LEAVE, for its
person has to be able to say no; what is about the hour of a meeting or follows one (INVITATION DUTY
LOOSE NO_STANDUP), at most one a meeting; a DISPUTE and how it was SETTLED, for people wait for it;
a DEFINITION and DEFINITION_BOTH, for only the heads get them, when one of them asked; what becomes
of a preview (PREVIEW_STATE to who did not ask themselves, PREVIEW_ALERT PREVIEW_NEWS);
TROUBLE, at most one a day and place, and UNLINKED, at most one a day, for somebody has to mend it;
SUGGESTION, at most one a week; and LINK, once for each owner, because leads wait for the answer.

Not counted: what somebody asked for by a press (`Message.is_answer`), the one message of a SETUP,
and AGREE, without which nothing begins. What stands in a channel
(CARD ANYONE AGENDA STANDUP_START MINUTES ITEMS ADDED CAMPAIGN REPORT WON) is nobody's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from bot import queries
from bot.delivery.courier import Fold, Hold, Remove, Telling, Told
from bot.delivery.messages import shrink_older
from bot.identity import made_at
from bot.liaison import Liaison
from bot.models import Absence, Ask, Handoff, History, Message, MessageKind, Person
from bot.services import (
    agenda,
    attention,
    batch_steps,
    batches,
    briefs,
    colleagues,
    definitions,
    diary,
    disputes,
    escalations,
    flag_told,
    flags,
    hands,
    invitations,
    item_hands,
    item_posts,
    leave,
    link_news,
    linking,
    mentions,
    minutes,
    preview_told,
    ratings,
    report,
    reports,
    rota,
    second_looks,
    standup,
    trial,
    troubles,
    undo,
    usefulness,
    whys,
    wins,
    written,
)
from bot.services.absences import told_back
from bot.services.asks import telling_answer
from bot.services.digests import told_in
from bot.services.handoffs import card_shown
from bot.services.hours import back_at_work
from bot.views import asks as ask_views
from bot.views import away as away_views
from bot.views import batches as batch_views
from bot.views import flags as flag_views
from bot.views import followups as followup_views
from bot.views import handoffs as handoff_views
from bot.views import watching as watching_views
from bot.views.blocks import Post
from bot.views.followups import NOT_RATING, Rated

AWAITED = timedelta(minutes=15)
"""How long after a press its answer is one, outside the hours of whoever pressed."""


def tellings(liaison: Liaison) -> dict[MessageKind, Telling]:
    """By kind; a new kind of message is a line here, a view, whoever queues it, and a reason in
    `whys`."""
    every = {
        MessageKind.CARD: Telling(partial(_card, liaison), partial(_card_shown, liaison)),
        MessageKind.LEAD_DM: Telling(partial(_capped, liaison, _dm), partial(_dm_shown, liaison)),
        MessageKind.NUDGE: Telling(partial(_capped, liaison, _dm), partial(_dm_shown, liaison)),
        MessageKind.FOLLOW_UP: Telling(partial(_capped, liaison, _dm), partial(_dm_shown, liaison)),
        MessageKind.NOTE: Telling(partial(_capped, liaison, _note)),
        MessageKind.BRIEF: Telling(
            partial(briefs.telling, liaison), partial(briefs.shown, liaison)
        ),
        MessageKind.FLAG: Telling(partial(_capped, liaison, flag_told.telling)),
        MessageKind.FLAG_HINT: Telling(partial(_capped, liaison, flag_told.hint_telling)),
        MessageKind.FLAG_NEWS: Telling(partial(_capped, liaison, flag_told.news_telling)),
        MessageKind.PREVIEW: Telling(partial(_capped, liaison, preview_told.telling)),
        MessageKind.PREVIEW_STATE: Telling(partial(preview_told.state_telling, liaison)),
        MessageKind.PREVIEW_ALERT: Telling(partial(preview_told.alert_telling, liaison)),
        MessageKind.PREVIEW_NEWS: Telling(partial(preview_told.news_telling, liaison)),
        MessageKind.SECOND_LOOK: Telling(partial(_capped, liaison, second_looks.telling)),
        MessageKind.ASK: Telling(partial(_capped, liaison, _question)),
        MessageKind.ANSWER: Telling(partial(_capped, liaison, _answer)),
        MessageKind.AWAY: Telling(partial(_away, liaison)),
        MessageKind.BACK: Telling(partial(_back, liaison)),
        MessageKind.OFFER: Telling(partial(_capped, liaison, hands.telling)),
        MessageKind.ANYONE: Telling(
            partial(colleagues.telling, liaison), partial(_question_shown, liaison)
        ),
        MessageKind.MANAGER_LIST: Telling(partial(escalations.telling, liaison)),
        MessageKind.DIGEST: Telling(partial(_digest, liaison)),
        MessageKind.BATCH_CARD: Telling(partial(batches.card_telling, liaison)),
        MessageKind.BATCH_LIST: Telling(
            partial(_capped, liaison, batches.list_telling), partial(batches.list_shown, liaison)
        ),
        MessageKind.BATCH_NUDGE: Telling(partial(_capped, liaison, batch_steps.nudge_telling)),
        MessageKind.BATCH_ANYONE: Telling(partial(batch_steps.question_telling, liaison)),
        MessageKind.DISPUTE: Telling(partial(disputes.telling, liaison)),
        MessageKind.SETTLED: Telling(partial(disputes.settled_telling, liaison)),
        MessageKind.DEFINITION: Telling(partial(definitions.telling, liaison)),
        MessageKind.DEFINITION_BOTH: Telling(partial(definitions.both_telling, liaison)),
        MessageKind.WON: Telling(partial(wins.telling, liaison)),
        MessageKind.CAMPAIGN: Telling(partial(reports.telling, liaison)),
        MessageKind.REPORT: Telling(partial(report.telling, liaison)),
        MessageKind.UNREAD: Telling(partial(_capped, liaison, _unread)),
        MessageKind.AGENDA: Telling(partial(agenda.telling, liaison)),
        MessageKind.STANDUP_START: Telling(partial(standup.start_telling, liaison)),
        MessageKind.INVITATION: Telling(partial(invitations.telling, liaison)),
        MessageKind.MINUTES: Telling(partial(minutes.telling, liaison)),
        MessageKind.ITEMS: Telling(partial(item_posts.telling, liaison)),
        MessageKind.DUTY: Telling(partial(rota.telling, liaison)),
        MessageKind.LOOSE: Telling(partial(item_hands.telling, liaison)),
        MessageKind.NO_STANDUP: Telling(partial(standup.gap_telling, liaison)),
        MessageKind.WRITTEN_ASK: Telling(partial(written.telling, liaison)),
        MessageKind.ADDED: Telling(mentions.telling),
        MessageKind.SETUP: Telling(partial(trial.telling, liaison)),
        MessageKind.AGREE: Telling(partial(trial.agree_telling, liaison)),
        MessageKind.TROUBLE: Telling(partial(troubles.telling, liaison)),
        MessageKind.SUGGESTION: Telling(partial(usefulness.telling, liaison)),
        MessageKind.LEAVE: Telling(partial(leave.telling, liaison)),
        MessageKind.DIARY: Telling(partial(diary.telling, liaison)),
        MessageKind.LINK: Telling(partial(linking.telling, liaison)),
        MessageKind.UNLINKED: Telling(partial(link_news.telling, liaison)),
    }
    return {
        kind: whys.with_why(
            liaison, kind, replace(telling, render=partial(_quietly, telling.render))
        )
        for kind, telling in every.items()
    }


def _quietly(
    render: Callable[[Session, Message, datetime], Told],
    tx: Session,
    message: Message,
    now: datetime,
) -> Told:
    """Whatever the app starts with somebody waits for the end of their quiet time."""
    told = render(tx, message, now)
    starts = message.ts is None and not message.is_answer and isinstance(told, Post)
    if starts and message.recipient_id:
        reader = tx.get_one(Person, (message.team_id, message.recipient_id))
        if rests := attention.quiet_until(reader, now):
            return Hold(rests)
    return told


def _capped(
    liaison: Liaison,
    render: Callable[[Liaison, Session, Message, datetime], Told],
    tx: Session,
    message: Message,
    now: datetime,
) -> Told:
    """A message to a person, unless their day has had enough of them: then the brief says it."""
    told = render(liaison, tx, message, now)
    if message.ts is None and isinstance(told, Post):
        if attention.is_for_the_brief(tx, liaison, message, now):
            return Fold()
        rests = attention.rests_after_the_brief(tx, liaison, message, now)
        return Hold(rests) if rests else told
    return told


def _card(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | None:
    """Of a lead that came before it was one of a batch: a line, or nothing when it is not out."""
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    if facts.handoff.batch_id:
        batch = batches.batch_of(tx, liaison, facts.handoff.batch_id)
        return batch_views.moved(facts, batch) if message.ts is not None else None
    can_undo = undo.standing(tx, facts.handoff, now) is not None
    flag = flags.on_card(tx, facts.handoff)
    warning = flag_views.on_card(flag) if flag else ""
    return handoff_views.card(facts, liaison.playbook, can_undo=can_undo, warning=warning)


def _card_shown(liaison: Liaison, tx: Session, message: Message, now: datetime) -> None:
    card_shown(tx, liaison, message, now)


def _dm(
    liaison: Liaison, tx: Session, message: Message, now: datetime
) -> Post | Hold | Remove | None:
    """The check at the moment of sending: no nudge after the work is done or outside hours."""
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    run = facts.run
    is_current = run is not None and run.number == message.run and run.ended_at is None
    if message.ts is None:
        if not _is_wanted(message, facts, now, is_current=is_current):
            return None
        if not _is_awaited(liaison, message) and (opens := back_at_work(tx, liaison, reader, now)):
            return Hold(opens)
        rests = queries.paused_until(tx, liaison.team_id, message.subject_id, now)
        if rests and message.kind is MessageKind.NUDGE:
            return Hold(rests)
    is_newest = queries.is_newest_dm(tx, message)
    offered = undo.standing(tx, facts.handoff, now) if is_newest else None
    mine = offered is not None and offered.by == reader.id
    if facts.lead.erased_at and not is_newest:
        return Remove()
    if not is_current:
        rated = _rated(liaison, tx, facts.handoff, reader) if is_newest else NOT_RATING
        return followup_views.settled(
            facts, reader, liaison.playbook, can_undo=mine, is_newest=is_newest, rated=rated
        )
    if not is_newest:
        return followup_views.moved_on(facts)
    batch_id = facts.handoff.batch_id
    if batch_id and queries.listed_after(tx, message, batch_id):
        return batch_views.listed(facts, batches.batch_of(tx, liaison, batch_id))
    return followup_views.dm(message, facts, reader, liaison.playbook, now, can_undo=mine)


def _is_awaited(liaison: Liaison, message: Message) -> bool:
    """Whether its reader pressed for it just now. Hours later, after Slack was out of reach, they
    wait for it no more."""
    is_asked = message.is_answer and message.kind is MessageKind.LEAD_DM
    return is_asked and liaison.wall() - made_at(message.id) <= AWAITED


def _rated(liaison: Liaison, tx: Session, handoff: Handoff, reader: Person) -> Rated:
    """What this reader said of a lead they answered for, or whether they are asked."""
    if handoff.outcome_by != reader.id:
        return NOT_RATING
    standing = ratings.in_force(tx, handoff, reader.id)
    asked = ratings.is_asked(liaison.playbook, handoff.outcome)
    return Rated(standing.value if standing else None, is_asked=asked)


def _is_wanted(
    message: Message, facts: queries.HandoffFacts, now: datetime, *, is_current: bool
) -> bool:
    """Whether it still is this person's, and still needs saying."""
    if not is_current or facts.handoff.closed_at:
        return False
    in_a_list = facts.handoff.batch_id and facts.run and facts.run.why in queries.TOGETHER
    if message.kind is MessageKind.LEAD_DM and in_a_list and not message.is_answer:
        return False
    if message.kind is MessageKind.NUDGE and facts.snoozed_until:
        return False  # the end of the snooze says what this would
    if message.kind is MessageKind.FOLLOW_UP:
        day = facts.handoff.follow_up_on
        return day is not None and day.isoformat() == message.about
    if message.kind is not MessageKind.NUDGE:
        return True
    counts_from = facts.run and facts.run.counts_from
    return facts.handoff.touched_at is None and not (counts_from and counts_from > now)


def _dm_shown(liaison: Liaison, tx: Session, message: Message, _now: datetime) -> None:
    """The older DMs about this lead shrink to a line."""
    shrink_older(tx, liaison, message)


def _question_shown(liaison: Liaison, tx: Session, message: Message, now: datetime) -> None:
    colleagues.question_shown(tx, liaison, message, now)


def _note(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | Remove:
    """Told once, inside the reader's hours; an edit says the same of a lead that was renamed.

    Of an erased lead it would say nothing, and goes.
    """
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    if facts.lead.erased_at:
        return Remove()
    line = tx.get_one(History, (liaison.team_id, message.about))
    names = queries.names(tx, liaison.team_id, [line])
    return handoff_views.note(facts.lead, line, names, reader)


def _question(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """No longer asked of anybody once it is answered; what stands shows the answer."""
    asked = tx.get_one(Ask, (liaison.team_id, message.about))
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None:
        if asked.answered_at:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    facts = queries.facts(tx, liaison.team_id, message.subject_id)
    asker = tx.get_one(Person, (liaison.team_id, asked.asked_by))
    by = asked.answered_by and tx.get_one(Person, (liaison.team_id, asked.answered_by))
    return ask_views.question(asked, facts, asker, by or None)


def _answer(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return telling_answer(liaison, tx, message)


def _away(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold | None:
    """Told in time or not at all: of what is over, or was called off before, nobody hears."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    absence = tx.get_one(Absence, (liaison.team_id, message.subject_id))
    if message.ts is None:
        if absence.turn_at is None:
            return None
        if opens := back_at_work(tx, liaison, reader, now):
            return Hold(opens)
    person = tx.get_one(Person, (liaison.team_id, absence.person_id))
    by = tx.get(Person, (liaison.team_id, absence.created_by)) if absence.created_by else None
    return away_views.told(absence, person, reader, by)


def _back(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return told_back(liaison, tx, message)


def _digest(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    """All that was collected until now, inside the reader's hours."""
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return handoff_views.digest(told_in(tx, message))


def _unread(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | Hold:
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if message.ts is None and (opens := back_at_work(tx, liaison, reader, now)):
        return Hold(opens)
    return watching_views.unread(message.subject_id)
