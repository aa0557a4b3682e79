"""What each side says a word means: asked apart, shown side by side, agreed as one text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from bot.core.definitions import is_same
from bot.models import DefinitionQuestion
from bot.playbook import PART
from bot.views import ids
from bot.views.blocks import (
    Block,
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
    when,
)

NOTHING = "nothing"


@dataclass(frozen=True)
class Meaning:
    """The parts of a definition, in the order in which they are asked."""

    must_have: str
    must_not_have: str
    """Empty = nothing rules it out."""
    who_decides: str

    def parts(self) -> list[str]:
        return [getattr(self, part.name) for part in fields(self)]


ASKED = {
    "must_have": ("What must it have?", ids.DEFINITION_MUST),
    "must_not_have": ("What rules it out?", ids.DEFINITION_NOT),
    "who_decides": ("Who decides?", ids.DEFINITION_WHO),
}
"""By part: its question, and the field it is answered in."""


@dataclass(frozen=True)
class Standing:
    """A question and what was said to it."""

    question: DefinitionQuestion
    answers: Mapping[str, Meaning]
    """By side; hidden from the other until both are in."""
    names: Mapping[str, str]
    """Of who asked, answered and agreed, by id."""
    by: Mapping[str, str]
    """Who answered, by side."""

    @property
    def is_complete(self) -> bool:
        return len(self.answers) == len(SIDES)

    @property
    def word(self) -> str:
        return f"“{foreign(self.question.word, 40)}”"

    def name(self, person_id: str | None) -> str:
        return escape(self.names.get(person_id or "", "somebody"))


SIDES = ("sales", "marketing")


def ask_form() -> View:
    """Which word are both sides asked about?"""
    word = line_field(ids.CHOICE, most=40, initial="qualified")
    blocks = [
        field(ids.DEFINITION_WORD, "Which word?", word),
        context(
            "The head of each side is asked apart what it means. Neither sees the other's answer "
            "before both are in; then you agree on one text, which both sign."
        ),
    ]
    return modal(ids.DEFINITION_ASK_FORM, "Ask both sides", blocks, submit="Ask")


def asked(word: str, names: Mapping[str, list[str]]) -> View:
    whom = " and ".join(
        f"{' and '.join(map(escape, heads))} for {side}" for side, heads in names.items()
    )
    sentence = f"What “{foreign(word, 40)}” means is asked now: {whom}. Each has a message."
    return modal(ids.TOLD_VIEW, "Asked", [section(sentence)], submit=None)


def question(standing: Standing, side: str) -> Post:
    """What a head of this side reads, as it stands."""
    if standing.question.agreed_at or standing.is_complete:
        return _over(standing)
    if side in standing.answers:
        by = standing.name(standing.by.get(side))
        sentence = (
            f"{by} said for {side} what {standing.word} means. The other side has not yet; you "
            "both see both then."
        )
        change = button("Change the answer…", ids.DEFINITION_ANSWER, standing.question.id)
        return Post(sentence, [section(sentence), actions("definition", change)])
    push = f"What makes a lead {standing.word}? Please say it for {side}."
    why = (
        f"{standing.name(standing.question.asked_by)} asks both sides apart, and you head {side}. "
        "Nobody of the other side sees your answer before theirs is in."
    )
    answer = button("Answer…", ids.DEFINITION_ANSWER, standing.question.id, style="primary")
    return Post(
        f"{push}\n{why}", [section(f"*{push}*"), context(why), actions("definition", answer)]
    )


def both_in(standing: Standing) -> Post:
    """What both heads read once both have answered."""
    if standing.question.agreed_at:
        return _over(standing)
    same = sum(map(is_same, *(answer.parts() for answer in standing.answers.values())))
    push = f"Both sides have said what {standing.word} means: {_how_much(same)}"
    why = "You get this because you head your side. Agree on one text; it goes into the playbook."
    compare = button("Compare…", ids.DEFINITION_COMPARE, standing.question.id, style="primary")
    return Post(
        f"{push}\n{why}", [section(f"*{push}*"), context(why), actions("definition", compare)]
    )


def _how_much(same: int) -> str:
    return {
        0: "the three parts differ.",
        1: "one part of three is the same.",
        2: "two parts of three are the same.",
    }.get(same, "word for word the same.")


def _over(standing: Standing) -> Post:
    asked_about = standing.question
    if asked_about.agreed_at:
        by = standing.name(asked_about.agreed_by)
        sentence = (
            f"What {standing.word} means is agreed, {when(asked_about.agreed_at)}, written down by "
            f"{by}: version {asked_about.version} of the playbook has it, for both heads to sign."
        )
    else:
        sentence = f"Both sides have said what {standing.word} means; the newer message has both."
    return Post(sentence, [context(sentence)])


def answer_form(standing: Standing, side: str) -> View:
    """The three questions, with what the side said before."""
    before = standing.answers.get(side)
    blocks = [
        context(f"What makes a lead {standing.word}? You answer for {side}."),
        *_fields(before),
    ]
    about = standing.question.id
    return modal(ids.DEFINITION_FORM, "What does it mean?", blocks, submit="Save", about=about)


def _fields(filled: Meaning | None) -> Iterator[Block]:
    for part, (asks, block_id) in ASKED.items():
        text = line_field(
            ids.CHOICE, most=PART, initial=getattr(filled, part, None) or None, lines=True
        )
        yield field(block_id, asks, text, optional=part == "must_not_have")


def agree_form(standing: Standing) -> View:
    """Both answers side by side, and the one text to agree on; what is the same stands there."""
    one, other = (standing.answers[side] for side in SIDES)
    blocks: list[Block] = [context(f"What makes a lead {standing.word}?")]
    agreed = []
    for part, of_one, of_other in zip(ASKED, one.parts(), other.parts(), strict=True):
        same = is_same(of_one, of_other)
        agreed.append(of_one if same else "")
        blocks += _side_by_side(ASKED[part][0], of_one, of_other, same=same)
    blocks += [
        {"type": "divider"},
        section("*One text for both*"),
        *_fields(Meaning(*agreed)),
        context("Saved, it is a new version of the playbook, and both heads sign anew."),
    ]
    about = standing.question.id
    return modal(ids.DEFINITION_AGREE_FORM, "Compare and agree", blocks, submit="Save", about=about)


def _side_by_side(asks: str, one: str, other: str, *, same: bool) -> Iterator[Block]:
    yield section(f"*{asks}* {'Both say the same.' if same else 'They differ.'}")
    columns = [
        {"type": "mrkdwn", "text": f"*{side.capitalize()}*\n{_said(text)}", "verbatim": True}
        for side, text in zip(SIDES, (one, other), strict=True)
    ]
    yield {"type": "section", "fields": columns}


def _said(text: str) -> str:
    return foreign(text, PART) if text else NOTHING
