"""A preview as people read it: its form, what reps are asked, and what comes back to its owner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import Campaign, Preview, PreviewAnswer, PreviewVoice
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    clean,
    context,
    day_field,
    escape,
    field,
    foreign,
    line_field,
    modal,
    people_picker,
    section,
    text_field,
    when,
)
from bot.views.brief import Item

WORDS = 300
"""Characters of a concern, of what was changed, and of a word to those who are asked."""
LONGEST = 1000
"""Characters of each part of the brief."""
SHOWN = 150
"""Characters of each part that stand in a message; the rest opens by a button."""
NOTED_OK = "Noted: OK. You may change it until the preview closes."


@dataclass(frozen=True)
class Draft:
    """What the form is filled in with."""

    name: str
    campaign: Campaign | None
    """What is called that; None = nothing yet."""
    asked: Sequence[str]
    most_asked: int


@dataclass(frozen=True)
class Shown:
    """A preview with all that is told of it."""

    preview: Preview
    campaign: str
    voices: Sequence[PreviewVoice]
    """In the order of their names."""
    names: Mapping[str, str]
    """Of everybody in it."""

    @property
    def concerns(self) -> list[PreviewVoice]:
        """Settled ones too."""
        return [voice for voice in self.voices if voice.answer is PreviewAnswer.CONCERN]

    @property
    def is_open(self) -> bool:
        return self.preview.closed_at is None

    def name(self, person_id: str | None) -> str:
        return escape(self.names.get(person_id or "", "Marketing"))

    def title(self) -> str:
        """The campaign's name, escaped."""
        return foreign(self.campaign, 80)


def day(at: date) -> str:
    return f"{at:%a} {at.day} {at:%b}"


def form(draft: Draft) -> View:
    """The campaign's brief, filled in where it is known, and who is asked."""
    asked = people_picker(ids.CHOICE, "Choose people", draft.asked, draft.most_asked)
    new = "No campaign is called that yet: sending this makes it."
    name = line_field(ids.CHOICE, most=150, initial=draft.name)
    known = draft.campaign
    launch = day_field(ids.CHOICE, known.starts_on if known else None)
    blocks = [
        field(ids.CAMPAIGN_NAME, "Campaign", name, hint="" if known else new),
        _words(ids.AUDIENCE, "Who it is for", known.audience if known else None),
        _words(ids.CAMPAIGN_OFFER, "What it offers", known.offer if known else None),
        field(
            ids.STARTS_ON,
            "Launch",
            launch,
            hint="Sales answers until 48 hours before this day begins.",
        ),
        _words(ids.FOLLOW_UP, "How sales follows up", known.follow_up if known else None),
        _words(ids.TALK_TRACK, "Talk track", known.talk_track if known else None, optional=True),
        field(ids.PREVIEW_ASKED, "Who is asked", asked, hint=f"At most {draft.most_asked} people."),
        context("The brief is kept with the campaign. Silence does not count as OK."),
    ]
    return modal(ids.PREVIEW_FORM, "Preview", blocks, submit="Ask sales")


def _words(block_id: str, label: str, initial: str | None, *, optional: bool = False) -> Block:
    element = line_field(ids.CHOICE, most=LONGEST, initial=initial, lines=True)
    return field(block_id, label, element, optional=optional)


def put(shown: Shown) -> View:
    count = len(shown.voices)
    people = "1 person" if count == 1 else f"{count} people"
    sentence = (
        f"*{shown.title()}* is with {people} of sales until {when(shown.preview.closes_at)}; "
        f"{shown.name(shown.preview.owner_id)} reads what they say."
    )
    return modal(ids.PREVIEW_VIEW, "Preview", [section(sentence)], submit=None)


def question(shown: Shown, voice: PreviewVoice) -> Post:
    """To one of those who are asked; what they said, with its buttons, until it closes."""
    preview = shown.preview
    if not shown.is_open:
        sentence = _over(shown, voice)
        return Post(sentence, [context(sentence)])
    push = _push(shown)
    told = [f"{label}: {foreign(words, SHOWN)}" for label, words in _brief(preview)]
    note = f"{_said(shown, voice)} · {_until(shown, voice)}"
    blocks = [
        section("\n".join([f"*{push}*", *told])),
        context(note),
        actions("preview", *answer_buttons(preview, voice)),
    ]
    return Post("\n".join([push, *told, note]), blocks)


def to_answer(shown: Shown, voice: PreviewVoice) -> Item:
    """The question as a line of the brief."""
    preview = shown.preview
    text = f"*{_push(shown)}*\n{foreign(preview.offer, SHOWN)} · {_until(shown, voice)}"
    return Item(text, tuple(answer_buttons(preview, voice, whole=True)))


def _push(shown: Shown) -> str:
    asker, launch = shown.name(shown.preview.put_by), day(shown.preview.launches_on)
    return f"{asker} asks: is {shown.title()} ready to launch on {launch}?"


def _brief(preview: Preview) -> Iterator[tuple[str, str]]:
    yield "For", preview.audience
    yield "Offer", preview.offer
    yield "Follow-up", preview.follow_up
    if preview.talk_track:
        yield "Talk track", preview.talk_track


def _until(shown: Shown, voice: PreviewVoice) -> str:
    until = when(shown.preview.closes_at)
    return f"may be changed until {until}" if voice.answer else f"please answer by {until}"


def _said(shown: Shown, voice: PreviewVoice) -> str:
    if voice.answer is None:
        return "Silence does not count as OK"
    if voice.answer is PreviewAnswer.OK:
        return "You said *OK*"
    if voice.settled_at:
        return f"Your concern is dealt with: “{foreign(voice.change or '', WORDS)}”"
    return f"Your concern: “{foreign(voice.words or '', WORDS)}”"


def _over(shown: Shown, voice: PreviewVoice) -> str:
    """One line, once nobody can answer any more."""
    preview = shown.preview
    if preview.called_off_by:
        words = foreign(preview.called_off_words or "", WORDS)
        return f"*{shown.title()}*: the preview was called off. “{words}”"
    said = _said(shown, voice) if voice.answer else "there is no answer of yours"
    end = "" if said.endswith("”") else "."
    return f"*{shown.title()}*: the preview is closed; {said[0].lower()}{said[1:]}{end}"


def answer_buttons(preview: Preview, voice: PreviewVoice, *, whole: bool = False) -> list[Block]:
    """OK and a concern, and all of the brief where it does not stand beside them."""
    style = None if voice.answer else "primary"
    found = [
        button("OK", ids.PREVIEW_OK, preview.id, style=style),
        button("Concern…", ids.PREVIEW_CONCERN, preview.id),
    ]
    if whole or any(len(words) > SHOWN for _, words in _brief(preview)):
        found.append(button("Whole brief", ids.PREVIEW_READ, preview.id))
    return found


def concern_form(shown: Shown, voice: PreviewVoice) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="Nobody of us can answer for the discount.")
    owner = shown.name(shown.preview.owner_id)
    again = " It takes the place of what you said before." if voice.answer else ""
    blocks = [
        section(f"*{shown.title()}*, launch {day(shown.preview.launches_on)}"),
        field(ids.PREVIEW_WORDS, "What should change first?", words),
        context(f"{owner} reads this with your name, and tells you what changes.{again}"),
    ]
    form_of = ids.PREVIEW_CONCERN_FORM
    return modal(form_of, "Concern", blocks, submit="Send", about=shown.preview.id)


def whole(shown: Shown) -> View:
    """All of the brief, as it was when sales was asked."""
    title = f"*{shown.title()}*, launch {day(shown.preview.launches_on)}"
    blocks = [section(title)]
    blocks += [
        section(f"*{label}*\n{escape(clean(words))}") for label, words in _brief(shown.preview)
    ]
    return modal(ids.PREVIEW_VIEW, "Preview", blocks, submit=None)


def counted(shown: Shown) -> str:
    """`3 OK, 1 concern, 4 no answer yet`: who is silent is in no number of agreement."""
    said = [voice.answer for voice in shown.voices]
    settled = sum(voice.settled_at is not None for voice in shown.concerns)
    open_ones = len(shown.concerns) - settled
    parts = [f"{said.count(PreviewAnswer.OK)} OK"]
    if open_ones:
        parts.append(f"{open_ones} concern{'s' if open_ones > 1 else ''}")
    if settled:
        parts.append(f"{settled} concern{'s' if settled > 1 else ''} dealt with")
    if silent := said.count(None):
        parts.append(f"{silent} no answer{' yet' if shown.is_open else ''}")
    return ", ".join(parts)


def state_line(shown: Shown) -> str:
    """Of a campaign's report: counts, and nobody's name."""
    preview = shown.preview
    if preview.called_off_by:
        return f"*Preview* called off, before the launch on {day(preview.launches_on)}"
    how = "with sales until" if shown.is_open else "closed"
    return f"*Preview* {how} {when(preview.closes_at)}: {counted(shown)}"


def under_way(shown: Shown) -> Item:
    """As a line of App Home, with the first concern that is open."""
    preview = shown.preview
    lines = [f"*{shown.title()}*, launch {day(preview.launches_on)}", state_line(shown)]
    buttons = [button("Whole brief", ids.PREVIEW_READ, preview.id)]
    for voice in [voice for voice in shown.concerns if voice.settled_at is None][:1]:
        name, words = shown.name(voice.person_id), foreign(voice.words or "", WORDS)
        lines.append(f"{name}: “{words}”")
        value = f"{preview.id}:{voice.person_id}"
        buttons.insert(0, button("Dealt with…", ids.PREVIEW_SETTLE, value))
    if shown.is_open:
        buttons.append(off_button(preview))
    return Item("\n".join(lines), tuple(buttons))


def off_button(preview: Preview) -> Block:
    return button("Call off the preview…", ids.PREVIEW_OFF, preview.id)


def state(shown: Shown) -> Post:
    """To who answers for the campaign: what was said so far, edited as it comes."""
    preview = shown.preview
    if preview.called_off_by:
        words = foreign(preview.called_off_words or "", WORDS)
        by = shown.name(preview.called_off_by)
        sentence = f"*{shown.title()}*: {by} called off the preview. “{words}”"
        return Post(sentence, [context(sentence)])
    push = f"Preview of {shown.title()}{'' if shown.is_open else ', closed'}: {counted(shown)}"
    closes = f"{'Closes' if shown.is_open else 'Closed'} {when(preview.closes_at)}"
    note = f"{closes} · launch {day(preview.launches_on)}"
    last = [actions("preview_state", off_button(preview))] if shown.is_open else []
    return _with_concerns(shown, push, note, last)


def alert(shown: Shown) -> Post:
    """To the same, when it closed with open concerns."""
    still = [voice for voice in shown.concerns if voice.settled_at is None]
    launch = day(shown.preview.launches_on)
    if not still:
        sentence = f"*{shown.title()}*, launch {launch}: every concern of sales is dealt with."
        return Post(sentence, [context(sentence)])
    many = "1 open concern" if len(still) == 1 else f"{len(still)} open concerns"
    push = f"{shown.title()} is to launch on {launch} with {many} of sales"
    note = "A concern stays open until you say what was changed; then whoever raised it hears."
    return _with_concerns(shown, push, note, [])


def _with_concerns(shown: Shown, push: str, note: str, last: list[Block]) -> Post:
    blocks, lines = [section(f"*{push}*")], [push]
    for voice in shown.concerns:
        line = f"{shown.name(voice.person_id)}: “{foreign(voice.words or '', WORDS)}”"
        if voice.settled_at:
            line += f"\nDealt with: “{foreign(voice.change or '', WORDS)}”"
        value = f"{shown.preview.id}:{voice.person_id}"
        settle = None if voice.settled_at else button("Dealt with…", ids.PREVIEW_SETTLE, value)
        blocks.append(section(line, settle))
        lines.append(line)
    return Post("\n".join([*lines, note]), [*blocks, context(note), *last])


def settle_form(shown: Shown, voice: PreviewVoice) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="The discount is gone from the offer.")
    who = shown.name(voice.person_id)
    blocks = [
        section(f"*{shown.title()}*\n{who}: “{foreign(voice.words or '', WORDS)}”"),
        field(ids.PREVIEW_CHANGE, "What was changed?", words),
        context(f"{who} reads this sentence."),
    ]
    about = f"{shown.preview.id}:{voice.person_id}"
    return modal(ids.PREVIEW_SETTLE_FORM, "Dealt with", blocks, submit="Save", about=about)


def off_form(shown: Shown) -> View:
    words = text_field(ids.CHOICE, most=WORDS, hint="The launch moves to spring; we ask again.")
    blocks = [
        section(f"*{shown.title()}*, launch {day(shown.preview.launches_on)}"),
        field(ids.PREVIEW_OFF_WORDS, "A word to those who are asked", words),
        context("What they said so far is kept. You can ask them again at any time."),
    ]
    about = shown.preview.id
    return modal(
        ids.PREVIEW_OFF_FORM, "Call off the preview", blocks, submit="Call off", about=about
    )


def settled(shown: Shown, voice: PreviewVoice) -> Post:
    """To who raised a concern."""
    change = foreign(voice.change or "", WORDS)
    by = shown.name(voice.settled_by)
    sentence = f"*{shown.title()}*: {by} dealt with your concern. What changed: “{change}”"
    before = f"You wrote: “{foreign(voice.words or '', WORDS)}”"
    return Post(f"{sentence}\n{before}", [section(sentence), context(before)])


def moved(shown: Shown, voice: PreviewVoice) -> Post:
    """To everybody who was asked: the launch is on another day, and so is the last hour to say."""
    sentence = f"*{shown.title()}* now launches on {day(shown.preview.launches_on)}"
    note = f"{_said(shown, voice)} · {_until(shown, voice)}"
    return Post(f"{sentence}\n{note}", [section(f"{sentence}."), context(note)])


def called_off(shown: Shown) -> Post:
    """To everybody who was asked."""
    by = shown.name(shown.preview.called_off_by)
    words = foreign(shown.preview.called_off_words or "", WORDS)
    sentence = f"*{shown.title()}*: {by} called off the preview. “{words}”"
    return Post(sentence, [section(sentence), context("There is nothing to answer any more.")])
