"""What App Home shows a person: a tab for each of their roles, and what is agreed about them.

A part of a tab is a line in `TABS`; all parts of a person's tabs are counted by one statement.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date, local_day
from bot.core.lifecycle import Act
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Absence, Person
from bot.services import (
    asks,
    doctor,
    erasing,
    escalations,
    home_leads,
    home_parts,
    item_lists,
    meeting,
    team,
    undo,
)
from bot.services.edition import LONG_AGO, Edition, Page
from bot.services.handoffs import authorise
from bot.services.home_look import Look, Panel, Part, Tab
from bot.views import home as views
from bot.views import items as item_views
from bot.views import lead as lead_views
from bot.views.blocks import Block, View
from bot.views.home import LISTED, TAB, Section

ACTS = (Act.CLAIM, Act.ACCEPT, Act.TOUCH, Act.OUTCOME, Act.REASSIGN, Act.SNOOZE)
"""What an opened lead offers, in this order."""


def _manages(person: Person) -> bool:
    return person.is_active and "manager" in person.roles


def _settles(person: Person) -> bool:
    return person.is_active and "liaison" in person.roles


def _looks_after(person: Person) -> bool:
    return person.is_active and "admin" in person.roles


def _reads_leads_last(person: Person) -> bool:
    return not queries.sells(person)


ITEMS = "items"
"""The reader's own action items, among the parts whose pages are turned."""
_URGENT = (Section.OVERDUE, Section.TODAY)
TABS: tuple[Tab, ...] = (
    Tab("leads", "My leads", queries.sells, (home_leads.shelves,), _URGENT),
    Tab(
        "marketing",
        "Marketing",
        queries.markets,
        (
            Part("asks", "Questions", asks.to_answer, asks.waiting, "No question waits."),
            home_parts.FLAGS,
            home_parts.PREVIEWS,
            home_parts.DISPUTED,
            home_parts.RETURNS,
            home_parts.CAMPAIGNS,
        ),
    ),
    Tab(
        "team",
        "Team",
        _manages,
        (
            Part(
                "decisions",
                "To decide",
                escalations.to_decide,
                escalations.undecided,
                "No lead waits for your decision.",
            ),
            team.now,
            team.REPS,
            meeting.next_ones,
        ),
    ),
    Tab("disputes", "Disputes", _settles, (home_parts.TO_SETTLE,)),
    Tab("setup", "Set-up", _looks_after, (doctor.on_home,)),
    Tab("leads", "Leads", _reads_leads_last, (home_leads.shelves,), _URGENT),
)
"""In the order in which they stand; a person sees those of their roles."""


def render(
    liaison: Liaison, tx: Session, person_id: str, pages: Mapping[str, int], now: datetime
) -> View:
    """A person's Home, by a number of statements that does not grow with what they have."""
    person = queries.person(tx, liaison.team_id, person_id)
    if not queries.is_listed(person):
        return views.unlisted(is_new=not liaison.shelf.number)
    tabs = [tab for tab in TABS if tab.readers(person)]
    chosen = tabs[min(pages.get(TAB, 0), len(tabs) - 1)]
    _, midnight = local_day(person.timezone, now)
    edition = Edition(person, now, now, LONG_AGO, midnight)
    look = Look(edition, pages, _count(tx, liaison, edition, tabs))
    bar = views.bar([(tab.label, _waiting(tab, look)) for tab in tabs], tabs.index(chosen))
    body = [block for part in chosen.parts for block in _shown(tx, liaison, look, part)]
    todo = _todo(tx, liaison, person, pages.get(ITEMS, 0), now)
    return views.home(person, [*bar, *body, *todo], _settings(tx, liaison, person, now))


def _todo(tx: Session, liaison: Liaison, person: Person, page: int, now: datetime) -> list[Block]:
    """The reader's own action items, below every tab; nothing while they have none."""
    own, count, page = item_lists.mine(tx, liaison, person, LISTED, page)
    today = local_date(person.timezone, now)
    items = [item_views.in_brief(facts, today) for facts in own]
    listing = views.Listing(ITEMS, "Your action items", items, count, page)
    return views.listing(listing) if count else []


def _count(tx: Session, liaison: Liaison, edition: Edition, tabs: list[Tab]) -> Mapping[str, int]:
    asked = edition.asked | home_parts.asked(tx, liaison, edition.person)
    row = tx.execute(_counts(tuple(tab.name for tab in tabs)), asked).one()
    return {str(name): count for name, count in row._mapping.items()}


@cache
def _counts(names: tuple[str, ...]) -> Select[*tuple[int, ...]]:
    """How much there is of every part of these tabs, and of the reader's leads."""
    counted = {str(section): home_leads.count(section) for section in Section}
    for part in (part for tab in TABS if tab.name in names for part in tab.parts):
        if isinstance(part, Part):
            counted[part.name] = select(func.count()).select_from(
                part.found().order_by(None).subquery()
            )
    return select(*(count.scalar_subquery().label(name) for name, count in counted.items()))


def _waiting(tab: Tab, look: Look) -> int:
    """How much of it waits for its reader."""
    lists = [part.name for part in tab.parts if isinstance(part, Part) and part.waits]
    return sum(look.counts[name] for name in (*lists, *tab.waiting))


def _shown(tx: Session, liaison: Liaison, look: Look, part: Part | Panel) -> list[Block]:
    if not isinstance(part, Part):
        return part(tx, liaison, look)
    count, page = look.counts[part.name], look.page(part.name)
    if not count:
        return views.nothing(part.title, part.nothing)
    heading = part.says(tx, liaison, look.edition, Page(page * LISTED, LISTED))
    items = heading.items if heading else ()
    return views.listing(views.Listing(part.name, part.title, items, count, page))


def open_lead(liaison: Liaison, handoff_id: str, by: str) -> View:
    """One lead with its facts and what this reader may press. Raises `Unknown`, `NotListed`."""
    now = liaison.now()
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        reader = queries.person(tx, liaison.team_id, by)
        acts = [act for act in ACTS if _may(tx, liaison, act, facts, by, now)]
        offered = undo.standing(tx, facts.handoff, now)
    return lead_views.lead(
        facts,
        reader,
        acts,
        liaison.playbook,
        may_erase=erasing.may_erase(reader),
        can_undo=offered is not None and offered.by == by,
    )


def _may(
    tx: Session, liaison: Liaison, act: Act, facts: queries.HandoffFacts, by: str, now: datetime
) -> bool:
    """Whether a press would be taken; asked of the rule itself, so that both agree."""
    is_again = bool(facts.handoff.touched_at or (facts.run and facts.run.accepted_at))
    if act is Act.ACCEPT and is_again:
        return False
    try:
        authorise(tx, liaison, act, facts.handoff, by, now)
    except Refused:
        return False
    return True


def _settings(tx: Session, liaison: Liaison, person: Person, now: datetime) -> views.Settings:
    hours = liaison.playbook.hours
    manager = person.manager_id and tx.get(Person, (person.team_id, person.manager_id))
    return views.Settings(
        hours=person.opens or hours.open,
        holidays=hours.holidays if person.holidays is None else tuple(person.holidays),
        manager=manager.name if manager else None,
        away=_next_absence(tx, person, now),
    )


def _next_absence(tx: Session, person: Person, now: datetime) -> Absence | None:
    return tx.scalars(
        select(Absence)
        .where(
            col(Absence.team_id) == person.team_id,
            col(Absence.person_id) == person.id,
            col(Absence.ends_at) > now,
        )
        .order_by(col(Absence.starts_at))
        .limit(1)
    ).first()
