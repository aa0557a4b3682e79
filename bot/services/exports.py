"""What an admin takes away as a file, or reads as a list: the history of a lead, everybody's
settings, the playbook. None of it holds a lead's personal data, or anybody's lateness."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.errors import NotAllowed
from bot.liaison import Liaison
from bot.models import History, Person
from bot.playbook import settings_of
from bot.services import settings
from bot.services.files import File, csv_file
from bot.views import exports as views
from bot.views import handoffs as handoff_views
from bot.views.blocks import View


def look_at_history(liaison: Liaison, handoff_id: str, page: int, by: str) -> View:
    """A page of what happened to a lead, the newest first. Everybody may read it; an admin takes it
    away too."""
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        rows = queries.history_for(tx, facts.handoff, by)
        names = queries.names(tx, liaison.team_id, rows)
        reader = tx.get(Person, (liaison.team_id, by))
    may_export = reader is not None and is_admin(reader)
    return handoff_views.history(facts, rows, names, page, may_export=may_export)


def history_of(liaison: Liaison, handoff_id: str, by: str) -> File:
    """A line for each line of it, as this admin may read them."""
    with liaison.reading() as tx:
        _check_admin(tx, liaison, by)
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        rows = queries.history_for(tx, facts.handoff, by)
        names = queries.names(tx, liaison.team_id, rows)
    lines = [_line(row, names) for row in rows]
    content = csv_file(("at", "what", "by", "to", "details"), lines)
    return File("history.csv", content, f"{len(lines):,} lines of history.")


def _line(row: History, names: Mapping[str, str]) -> tuple[object, ...]:
    by, to = names.get(row.by or ""), names.get(row.facts.get("to", ""))
    details = ", ".join(f"{key} {value}" for key, value in row.facts.items() if key != "to")
    return row.at, row.kind, by, to, details


def people(liaison: Liaison, page: int, by: str) -> View:
    """A page of those whom the playbook lists, with their settings."""
    with liaison.reading() as tx:
        _check_admin(tx, liaison, by)
        every = _listed(tx, liaison)
        return views.people([*map(_settings_of(liaison, every), every)], page)


def people_as_file(liaison: Liaison, by: str) -> File:
    """A line for each of them."""
    with liaison.reading() as tx:
        _check_admin(tx, liaison, by)
        every = _listed(tx, liaison)
        rows = [views.as_row(one) for one in map(_settings_of(liaison, every), every)]
    return File("people.csv", csv_file(views.COLUMNS, rows), f"{len(rows):,} people.")


def _listed(tx: Session, liaison: Liaison) -> Sequence[Person]:
    listed = (col(Person.team_id) == liaison.team_id) & col(Person.team).is_not(None)
    return tx.scalars(select(Person).where(listed).order_by(col(Person.name), col(Person.id))).all()


def _settings_of(liaison: Liaison, every: Sequence[Person]) -> Callable[[Person], views.SettingsOf]:
    """What holds for one person: their own, else the playbook's."""
    names, hours = {person.id: person.name for person in every}, liaison.playbook.hours

    def of(person: Person) -> views.SettingsOf:
        holidays = hours.holidays if person.holidays is None else person.holidays
        return views.SettingsOf(
            person,
            hours=person.own_opens or person.opens or hours.open,
            holidays=", ".join(holidays),
            manager=names.get(person.manager_id or "", ""),
            wishes=settings.settings_of(person),
        )

    return of


def playbook(liaison: Liaison, by: str) -> File:
    """A line for each setting, defaults included, under the key it has in the file."""
    with liaison.reading() as tx:
        _check_admin(tx, liaison, by)
    rows = settings_of(liaison.playbook)
    content = csv_file(("key", "value"), rows)
    return File(f"playbook-{liaison.shelf.number}.csv", content, f"{len(rows):,} settings.")


def is_admin(person: Person) -> bool:
    return person.is_active and queries.is_listed(person) and "admin" in person.roles


def _check_admin(tx: Session, liaison: Liaison, by: str) -> None:
    """Raises `NotListed`, `NotAllowed`."""
    if not is_admin(queries.person(tx, liaison.team_id, by)):
        raise NotAllowed("Files of these are for admins; the lists are for everybody.")
