"""A stand-up in the channel: one message that is its agenda, then the running of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.standup import State, Subject
from bot.models import Decision, Occurrence, Person, Topic, WrittenAnswer
from bot.playbook import Meeting, Playbook
from bot.views import ids
from bot.views import items as items_view
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    foreign,
    header,
    line_field,
    modal,
    radios,
    section,
    text_field,
    when,
)
from bot.views.blocks import field as form_field
from bot.views.items import ItemFacts, day
from bot.views.problems import WORDINGS, headline

TOPIC_WORDS = 300
DECISION_WORDS = 300
TOPIC, ITEM = "topic", "item"


@dataclass(frozen=True)
class Agenda:
    """A meeting with all that its message says."""

    occurrence: Occurrence
    meeting: Meeting
    items: Sequence[ItemFacts]
    """Part one: the oldest open action items."""
    open_items: int
    subjects: Sequence[Subject]
    """Part two: problems and topics."""
    topics: dict[str, Topic]
    rest: Sequence[Subject]
    """Problems that are not for the meeting."""
    waiting: int
    """Topics that have to wait for another meeting."""
    added: Sequence[ItemFacts] = ()
    decisions: Sequence[Decision] = ()
    facilitator: Person | None = None
    rep: Person | None = None
    people: int = 0
    skipped_by: Person | None = None
    closed: Sequence[ItemFacts] = field(default=())
    """What was ticked or dropped in it."""
    written: Sequence[tuple[Person, WrittenAnswer]] = ()
    """What everybody wrote, when it is held in writing."""

    @property
    def is_empty(self) -> bool:
        return not (self.open_items or self.subjects)


def title(occurrence: Occurrence) -> str:
    return f"Stand-up {day(occurrence.day)}"


def post(agenda: Agenda, playbook: Playbook) -> Post:
    """The message as the meeting stands now."""
    state = agenda.occurrence.state
    if state is State.SKIPPED:
        return _line(skipped(agenda))
    if state is State.MISSED:
        return _line(_missed(agenda))
    if state is State.CLOSED:
        return _line(f"{title(agenda.occurrence)} is over; its minutes stand below.")
    if state is State.RUNNING and not agenda.occurrence.is_async:
        return _running(agenda, playbook)
    return _announced(agenda, playbook)


def _line(sentence: str) -> Post:
    return Post(sentence, [context(sentence)])


def skipped(agenda: Agenda) -> str:
    """Why there is none, and what that saves."""
    on = day(agenda.occurrence.day)
    if agenda.skipped_by:
        why = foreign(agenda.occurrence.reason or "", 300)
        return f"No stand-up on {on}, says {escape(agenda.skipped_by.name)}: {why}"
    if agenda.occurrence.reason:
        return f"No stand-up on {on}: {foreign(agenda.occurrence.reason, 300)}"
    people = agenda.people
    saved = f"{agenda.meeting.minutes} minutes"
    whom = "" if people == 1 else f" for each of {people} people"
    return f"No stand-up on {on}: nothing is open. That saves {saved}{whom}."


def _missed(agenda: Agenda) -> str:
    on = day(agenda.occurrence.day)
    return (
        f"The stand-up of {on} went by while I was not running. What was open is on the next "
        "agenda."
    )


def _announced(agenda: Agenda, playbook: Playbook) -> Post:
    blocks, lines = _top(agenda)
    for block_list, said in (_part_one(agenda), _part_two(agenda, playbook), _part_three(agenda)):
        blocks += block_list
        lines += said
    blocks.append(actions("run", *_announced_buttons(agenda.occurrence)))
    return Post("\n".join(lines), blocks)


def _announced_buttons(occurrence: Occurrence) -> Iterator[Block]:
    if not occurrence.is_async:
        yield button("Start", ids.STANDUP_NEXT, f"{occurrence.id}:-1", style="primary")
    yield button("Add…", ids.STANDUP_ADD, occurrence.id)
    if occurrence.state is State.RUNNING:
        yield button("Decision…", ids.STANDUP_DECIDE, occurrence.id)


def draft(agenda: Agenda, playbook: Playbook, *, may_post: bool) -> Post:
    """What would be posted now, for whoever asks."""
    push = f"Draft of the stand-up of {day(agenda.occurrence.day)}"
    blocks, lines = [header(push)], [push]
    if agenda.is_empty:
        lines.append(
            f"Nothing is open; it skips itself unless something comes until "
            f"{when(agenda.occurrence.begins_at)}."
        )
        blocks.append(section(lines[-1]))
    else:
        lines.append(_when_and_who(agenda))
        blocks.append(context(lines[-1]))
        for block_list, said in (_part_one(agenda), _part_two(agenda, playbook)):
            blocks += block_list
            lines += said
    buttons = [button("Add…", ids.STANDUP_ADD, agenda.occurrence.id)]
    if may_post and not agenda.is_empty:
        post_it = button("Post to channel", ids.STANDUP_POST, agenda.occurrence.id, style="primary")
        buttons.insert(0, post_it)
    return Post("\n".join(lines), [*blocks, actions("draft", *buttons)])


def _top(agenda: Agenda) -> tuple[list[Block], list[str]]:
    lines = [title(agenda.occurrence), _when_and_who(agenda)]
    blocks = [header(lines[0]), context(lines[1])]
    if agenda.occurrence.is_async:
        lines.append(_in_writing(agenda))
        blocks.append(context(lines[-1]))
    if late := agenda.occurrence.late_at:
        lines.append(
            f"This comes late: I was not running at its time. It is open since {when(late)}."
        )
        blocks.append(context(lines[-1]))
    return blocks, lines


def _in_writing(agenda: Agenda) -> str:
    count = len(agenda.written)
    so_far = f" {count} of {agenda.people} answered so far." if count else ""
    return f"In writing: everybody is asked in their own morning of that day.{so_far}"


def _when_and_who(agenda: Agenda) -> str:
    begins = agenda.occurrence.begins_at
    parts = [f"{when(begins)}, {agenda.meeting.minutes} minutes"]
    if agenda.facilitator:
        parts.append(f"{escape(agenda.facilitator.name)} leads")
    if agenda.rep:
        parts.append(f"{escape(agenda.rep.name)} comes from the reps")
    if agenda.meeting.call_link:
        parts.append(f"<{agenda.meeting.call_link}|Join the call>")
    return " · ".join(parts)


def _part_one(agenda: Agenda) -> tuple[list[Block], list[str]]:
    count = agenda.open_items
    said = (
        f"*1 · Action items* (5 min): {count:,} open" if count else "*1 · Action items*: none open"
    )
    blocks, lines = [section(said)], [said]
    for facts in agenda.items:
        blocks.append(items_view.row(facts))
        lines.append(items_view.line(facts))
    open_shown = sum(1 for facts in agenda.items if facts.item.closed_at is None)
    if count > open_shown:
        blocks.append(
            actions("all", button(f"All {count:,}", ids.ITEMS_ALL, f"{agenda.meeting.key}:0"))
        )
        lines.append(f"The oldest {open_shown} of {count:,}.")
    return blocks, lines


def _part_two(agenda: Agenda, playbook: Playbook) -> tuple[list[Block], list[str]]:
    said = "*2 · To talk about* (20 min)" if agenda.subjects else "*2 · To talk about*: nothing"
    blocks, lines = [section(said)], [said]
    for subject in agenda.subjects:
        shown, told = _subject(agenda, subject, playbook)
        blocks += shown
        lines += told
    notes = []
    if agenda.waiting:
        one = agenda.waiting == 1
        notes.append(f"{'1 more topic waits' if one else f'{agenda.waiting} more topics wait'}.")
    if agenda.rest:
        others = "; ".join(_headline(agenda, each, playbook) for each in agenda.rest[:5])
        notes.append(f"Not for the meeting: {others}.")
    if notes:
        lines.append(" ".join(notes))
        blocks.append(context(lines[-1]))
    if agenda.rest:
        blocks.append(
            actions("rest", button("Their lists", ids.STANDUP_REST, agenda.occurrence.id))
        )
    return blocks, lines


def _headline(agenda: Agenda, subject: Subject, playbook: Playbook) -> str:
    if subject.problem:
        return headline(subject.problem, playbook)
    topic = agenda.topics.get(subject.topic_id or "")
    return foreign(topic.words, TOPIC_WORDS) if topic else "A topic"


def _subject(agenda: Agenda, subject: Subject, playbook: Playbook) -> tuple[list[Block], list[str]]:
    """What is so, why it is talked about, what should come of it."""
    says = f"*{_headline(agenda, subject, playbook)}*"
    parked = " · parked" if subject.is_parked else ""
    problem = subject.problem
    if problem is None:
        note = f"Somebody asked for this.{parked}"
        return [section(says), context(note)], [says, note]
    wording = WORDINGS.get(problem.source)
    opens = button("Show the list", ids.STANDUP_LEADS, leads_value(agenda.occurrence, subject))
    note = (
        f"Why: {wording.purpose} Wanted: {wording.outcome} Perhaps: {wording.action}{parked}"
        if wording
        else parked
    )
    return [section(says, opens), *([context(note)] if note else [])], [says, note]


def leads_value(occurrence: Occurrence, subject: Subject) -> str:
    """The value of a button that opens the leads behind a number."""
    return f"{occurrence.id}:{subject.key}"


def _part_three(agenda: Agenda) -> tuple[list[Block], list[str]]:
    said = "*3 · Decisions and new action items* (5 min)"
    blocks, lines = [section(said)], [said]
    for told in _outcome_lines(agenda):
        blocks.append(section(told))
        lines.append(told)
    return blocks, lines


def _outcome_lines(agenda: Agenda) -> Iterator[str]:
    if agenda.decisions:
        yield "\n".join(f"Decided: {foreign(each.words, 300)}" for each in agenda.decisions)
    if agenda.added:
        yield "\n".join(f"New: {items_view.line(facts)}" for facts in agenda.added[:20])


def _running(agenda: Agenda, playbook: Playbook) -> Post:
    """One item at a time, for a call on which one person shares the screen."""
    page, last = agenda.occurrence.page, len(agenda.subjects) + 1
    blocks, lines = _top(agenda)
    step = f"{page + 1} of {last + 1}"
    blocks.append(context(step))
    lines.append(step)
    if page == 0:
        shown = _part_one(agenda)
    elif page < last:
        shown = _subject(agenda, agenda.subjects[page - 1], playbook)
    else:
        shown = _part_three(agenda)
    blocks += shown[0]
    lines += shown[1]
    if page < last:
        told = list(_outcome_lines(agenda))
        blocks += [section(each) for each in told]
        lines += told
    blocks.append(actions("run", *_run_buttons(agenda, page, last)))
    return Post("\n".join(lines), blocks)


def _run_buttons(agenda: Agenda, page: int, last: int) -> Iterator[Block]:
    occurrence_id = agenda.occurrence.id
    here = f"{occurrence_id}:{page}"
    if page < last:
        yield button("Next", ids.STANDUP_NEXT, here, style="primary")
    else:
        yield button("End", ids.STANDUP_END, here, style="primary")
    yield button("Action item…", ids.STANDUP_ADD, occurrence_id)
    yield button("Decision…", ids.STANDUP_DECIDE, occurrence_id)
    if 0 < page < last and not agenda.subjects[page - 1].is_parked:
        yield button("Park", ids.STANDUP_PARK, here)
    if page:
        yield button("Back", ids.STANDUP_BACK, here)


def start_note(agenda: Agenda) -> Post:
    """The short note when it begins."""
    late = agenda.occurrence.late_at
    begins = (
        "begins now" if late is None else "is late, because I was not running: it can begin now"
    )
    parts = [f"The stand-up {begins}: the agenda is above."]
    if agenda.facilitator:
        parts.append(f"{escape(agenda.facilitator.name)} leads.")
    said = " ".join(parts)
    link = agenda.meeting.call_link
    if not link:
        return Post(said, [section(said)])
    return Post(f"{said} {link}", [section(f"{said} <{link}|Join the call>")])


def add_form(about: str, words: str | None = None) -> View:
    """A topic or an action item, from a message or between two meetings."""
    options = [
        ("A topic to talk about", TOPIC),
        ("An action item somebody does", ITEM),
    ]
    typed = (
        line_field(ids.CHOICE, most=TOPIC_WORDS, initial=words, lines=True)
        if words
        else text_field(ids.CHOICE, most=TOPIC_WORDS, hint="Why do trials stop in week two?")
    )
    blocks = [
        form_field(ids.ITEM_WORDS, "What is it?", typed),
        form_field(ids.ADD_AS, "It is", radios(ids.CHOICE, options, TOPIC)),
        context("An action item asks for its owner and its day next."),
    ]
    return modal(ids.ADD_FORM, "Add to stand-up", blocks, submit="Add", about=about)


def decision_form(occurrence: Occurrence) -> View:
    words = text_field(ids.CHOICE, most=DECISION_WORDS, hint="Demo requests get grade A.")
    blocks = [form_field(ids.DECISION_WORDS, "What was decided?", words)]
    return modal(ids.DECISION_FORM, "Decision", blocks, submit="Keep", about=occurrence.id)


def rest_list(agenda: Agenda, playbook: Playbook) -> View:
    """What is not for the meeting, each with its list."""
    blocks = [
        section(
            f"*{_headline(agenda, subject, playbook)}*",
            button("Show the list", ids.STANDUP_LEADS, leads_value(agenda.occurrence, subject)),
        )
        for subject in agenda.rest[:40]
    ] or [section("Nothing is left out.")]
    return modal(ids.TOLD_VIEW, "Not for the meeting", blocks, submit=None)


def added(begins_at: datetime | None, words: str) -> str:
    """What is said to whoever added a topic."""
    which = f"the stand-up {when(begins_at)}" if begins_at else "the next stand-up"
    return f"“{foreign(words, 150)}” is a topic for {which}."
