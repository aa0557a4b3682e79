"""A flag as people read it: its form, the warning, the hint to reps, what marketing says to it."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.models import Campaign, Flag, FlagKind, Handoff, Person, Severity
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    day_field,
    escape,
    field,
    foreign,
    modal,
    section,
    static_select,
    text_field,
    when,
)
from bot.views.brief import Item
from bot.views.handoffs import company
from bot.views.items import ItemFacts
from bot.views.origins import items_of

WORDS = 200
"""Characters of an issue, an answer or a change."""
SEVERITIES = {
    Severity.MINOR: "Worth a look",
    Severity.SERIOUS: "Serious: most leads suffer",
    Severity.STOP: "Please stop sending",
}
_SHORT = {
    Severity.MINOR: "worth a look",
    Severity.SERIOUS: "serious",
    Severity.STOP: "please stop sending",
}


def name_of(campaign: Campaign) -> str:
    """Escaped, on one line."""
    return foreign(campaign.name, 80)


def flag_form(campaigns: Sequence[Campaign], chosen: str | None) -> View:
    options = [(campaign.name, campaign.id) for campaign in campaigns]
    severities = [(label, value.value) for value, label in SEVERITIES.items()]
    issue = text_field(
        ids.CHOICE, most=WORDS, hint="Students, not buyers: the offer promises a certificate."
    )
    blocks = [
        field(ids.FLAG_CAMPAIGN, "Campaign", static_select(ids.CHOICE, options, chosen)),
        field(ids.FLAG_ISSUE, "What is wrong with its leads?", issue),
        field(
            ids.FLAG_SEVERITY,
            "How bad is it?",
            static_select(ids.CHOICE, severities, Severity.SERIOUS.value),
        ),
        field(
            ids.FLAG_UNTIL,
            "Show it on cards until",
            day_field(ids.CHOICE),
            optional=True,
            hint="Without a day it stays until marketing says what it changed.",
        ),
        context(
            "The campaign's owner reads it and answers within two working days. "
            "Colleagues with open leads of it hear once."
        ),
    ]
    return modal(ids.FLAG_FORM, "Flag a campaign", blocks, submit="Flag")


def no_campaign() -> View:
    sentence = "No lead named a campaign yet, so there is none to flag."
    return modal(ids.FLAG_TOLD, "Flag a campaign", [section(sentence)], submit=None)


def raised(campaign: str, receiver: str) -> View:
    sentence = f"{escape(receiver)} has it, and you will read here what they say."
    return modal(
        ids.FLAG_TOLD, "Flagged", [section(f"*{foreign(campaign, 80)}*: {sentence}")], submit=None
    )


def on_card(flag: Flag) -> str:
    """What a card of the campaign's leads says."""
    until = f", until {_day(flag.until)}" if flag.until else ""
    return f"Campaign flagged ({_severity(flag)}{until}): {foreign(flag.issue or '', WORDS)}"


def _severity(flag: Flag) -> str:
    return _SHORT[flag.severity] if flag.severity else ""


def _day(day: date) -> str:
    return day.strftime("%a %d %b")


def flag(
    flag: Flag,
    campaign: Campaign,
    raised_by: str | None,
    by: str | None,
    items: Sequence[ItemFacts] = (),
) -> Post:
    """The warning, to who answers for the campaign, with the action items that were made of it.
    `by`: who answered or closed it."""
    shown, said = items_of(items)
    if flag.closed_at:
        over = _closed(flag, campaign, by)
        return Post("\n".join([over.text, *said]), [*over.blocks, *shown])
    push, told, notes = _WARNINGS[flag.kind](flag, campaign, escape(raised_by or ""))
    late = "Not answered yet: " if flag.late_at and not flag.answered_at else ""
    lines = [f"*{late}{push}*", *told]
    if flag.answered_at:
        answer = f": “{foreign(flag.answer, WORDS)}”" if flag.answer else ""
        notes.append(f"{escape(by or 'Marketing')} answered{answer}")
    else:
        notes.append(f"please answer by {when(flag.due_at)}")
    note = " · ".join(notes)
    note = note[0].upper() + note[1:]
    blocks = [section("\n".join(lines)), context(note), *shown, _buttons(flag)]
    return Post("\n".join([f"{late}{push}", *told, note, *said]), blocks)


def to_answer(flag: Flag, campaign: Campaign, raised_by: str | None) -> Item:
    """A flag that nobody answered yet, as a line of the brief."""
    push, told, _ = _WARNINGS[flag.kind](flag, campaign, escape(raised_by or ""))
    late = "Not answered yet: " if flag.late_at else ""
    text = f"*{late}{push}*\n{told[0]} Please answer by {when(flag.due_at)}"
    return Item(text, tuple(_buttons_of(flag)))


def item(flag: Flag, campaign: Campaign, raised_by: str | None) -> Item:
    """One that stands, as a line of App Home: also when it was answered, and nothing changed."""
    if flag.answered_at is None:
        return to_answer(flag, campaign, raised_by)
    push, told, _ = _WARNINGS[flag.kind](flag, campaign, escape(raised_by or ""))
    text = f"*{push}*\n{told[0]} Answered; it stands until something is changed."
    return Item(text, tuple(_buttons_of(flag)))


def _buttons(flag: Flag) -> Block:
    return actions("flag", *_buttons_of(flag))


def _buttons_of(flag: Flag) -> list[Block]:
    change = button("Say what changed…", ids.FLAG_CLOSE, flag.id)
    answer = (
        [] if flag.answered_at else [button("Answer…", ids.FLAG_REPLY, flag.id, style="primary")]
    )
    leads = (
        [button("See the leads", ids.FLAG_LEADS, flag.id)] if flag.kind is FlagKind.NUMBERS else []
    )
    item = button("Action item…", ids.ITEM_OF_FLAG, flag.id)
    return [*answer, change, *leads, item]


def _by_numbers(flag: Flag, campaign: Campaign, _by: str) -> tuple[str, list[str], list[str]]:
    n = flag.figures
    told = [
        f"{n['bad']} of {n['ratings']} ratings are bad; of your usual campaign's leads the same "
        f"{n['raters']} people would call about {n['expected']} of {n['ratings']} bad.",
        f"{n['percent']} % likely worse than usual, after allowing for who rated.",
    ]
    if n.get("reason"):
        told.append(f"Main reason: {foreign(str(n['reason']), 60)} ({n['reason_count']}).")
    coverage = f"{n['rated']} of {n['handed']} leads of the last 90 days are rated"
    return f"{name_of(campaign)} brings worse leads than usual", told, [coverage]


def _by_hand(flag: Flag, campaign: Campaign, by: str) -> tuple[str, list[str], list[str]]:
    until = f" · on cards until {_day(flag.until)}" if flag.until else ""
    told = [f"“{foreign(flag.issue or '', WORDS)}”"]
    return (
        f"{by} flagged {name_of(campaign)}",
        told,
        [f"{SEVERITIES[flag.severity or Severity.MINOR]}{until}"],
    )


def _by_acceptance(flag: Flag, campaign: Campaign, _by: str) -> tuple[str, list[str], list[str]]:
    n = flag.figures
    told = [f"Sales took on {n['accepted']} of {n['decided']} leads answered in the last 7 days."]
    if n.get("mean") is not None:
        told.append(f"In the four weeks before it was {n['mean']} %.")
    return f"{name_of(campaign)}: sales turns more leads down", told, []


_WARNINGS = {
    FlagKind.NUMBERS: _by_numbers,
    FlagKind.HAND: _by_hand,
    FlagKind.ACCEPTANCE: _by_acceptance,
}


def _closed(flag: Flag, campaign: Campaign, by: str | None) -> Post:
    name = name_of(campaign)
    if flag.change:
        took = took_words(flag)
        sentence = (
            f"*{name}*: {escape(by or 'Marketing')} changed something {took}: "
            f"“{foreign(flag.change, WORDS)}” Its ratings start anew."
        )
    elif flag.answer:
        sentence = f"*{name}*: {escape(by or 'Marketing')} answered “{foreign(flag.answer, WORDS)}”"
    else:
        sentence = f"*{name}*: the flag's last day is over."
    return Post(sentence, [context(sentence)])


def took_words(flag: Flag) -> str:
    """How long it took from the flag to the change."""
    assert flag.closed_at
    took = flag.closed_at - flag.raised_at
    if took < timedelta(days=1):
        return "the same day"
    return f"after {took.days} day{'s' if took.days > 1 else ''}"


def hint(flag: Flag, campaign: Campaign, count: int) -> Post:
    """To somebody with open leads of the campaign; who raised it is not said."""
    if flag.closed_at:
        sentence = f"*{name_of(campaign)}* is flagged no more."
        return Post(sentence, [context(sentence)])
    leads = f", and you have {count} open lead{'s' if count != 1 else ''} of it" if count else ""
    push = f"{name_of(campaign)} is flagged{leads}"
    note = f"{_severity(flag)} · marketing answers by {when(flag.due_at)}"
    told = f"“{foreign(flag.issue or '', WORDS)}”"
    return Post(f"{push}\n{told}\n{note}", [section(f"*{push}*\n{told}"), context(note)])


def answered(flag: Flag, campaign: Campaign, by: str | None) -> Post:
    """To who raised it."""
    told = f"{escape(by or 'Marketing')} answered “{foreign(flag.answer or '', WORDS)}”"
    sentence = f"*{name_of(campaign)}*: {told}"
    before = f"You flagged it: “{foreign(flag.issue or '', WORDS)}”"
    return Post(f"{sentence}\n{before}", [section(sentence), context(before)])


def changed(flag: Flag, campaign: Campaign, reader: Person) -> Post:
    """What became of it, to who marked it: what they did, with how many others, and the change."""
    name = name_of(campaign)
    others = len(set(flag.marked_by) - {reader.id})
    with_others = f" and {others} other{'s' if others != 1 else ''}" if others else ""
    did = f"marked leads of {name} bad" if reader.id in flag.marked_by else f"flagged {name}"
    if reader.id not in flag.marked_by:
        with_others = ""
    sentence = f"You{with_others} {did}. What changed: “{foreign(flag.change or '', WORDS)}”"
    note = f"{took_words(flag)[0].upper()}{took_words(flag)[1:]}. Ratings of it start anew."
    return Post(f"{sentence}\n{note}", [section(sentence), context(note)])


def reply_form(flag: Flag, campaign: Campaign) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="We are looking at who saw the advert.")
    blocks = [
        section(f"*{name_of(campaign)}*"),
        field(ids.FLAG_ANSWER, "What do you make of it?", words),
        context(_AFTER_ANSWER[flag.kind]),
    ]
    return modal(ids.FLAG_REPLY_FORM, "Answer", blocks, submit="Answer", about=flag.id)


_AFTER_ANSWER = {
    FlagKind.NUMBERS: "The flag stands until something is changed.",
    FlagKind.HAND: "Whoever raised it reads this. It stands until something is changed.",
    FlagKind.ACCEPTANCE: "That closes it; the next low week raises it again.",
}


def close_form(flag: Flag, campaign: Campaign) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="The form now asks for company size.")
    blocks = [
        section(f"*{name_of(campaign)}*"),
        field(ids.FLAG_CHANGE, "What did you change?", words),
        context(
            "Everybody who marked its leads bad reads this sentence. "
            "The campaign is judged anew, by what is rated from now on."
        ),
    ]
    return modal(
        ids.FLAG_CLOSE_FORM, "What changed", blocks, submit="Close the flag", about=flag.id
    )


def evidence(campaign: Campaign, leads: Sequence[HandoffFacts], playbook: Playbook) -> View:
    """The leads behind a flag, without who rated them."""
    lines = [f"*{name_of(campaign)}*: leads rated bad in the last 90 days"]
    for facts in leads:
        label = playbook.outcome_label(facts.handoff.outcome or "", facts.handoff.outcome_detail)
        lines.append(f"• {company(facts.lead)} · {escape(label)}")
    if not leads:
        lines.append("None are in force any more: they were changed or taken back.")
    return modal(ids.FLAG_TOLD, "Leads behind it", [section("\n".join(lines))], submit=None)


def second_look(facts: HandoffFacts, said: str | None) -> Post:
    """One tap about a lead that a colleague rated; what they said is not told."""
    lead, handoff = facts.lead, facts.handoff
    if said:
        sentence = f"*{company(lead)}*: you rated it {said}. Thank you, that helps."
        return Post(sentence, [context(sentence)])
    campaign = foreign(handoff.campaign or handoff.source or "its campaign", 80)
    role = f" · {foreign(lead.title, 60)}" if lead.title else ""
    push = f"A second view, please: would {company(lead)} be a good lead for you?"
    told = [f"{campaign}{role}"]
    if handoff.reason:
        told.append(f"Why: {foreign(handoff.reason, 200)}")
    note = "Asked because few people have rated it. Marketing reads counts and no names."
    text = "\n".join([push, *told, note])
    blocks = [section("\n".join([f"*{push}*", *told])), context(note)]
    return Post(text, [*blocks, actions("rate", *_rate_buttons(handoff))])


def to_rate(facts: HandoffFacts) -> Item:
    """The same as a line of the brief."""
    text = f"A second view, please: would *{company(facts.lead)}* be a good lead for you?"
    return Item(text, tuple(_rate_buttons(facts.handoff)))


def _rate_buttons(handoff: Handoff) -> list[Block]:
    return [
        button("Good", ids.RATE_GOOD, handoff.id),
        button("So-so", ids.RATE_SO_SO, handoff.id),
        button("Bad", ids.RATE_BAD, handoff.id),
    ]
