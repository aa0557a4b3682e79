"""A question to marketing: its form, the message with the Answer button, the answer."""

from datetime import datetime

from bot.models import Ask, Person
from bot.queries import HandoffFacts
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
    modal,
    section,
    text_field,
    when,
)
from bot.views.brief import Item
from bot.views.handoffs import campaign_and_grade, company

WORDS = 300


def ask_form(facts: HandoffFacts, receiver: Person, rests: datetime | None) -> View:
    """`rests`: until when reminders rest at most; None = they do not."""
    words = text_field(ids.CHOICE, most=WORDS, hint="Which of their sites did they ask about?")
    pause = f"Reminders rest until the answer, at most until {when(rests)}. " if rests else ""
    blocks = [
        section(f"*{company(facts.lead)}*\n{campaign_and_grade(facts.handoff)}"),
        field(ids.ASK_WORDS, "What do you want to know?", words),
        context(f"It goes to {escape(receiver.name)}. {pause}The due time stays."),
    ]
    return modal(ids.ASK_FORM, "Ask marketing", blocks, submit="Ask", about=facts.handoff.id)


def question(asked: Ask, facts: HandoffFacts, asker: Person, answered_by: Person | None) -> Post:
    """What marketing reads: no contact data, and nothing to press once it is answered."""
    if not asked.question:
        return _forgotten(facts)
    told = f"“{foreign(asked.question, WORDS)}”"
    if answered_by:
        sentence = (
            f"*{company(facts.lead)}*: {escape(asker.name)} asked {told} "
            f"{escape(answered_by.name)} answered “{foreign(asked.answer or '', WORDS)}”"
        )
        return Post(sentence, [context(sentence)])
    opening = "Not answered yet: " if asked.late_at else ""
    push = f"{opening}{escape(asker.name)} asks about {company(facts.lead)}"
    notes = f"{campaign_and_grade(facts.handoff)} · please answer by {when(asked.due_at)}"
    blocks = [section(f"*{push}*\n{told}"), context(notes), actions("ask", _answer(asked))]
    return Post(f"{push}\n{told}\n{notes}", blocks)


def to_answer(asked: Ask, facts: HandoffFacts, asker: str) -> Item:
    """A question as a line of the brief."""
    opening = "Not answered yet: " if asked.late_at else ""
    told = f"“{foreign(asked.question, WORDS)}”"
    text = f"*{company(facts.lead)}*: {opening}{escape(asker)} asks {told}"
    return Item(f"{text}\nPlease answer by {when(asked.due_at)}", (_answer(asked),))


def _answer(asked: Ask) -> Block:
    return button("Answer", ids.ANSWER, asked.id, style="primary")


def answer_form(asked: Ask, facts: HandoffFacts, asker: Person) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="Only the plant in Ghent.")
    about = f"*{company(facts.lead)}*\n{campaign_and_grade(facts.handoff)}"
    blocks = [
        section(about),
        section(f"{escape(asker.name)} asks: “{foreign(asked.question, WORDS)}”"),
        field(ids.ANSWER_WORDS, "Your answer", words),
    ]
    return modal(ids.ANSWER_FORM, "Answer", blocks, submit="Answer", about=asked.id)


def answered(asked: Ask, facts: HandoffFacts, answered_by: Person) -> Post:
    """What whoever asked reads."""
    if not asked.question:
        return _forgotten(facts)
    sentence = (
        f"*{company(facts.lead)}*: {escape(answered_by.name)} answered "
        f"“{foreign(asked.answer or '', WORDS)}”"
    )
    asked_before = f"You asked: “{foreign(asked.question, WORDS)}”"
    return Post(f"{sentence}\n{asked_before}", [section(sentence), context(asked_before)])


def _forgotten(facts: HandoffFacts) -> Post:
    sentence = f"*{company(facts.lead)}*: the question about it is erased too."
    return Post(sentence, [context(sentence)])
