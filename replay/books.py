"""Both sides of the story, side by side: the bot's rows, and what stands in Slack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from bot.core.business_time import Opening
from bot.core.lifecycle import Stage
from bot.core.results import COHORT
from bot.core.sla import LadderStep
from bot.core.turns import Patience
from bot.liaison import Liaison
from bot.models import Escalation, Handoff, InboxEvent, Lead, Message, Person, Run, Step
from bot.services import results
from bot.services.hours import opening_of
from bot.services.results import Window
from bot.services.schedule import patience_of
from replay.leadset import LeadSet
from replay.office import Office
from replay.play import Tally
from sandbox.control import Control
from sandbox.wire import Json

Row = TypeVar("Row", bound=SQLModel)
RunKey = tuple[str, int]
"""Hand-off id and number of the run."""


@dataclass(frozen=True)
class Posted:
    """A message of the bot in Slack; `at` is the business instant at which it was posted."""

    channel: str
    ts: str
    mark: str | None
    at: datetime


@dataclass(frozen=True)
class Books:
    """All that the reconciliation looks at; plain values, so that a test can tamper with them."""

    leads_in: int
    tally: Tally
    stages: Mapping[str, Stage]
    """What the set says of each lead, by its own id."""
    first_contacts: Mapping[str, datetime]
    """When the set has somebody first in touch with a lead, by its own id."""
    leads: tuple[Lead, ...]
    handoffs: tuple[Handoff, ...]
    runs: tuple[Run, ...]
    steps: tuple[Step, ...]
    escalations: tuple[Escalation, ...]
    messages: tuple[Message, ...]
    events: tuple[InboxEvent, ...]
    people: Mapping[str, Person]
    posted: tuple[Posted, ...]
    cap: int
    """Messages a person may get in one local day."""
    at_once: tuple[str, ...]
    """Grades whose leads are messages of their own."""
    ladder: tuple[LadderStep, ...]
    patience: Patience
    openings: Mapping[str, Opening]
    """The working time of each person, by their id, for three years from the first instant."""
    team_opening: Opening
    """The working time of the team, in which the channel is spoken to."""
    campaigns: Mapping[str | None, tuple[int, int]] = field(default_factory=dict)
    """What `/campaign all` counts once the last win is a cohort ago: closed leads and wins, by the
    campaign's name; None = no origin."""

    @property
    def lead_ids(self) -> dict[str, str]:
        """The set's own id of each lead, by ours."""
        return {lead.id: lead.lead_key.removeprefix("id:") for lead in self.leads}

    @property
    def runs_by_key(self) -> dict[RunKey, Run]:
        return {(run.handoff_id, run.number): run for run in self.runs}

    @property
    def handoffs_by_id(self) -> dict[str, Handoff]:
        return {handoff.id: handoff for handoff in self.handoffs}

    @property
    def posts_of(self) -> dict[str, list[Posted]]:
        """What stands in Slack, by mark; a mark that stands there twice was posted twice."""
        found: dict[str, list[Posted]] = {}
        for post in self.posted:
            found.setdefault(post.mark or "", []).append(post)
        return found


def mark(message: Message) -> str:
    """What a row's post is recognised by in Slack."""
    return f"{message.id}.{message.posts}"


def first_post(books: Books) -> dict[str, Posted]:
    """The post of each message that has one, by the message's id."""
    posts = books.posts_of
    found = ((message.id, posts.get(mark(message))) for message in books.messages)
    return {message_id: of_it[0] for message_id, of_it in found if of_it}


def open_books(office: Office, slack: Control, leads: LeadSet, tally: Tally) -> Books:
    """Read everything, once the replay is over."""
    liaison, began = office.liaison, office.clock.began
    with liaison.reading() as tx:
        people = {person.id: person for person in _all(tx, Person)}
        return Books(
            leads_in=leads.leads_in,
            tally=tally,
            stages=leads.stages,
            first_contacts=leads.first_contacts,
            leads=_all(tx, Lead),
            handoffs=_all(tx, Handoff),
            runs=_all(tx, Run),
            steps=_all(tx, Step),
            escalations=_all(tx, Escalation),
            messages=_all(tx, Message),
            events=_all(tx, InboxEvent),
            people=people,
            posted=tuple(_posted(office, slack, people.values())),
            cap=liaison.playbook.attention.cap,
            at_once=liaison.playbook.attention.at_once,
            ladder=liaison.playbook.ladder,
            patience=patience_of(liaison),
            openings={who.id: opening_of(tx, liaison, who, began) for who in people.values()},
            team_opening=opening_of(tx, liaison, None, began),
            campaigns=_campaigns(liaison, tx),
        )


def _campaigns(liaison: Liaison, tx: Session) -> dict[str | None, tuple[int, int]]:
    last_win = tx.scalars(
        select(func.max(col(Handoff.outcome_at))).where(col(Handoff.stage) == Stage.WON)
    ).one()
    if last_win is None:
        return {}
    later = replace(liaison, now=lambda: last_win + COHORT)
    return {
        row.campaign.name if row.campaign else None: (row.result.closed, row.result.closed_won)
        for row in results.table(later, Window(None))
    }


def _all(tx: Session, table: type[Row]) -> tuple[Row, ...]:
    return tuple(tx.scalars(select(table)))


def _posted(office: Office, slack: Control, people: Iterable[Person]) -> Iterator[Posted]:
    channels = [office.liaison.handoff_channel]
    channels += [person.dm_channel for person in people if person.dm_channel]
    for channel in channels:
        for message in slack.messages(channel):
            yield Posted(
                channel=channel,
                ts=message["ts"],
                mark=_mark(message),
                at=office.clock.instant_of(message["ts"]),
            )


def _mark(message: Json) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return payload.get("mark")
