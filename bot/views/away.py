"""A person's own time as they and their cover read it: the form, the status, what is told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.away import Fate, WhileAway
from bot.models import Absence, Person
from bot.queries import Cover
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    checks,
    context,
    day_field,
    escape,
    field,
    foreign,
    modal,
    person_picker,
    quote,
    section,
    text_field,
)

NOTE = 200
"""Characters of the note for whoever covers."""


@dataclass(frozen=True)
class OwnTime:
    """A person's own time, as they are shown it."""

    person: Person
    today: date
    """By their own calendar."""
    opens: str
    """Their weekly hours."""
    absence: Absence | None
    """The one they are on, or the next that is planned."""
    is_away: bool
    cover: Person | None
    covering: list[Cover]
    """For whom they act, now or soon."""
    open_leads: int
    manages: bool
    """Whether they may enter somebody else's absence."""


def last_day(absence: Absence, person: Person) -> str:
    """The last day of an absence in its person's calendar: `Thu 26 Nov`.

    It ends with the first instant of the day after.
    """
    return _day(absence.ends_at - timedelta(seconds=1), person)


def _day(at: datetime, person: Person) -> str:
    return at.astimezone(ZoneInfo(person.timezone)).strftime("%a %d %b")


def form(own: OwnTime) -> View:
    """When, and who covers; a manager may choose for whom. It begins with what is known already."""
    person = own.person
    first, last = _days(own)
    who = field(
        ids.AWAY_WHO,
        "Who",
        person_picker(ids.CHOICE, "Choose a person", person.id),
        hint="You, or somebody whose manager you are.",
    )
    return modal(
        ids.AWAY_FORM,
        "Away",
        [
            *([who] if own.manages else []),
            field(ids.AWAY_FROM, "First day", day_field(ids.CHOICE, first)),
            field(ids.AWAY_TO, "Last day", day_field(ids.CHOICE, last)),
            field(ids.AWAY_HALVES, "Half days", checks(ids.CHOICE, _HALVES), optional=True),
            _cover_field(own),
            _note_field(),
        ],
        submit="Save",
        about=person.id,
    )


def _days(own: OwnTime) -> tuple[date, date]:
    """Of the absence they are on or that is planned; else today."""
    if own.absence is None:
        return own.today, own.today
    zone = ZoneInfo(own.person.timezone)
    first = own.absence.starts_at.astimezone(zone).date()
    last = (own.absence.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    return max(first, own.today), max(last, own.today)


_HALVES = (
    ("The first day only from midday on", ids.FROM_MIDDAY),
    ("The last day only until midday", ids.UNTIL_MIDDAY),
)


def _cover_field(own: OwnTime) -> Block:
    hint = "They act on new leads and on those that wait for a first touch, until the return."
    chosen = own.cover.id if own.cover else None
    choice = person_picker(ids.CHOICE, "Choose a colleague", chosen)
    return field(ids.AWAY_COVER, "Who covers", choice, optional=True, hint=hint)


def _note_field() -> Block:
    words = text_field(ids.CHOICE, most=NOTE, hint="What should they know?")
    hint = "Only the person who covers reads it."
    return field(ids.AWAY_NOTE, "Note", words, optional=True, hint=hint)


def saved(own: OwnTime, reader_id: str) -> View:
    """What the form becomes once it is saved."""
    absence = own.absence
    assert absence  # it was saved just now
    is_reader = own.person.id == reader_id
    who = "You are" if is_reader else f"{escape(own.person.name)} is"
    lines = [f"{who} away {_span(absence, own)}; {_who_covers(own)}."]
    if own.is_away and own.open_leads:
        whom = "you" if is_reader else "them"
        lines.append(f"Still open with {whom}: {_leads(own.open_leads)}.")
    back = (
        "It ends by itself; `/liaison away off` ends it early."
        if is_reader
        else "It ends by itself."
    )
    return modal(ids.AWAY_SAVED, "Away", [section("\n".join(lines)), context(back)], submit=None)


def status(own: OwnTime) -> str:
    """The private answer to `/liaison`."""
    whose = "your own" if own.person.own_opens else "the playbook's"
    planned = f"{_span(own.absence, own)}; {_who_covers(own)}" if own.absence else "not planned"
    lines = [
        f"*Your hours*: {foreign(own.opens, 200)}, {own.person.timezone} ({whose})",
        f"*Away*: {planned}",
    ]
    lines += [
        f"*You cover for*: {escape(cover.person.name)} {_from_until(cover.absence, cover.person)}"
        for cover in own.covering
    ]
    return "\n".join([*lines, f"*Open with you*: {_leads(own.open_leads)}"])


def off(absence: Absence, person: Person) -> str:
    """The private answer to `/liaison away off`."""
    if absence.begun_at:
        return "Welcome back. What your cover did not touch is yours again."
    return f"Called off: your absence from {_day(absence.starts_at, person)} on."


def told(absence: Absence, person: Person, reader: Person, by: Person | None) -> Post:
    """An absence, as its cover or its person is told of it; it follows every change."""
    name, words = escape(person.name), None
    if absence.starts_at == absence.ends_at:
        sentence = f"Called off: {'your' if reader.id == person.id else name + '’s'} absence."
    elif reader.id == person.id:
        who = escape(by.name) if by else "Your manager"
        sentence = f"{who} entered that you are away {_from_until(absence, person)}."
    elif reader.id == absence.cover_id:
        sentence = f"You cover for {name} {_from_until(absence, person)}. {_WHAT_COMES}"
        words = absence.note
    else:
        sentence = f"You do not cover for {name} any more."
    quoted = [quote(words)] if words else []
    return Post("\n".join([sentence, *quoted]), [section(sentence), *map(section, quoted)])


_WHAT_COMES = "New leads, and those that wait for a first touch, reach you meanwhile."


def while_away(told: WhileAway) -> Post:
    """What became of the leads, for whoever is back."""
    leads = _leads(told.fates.total())
    what = f"{escape(told.cover)} covered {leads}" if told.cover else f"{leads} went to the queue"
    fates = [f"{told.fates[fate]} {words}" for fate, words in _FATES.items() if told.fates[fate]]
    sentence = f"While you were away {what}: {', '.join(fates)}."
    return Post(sentence, [section(sentence)])


_FATES = {
    Fate.QUALIFIED: "qualified",
    Fate.ANSWERED: "answered",
    Fate.KEPT: "still with a colleague",
    Fate.QUEUE: "in the queue",
    Fate.BACK: "back with you",
}


def _span(absence: Absence, own: OwnTime) -> str:
    if own.is_away:
        return f"until {last_day(absence, own.person)}"
    return _from_until(absence, own.person)


def _from_until(absence: Absence, person: Person) -> str:
    first, last = _day(absence.starts_at, person), last_day(absence, person)
    return f"on {first}" if first == last else f"from {first} until {last}"


def _who_covers(own: OwnTime) -> str:
    return f"{escape(own.cover.name)} covers" if own.cover else "nobody covers"


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count} leads"
