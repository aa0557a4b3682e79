"""A dispute: the form that opens it, what the liaison reads, and the line both sides get."""

from collections.abc import Iterator, Mapping, Sequence

from bot.models import Dispute, Person, Verdict
from bot.playbook import Playbook
from bot.queries import HandoffFacts
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
    modal,
    radios,
    section,
    static_select,
    text_field,
    when,
)
from bot.views.brief import Item, opens
from bot.views.handoffs import campaign_and_grade, company, status_line
from bot.views.items import ItemFacts
from bot.views.origins import items_of

WORDS = 300
VERDICTS = {
    Verdict.STANDS: "The outcome stands",
    Verdict.REOPENED: "Open the lead again",
    Verdict.RELABELLED: "Another reason",
}


def form(facts: HandoffFacts, receiver: Person, playbook: Playbook) -> View:
    """What do you see otherwise?"""
    words = text_field(ids.CHOICE, most=WORDS, hint="They have 400 people; the form says so.")
    blocks = [
        section(f"*{company(facts.lead)}*: {status_line(facts, playbook)}"),
        field(ids.DISPUTE_WORDS, "What do you see otherwise?", words),
        context(f"It goes to {escape(receiver.name)} alone, who settles it with both of you."),
    ]
    return modal(ids.DISPUTE_FORM, "Dispute", blocks, submit="Send", about=facts.handoff.id)


def dispute(
    contested: Dispute,
    facts: HandoffFacts,
    names: Mapping[str, str],
    playbook: Playbook,
    items: Sequence[ItemFacts] = (),
) -> Post:
    """What the liaison reads, with the action items that were made of it; nothing to settle once
    it is."""
    if not contested.words:
        return _forgotten(facts)
    shown, told = items_of(items)
    lead = company(facts.lead)
    by = escape(names.get(contested.by, "Marketing"))
    if contested.settled_at:
        how = _how(contested, playbook, facts)
        sentence = f"*{lead}*: dispute of {by}, settled {when(contested.settled_at)}: {how}"
        return Post("\n".join([sentence, *told]), [context(sentence), *shown])
    push = f"{by} disputes an outcome: {lead}"
    said = escape(names.get(contested.outcome_by or "", "The CRM"))
    label = escape(playbook.outcome_label(contested.outcome, contested.outcome_detail))
    words = facts.handoff.outcome_words
    quoted = f" “{foreign(words, WORDS)}”" if words else ""
    lines = [
        f"{said} said *{label}*, {when(contested.outcome_at)}.{quoted}",
        f"{by}: “{foreign(contested.words, WORDS)}”",
    ]
    by_when = f"please settle by {when(contested.due_at)}"
    if contested.passed_on_at:
        by_when = f"open since {when(contested.at)}, and yours now"
    notes = f"{campaign_and_grade(facts.handoff)} · {by_when}"
    buttons = actions(
        "dispute",
        button("Settle…", ids.SETTLE, contested.id, style="primary"),
        button("Action item…", ids.ITEM_OF_DISPUTE, contested.id),
    )
    blocks = [section("\n".join([f"*{push}*", *lines])), context(notes), *shown, buttons]
    return Post("\n".join([push, *lines, notes, *told]), blocks)


def item(
    contested: Dispute,
    facts: HandoffFacts,
    names: Mapping[str, str],
    playbook: Playbook,
    *,
    may_settle: bool,
) -> Item:
    """An open dispute as a line of App Home: to settle, or opened by its reader."""
    label = escape(playbook.outcome_label(contested.outcome, contested.outcome_detail))
    words = f"“{foreign(contested.words, WORDS)}”"
    by_when = when(contested.due_at)
    if may_settle:
        by = escape(names.get(contested.by, "Marketing"))
        text = f"*{company(facts.lead)}*: {by} disputes *{label}*; please settle by {by_when}"
        settle = button("Settle…", ids.SETTLE, contested.id, style="primary")
        return Item(f"{text}\n{words}", (settle,))
    settles = escape(names.get(contested.receiver_id, "The liaison"))
    text = f"*{company(facts.lead)}*: *{label}*; {settles} settles it by {by_when}"
    return Item(f"{text}\n{words}", (opens(facts),))


def settle_form(contested: Dispute, facts: HandoffFacts, playbook: Playbook) -> View:
    """How is it settled? One choice, perhaps another reason, and the line both sides read."""
    verdict = radios(ids.CHOICE, [(label, verdict) for verdict, label in VERDICTS.items()])
    reason = static_select(ids.CHOICE, [*_reasons(playbook)], hint="Choose a reason")
    words = text_field(ids.CHOICE, most=WORDS, hint="The site counts 400; size does fit.")
    blocks = [
        section(f"*{company(facts.lead)}*\n“{foreign(contested.words, WORDS)}”"),
        field(ids.VERDICT, "How is it settled?", verdict),
        field(
            ids.OUTCOME_KEY,
            "Which reason, if another",
            reason,
            optional=True,
        ),
        field(ids.SETTLE_WORDS, "The line both of them read", words),
        context("An outcome that does not stand no longer rates the lead."),
    ]
    return modal(ids.SETTLE_FORM, "Settle", blocks, submit="Settle", about=contested.id)


def _reasons(playbook: Playbook) -> Iterator[tuple[str, str]]:
    for reason in playbook.reasons:
        for detail in reason.details:
            yield f"{reason.label}: {detail}", f"{reason.key}:{detail}"
        yield f"{reason.label}: something else" if reason.details else reason.label, reason.key


def settled(
    contested: Dispute,
    facts: HandoffFacts,
    names: Mapping[str, str],
    reader: Person,
    playbook: Playbook,
) -> Post:
    """The one line to each side."""
    if not contested.words:
        return _forgotten(facts)
    by = escape(names.get(contested.settled_by or "", "The liaison"))
    whose = "your dispute" if reader.id == contested.by else "a dispute about it"
    how = _how(contested, playbook, facts)
    answer = f" “{foreign(contested.answer or '', WORDS)}”"
    sentence = f"*{company(facts.lead)}*: {by} settled {whose}: {how}{answer}"
    return Post(sentence, [section(sentence)])


def _how(contested: Dispute, playbook: Playbook, facts: HandoffFacts) -> str:
    if contested.verdict is Verdict.RELABELLED:
        handoff = facts.handoff
        label = playbook.outcome_label(handoff.outcome or "", handoff.outcome_detail)
        return f"it counts as “{escape(label)}” now."
    if contested.verdict is Verdict.REOPENED:
        return "the lead is open again."
    return "the outcome stands."


def _forgotten(facts: HandoffFacts) -> Post:
    sentence = f"*{company(facts.lead)}*: the dispute about it is erased too."
    return Post(sentence, [context(sentence)])
