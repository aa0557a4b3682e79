"""Leads nobody told of before, handed over many at once: each table's rows in one statement.

The rules are those of a single one (`handover`). What one of them decides for the next, a batch
that forms or whose turn it is, is decided in their order; and what is rarer than a lead with its
owner, or one for the queue, goes by the functions that a single one goes by.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.db import insert_each_new, insert_each_once
from bot.delivery.batches import revise_batch_of
from bot.delivery.sayings import Saying, queue_each, row_of
from bot.identity import new_id
from bot.intake.lead_event import LeadEvent
from bot.intake.webhook import Receipt
from bot.liaison import Liaison
from bot.models import Handoff, History, Lead, MessageKind, Person, Run
from bot.services import links, new_act
from bot.services.arrivals import Arrival, count_in, gather
from bot.services.erased import erased_among, keys_of
from bot.services.handoffs import give, line_of, pass_on
from bot.services.handover import as_told
from bot.services.lead_fields import first_told
from bot.services.recognition import campaigns_of, origin_told
from bot.services.schedule import first_turn, plan_turn


@dataclass(frozen=True)
class Newcomer:
    """A hand-off whose lead was stored a moment ago."""

    row: dict[str, Any]
    """Its columns, as it is stored."""
    arrival: Arrival
    owner: Person | None
    """Whom the event names, when that is certain; None = nobody has it yet."""
    is_settled: bool
    """Whether nothing more is to be decided of whose it is."""

    @property
    def id(self) -> str:
        return str(self.row["id"])


def strangers(tx: Session, liaison: Liaison, events: Sequence[LeadEvent]) -> set[str]:
    """The keys of those of whom nothing is known: no lead, none that was erased, no refusal."""
    keys = [keys_of(event) for event in events]
    known = erased_among(tx, liaison, frozenset().union(*keys))
    known |= queries.keys_known(tx, liaison.team_id, [event.lead_key for event in events])
    emails = [event.email for event in events if event.email]
    refused = queries.emails_refusing(tx, liaison.team_id, emails)
    return {
        event.lead_key
        for event, its_own in zip(events, keys, strict=True)
        if known.isdisjoint(its_own) and event.email not in refused
    }


def take_over(
    tx: Session, liaison: Liaison, events: Sequence[LeadEvent], now: datetime
) -> dict[str, Receipt]:
    """Hand over different people of whom nothing was known; what became of them, by lead key.

    One whom another process was told of a moment before is left out.
    """
    leads = _stored(tx, liaison, events, now)
    stored = [event for event in events if event.lead_key in leads]
    newcomers = _met(tx, liaison, stored, leads, now)
    if not newcomers:
        return {}
    insert_each_once(tx, Handoff, [each.row for each in newcomers])
    insert_each_once(tx, Run, _runs(liaison, newcomers))
    lines = [line_of(liaison.team_id, each.id, Line.HANDED_OVER, now) for each in newcomers]
    insert_each_once(tx, History, lines)
    for each in newcomers:
        gather(tx, liaison, each.arrival, now)
        if not each.is_settled:
            _settle(tx, liaison, each, now)
    _show(tx, liaison, newcomers)
    handoffs = {lead_id: lead_key for lead_key, lead_id in leads.items()}
    return {handoffs[each.row["lead_id"]]: Receipt(each.id, duplicate=False) for each in newcomers}


def _stored(
    tx: Session, liaison: Liaison, events: Sequence[LeadEvent], now: datetime
) -> dict[str, str]:
    """The ids of the leads that were stored, by key. Two processes may meet the same new lead at
    once; the unique key decides."""
    rows = {}
    for event in events:
        told = first_told(event)
        told["told_at"] |= new_act.told_at_first(event)
        named = {"team_id": liaison.team_id, "id": new_id(now), "lead_key": event.lead_key}
        rows[event.lead_key] = named | {"created_at": now} | told
    # In one order, so that two processes do not wait for each other.
    new = insert_each_new(tx, Lead, [rows[key] for key in sorted(rows)], "lead_key")
    return {key: str(rows[key]["id"]) for key in new}


def _met(
    tx: Session,
    liaison: Liaison,
    events: Sequence[LeadEvent],
    leads: Mapping[str, str],
    now: datetime,
) -> list[Newcomer]:
    """What is known of each before it is stored."""
    campaigns = campaigns_of(tx, liaison.team_id, map(origin_told, events), now)
    owners = _Owners(tx, liaison, now)
    turns_at = first_turn(liaison, now)
    newcomers = []
    for event, campaign_id in zip(events, campaigns, strict=True):
        told = as_told(liaison, leads[event.lead_key], event, now)
        arrival = count_in(tx, liaison, told["id"], told["campaign"], now)
        owner = owners.of(event)
        actor = owner.id if owner and not owners.is_away(owner) else None
        row = told | {
            "campaign_id": campaign_id,
            "batch_id": arrival.batch.id if arrival.batch else None,
            "owner_id": actor,
            "actor_id": actor,
            "runs": 1 if actor else 0,
            "turns_at": turns_at,
        }
        waits = owner is None and not liaison.playbook.routing.gives
        newcomers.append(Newcomer(row, arrival, owner, is_settled=waits or actor is not None))
    return newcomers


class _Owners:
    """Who is meant by an owner, and whether they are away: asked once for each."""

    def __init__(self, tx: Session, liaison: Liaison, now: datetime) -> None:
        self._tx, self._liaison, self._now = tx, liaison, now
        self._known: dict[tuple[str | None, str], Person | None] = {}
        self._away: dict[str, bool] = {}

    def of(self, event: LeadEvent) -> Person | None:
        if event.owner is None:
            return None
        given = (event.system, event.owner)
        if given not in self._known:
            self._known[given] = links.owner_of(self._tx, self._liaison, event, self._now)
        return self._known[given]

    def is_away(self, person: Person) -> bool:
        if person.id not in self._away:
            self._away[person.id] = queries.absence_at(self._tx, person, self._now) is not None
        return self._away[person.id]


def _runs(liaison: Liaison, newcomers: Collection[Newcomer]) -> list[dict[str, object]]:
    """The first run of each that somebody has from the start; its clock is not started."""
    rows = []
    for each in newcomers:
        if each.row["actor_id"]:
            in_batch = each.row["batch_id"] is not None
            allowance = liaison.playbook.allowance(each.row["grade"], in_batch=in_batch)
            run: dict[str, object] = {"team_id": liaison.team_id, "handoff_id": each.id}
            run |= {"number": 1, "actor_id": each.row["actor_id"], "why": "owner"}
            rows.append(run | {"allowance": None if allowance is None else str(allowance)})
    return rows


def _settle(tx: Session, liaison: Liaison, newcomer: Newcomer, now: datetime) -> None:
    """Find who has it: whoever stands in for its owner, or whose turn it is."""
    key = (liaison.team_id, newcomer.id)
    handoff = tx.get_one(Handoff, key)
    if newcomer.owner:
        give(tx, liaison, handoff, newcomer.owner, "owner", now)
    else:
        lead = tx.get_one(Lead, (liaison.team_id, handoff.lead_id))
        pass_on(tx, liaison, lead, handoff, now)
    plan_turn(tx, liaison, handoff)
    # What the next one finds taken must be stored.
    tx.flush()


def _show(tx: Session, liaison: Liaison, newcomers: Sequence[Newcomer]) -> None:
    """Queue a card for each that stands alone; the card of a batch counts the others."""
    gathered = {handoff_id for each in newcomers for handoff_id in each.arrival.earlier}
    cards, batches = [], dict[str, list[str]]()
    for each in newcomers:
        if each.arrival.batch:
            batches.setdefault(each.arrival.batch.id, []).append(each.id)
        elif each.id not in gathered:
            card = Saying(
                f"card:{each.id}", MessageKind.CARD, each.id, channel=liaison.handoff_channel
            )
            cards.append(row_of(liaison, card, hold_until=None))
    queue_each(tx, cards)
    for batch_id, handoff_ids in batches.items():
        revise_batch_of(tx, liaison, batch_id, handoff_ids)
