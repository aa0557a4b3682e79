"""A lead offered to a colleague: the form of whoever asks, and the DM of whoever is asked."""

from bot.models import Offer
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    field,
    modal,
    person_picker,
    quote,
    section,
    text_field,
)
from bot.views.brief import Item
from bot.views.handoffs import company, why_it_came

_ANSWERED = {
    "taken": "you took it.",
    "declined": "you said no thanks.",
    "replaced": "somebody else was asked; nothing to do for you.",
    "over": "it was answered; nothing to do for you.",
}


def reassign_form(facts: HandoffFacts) -> View:
    """Who should take it, and why: a picker and a few words."""
    return modal(
        ids.REASSIGN_FORM,
        "Reassign",
        [
            section(f"*{company(facts.lead)}*"),
            field(
                ids.REASSIGN_TO,
                "Who should take it?",
                person_picker(ids.CHOICE, "Choose a colleague in sales"),
            ),
            field(
                ids.REASSIGN_WHY,
                "Why?",
                text_field(ids.CHOICE, most=300, hint="Only they read it."),
                optional=True,
            ),
            context("They are asked. Until they press Take, the lead stays where it is."),
        ],
        submit="Ask",
        about=facts.handoff.id,
    )


def offer(facts: HandoffFacts, made: Offer, asker: str) -> Post:
    """What is asked, and what the lead is about; contact data comes once it is taken."""
    ask = f"{asker} asks you to take {company(facts.lead)}"
    words = [quote(made.words)] if made.words else []
    about = why_it_came(facts.handoff)
    note = "If you take it, you get your own time for the first touch."
    blocks = [
        section(f"*{ask}*"),
        *map(section, words),
        context(about),
        context(note),
        actions("offer", *_buttons(facts)),
    ]
    return Post("\n".join([ask, *words, about, note]), blocks)


def offered(facts: HandoffFacts, made: Offer, asker: str) -> Item:
    """The same as a line of the brief."""
    words = [quote(made.words)] if made.words else []
    text = "\n".join([f"*{company(facts.lead)}*: {asker} asks you to take it", *words])
    return Item(f"{text}\n{why_it_came(facts.handoff)}", _buttons(facts))


def _buttons(facts: HandoffFacts) -> tuple[Block, Block]:
    take = button("Take", ids.TAKE, facts.handoff.id, style="primary")
    return take, button("No thanks", ids.NO_THANKS, facts.handoff.id)


def answered(facts: HandoffFacts, answer: str) -> Post:
    """One line, nothing to press; `answer` as in `Offer`."""
    sentence = f"*{company(facts.lead)}*: {_ANSWERED[answer]}"
    return Post(sentence, [context(sentence)])
