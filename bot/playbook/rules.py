"""What must hold of a playbook beyond the shape of each value: hours that can be read, names that
are listed, a ladder that warns before it reports.

The rules read the document as it was written, so they speak even where another value has the
wrong shape, and a version agreed long ago loads although a rule has come since.
"""

from collections.abc import Callable, Iterator

from bot.calendars import BadCalendar, holiday_dates, parse_hours, parse_zone
from bot.core.lifecycle import RESERVED_OUTCOMES
from bot.core.matching import ACCOUNT_OWNER, QUEUE
from bot.core.sla import Recipient, Via
from bot.playbook.faults import Fault
from bot.playbook.reasons import Asks
from bot.playbook.sections import Role, Rung, Team, Timing
from bot.playbook.toml import Document


def broken_rules(document: Document) -> Iterator[Fault]:
    """Every rule the document breaks; values of the wrong shape are passed over."""
    yield from _unreadable_hours(document)
    yield from _reason_faults(document)
    yield from _people_faults(document)
    yield from _ladder_faults(document)
    yield from _campaign_faults(document)
    yield from _timing_faults(document)
    yield from _meeting_faults(document)
    yield from _routing_faults(document)
    for section in ("definitions", "glossary"):
        words = _column(document, section, "word")
        yield from _repeated(words, "word", "this word is there before; keep one entry")


def _unreadable_hours(document: Document) -> Iterator[Fault]:
    for place, section in [("hours", _section(document, "hours")), *_entries(document, "people")]:
        yield from _refused(parse_hours, f"{place}.open", section.get("open"))
        yield from _refused(parse_zone, f"{place}.timezone", section.get("timezone"))
        holidays = section.get("holidays")
        if isinstance(holidays, list):
            for number, one in enumerate(holidays):
                yield from _refused(_read_holiday, f"{place}.holidays[{number}]", one)
        else:
            yield from _refused(_read_holiday, f"{place}.holidays", holidays)


def _refused(read: Callable[[str], object], key: str, written: object) -> Iterator[Fault]:
    if isinstance(written, str) and written.strip():
        try:
            read(written.strip())
        except BadCalendar as refusal:
            yield Fault(key, str(refusal))


def _read_holiday(text: str) -> None:
    holiday_dates([text], range(0))


def _reason_faults(document: Document) -> Iterator[Fault]:
    keys = _column(document, "reasons", "key")
    yield from _repeated(keys, "key", "another reason has this key; write a different one")
    for place, key in keys.items():
        if key in RESERVED_OUTCOMES:
            yield Fault(f"{place}.key", f'"{key}" is an outcome of its own; write another key.')
    for place, entry in _entries(document, "reasons"):
        if entry.get("needs_words") is True and entry.get("asks", Asks.WORDS) != Asks.WORDS:
            yield Fault(f"{place}.asks", 'Write "words", because needs_words asks for them.')
        if entry.get("refuses_later") is True and "recycle_days" in entry:
            yield Fault(f"{place}.recycle_days", "Write none: this person is not asked again.")
    if document.get("reasons") == []:
        yield Fault("reasons", "Write at least one [[reasons]], or leave them out for the usual.")


def _people_faults(document: Document) -> Iterator[Fault]:
    emails = _column(document, "people", "email")
    yield from _repeated(emails, "email", "this person is listed before; keep one entry")
    for place, manager in _column(document, "people", "manager").items():
        if "@" in manager and manager == emails.get(place):
            yield Fault(f"{place}.manager", "Nobody manages themselves; write another address.")
        elif "@" in manager and manager not in emails.values():
            yield Fault(
                f"{place}.manager",
                f'"{manager}" is not listed; add a [[people]] entry with this e-mail.',
            )
    for place, person in _entries(document, "people"):
        if "role" in person and "roles" in person:
            yield Fault(f"{place}.role", "Write either role or roles, not both.")


def _campaign_faults(document: Document) -> Iterator[Fault]:
    names = _column(document, "campaigns", "name")
    yield from _repeated(names, "name", "this campaign is listed before; keep one entry")
    listed = _column(document, "people", "email").values()
    for place, owner in _column(document, "campaigns", "owner").items():
        if "@" in owner and owner not in listed:
            yield Fault(
                f"{place}.owner",
                f'"{owner}" is not listed; add a [[people]] entry with this e-mail.',
            )


def _meeting_faults(document: Document) -> Iterator[Fault]:
    keys = _column(document, "meetings", "key")
    yield from _repeated(keys, "key", "another meeting has this key; write a different one")
    for place, zone in _column(document, "meetings", "timezone", folded=False).items():
        yield from _refused(parse_zone, f"{place}.timezone", zone)
    listed = set(_column(document, "people", "email").values())
    for place, entry in _entries(document, "meetings"):
        written = entry.get("attendees")
        for number, address in enumerate(written if isinstance(written, list) else []):
            is_address = isinstance(address, str) and "@" in address.strip()[1:]
            if is_address and address.strip().lower() not in listed:
                yield Fault(
                    f"{place}.attendees[{number}]",
                    f'"{address}" is not listed; add a [[people]] entry with this e-mail.',
                )
    if document.get("meetings") and "standup" in _section(document, "channels"):
        yield Fault("channels.standup", "Write either this or [[meetings]], not both.")


def _routing_faults(document: Document) -> Iterator[Fault]:
    routing = _section(document, "routing")
    for fault in (*_group_faults(document, routing), *_rule_faults(document, routing)):
        yield Fault(f"routing.{fault.key}", fault.problem)


def _group_faults(document: Document, routing: Document) -> Iterator[Fault]:
    names = _column(routing, "groups", "name")
    yield from _repeated(names, "name", "another group has this name; write a different one")
    reps = _reps(document)
    for place, name in names.items():
        if name in {ACCOUNT_OWNER, QUEUE}:
            yield Fault(f"{place}.name", f'"{name}" has a meaning of its own; write another name.')
    for place, group in _entries(routing, "groups"):
        yield from _no_reps(f"{place}.people", _texts(group.get("people")), reps)


def _rule_faults(document: Document, routing: Document) -> Iterator[Fault]:
    groups = set(_column(routing, "groups", "name").values())
    reps, rules = _reps(document), _entries(routing, "rules")
    for number, (place, rule) in enumerate(rules):
        to = _texts(rule.get("to"))
        alone = {ACCOUNT_OWNER, QUEUE} & set(to)
        if alone and len(to) > 1:
            yield Fault(f"{place}.to", f'"{alone.pop()}" stands alone; write it or the others.')
        known = {one: at for one, at in to.items() if one not in groups and one not in alone}
        addresses = {one: at for one, at in known.items() if "@" in one}
        yield from _no_reps(f"{place}.to", addresses, reps)
        for one in known.keys() - addresses.keys():
            yield Fault(
                f"{place}.to{known[one]}",
                f'"{one}" is no group; add a [[routing.groups]] entry with this name.',
            )
        least, most = rule.get("size_from"), rule.get("size_to")
        if isinstance(least, int) and isinstance(most, int) and most < least:
            yield Fault(f"{place}.size_to", f"Write at least size_from, which is {least}.")
        takes_all = rule.keys() == {"to"} and ACCOUNT_OWNER not in to
        if takes_all and number + 1 < len(rules):
            yield Fault(place, "It takes every lead; put it last, or say which leads it is for.")


def _no_reps(place: str, addresses: dict[str, str], reps: set[str]) -> Iterator[Fault]:
    for address, at in addresses.items():
        if "@" in address and address not in reps:
            yield Fault(f"{place}{at}", f'"{address}" is no rep; list them in [[people]] as one.')


def _reps(document: Document) -> set[str]:
    """The addresses of those in sales who take leads."""
    addresses = _column(document, "people", "email")
    return {
        addresses[place]
        for place, person in _entries(document, "people")
        if place in addresses
        and person.get("team") == Team.SALES
        and Role.REP in _texts(person.get("roles", person.get("role")))
    }


def _texts(written: object) -> dict[str, str]:
    """Each text of a list, in lower case, with its place in it; one text stands for a list of
    itself."""
    if isinstance(written, str):
        return {written.strip().lower(): ""}
    listed = written if isinstance(written, list) else []
    return {
        one.strip().lower(): f"[{number}]"
        for number, one in enumerate(listed)
        if isinstance(one, str)
    }


def _ladder_faults(document: Document) -> Iterator[Fault]:
    """Passes over rungs of the wrong shape; they are named by their own faults."""
    warned, highest = False, 0.0
    for place, entry in _entries(document, "ladder"):
        rung = _rung(entry)
        if rung is None:
            warned = warned or entry.get("to") == Recipient.ACTOR
            continue
        if rung.to is Recipient.ACTOR and rung.via is Via.CHANNEL:
            yield Fault(f"{place}.via", 'Write "dm": no channel tells who is late.')
        if rung.to is not Recipient.ACTOR and not warned:
            yield Fault(f"{place}.to", 'Write "actor", or put a step to the actor before this one.')
        if rung.at < highest:
            yield Fault(f"{place}.at", f"Write at least {highest:.0%}, as the step before it has.")
        warned = warned or rung.to is Recipient.ACTOR
        highest = max(highest, rung.at)


def _timing_faults(document: Document) -> Iterator[Fault]:
    written = {**Timing().model_dump(), **_section(document, "timing")}
    back, expired = written["give_back_days"], written["expire_days"]
    if isinstance(back, int) and isinstance(expired, int) and expired <= back:
        yield Fault(
            "timing.expire_days",
            f"Write more than give_back_days, which is {back}: somebody else has to get a chance.",
        )


def _rung(entry: Document) -> Rung | None:
    try:
        return Rung.model_validate(entry)
    except ValueError:
        return None


def _repeated(column: dict[str, str], field: str, problem: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, text in column.items():
        if text in seen:
            yield Fault(f"{place}.{field}", f'"{text}": {problem}.')
        seen.add(text)


def _column(document: Document, section: str, field: str, *, folded: bool = True) -> dict[str, str]:
    """The texts of one field by the place of their entry; addresses compare in lower case."""
    column = {}
    for place, entry in _entries(document, section):
        written = entry.get(field)
        if isinstance(written, str):
            column[place] = written.strip().lower() if folded else written.strip()
    return column


def _entries(document: Document, section: str) -> list[tuple[str, Document]]:
    written = document.get(section)
    listed = written if isinstance(written, list) else []
    return [(f"{section}[{n}]", entry) for n, entry in enumerate(listed) if isinstance(entry, dict)]


def _section(document: Document, name: str) -> Document:
    written = document.get(name)
    return written if isinstance(written, dict) else {}
