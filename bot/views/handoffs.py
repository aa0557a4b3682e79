"""A hand-off as people see it: the card in the channel, its history, a line in a list."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.core.history import Line
from bot.core.lifecycle import ERASED, OPEN, Stage
from bot.models import Handoff, History, Lead, Person
from bot.playbook import Playbook
from bot.queries import Cover, HandoffFacts
from bot.views import ids
from bot.views.away import last_day
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    foreign,
    modal,
    on_day,
    overflow,
    section,
    short,
    when,
)
from bot.views.routing import BY_TURN, by_which_rule, routed_line

_LINES_OF_HISTORY = 90
"""A modal takes 100 blocks."""
_LINES_OF_DIGEST = 15

TOUCHES = {
    "spoke": "Called, spoke",
    "no_answer": "Called, no answer",
    "emailed": "E-mailed",
    "met": "Met",
    "messaged": "Messaged",
}
"""Real contact by a human, by the key it is stored under; automated mail is none."""

RATINGS = {"good": "good", "so_so": "so-so", "bad": "bad"}
"""How good a lead was, by the value it is stored under. So-so is not bad."""


def company(lead: Lead) -> str:
    """What a lead is called where everybody reads: never an address or a family name."""
    if lead.erased_at:
        return "An erased lead"
    return foreign(lead.company or lead.given_name or "A lead without a name", 80)


def card(
    facts: HandoffFacts, playbook: Playbook, *, can_undo: bool = False, warning: str = ""
) -> Post:
    """The one message of a hand-off in the channel: no contact data, no mention, no blame.

    `warning` is about its campaign, escaped; empty = there is none.
    """
    lines = [_headline(facts), *_why_lines(facts.handoff), *filter(None, [warning])]
    notes = [status_line(facts, playbook), *return_lines(facts, playbook)]
    notes += filter(None, [routed_line(facts.handoff, facts.run, facts.actor)])
    if missing := missing_fields(facts):
        notes.append(f"Missing: {', '.join(missing)}.")
    blocks = [section("\n".join(lines)), *map(context, notes)]
    blocks.append(_card_buttons(facts.handoff, playbook, can_undo=can_undo))
    return Post("\n".join([*lines, *notes]), blocks)


def _headline(facts: HandoffFacts) -> str:
    lead = facts.lead
    person = ", ".join(foreign(part, 60) for part in (lead.given_name, lead.title) if part)
    name = f"*{company(lead)}*"
    return f"{name} · {person}" if person and lead.company else name


def _why_lines(handoff: Handoff) -> list[str]:
    lines = [campaign_and_grade(handoff)]
    if handoff.reason:
        lines.append(f"Why: {foreign(handoff.reason, 300)}")
    if handoff.last_activity:
        lines.append(f"Last: {foreign(handoff.last_activity, 300)}")
    return lines


def campaign_and_grade(handoff: Handoff) -> str:
    """Where the lead came from and how hot it is; a grade we assumed is said to be so."""
    campaign = foreign(handoff.campaign or handoff.source or "No campaign", 80)
    given = "" if handoff.grade_given else " (none given)"
    return f"{campaign} · grade {handoff.grade}{given}"


def missing_fields(facts: HandoffFacts) -> list[str]:
    """What marketing left out, by name, so that it can be asked for."""
    lead, handoff = facts.lead, facts.handoff
    if lead.erased_at or handoff.closed_at:
        return []
    wanted = {
        "company": lead.company,
        "name": lead.given_name,
        "role": lead.title,
        "e-mail": lead.email,
        "phone": lead.phone,
        "campaign": handoff.campaign,
        "why it qualifies": handoff.reason,
    }
    missing = [name for name, value in wanted.items() if not value]
    is_routed = facts.run is not None and facts.run.why in BY_TURN
    if handoff.owner_given and (is_routed or (handoff.owner_id is None and not handoff.runs)):
        missing.append("an owner we know (the one given is not a rep here)")
    return missing


def status_line(facts: HandoffFacts, playbook: Playbook, reader: Person | None = None) -> str:
    """Where it stands, in one sentence without judgement; `reader` None = everybody reads it."""
    handoff = facts.handoff
    if handoff.stage is Stage.EXPIRED and handoff.closed_at:
        return f"*Expired*, {when(handoff.closed_at)}, without contact."
    if handoff.closed_at or handoff.outcome:
        return _outcome_line(facts, playbook, reader)
    if facts.actor is None:
        return f"In the queue: nobody has it yet.{_meeting(handoff)}{_due(handoff.due_at)}"
    is_mine = reader is not None and reader.id == facts.actor.id
    name, has, is_on_it = (
        ("You", "have", "are") if is_mine else (escape(facts.actor.name), "has", "is")
    )
    covering = _covering(facts.cover, reader)
    if handoff.touched_at:
        in_touch = f"in touch {when(handoff.touched_at)}"
        return f"{name} {is_on_it} working on it{covering}: {in_touch}.{_meeting(handoff)}"
    accepted = bool(facts.run and facts.run.accepted_at)
    in_turn = ": next in turn" if facts.run and facts.run.why == "round_robin" else ""
    has_it = (
        f"{name} accepted it{covering}." if accepted else f"{name} {has} it{covering}{in_turn}."
    )
    asleep = f" Snoozed until {when(facts.snoozed_until)}." if facts.snoozed_until else ""
    due = _meeting(handoff) + _due(facts.run.due_at if facts.run else None)
    return has_it + due + (asleep if is_mine else "")


def _meeting(handoff: Handoff) -> str:
    return f" Meeting {when(handoff.meeting_at)}." if handoff.meeting_at else ""


def _covering(cover: Cover | None, reader: Person | None) -> str:
    """For whom the actor stands in; until when is for the two of them, and why for nobody."""
    if cover is None:
        return ""
    if reader is None:
        return f", covering for {escape(cover.person.name)}"
    if reader.id == cover.person.id:
        return ", covering for you"
    until = last_day(cover.absence, cover.person)
    return f", covering for {escape(cover.person.name)} until {until}"


def _due(due_at: datetime | None) -> str:
    return f" First touch due {when(due_at)}." if due_at else ""


def _outcome_line(facts: HandoffFacts, playbook: Playbook, reader: Person | None) -> str:
    handoff, by = facts.handoff, facts.outcome_by
    if facts.lead.erased_at and handoff.outcome == ERASED:
        return f"Erased {when(facts.lead.erased_at)}."
    label = escape(playbook.outcome_label(handoff.outcome or "", handoff.outcome_detail))
    says = f"says {escape(by.name)}" if by else "says the CRM"
    says = "as you said" if by and reader and by.id == reader.id else says
    at = f", {when(handoff.outcome_at)}" if handoff.outcome_at else ""
    words = f" “{foreign(handoff.outcome_words, 300)}”" if handoff.outcome_words else ""
    return f"*{label}*, {says}{at}.{words}{_named(facts, reader)}"


def return_lines(facts: HandoffFacts, playbook: Playbook) -> list[str]:
    """That it will come back, once that is near; or what was said when it was here before."""
    handoff, before = facts.handoff, facts.before
    if handoff.return_at and handoff.return_announced_at:
        return [f"Returns from {on_day(handoff.return_at)}."]
    if before is None or before.outcome_at is None:
        return []
    days = max((handoff.handed_at - before.outcome_at).days, 1)
    label = escape(playbook.outcome_label(before.outcome or ""))
    by = escape(facts.before_by.name) if facts.before_by else "the CRM"
    return [f"Back after {days} day{'s' if days > 1 else ''}: “{label}”, said {by}."]


def _named(facts: HandoffFacts, reader: Person | None) -> str:
    """Who goes on with a qualified lead, or whose it was already."""
    person, stage = facts.outcome_person, facts.handoff.stage
    if person is None or stage in {Stage.WON, Stage.LOST}:
        return ""
    is_reader = reader is not None and reader.id == person.id
    name = "You" if is_reader else escape(person.name)
    if stage is Stage.QUALIFIED:
        return f" {name} {'go' if is_reader else 'goes'} on with it."
    return f" {name} {'have' if is_reader else 'has'} it already."


def history_entry(handoff: Handoff) -> tuple[str, str]:
    """A menu's entry."""
    return "History", f"{ids.MORE_HISTORY}:{handoff.id}"


def deal_entry(handoff: Handoff) -> tuple[str, str]:
    """A menu's entry for a qualified lead."""
    return "Won / Lost…", f"{ids.MORE_DEAL}:{handoff.id}"


def _card_buttons(handoff: Handoff, playbook: Playbook, *, can_undo: bool) -> Block:
    more = overflow(ids.MORE, [*card_menu(handoff, playbook, can_undo=can_undo)])
    if handoff.stage not in OPEN:
        return actions("card", more)
    if handoff.actor_id is None:
        claim = button("Claim", ids.CLAIM, handoff.id, style="primary")
        return actions("card", claim, more)
    touch = button("Log touch", ids.TOUCH, handoff.id)
    return actions("card", touch, button("Outcome…", ids.OUTCOME, handoff.id), more)


def card_menu(handoff: Handoff, playbook: Playbook, *, can_undo: bool) -> Iterator[tuple[str, str]]:
    """The menu's entries for everybody who reads of it in the channel."""
    if handoff.stage is Stage.QUALIFIED:
        yield deal_entry(handoff)
    if handoff.stage in OPEN and handoff.actor_id:
        yield "Reassign…", f"{ids.MORE_REASSIGN}:{handoff.id}"
    yield history_entry(handoff)
    if handoff.return_at and handoff.return_announced_at:
        yield "Cancel return", f"{ids.MORE_CANCEL_RETURN}:{handoff.id}"
    is_rejected = handoff.stage is Stage.REJECTED and handoff.fixed_at is None
    if is_rejected and playbook.is_returnable(handoff.outcome):
        yield "Send back fixed", f"{ids.MORE_FIXED}:{handoff.id}"
    if can_undo:
        yield "Undo the last answer", f"{ids.MORE_UNDO}:{handoff.id}"
    elif handoff.stage in {Stage.REJECTED, Stage.RECYCLED}:
        yield "Dispute…", f"{ids.MORE_DISPUTE}:{handoff.id}"


def history(
    facts: HandoffFacts,
    rows: Sequence[History],
    names: dict[str, str],
    page: int,
    *,
    may_export: bool,
) -> View:
    """What happened, oldest first; the last page is the newest, and it is page 0. `names` by
    person id."""
    end = len(rows) - page * _LINES_OF_HISTORY
    start = max(0, end - _LINES_OF_HISTORY)
    handoff_id, by = facts.handoff.id, facts.handoff.playbook
    version = f"\nHanded over by version {by} of the playbook." if by else ""
    buttons = []
    if start:
        buttons.append(button("Earlier", ids.HISTORY_EARLIER, f"{handoff_id}:{page + 1}"))
    if page:
        buttons.append(button("Later", ids.HISTORY_LATER, f"{handoff_id}:{page - 1}"))
    if may_export:
        buttons.append(button("CSV", ids.EXPORT_HISTORY, handoff_id))
    blocks = [
        section(f"*{company(facts.lead)}*\n{campaign_and_grade(facts.handoff)}{version}"),
        *(context(f"{_told(row, names)} · {when(row.at)}") for row in rows[start:end]),
        *([context(f"{start + 1} to {end} of {len(rows)}")] if start or page else []),
        *([actions("history", *buttons)] if buttons else []),
    ]
    return modal(ids.HISTORY_VIEW, "History", blocks, submit=None)


TOLD: dict[str, str] = {
    Line.HANDED_OVER: "Marketing handed it over",
    Line.COVERED: "{to} covers for {by}",
    Line.STAYS: "{to} covers for {by}, who keeps this lead",
    Line.KEPT: "{by} keeps it",
    Line.BACK: "It is back with {by}",
    Line.QUEUED: "It went to the queue{rule}",
    Line.IMPORTED: "It was brought in from a file, as history",
    Line.CAME_BACK: "The lead came back{act}",
    Line.OLDER_ACT: "The CRM told of an earlier act again",
    Line.CRM_UPDATED: "The CRM brought up to date: {fields}",
    Line.CRM_OWNER: "{to} became the owner, says the CRM",
    Line.LINKED: "{to} is the owner that the CRM named",
    Line.CRM_MERGED: "The CRM merged another lead into this one",
    Line.CRM_DUPLICATE: "The CRM merged it into a lead that {to} has",
    Line.MEETING_SET: "A meeting with the lead was set",
    Line.MEETING_OFF: "The meeting with the lead was called off",
    Line.ERASED: "The lead was erased",
    Line.SHOWN: "The card was shown",
    Line.GATHERED: "It became one of many that came together",
    Line.CLAIMED: "{by} claimed it",
    Line.TOOK_ON: "{by} took it on",
    Line.ACCEPTED: "{by} accepted it",
    Line.TOUCHED: "{by} was in touch: {kind}",
    Line.CRM_TOUCHED: "{by} was in touch, says the CRM: {kind}",
    Line.CRM_CONTACT: "The CRM noted contact that does not answer the clock: {kind}",
    Line.NUDGED: "{to} was reminded",
    Line.SNOOZED: "{by} snoozed it until {until}",
    Line.ROUTED: "{to} was next in turn{rule}",
    Line.HAS_ACCOUNT: "{to} has the account{rule}",
    Line.NO_ROOM: "It waits in the queue{rule}",
    Line.OFFERED: "{by} asked {to} to take it",
    Line.REASSIGNED: "{by} took it over",
    Line.DECLINED: "{by} said no thanks",
    Line.ASKED_AROUND: "Free colleagues were asked",
    Line.ESCALATED: "A manager was asked to decide who keeps it",
    Line.EXCUSED: "{by} excused the open first touch of {to}",
    Line.LEFT: "{by} left it with {to}",
    Line.GIVEN_BACK: "It went back to the queue",
    Line.EXPIRED: "It expired: {days} days without contact",
    Line.RETURNED: "It came back, as a new hand-off",
    Line.CAME_AGAIN: "The lead came back by itself, as agreed",
    Line.RETURN_CANCELLED: "{by} cancelled its return",
    Line.STAYS_AWAY: "It did not come back: it was erased, or handed over anew",
    Line.OUTCOME: "{by} said: {outcome}",
    Line.ASKED: "{by} asked marketing",
    Line.ASK_OPEN: "The question to marketing is still open",
    Line.ANSWERED: "{by} answered the question",
    Line.SENT_BACK: "{by} put its data right and sent it back",
    Line.GOT_IT: "{to} got it from {by} to go on with",
    Line.HAD_IT: "{to} had it already, said {by}: {outcome}",
    Line.OUTCOME_STANDS: "{by} settled a dispute: the outcome stands",
    Line.REOPENED: "{by} settled a dispute: it is open again",
    Line.RELABELLED: "{by} settled a dispute: now {outcome}",
    Line.RATED: "{by} rated it: {rating}",
    Line.UNDONE: "{by} took their last answer back",
    Line.REFUSED: "It was handed over again and refused: do not contact",
    Line.OLDER_OUTCOME: "The CRM told an older outcome, which changed nothing: {outcome}",
}


def _told(row: History, names: dict[str, str]) -> str:
    facts = defaultdict(str, {"kind": "no details"} | row.facts)
    detail = f": {facts['detail']}" if facts["detail"] else ""
    words = {
        "by": names.get(row.by or "", "The CRM"),
        "to": names.get(facts["to"], "The actor"),
        "kind": TOUCHES.get(facts["kind"], facts["kind"]),
        "outcome": facts["outcome"].replace("_", " ") + detail,
        "fields": facts.get("fields", "").replace("_", " "),
        "act": _act_and_grade(facts),
        "days": facts["days"],
        "rating": RATINGS.get(facts["rating"], ""),
    }
    sentence = TOLD.get(row.kind, row.kind)
    safe = {key: escape(value) for key, value in words.items()}
    safe["rule"] = by_which_rule(facts)
    if until := row.facts.get("until"):
        safe["until"] = when(datetime.fromisoformat(until))
    return sentence.format_map(safe)


def _act_and_grade(facts: Mapping[str, str]) -> str:
    """What the lead did, and what that made of its grade: `: asked for a demo; was D, now A`."""
    act = f": {short(facts['act'], 300)}" if facts.get("act") else ""
    return act + (f"; was {facts['was']}, now {facts['now']}" if facts.get("now") else "")


def note(lead: Lead, line: History, names: dict[str, str], reader: Person) -> Post:
    """One line of history told to a person, who reads "You" for their own name."""
    told = _told(line, names | {reader.id: "You"})
    sentence = f"*{company(lead)}*: {told}."
    return Post(sentence, [section(sentence)])


def digest_line(lead: Lead, line: History) -> str:
    """What happened, for a reader who is told no names of who had the lead."""
    return f"*{company(lead)}*: {_told(line, {})}."


def digest(told: list[tuple[Lead, History]]) -> Post:
    """Lines of several hand-offs, for a reader as of `digest_line`."""
    shown = [digest_line(lead, line) for lead, line in told[:_LINES_OF_DIGEST]]
    if more := len(told) - len(shown):
        shown.append(f"And {more} more.")
    text = "\n".join(["Leads that waited without contact:", *shown])
    return Post(text, [section(text)])


def why_it_came(handoff: Handoff) -> str:
    """The same lead in one line: campaign, grade, and why it qualifies."""
    because = f": {foreign(handoff.reason, 120)}" if handoff.reason else ""
    return f"{campaign_and_grade(handoff)}{because}"


def line(facts: HandoffFacts, playbook: Playbook, reader: Person) -> str:
    """One hand-off in a list of the reader's own."""
    stage = "" if facts.handoff.stage is Stage.NEW else f" · {facts.handoff.stage.value}"
    return f"*{company(facts.lead)}*{stage}: {status_line(facts, playbook, reader)}"
