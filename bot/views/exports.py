"""Lists that an admin reads, each with the button that makes a file of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.settings import Wishes
from bot.models import Person
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, escape, modal, section
from bot.views.settings import chosen

PAGE = 20
COLUMNS = (
    *("name", "email", "team", "roles", "manager", "hours", "zone", "holidays"),
    *("is_here", "named_in_wins", "hot_leads", "messages_a_day", "quiet"),
    *("friday_line", "follows_slack"),
)


@dataclass(frozen=True)
class SettingsOf:
    """One person, and what holds for them."""

    person: Person
    hours: str
    holidays: str
    manager: str
    """Empty = nobody."""
    wishes: Wishes
    """What they set about their own messages."""


def as_row(of: SettingsOf) -> tuple[object, ...]:
    person, wishes = of.person, of.wishes
    return (
        *(person.name, person.email, person.team, " ".join(person.roles), of.manager),
        *(of.hours, person.timezone, of.holidays),
        *("yes" if person.is_active else "no", "no" if person.is_unnamed else "yes"),
        *("in the brief" if wishes.hot_in_brief else None, wishes.cap, wishes.quiet),
        *("no" if wishes.skips_week else "yes", "yes" if wishes.follows_slack else "no"),
    )


def people(every: Sequence[SettingsOf], page: int) -> View:
    """One page of them, by name."""
    first = page * PAGE
    shown = every[first : first + PAGE]
    blocks: list[Block] = [section(_person(of)) for of in shown]
    if not every:
        blocks.append(section("The playbook lists nobody yet."))
    buttons = [button("CSV", ids.EXPORT_PEOPLE, "all")] if every else []
    if page:
        buttons.append(button("Back", ids.PEOPLE_BACK, str(page - 1)))
    if first + len(shown) < len(every):
        buttons.append(button("Next", ids.PEOPLE_NEXT, str(page + 1)))
    if len(every) > PAGE:
        blocks.append(context(f"{first + 1} to {first + len(shown)} of {len(every)}"))
    return modal(
        ids.PEOPLE_VIEW,
        "People",
        [*blocks, *([actions("people", *buttons)] if buttons else [])],
        submit=None,
    )


def _person(of: SettingsOf) -> str:
    person = of.person
    gone = "" if person.is_active else " (not in Slack any more)"
    manager = f", manager {escape(of.manager)}" if of.manager else ""
    holidays = f", holidays {escape(of.holidays)}" if of.holidays else ""
    own = f"\nChose: {', '.join(chosen(of.wishes))}" if chosen(of.wishes) else ""
    return (
        f"*{escape(person.name)}*{gone}: {', '.join(person.roles)} in {person.team}{manager}\n"
        f"{escape(of.hours)}, {escape(person.timezone)}{holidays}{own}"
    )
