"""Who gets each of many leads that came one after the other: routing by its rules, without rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush

from bot.core.business_time import Opening, day_number, next_change, next_local_day, next_opening
from bot.core.matching import ACCOUNT_OWNER, QUEUE, Rule, Traits, first_match
from bot.core.routing import Round, Seat

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rep:
    """Somebody who may have leads."""

    address: str
    opening: Opening
    away: tuple[tuple[datetime, datetime], ...] = ()
    takes_turns: bool = True
    """Whether rules and the round robin give them leads; a manager has only their own."""
    weight: int = 1
    cap_a_day: int | None = None
    cap_open: int | None = None


@dataclass(frozen=True)
class Rules:
    """What a playbook says of who gets a lead."""

    reps: Mapping[str, Rep]
    """By address."""
    rules: Sequence[Rule]
    members: Callable[[tuple[str, ...]], frozenset[str]]
    """The addresses that what a rule names stands for."""
    round_robin: bool


class Desk:
    """Gives leads to people, and remembers what they have."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._shifts = {address: _Shift(rep) for address, rep in rules.reps.items()}
        self._pools: dict[tuple[str, ...], _Pool] = {}
        self._today: Counter[tuple[str, int]] = Counter()
        self._open: Counter[str] = Counter()
        self._closing: list[tuple[datetime, str]] = []
        self._counts_open = any(rep.cap_open for rep in rules.reps.values())

    def take(
        self, at: datetime, traits: Traits, owner: str | None, closed_at: datetime | None
    ) -> Rep | None:
        """Whose a lead is that came at `at`, not before the last one; None = the queue's.

        `owner` is the address it came with; `closed_at` is when it ended, None = it did not.
        """
        self._close_until(at)
        rep = self._rules.reps.get(owner or "") or self._routed(at, traits)
        if rep and self._counts_open:
            self._open[rep.address] += 1
            if closed_at:
                heappush(self._closing, (closed_at, rep.address))
            if self._open[rep.address] == rep.cap_open:
                self._look_again(rep)
        return rep

    def _routed(self, at: datetime, traits: Traits) -> Rep | None:
        is_here = traits.account_owner in self._rules.reps
        match = first_match(self._rules.rules, traits, is_account_here=is_here)
        if match and QUEUE in match.rule.to:
            return None
        rep = self._by_rule(match.rule.to, at, traits) if match else None
        if rep is None and self._rules.round_robin:
            rep = self._pool(()).take(at, self._has_room)
        if rep and rep.cap_a_day:
            day = (rep.address, day_number(rep.opening.zone, at))
            self._today[day] += 1
            if self._today[day] == rep.cap_a_day:
                self._look_again(rep)
        return rep

    def _by_rule(self, to: tuple[str, ...], at: datetime, traits: Traits) -> Rep | None:
        if ACCOUNT_OWNER not in to:
            return self._pool(to).take(at, self._has_room)
        account = self._rules.reps.get(traits.account_owner or "")
        return account if account and self._has_room(account, at) else None

    def _pool(self, to: tuple[str, ...]) -> "_Pool":
        if to not in self._pools:
            members = self._rules.members(to) if to else self._shifts.keys()
            shifts = (self._shifts[one] for one in sorted(members) if one in self._shifts)
            self._pools[to] = _Pool(shift for shift in shifts if shift.rep.takes_turns)
        return self._pools[to]

    def _has_room(self, rep: Rep, at: datetime) -> bool:
        if rep.cap_open and self._open[rep.address] >= rep.cap_open:
            return False
        if not rep.cap_a_day:
            return True
        return self._today[(rep.address, day_number(rep.opening.zone, at))] < rep.cap_a_day

    def _close_until(self, at: datetime) -> None:
        while self._closing and self._closing[0][0] <= at:
            _, address = heappop(self._closing)
            rep = self._rules.reps[address]
            if self._open[address] == rep.cap_open:
                self._look_again(rep)
            self._open[address] -= 1

    def _look_again(self, rep: Rep) -> None:
        for pool in self._pools.values():
            pool.is_stale = pool.is_stale or pool.has(rep)


class _Shift:
    """When one rep is at work; looked at anew only when that may have changed."""

    def __init__(self, rep: Rep) -> None:
        self.rep = rep
        self.at_work_at = _LONG_AGO
        self.is_away = False
        self.until = _LONG_AGO

    def look(self, at: datetime) -> None:
        if at < self.until:
            if self.at_work_at < at:
                self.at_work_at = at
            return
        rep = self.rep
        self.at_work_at = next_opening(rep.opening, at)
        self.is_away = any(starts_at <= at < ends_at for starts_at, ends_at in rep.away)
        edges = [edge for span in rep.away for edge in span if edge > at]
        days = [next_local_day(rep.opening, at)] if rep.cap_a_day else []
        self.until = min([next_change(rep.opening, at), *edges, *days])


class _Pool:
    """The turns of some reps; who takes part is looked at when that may have changed."""

    def __init__(self, shifts: Iterable[_Shift]) -> None:
        self._shifts = {shift.rep.address: shift for shift in shifts}
        self._seats: dict[str, Seat] = {}
        self._pace = 0
        self._round: Round | None = None
        self._until = _LONG_AGO
        self.is_stale = True

    def has(self, rep: Rep) -> bool:
        return rep.address in self._shifts

    def take(self, at: datetime, has_room: Callable[[Rep, datetime], bool]) -> Rep | None:
        """None when nobody is free."""
        if self.is_stale or at >= self._until:
            self._sit_down(at, has_room)
        return self._shifts[self._round.take()].rep if self._round else None

    def _sit_down(self, at: datetime, has_room: Callable[[Rep, datetime], bool]) -> None:
        if self._round:
            self._seats = {seat.person_id: seat for seat in self._round.seats()}
            self._pace = self._round.pace
        self._round = Round.begin(
            [self._seat(shift, at, has_room) for shift in self._shifts.values()], self._pace
        )
        self._until = min((shift.until for shift in self._shifts.values()), default=at)
        self.is_stale = False

    def _seat(self, shift: _Shift, at: datetime, has_room: Callable[[Rep, datetime], bool]) -> Seat:
        shift.look(at)
        rep, known = shift.rep, self._seats.get(shift.rep.address)
        place, left_at = (known.place, known.left_at) if known else (None, None)
        is_free = not shift.is_away and has_room(rep, at)
        return Seat(rep.address, shift.at_work_at, rep.weight, is_free, place, left_at)
