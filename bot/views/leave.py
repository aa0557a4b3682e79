"""An absence that a calendar or a Slack status told of, as its person reads it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.models import Absence, Person
from bot.views import ids
from bot.views.blocks import Post, actions, button, escape, section

_SOURCES = {"calendar": "Your calendar says", "status": "Your Slack status says"}


def told(absence: Absence, person: Person, cover: Person | None) -> Post:
    """What it means for their leads, and the way out."""
    source = absence.source or "calendar"
    if absence.turn_at is None:
        sentence = f"{_SOURCES[source]} no longer that you are away, or you said so."
        if absence.starts_at != absence.ends_at:
            sentence = "You are back, as far as I know."
        return Post(sentence, [section(sentence)])
    covers = f"{escape(cover.name)} covers" if cover else "nobody covers"
    sentence = f"{_SOURCES[source]} that you are away {span(absence, person)}; {covers}."
    what = (
        "Meanwhile I write you nothing. Leads that wait for a first touch pass to your cover."
        if cover
        else "Meanwhile I write you nothing. Leads that cannot wait go to the queue."
    )
    buttons = [
        button("I am not away", ids.LEAVE_UNDO, absence.id),
        button("Who covers…", ids.LEAVE_COVER, absence.id),
    ]
    told = f"{sentence}\n{what}"
    return Post(told, [section(told), actions(f"leave:{absence.id}", *buttons)])


def span(absence: Absence, person: Person) -> str:
    """In its person's zone: whole days by name, else with times."""
    zone = ZoneInfo(person.timezone)
    begins, ends = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    is_whole = (ends.hour, ends.minute) == (0, 0)
    if not is_whole:
        return f"until {ends:%a %d %b %H:%M}"
    first, last = f"{begins:%a %d %b}", f"{ends - timedelta(minutes=1):%a %d %b}"
    return f"on {first}" if first == last else f"from {first} until {last}"
