"""Who gets a lead that comes without an owner we know: by the rules, else whoever is next."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date, next_opening
from bot.core.history import Line
from bot.core.matching import ACCOUNT_OWNER, QUEUE, Match, Traits, first_match
from bot.core.routing import Seat, next_in_turn
from bot.intake.spellings import kept
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Lead, Person, TurnOrder, Workspace
from bot.playbook import Playbook
from bot.services.hours import opening_with

ROUND_ROBIN = ""
"""The pool of all reps."""
CALLED = {
    "account_owner": "account owner",
    "email_domain": "e-mail domain",
    "size": "company size",
}
"""What people call the fields of a rule, where it is not their name."""
_FLOOR = "floor"
"""Where a session's `info` keeps what `_floor` read."""
_NUMBER = re.compile(r"\d[\d.,' ]*")


@dataclass(frozen=True)
class Routed:
    """What became of a lead without an owner."""

    person: Person | None
    """None = it waits in the queue."""
    why: str
    """Of the run, when there is one: `rule` or `round_robin`."""
    by: dict[str, str] | None
    """What the hand-off keeps; None = no rule fits."""
    line: Line | None
    """What its history tells; None = nothing, as no rule fits and turns are off."""

    @property
    def facts(self) -> dict[str, str]:
        return (self.by or {}) | ({"to": self.person.id} if self.person else {})


def route(tx: Session, liaison: Liaison, handoff: Handoff, lead: Lead, now: datetime) -> Routed:
    """Find whose the lead is; a turn that somebody gets is theirs.

    The first rule that fits decides. When none of those it names can take the lead, it goes on as
    if no rule had fitted.
    """
    routing = liaison.playbook.routing
    told = traits_of(tx, handoff, lead)
    account = queries.person_by_email(tx, liaison.team_id, told.account_owner)
    account = account if account and queries.sells(account) else None
    matched = first_match(routing.matched, told, is_account_here=account is not None)
    if matched and QUEUE in matched.rule.to:
        return Routed(None, "", told_of(matched), Line.QUEUED)
    by = told_of(matched) if matched else None
    if matched and (found := _by_rule(tx, liaison, matched.rule.to, account, now)):
        line = Line.HAS_ACCOUNT if ACCOUNT_OWNER in matched.rule.to else Line.ROUTED
        return Routed(found, "rule", by, line)
    full = {**by, "found": "nobody"} if by else None
    if routing.round_robin and (rep := next_rep(tx, liaison, now)):
        return Routed(rep, "round_robin", full, Line.ROUTED)
    return Routed(None, "", full, Line.NO_ROOM if full else None)


def told_of(matched: Match) -> dict[str, str]:
    """A rule in the words that cards and histories say it with; it may be another one later."""
    to = matched.rule.to
    because = ", ".join(f"{CALLED.get(field, field)} {value}" for field, value in matched.because)
    anyway = "the account's owner" if ACCOUNT_OWNER in to else "every lead"
    group = "" if {ACCOUNT_OWNER, QUEUE} & {*to} else ", ".join(to)
    return {"rule": str(matched.rule.number), "because": because or anyway, "group": group}


def _by_rule(
    tx: Session, liaison: Liaison, to: tuple[str, ...], account: Person | None, now: datetime
) -> Person | None:
    if ACCOUNT_OWNER not in to:
        return _turn(tx, liaison, pool_of(to), liaison.playbook.routing.members(to), now)
    assert account  # or the rule would not fit
    _floor(tx, liaison)
    tx.refresh(account)
    # Whoever is away has a cover, or it waits for them as any lead of their own does.
    if account.id not in _has_room(tx, liaison.playbook, [account], now):
        return None
    _count(account, now)
    return account


def pool_of(to: Collection[str]) -> str:
    """Those who share their turns are named alike."""
    return ", ".join(sorted(one.casefold() for one in to))


class Told(NamedTuple):
    """What came with a lead, and may decide whose it is."""

    country: str | None
    email: str | None
    custom: Mapping[str, object]
    """What its sender has fields of their own for, under their names."""
    source: str | None
    grade: str
    campaign: str | None
    owner_given: str | None


def traits_of(tx: Session, handoff: Handoff, lead: Lead) -> Traits:
    """What the rules may ask of a lead."""
    known = handoff.campaign_id and tx.get(Campaign, (handoff.team_id, handoff.campaign_id))
    campaign = known.name if known else handoff.campaign
    of_lead = (lead.country, lead.email, lead.custom)
    return traits(Told(*of_lead, handoff.source, handoff.grade, campaign, handoff.owner_given))


def traits(told: Told) -> Traits:
    """The same from values."""
    own = kept(told.custom)
    account_owner = own.get("account_owner") or told.owner_given
    return Traits(
        country=told.country,
        region=own.get("region"),
        state=own.get("state"),
        postcode=own.get("postcode"),
        source=told.source,
        grade=told.grade,
        campaign=told.campaign,
        account_owner=account_owner.strip().lower() if account_owner else None,
        email_domain=told.email.rpartition("@")[2] if told.email else None,
        size=_size(own.get("company_size", "")),
    )


def _size(written: str) -> int | None:
    """`1,200`, `51-200` or `1000+`: the first number counts."""
    found = _NUMBER.search(written.removesuffix(".0"))
    digits = re.sub(r"\D", "", found[0]) if found else ""
    return int(digits[:9]) if digits else None


def next_rep(tx: Session, liaison: Liaison, now: datetime) -> Person | None:
    """The rep of all whose turn it is, and the turn is theirs; None = nobody is free."""
    return _turn(tx, liaison, ROUND_ROBIN, None, now)


def _turn(
    tx: Session, liaison: Liaison, pool: str, members: Collection[str] | None, now: datetime
) -> Person | None:
    """Give the next turn of a pool to one of its members, by address; None = of all reps."""
    floor = _floor(tx, liaison)
    reps = [rep for rep in floor.reps if members is None or rep.email in members]
    order = _order_of(tx, liaison.team_id, pool)
    turn = next_in_turn(_seats(tx, liaison, reps, floor, order, now), order.pace)
    if turn is None:
        return None
    order.pace = turn.pace
    order.places = {seat.person_id: [seat.place, seat.left_at] for seat in turn.seats}
    rep = next(rep for rep in reps if rep.id == turn.person_id)
    _count(rep, now)
    return rep


@dataclass(frozen=True)
class _Floor:
    """Who may have turns."""

    reps: list[Person]
    away: dict[str, tuple[tuple[datetime, datetime], ...]]
    """By person, from when until when."""


def _floor(tx: Session, liaison: Liaison) -> _Floor:
    """Read once a transaction, behind the lock on turns.

    Turns are given out one at a time: the workspace's row stays locked until the transaction ends,
    so that two processes do not give the same rep two in a row.
    """
    if _FLOOR not in tx.info:
        counted = update(Workspace).where(col(Workspace.team_id) == liaison.team_id)
        tx.execute(counted.values(turns=Workspace.turns + 1))
        away = queries.away_of_team(tx, liaison.team_id)
        tx.info[_FLOOR] = _Floor(reps_of(tx, liaison), away)
    floor = tx.info[_FLOOR]
    assert isinstance(floor, _Floor)
    return floor


def _order_of(tx: Session, team_id: str, pool: str) -> TurnOrder:
    order = tx.get(TurnOrder, (team_id, pool))
    if order is None:
        order = TurnOrder(team_id=team_id, pool=pool)
        tx.add(order)
    return order


def _seats(
    tx: Session,
    liaison: Liaison,
    reps: list[Person],
    floor: _Floor,
    order: TurnOrder,
    now: datetime,
) -> list[Seat]:
    room = _has_room(tx, liaison.playbook, reps, now)
    seats = []
    for rep in reps:
        absences = floor.away.get(rep.id, ())
        is_away = any(starts_at <= now < ends_at for starts_at, ends_at in absences)
        at_work_at = next_opening(opening_with(liaison, rep, absences, now), now)
        place, left_at = order.places.get(rep.id, (None, None))
        weight = weight_of(liaison.playbook, rep.email)
        free = rep.id in room and not is_away
        seats.append(Seat(rep.id, at_work_at, weight, free, place, left_at))
    return seats


def weight_of(playbook: Playbook, email: str | None) -> int:
    listed = playbook.person(email or "")
    return listed.weight if listed else 1


def _has_room(tx: Session, playbook: Playbook, reps: list[Person], now: datetime) -> set[str]:
    """Those of these reps who may be routed one more."""
    listed = {rep.id: playbook.person(rep.email or "") for rep in reps}
    limits = {rep: each.cap_open for rep, each in listed.items() if each and each.cap_open}
    held = _open_of(tx, reps[0].team_id, limits) if limits else {}
    room = set()
    for rep in reps:
        a_day = (each := listed[rep.id]) and each.cap_a_day
        full_today = a_day and rep.routed_on == _today(rep, now) and rep.routed >= a_day
        if not full_today and held.get(rep.id, 0) < limits.get(rep.id, 1):
            room.add(rep.id)
    return room


def _open_of(tx: Session, team_id: str, reps: Collection[str]) -> dict[str, int]:
    counted = (
        select(col(Handoff.actor_id), func.count())
        .where(
            col(Handoff.team_id) == team_id,
            col(Handoff.actor_id).in_(reps),
            col(Handoff.closed_at).is_(None),
        )
        .group_by(col(Handoff.actor_id))
    )
    return {actor_id: count for actor_id, count in tx.execute(counted) if actor_id}


def _count(rep: Person, now: datetime) -> None:
    """One lead more that they were routed today."""
    today = _today(rep, now)
    rep.routed = rep.routed + 1 if rep.routed_on == today else 1
    rep.routed_on = today


def _today(rep: Person, now: datetime) -> date:
    return local_date(rep.timezone, now)


def reps_of(tx: Session, liaison: Liaison) -> list[Person]:
    """All reps. Read anew: another process may have had a turn while we waited for ours."""
    listed = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team) == queries.SALES,
        col(Person.is_active),
    )
    people = tx.scalars(listed.execution_options(populate_existing=True))
    return [person for person in people if "rep" in person.roles]
