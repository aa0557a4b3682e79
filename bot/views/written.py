"""A stand-up in writing: the two questions, and what everybody answered."""

from collections.abc import Iterator, Sequence

from bot.models import Occurrence, Person, WrittenAnswer
from bot.views import ids
from bot.views.blocks import (
    Post,
    View,
    actions,
    button,
    context,
    escape,
    field,
    foreign,
    line_field,
    modal,
    section,
)
from bot.views.items import day

WORDS = 500
PROGRESS = "What came of your action items, and what else went well?"
PROBLEM = "What stands in the way, and who could help?"


def question(occurrence: Occurrence, given: WrittenAnswer | None) -> Post:
    """Two questions and one press for nothing; afterwards what was answered, to be changed."""
    push = f"The stand-up of {day(occurrence.day)} is held in writing: two questions"
    if given is None:
        blocks = [
            section(f"*{push}*\n1. {PROGRESS}\n2. {PROBLEM}"),
            actions(
                "written",
                button("Answer…", ids.WRITTEN_ANSWER, occurrence.id, style="primary"),
                button("Nothing this time", ids.WRITTEN_SKIP, occurrence.id),
            ),
        ]
        return Post(f"{push}\n1. {PROGRESS}\n2. {PROBLEM}", blocks)
    told = "\n".join(_said(given))
    push = f"Your answer for the stand-up of {day(occurrence.day)}"
    change = button("Change…", ids.WRITTEN_ANSWER, occurrence.id)
    blocks = [section(f"*{push}*\n{told}"), actions("written", change)]
    return Post(f"{push}\n{told}", blocks)


def over(occurrence: Occurrence) -> Post:
    sentence = f"The stand-up of {day(occurrence.day)} takes no more answers."
    return Post(sentence, [context(sentence)])


def form(occurrence: Occurrence, given: WrittenAnswer | None) -> View:
    progress = line_field(
        ids.CHOICE, most=WORDS, initial=given.progress if given else None, lines=True
    )
    problem = line_field(
        ids.CHOICE, most=WORDS, initial=given.problem if given else None, lines=True
    )
    blocks = [
        field(ids.WRITTEN_PROGRESS, PROGRESS, progress, optional=True),
        field(ids.WRITTEN_PROBLEM, PROBLEM, problem, optional=True),
        context("Everybody reads it in the summary. You can change it until the next stand-up."),
    ]
    return modal(
        ids.WRITTEN_FORM, "Stand-up in writing", blocks, submit="Save", about=occurrence.id
    )


def lines(answers: Sequence[tuple[Person, WrittenAnswer]]) -> list[str]:
    """For the summary: one paragraph each, under the name of who wrote it."""
    return [
        f"{escape(person.name)}{' (later)' if given.is_late else ''}: {' · '.join(_said(given))}"
        for person, given in answers
    ]


def _said(given: WrittenAnswer) -> Iterator[str]:
    if given.is_skipped:
        yield "Nothing this time."
    if given.progress:
        yield foreign(given.progress, WORDS)
    if given.problem:
        yield f"In the way: {foreign(given.problem, WORDS)}"


def chosen(occurrence: Occurrence) -> str:
    return (
        f"The stand-up of {day(occurrence.day)} is held in writing: everybody who attends it is "
        "asked in their own morning of that day, and the summary follows on the next working day."
    )
