"""What the actor reads and presses: the DM, the nudge, the forms for touch and outcome."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.lifecycle import Stage
from bot.models import Handoff, Lead, Message, MessageKind, Person, RatingValue
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views import ratings as rating_views
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    clean,
    context,
    day_field,
    escape,
    field,
    foreign,
    line_field,
    modal,
    overflow,
    plain_section,
    quote,
    radios,
    section,
    short,
    when,
)
from bot.views.handoffs import (
    RATINGS,
    TOUCHES,
    company,
    deal_entry,
    history_entry,
    return_lines,
    status_line,
)
from bot.views.routing import why_routed

PUSH = 90
"""Characters a phone shows of a push notification."""
LONGEST_LINK = 1500
"""A longer one would crowd everything else out of its block."""
_WEEK = 7


def dm(
    message: Message,
    facts: HandoffFacts,
    reader: Person,
    playbook: Playbook,
    now: datetime,
    *,
    can_undo: bool = False,
) -> Post:
    """The living DM about one lead: who to call, why, by when, and the buttons to answer."""
    push, known = _push(message, facts, reader, now), contact(facts.lead)
    words = [quote(facts.lead.message)] if facts.lead.message else []
    status = f"{status_line(facts, playbook, reader)}{_next_step(facts.handoff)}"
    notes = [" ".join([_about(facts), *return_lines(facts, playbook)]), status]
    if facts.run and facts.run.asked_at and facts.handoff.touched_at is None:
        notes.append("Free colleagues are asked; it is still yours until someone takes it.")
    blocks = [section(f"*{push}*"), *([plain_section(known)] if known else [])]
    blocks += [*map(section, words), *map(context, notes), _buttons(facts, can_undo=can_undo)]
    return Post("\n".join([push, escape(known), *words, *notes]), blocks)


def _next_step(handoff: Handoff) -> str:
    """What the actor promised to do next; empty when nothing."""
    day = f" {_day(handoff.follow_up_on)}" if handoff.follow_up_on else ""
    words = f": {foreign(handoff.follow_up_words, 150)}" if handoff.follow_up_words else ""
    return f" Next step{day}{words}." if day or words else ""


def _day(day: date) -> str:
    return day.strftime("%a %d %b")


@dataclass(frozen=True)
class Rated:
    """How the reader of a settled DM stands to rating its lead."""

    value: RatingValue | None = None
    """What they said; None = nothing yet."""
    is_asked: bool = False
    """Whether the outcome leaves it to them to say."""


NOT_RATING = Rated()


def settled(
    facts: HandoffFacts,
    reader: Person,
    playbook: Playbook,
    *,
    can_undo: bool = False,
    is_newest: bool = True,
    rated: Rated = NOT_RATING,
) -> Post:
    """An older DM, or one whose lead is answered for: one line, and only what may follow yet."""
    sentence = f"*{company(facts.lead)}*: {status_line(facts, playbook, reader)}"
    if not is_newest:
        return Post(sentence, [context(sentence)])
    asks = rated.is_asked and rated.value is None
    if rated.is_asked and rated.value:
        sentence += f" You rated it {RATINGS[rated.value]}."
    sentence += f" {rating_views.QUESTION}" if asks else ""
    question = [rating_views.buttons(facts.handoff.id)] if asks else []
    if can_undo:
        undo = button("Undo", ids.UNDO, facts.handoff.id)
        return Post(sentence, [section(sentence, undo), *question])
    menu = _settled_menu(facts.handoff, reader, rated)
    line = section(sentence, overflow(ids.MORE, menu)) if menu else context(sentence)
    return Post(sentence, [line, *question])


def _settled_menu(handoff: Handoff, reader: Person, rated: Rated) -> list[tuple[str, str]]:
    """What may follow an answer: a deal, or another word on how good the lead was."""
    is_open_deal = handoff.stage is Stage.QUALIFIED and handoff.actor_id == reader.id
    menu = [deal_entry(handoff)] if is_open_deal else []
    if rated.value:
        menu.append(("Change rating…", f"{ids.MORE_RATE}:{handoff.id}"))
    return [*menu, history_entry(handoff)] if menu else []


def moved_on(facts: HandoffFacts) -> Post:
    """An older DM with a newer one below it."""
    sentence = f"*{company(facts.lead)}*: see the newer message below."
    return Post(sentence, [context(sentence)])


def _push(message: Message, facts: HandoffFacts, reader: Person, now: datetime) -> str:
    """What to do, the company, by when: all of it within a push notification's length."""
    lead = facts.lead
    verb = "Call" if lead.phone else "E-mail" if lead.email else "Look up"
    due = facts.run.due_at if facts.run else None
    answered = facts.handoff.touched_at is not None
    follow_up_on = facts.handoff.follow_up_on
    tail = f", due {local_time(due, reader, now)}" if due and not answered else ""
    if message.kind is MessageKind.NUDGE and not answered:
        tail = f": first touch{tail.replace(', due', ' due')}"
    elif message.kind is MessageKind.FOLLOW_UP and follow_up_on:
        tail = f": you planned to follow up {_day_word(follow_up_on, reader, now)}"
    elif facts.handoff.reason:
        room = PUSH - len(f"{verb} : {tail}") - 30
        tail = f": {foreign(facts.handoff.reason, max(room, 20))}{tail}"
    return f"{verb} {foreign(lead.company or lead.given_name or 'this lead', 30)}{tail}"


def local_time(at: datetime, reader: Person, now: datetime) -> str:
    """An instant in the reader's zone: `10:42` today, `Mon 09:30` on another day of this week,
    `Wed 09 Dec 10:00` when a weekday alone could mean an earlier one.

    Written out because Slack's date tokens are not filled in everywhere a push is shown.
    """
    zone = ZoneInfo(reader.timezone)
    local = at.astimezone(zone)
    days = abs((local.date() - now.astimezone(zone).date()).days)
    return local.strftime(
        "%H:%M" if days == 0 else "%a %H:%M" if days < _WEEK else "%a %d %b %H:%M"
    )


def _day_word(day: date, reader: Person, now: datetime) -> str:
    is_today = now.astimezone(ZoneInfo(reader.timezone)).date() == day
    return "today" if is_today else f"on {_day(day)}"


def contact(lead: Lead) -> str:
    """Name, role, e-mail, phone: plain text, so that copying gives exactly what was sent."""
    name = " ".join(part for part in (lead.given_name, lead.family_name) if part)
    first = ", ".join(part for part in (name, lead.title, lead.company, lead.country) if part)
    lines = [first, " · ".join(part for part in (lead.email, lead.phone) if part)]
    return short(clean("\n".join(line for line in lines if line)), 600)


def _about(facts: HandoffFacts) -> str:
    handoff = facts.handoff
    parts = [foreign(handoff.campaign or handoff.source or "No campaign", 80)]
    parts.append(f"grade {handoff.grade}" + ("" if handoff.grade_given else " (none given)"))
    if handoff.last_activity:
        parts.append(f"last: {foreign(handoff.last_activity, 200)}")
    if handoff.url and len(link := _link(handoff.url)) <= LONGEST_LINK:
        parts.append(f"<{link}|Open in the CRM>")
    return " · ".join(parts)


def _link(url: str) -> str:
    return url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _buttons(facts: HandoffFacts, *, can_undo: bool) -> Block:
    handoff = facts.handoff
    is_mine = bool(facts.run and facts.run.accepted_at) or handoff.touched_at is not None
    accept = [] if is_mine else [button("Accept", ids.ACCEPT, handoff.id, style="primary")]
    undo = [button("Undo", ids.UNDO, handoff.id)] if can_undo else []
    return actions(
        "answer",
        *accept,
        button("Log touch", ids.TOUCH, handoff.id),
        button("Outcome…", ids.OUTCOME, handoff.id),
        *undo,
        overflow(
            ids.MORE,
            [
                ("Ask marketing", f"{ids.MORE_ASK}:{handoff.id}"),
                ("Reassign…", f"{ids.MORE_REASSIGN}:{handoff.id}"),
                *([] if handoff.touched_at else [("Snooze…", f"{ids.MORE_SNOOZE}:{handoff.id}")]),
                ("Why me?", f"{ids.MORE_WHY}:{handoff.id}"),
                history_entry(handoff),
            ],
        ),
    )


def touch_form(facts: HandoffFacts) -> View:
    """How were you in touch? One choice, and what comes next if that is known."""
    choice = radios(ids.CHOICE, [(label, key) for key, label in TOUCHES.items()])
    words = line_field(ids.CHOICE, most=150)
    return modal(
        ids.TOUCH_FORM,
        "Log touch",
        [
            section(f"*{company(facts.lead)}*"),
            field(ids.TOUCH_KIND, "How were you in touch?", choice),
            field(
                ids.FOLLOW_UP_ON,
                "Next step on",
                day_field(ids.CHOICE),
                optional=True,
                hint="You are reminded in the morning of that day, unless you did it before.",
            ),
            field(ids.FOLLOW_UP_WORDS, "What is the next step?", words, optional=True),
            context("Automated mail does not count: this is for contact by a person."),
        ],
        submit="Save",
        about=facts.handoff.id,
    )


def how_it_came(why: str, *, you: bool) -> str:
    """How a run came to its actor, who is the reader or not."""
    return {
        "rule": f"a rule of the playbook sent it {'your' if you else 'their'} way",
        "owner": "marketing named the owner when handing it over",
        "fixed": "marketing put its data right and sent it back",
        "reopened": "a dispute about its outcome was settled, and it is open again",
        "round_robin": f"it came without an owner and {'you were' if you else 'they were'} next",
        "reassigned": f"a colleague asked and {'you' if you else 'they'} took it",
        "claim": f"{'you' if you else 'they'} claimed it from the queue",
        "cover": f"{'you cover' if you else 'they cover'} for somebody who has it else",
        "back": f"it came back to {'you' if you else 'them'} from whoever covered",
        "crm": f"the CRM made {'you' if you else 'them'} the owner",
        "took_on": f"{'you' if you else 'they'} answered it while its first touch was open",
        "return": f"it came back by itself and was with {'you' if you else 'them'} last time",
    }[why]


def why_me(facts: HandoffFacts, reader: Person) -> str:
    """One sentence: how this lead came to the reader, and which rule set the clock."""
    run = facts.run
    if run is None or facts.actor is None:
        return "Nobody has this lead yet: it came without an owner we know, so it is in the queue."
    whose = "You have" if facts.actor.id == reader.id else f"{escape(facts.actor.name)} has"
    you = facts.actor.id == reader.id
    how = how_it_came(run.why, you=you)
    if run.why == "rule" and facts.handoff.routed:
        how = why_routed(facts.handoff.routed, you=you)
    rule = (
        f"; grade {facts.handoff.grade} means a first touch within {run.allowance} of working time"
        if run.allowance
        else f"; grade {facts.handoff.grade} has no clock"
    )
    due = f", so it is due {when(run.due_at)}" if run.due_at else ""
    return f"{whose} this lead because {how}{rule}{due}."
