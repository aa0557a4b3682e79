"""The minutes of a stand-up, as a message and as a file, and decisions that were looked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.models import Decision, Occurrence
from bot.playbook import Playbook
from bot.views import ids, written
from bot.views.agenda import Agenda
from bot.views.blocks import (
    Post,
    actions,
    button,
    clean,
    context,
    escape,
    foreign,
    header,
    on_day,
    section,
)
from bot.views.items import ItemFacts, counted, day
from bot.views.items import words_of as item_words
from bot.views.problems import headline
from bot.views.topics import words_of

MOST_LINES = 25
"""Of one part in the message; the file has all of them."""


def minutes(agenda: Agenda, playbook: Playbook, *, is_private: bool = False) -> Post:
    """What was decided, who does what until when, what was done, what was put off.

    `is_private`: somebody asked for them, and may let others read them too.
    """
    head = f"Minutes of the stand-up of {day(agenda.occurrence.day)}"
    lines, blocks = [head, _who(agenda)], [header(head), context(_who(agenda))]
    for name, told in _parts(agenda, playbook):
        shown = told[:MOST_LINES]
        more = [f"and {len(told) - MOST_LINES} more"] if len(told) > MOST_LINES else []
        text = "\n".join([f"*{name}*", *(f"• {each}" for each in shown), *more])
        lines.append(text)
        blocks.append(section(text))
    if len(blocks) == 2:
        lines.append("Nothing was kept in it.")
        blocks.append(section(lines[-1]))
    buttons = [button("Files", ids.MINUTES_FILES, agenda.occurrence.id)]
    if is_private:
        buttons.append(button("Post to channel", ids.MINUTES_POST, agenda.occurrence.id))
    return Post("\n".join(lines), [*blocks, actions("minutes", *buttons)])


def _who(agenda: Agenda) -> str:
    parts = []
    if agenda.facilitator and agenda.occurrence.held_at:
        parts.append(f"{escape(agenda.facilitator.name)} led")
    if agenda.rep and agenda.occurrence.held_at:
        parts.append(f"{escape(agenda.rep.name)} came from the reps")
    if not agenda.occurrence.held_at:
        parts.append("Nobody pressed anything in it, so it counts as not held")
    parts.append(f"{counted(agenda.open_items)} open")
    return " · ".join(parts)


def _parts(agenda: Agenda, playbook: Playbook) -> Iterator[tuple[str, list[str]]]:
    done = [facts for facts in agenda.closed if not facts.item.is_dropped]
    dropped = [facts for facts in agenda.closed if facts.item.is_dropped]
    talked = [each for each in agenda.subjects if not each.is_parked]
    parked = [each for each in agenda.subjects if each.is_parked]
    parts = (
        ("In writing", written.lines(agenda.written)),
        ("Decided", [foreign(each.words, 300) for each in agenda.decisions]),
        ("New action items", [_item(facts) for facts in agenda.added]),
        ("Done", [_item(facts) for facts in done]),
        ("Dropped", [_dropped(facts) for facts in dropped]),
        (
            "On the agenda" if agenda.occurrence.is_async else "Talked about",
            [_subject(agenda, each.key, playbook) for each in talked],
        ),
        ("Parked", [_subject(agenda, each.key, playbook) for each in parked]),
    )
    yield from ((name, told) for name, told in parts if told)


def _item(facts: ItemFacts) -> str:
    item = facts.item
    owner = escape(facts.owner.name) if facts.owner else "nobody yet"
    due = f", due {day(item.due_on)}" if item.due_on and not item.closed_at else ""
    how = f" (done when: {foreign(item.done_when, 200)})" if item.done_when else ""
    return f"{item_words(item)}: {owner}{due}{how}"


def _dropped(facts: ItemFacts) -> str:
    return f"{item_words(facts.item)}: {foreign(facts.item.reason or '', 300)}"


def _subject(agenda: Agenda, key: str, playbook: Playbook) -> str:
    subject = next(each for each in agenda.subjects if each.key == key)
    if subject.problem:
        return headline(subject.problem, playbook)
    topic = agenda.topics.get(subject.topic_id or "")
    return words_of(topic) if topic else "A topic"


def markdown(agenda: Agenda, playbook: Playbook) -> str:
    """The same as text for a wiki, with every line of every part."""
    occurrence = agenda.occurrence
    lines = [f"# Stand-up {occurrence.day:%Y-%m-%d}", "", _who(agenda), ""]
    for name, told in _parts(agenda, playbook):
        lines += [f"## {name}", "", *(f"- {each}" for each in told), ""]
    return clean("\n".join(lines)).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def began(occurrence: Occurrence) -> Post:
    """What is left of the note at the beginning."""
    sentence = f"The stand-up of {day(occurrence.day)} is over."
    return Post(sentence, [context(sentence)])


def no_meeting(since: datetime) -> Post:
    """To the liaison: a fact and two ways on; nobody is named."""
    sentence = (
        f"No stand-up has taken place since {on_day(since)}. Another day may fit both sides "
        "better, or `/alignment-standup async` holds one in writing."
    )
    return Post(sentence, [section(sentence)])


def found(decisions: Sequence[tuple[Decision, Occurrence]], words: str) -> Post:
    """The private answer to `decisions`."""
    if not decisions:
        said = (
            f"No decision has “{foreign(words, 80)}” in it; try a shorter word."
            if words
            else "No decision is kept yet."
        )
        return Post(said, [section(said)])
    lines = [f"{day(held.day)}: {foreign(each.words, 300)}" for each, held in decisions]
    return Post("\n".join(lines), [section(line) for line in lines])
