"""What an agenda says, part by part; `bot/views/standup.py` makes its message of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.standup import Subject
from bot.models import Decision, Occurrence, Person, Topic, WrittenAnswer
from bot.playbook import Meeting, Playbook
from bot.views import ids
from bot.views import items as items_view
from bot.views.blocks import Block, actions, button, context, escape, foreign, header, section, when
from bot.views.items import ItemFacts, day
from bot.views.problems import WORDINGS, headline
from bot.views.topics import words_of

Part = tuple[list[Block], list[str]]
"""Blocks, and the lines of text that say the same."""


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


def top(agenda: Agenda) -> Part:
    lines = [title(agenda.occurrence), when_and_who(agenda)]
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


def when_and_who(agenda: Agenda) -> str:
    begins = agenda.occurrence.begins_at
    parts = [f"{when(begins)}, {agenda.meeting.minutes} minutes"]
    if agenda.facilitator:
        parts.append(f"{escape(agenda.facilitator.name)} leads")
    if agenda.rep:
        parts.append(f"{escape(agenda.rep.name)} comes from the reps")
    if agenda.meeting.call_link:
        parts.append(f"<{agenda.meeting.call_link}|Join the call>")
    return " · ".join(parts)


def part_one(agenda: Agenda) -> Part:
    count = agenda.open_items
    said = (
        f"*1 · Action items* (5 min): {count:,} open" if count else "*1 · Action items*: none open"
    )
    blocks, lines = [section(said)], [said]
    for facts in agenda.items:
        blocks += items_view.row(facts)
        lines.append(items_view.line(facts))
    open_shown = sum(1 for facts in agenda.items if facts.item.closed_at is None)
    if count > open_shown:
        blocks.append(
            actions("all", button(f"All {count:,}", ids.ITEMS_ALL, f"{agenda.meeting.key}:0"))
        )
        lines.append(f"The oldest {open_shown} of {count:,}.")
    return blocks, lines


def part_two(agenda: Agenda, playbook: Playbook) -> Part:
    said = "*2 · To talk about* (20 min)" if agenda.subjects else "*2 · To talk about*: nothing"
    blocks, lines = [section(said)], [said]
    for subject in agenda.subjects:
        shown, told = about(agenda, subject, playbook)
        blocks += shown
        lines += told
    notes = []
    if agenda.waiting:
        one = agenda.waiting == 1
        notes.append(f"{'1 more topic waits' if one else f'{agenda.waiting} more topics wait'}.")
    if agenda.rest:
        others = "; ".join(headline_of(agenda, each, playbook) for each in agenda.rest[:5])
        notes.append(f"Not for the meeting: {others}.")
    if notes:
        lines.append(" ".join(notes))
        blocks.append(context(lines[-1]))
    if agenda.rest:
        blocks.append(
            actions("rest", button("Their lists", ids.STANDUP_REST, agenda.occurrence.id))
        )
    return blocks, lines


def headline_of(agenda: Agenda, subject: Subject, playbook: Playbook) -> str:
    if subject.problem:
        return headline(subject.problem, playbook)
    topic = agenda.topics.get(subject.topic_id or "")
    return words_of(topic) if topic else "A topic"


def about(agenda: Agenda, subject: Subject, playbook: Playbook) -> Part:
    """What is so, why it is talked about, what should come of it."""
    says = f"*{headline_of(agenda, subject, playbook)}*"
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


def part_three(agenda: Agenda) -> Part:
    said = "*3 · Decisions and new action items* (5 min)"
    blocks, lines = [section(said)], [said]
    for told in outcomes(agenda):
        blocks.append(section(told))
        lines.append(told)
    return blocks, lines


def outcomes(agenda: Agenda) -> Iterator[str]:
    if agenda.decisions:
        yield "\n".join(f"Decided: {foreign(each.words, 300)}" for each in agenda.decisions)
    if agenda.added:
        yield "\n".join(f"New: {items_view.line(facts)}" for facts in agenda.added[:20])
