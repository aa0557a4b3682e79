"""Setting the app up in Slack: five steps kept as rows, and a playbook at the end of them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.setup import SECTION, SIDES, Listed, Step
from bot.db import insert_once
from bot.delivery.messages import revise
from bot.delivery.sayings import Saying, say
from bot.errors import BadField, BadFields, NotAllowed, TooLate
from bot.liaison import TELLS, Liaison
from bot.models import Handoff, Message, MessageKind, Person, Setup
from bot.playbook import Playbook, PlaybookFaults, from_document
from bot.services import playbooks
from bot.views import ids
from bot.views import setup as views
from bot.views.blocks import Post, escape

log = logging.getLogger(__name__)

SUBJECT = "setup"
"""What the messages of a set-up are about; there is one a workspace."""
LEFT_OUT = "left_out"
FIELDS = {
    "hours.open": ids.SETUP_OPEN,
    "hours.timezone": ids.SETUP_ZONE,
    "hours.holidays": ids.SETUP_HOLIDAYS,
    "meetings[0].time": ids.SETUP_TIME,
    "people": ids.SETUP_LIST,
}
"""The field beside which a fault of the playbook is told, by the beginning of its key."""


def begin(liaison: Liaison) -> None:
    """Ask whoever owns the workspace, when there is no playbook and nothing came in yet."""
    with liaison.transaction() as tx:
        if liaison.shelf.number or _has_leads(tx, liaison) or _of_team(tx, liaison):
            return
        owner = next(iter(queries.installer(tx, liaison.team_id)), None)
        if owner is None:
            log.warning("there is no playbook yet: an admin of the workspace types /liaison setup")
            return
        _begin_with(tx, liaison, owner.id)


def _of_team(tx: Session, liaison: Liaison) -> Setup | None:
    return tx.get(Setup, liaison.team_id)


def _has_leads(tx: Session, liaison: Liaison) -> bool:
    some = select(col(Handoff.id)).where(col(Handoff.team_id) == liaison.team_id).limit(1)
    return tx.scalars(some).first() is not None


def _begin_with(tx: Session, liaison: Liaison, person_id: str) -> Setup:
    setup = Setup(team_id=liaison.team_id, person_id=person_id, begun_at=liaison.now())
    insert_once(tx, setup)
    _show_to(tx, liaison, person_id)
    return tx.get_one(Setup, liaison.team_id)


def _show_to(tx: Session, liaison: Liaison, person_id: str) -> None:
    key = f"{MessageKind.SETUP}:{person_id}"
    saying = Saying(key, MessageKind.SETUP, SUBJECT, person_id, is_answer=True)
    say(tx, liaison, saying, hold_until=None)
    revise(tx, liaison, SUBJECT)


def take_over(liaison: Liaison, by: str) -> str:
    """Go on with the set-up as `by`, who is an admin of the workspace in Slack: whoever calls has
    asked Slack. Gives the sentence to answer with."""
    with liaison.transaction() as tx:
        queries.person(tx, liaison.team_id, by)
        setup = tx.get(Setup, liaison.team_id, with_for_update=True)
        if setup is None:
            if liaison.shelf.number or _has_leads(tx, liaison):
                raise TooLate(
                    "Liaison is set up already: `/liaison playbook` shows and changes it."
                )
            setup = _begin_with(tx, liaison, by)
        if setup.live_at:
            raise TooLate("Liaison is live: `/liaison playbook` shows and changes it.")
        setup.person_id = by
        _show_to(tx, liaison, by)
    return "Go on in our direct messages: the set-up stands there."


def ask(liaison: Liaison, by: str) -> dict[str, Any]:
    """What a step's form is filled in with at first, for whoever sets up; see `answers`."""
    with liaison.reading() as tx:
        setup = _of(tx.get(Setup, liaison.team_id), by)
        person = tx.get_one(Person, (liaison.team_id, by))
    return answers(setup, person, liaison)


def answers(setup: Setup, person: Person, liaison: Liaison) -> dict[str, Any]:
    """What was answered, over the defaults of what was not. Channels have one where the bot is in
    the channel of the built-in playbook; people have none."""
    rooms = liaison.rooms
    found = {"channels": {"handoffs": rooms.handoffs}} if not rooms.missing else {}
    handoffs = setup.answers.get("channels", found.get("channels", {})).get("handoffs")
    meeting = {"key": "weekly", "channel": handoffs, "weekday": "tuesday", "time": "10:00"}
    defaults: dict[str, Any] = {
        "hours": {"open": "Mo-Fr 09:00-17:00", "timezone": person.timezone, "holidays": []},
        "sla": {},
        "meetings": [meeting] if handoffs else [],
    }
    return found | defaults | setup.answers


def save(liaison: Liaison, by: str, step: Step, given: Mapping[str, Any]) -> None:
    """Keep what a step's form says, and go on. `given` holds sections of the playbook.

    Raises `BadFields` with every fault, told beside its field.
    """
    with liaison.transaction() as tx:
        setup = _of(tx.get(Setup, liaison.team_id, with_for_update=True), by)
        parsed({**given})
        setup.answers = {**setup.answers, **given}
        setup.step = step + 1
        revise(tx, liaison, SUBJECT)


def go(liaison: Liaison, by: str, step: Step) -> None:
    """Show another step. What the one before offers as its default is the answer from now on."""
    with liaison.transaction() as tx:
        setup = _of(tx.get(Setup, liaison.team_id, with_for_update=True), by)
        person = tx.get_one(Person, (liaison.team_id, by))
        if step > setup.step:
            section = SECTION[Step(setup.step)]
            offered = answers(setup, person, liaison)
            if section in offered:
                setup.answers = {**setup.answers, section: offered[section]}
            if sentence := _not_yet(setup.answers, step):
                raise NotAllowed(sentence)
        setup.step = step
        revise(tx, liaison, SUBJECT)


def _not_yet(given: Mapping[str, Any], step: Step) -> str | None:
    if step > Step.CHANNELS and "channels" not in given:
        return "Choose the channel first: without one, cards have no place to stand."
    if step > Step.PEOPLE and "people" not in given:
        return "Say first who works here: leads need somebody to go to."
    return None


def bring_in(liaison: Liaison, by: str) -> None:
    """What was answered is the playbook's next version, and in force, before anybody may begin.

    Raises `NotAllowed` with the faults that only show in the whole of it.
    """
    with liaison.transaction() as tx:
        setup = _of(tx.get(Setup, liaison.team_id, with_for_update=True), by)
        if sentence := _not_yet(setup.answers, Step.SUMMARY):
            raise NotAllowed(sentence)
        try:
            playbook = parsed(setup.answers)
        except BadFields as error:
            raise NotAllowed(str(error)) from error
        version = playbooks.adopt(tx, liaison, by, playbook)
    playbooks.put_in_force(liaison, version)


def start_trial(liaison: Liaison, by: str) -> None:
    """From now on what happens is played by `by`; what came before is told too."""
    with liaison.transaction() as tx:
        setup = _of(tx.get(Setup, liaison.team_id, with_for_update=True), by)
        setup.trial_at = liaison.now()
        revise(tx, liaison, SUBJECT)
        _let_go(tx, liaison)


def _let_go(tx: Session, liaison: Liaison) -> None:
    """What waited for the end of the set-up is looked at now."""
    tx.info[TELLS] = True
    tx.execute(
        update(Message)
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.ts).is_(None),
            col(Message.send_at).is_not(None),
            col(Message.lease).is_(None),
        )
        .values(send_at=liaison.wall())
    )


def parsed(given: Mapping[str, Any]) -> Playbook:
    """The playbook these sections give. Raises `BadFields`: each fault beside its field."""
    try:
        return from_document({key: part for key, part in given.items() if key != LEFT_OUT})
    except PlaybookFaults as error:
        told = {_field_of(fault.key): fault.problem for fault in error.faults}
        raise BadFields(told) from error


def _field_of(key: str) -> str:
    beginning = (field for start, field in FIELDS.items() if key.startswith(start))
    return next(beginning, key)


@dataclass(frozen=True)
class Named:
    """Whom the step of the people names besides the two groups, by Slack id."""

    sales_head: str
    marketing_head: str
    liaison: str | None


def roster(
    liaison: Liaison, by: str, groups: Mapping[str, Sequence[str]], named: Named
) -> dict[str, Any]:
    """Everybody of two groups of Slack ids, by side, as the playbook lists them.

    Who is in both counts as sales; bots and guests without an address are left out, and told.
    """
    known = _people(liaison)
    team_of = {person: side for side in reversed(SIDES) for person in groups[side]}
    team_of |= {named.sales_head: "sales", named.marketing_head: "marketing"}
    here = {id_: known[id_] for id_ in team_of if id_ in known and known[id_].is_active}
    listed = [
        Listed(person.email, team_of[id_], (SIDES[team_of[id_]],))
        for id_, person in here.items()
        if person.email
    ]
    left_out = [person.name for person in here.values() if not person.email]
    return _entries(listed, known, by, named) | {LEFT_OUT: sorted(left_out)}


def roster_of_list(
    liaison: Liaison, by: str, listed: Sequence[Listed], named: Named
) -> dict[str, Any]:
    """The same for a list that was pasted; whoever has no account here is told."""
    known = _people(liaison)
    accounts = {person.email for person in known.values() if person.is_active}
    left_out = [each.email for each in listed if each.email not in accounts]
    return _entries(listed, known, by, named) | {LEFT_OUT: sorted(left_out)}


def _people(liaison: Liaison) -> dict[str, Person]:
    with liaison.reading() as tx:
        of_team = select(Person).where(col(Person.team_id) == liaison.team_id)
        return {person.id: person for person in tx.scalars(of_team.order_by(col(Person.name)))}


def _entries(
    listed: Sequence[Listed], known: Mapping[str, Person], by: str, named: Named
) -> dict[str, Any]:
    """`[[people]]`: a head leads their side, whoever sets up looks after the bot."""
    entries = {
        each.email: {"email": each.email, "team": each.team, "roles": list(each.roles)}
        for each in listed
    }
    heads = {"sales": named.sales_head, "marketing": named.marketing_head}
    for side, head in heads.items():
        email = _address(known, head)
        others = entries.get(email, {}).get("roles", [])
        roles = ["manager", *(role for role in others if role not in {"manager", SIDES[side]})]
        entries[email] = {"email": email, "team": side, "roles": roles}
    for person, role in ((named.liaison, "liaison"), (by, "admin")):
        if person:
            email = _address(known, person)
            entry = entries.setdefault(email, {"email": email, "team": "marketing", "roles": []})
            entry["roles"] = list(dict.fromkeys([*entry["roles"], role]))
    for entry in entries.values():
        head = _address(known, heads[str(entry["team"])])
        if entry["email"] != head:
            entry["manager"] = head
    return {"people": list(entries.values())}


def _address(known: Mapping[str, Person], person_id: str) -> str:
    person = known.get(person_id)
    if person is None or not person.email:
        name = escape(person.name) if person else "This person"
        raise BadField(ids.SETUP_SALES_HEAD, f"{name} has no e-mail address here; name another.")
    return person.email


def _of(setup: Setup | None, by: str) -> Setup:
    """The set-up while it asks, for whoever does it."""
    if setup is None or setup.trial_at:
        raise TooLate("This is set up already: `/liaison playbook` shows and changes it.")
    if setup.person_id != by:
        raise NotAllowed("Somebody else goes on with the set-up; `/liaison setup` takes it over.")
    return setup


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Post | None:
    """The one message, as far as things are; a line for whoever it is not with any more."""
    setup = tx.get_one(Setup, liaison.team_id)
    reader = tx.get_one(Person, (liaison.team_id, message.recipient_id))
    if setup.person_id != reader.id:
        other = tx.get_one(Person, (liaison.team_id, setup.person_id))
        return views.taken_over(other) if message.ts else None
    step = Step(setup.step)
    return views.step(step, answers(setup, reader, liaison), setup.answers.keys(), reader)
