"""Books that add up, small enough to write down; each test breaks them in one place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.calendars import Calendars
from bot.core.lifecycle import Stage
from bot.core.sla import DEFAULT_LADDER, Allowance, due_at, plan
from bot.core.turns import Patience
from bot.delivery.outbox import FOLDED
from bot.intake.lead_event import EventKind
from bot.models import (
    Escalation,
    Handoff,
    InboxEvent,
    Lane,
    Lead,
    Message,
    MessageKind,
    Person,
    Run,
    Step,
)
from replay.books import Books, Posted
from replay.play import Tally

TEAM, LEADS, BENS_DM, ANAS_DM = "T1", "C1", "D1", "D2"
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""Opening time of Ben, who works from nine to five in UTC."""
TOUCHED_AT = MONDAY_NINE + timedelta(hours=7)
TUESDAY_NINE = MONDAY_NINE + timedelta(days=1)
OPENING = Calendars().opening("UTC", "Mo-Fr 09:00-17:00", (), (), MONDAY_NINE)


def ben() -> Person:
    return Person(
        team_id=TEAM,
        id="U1",
        name="Ben",
        email="ben@example.com",
        timezone="UTC",
        dm_channel=BENS_DM,
        team="sales",
        roles=["rep"],
    )


def ana() -> Person:
    """Ben's manager."""
    return Person(
        team_id=TEAM,
        id="U2",
        name="Ana",
        email="ana@example.com",
        timezone="UTC",
        dm_channel=ANAS_DM,
        team="sales",
        roles=["manager"],
    )


def books() -> Books:
    """One lead with four hours: shown at nine, reminded twice, colleagues asked, put before the
    manager, touched at four; one brief; one lead refused, one that came twice."""
    due = due_at(OPENING, MONDAY_NINE, Allowance.parse("4h"))
    steps = plan(OPENING, MONDAY_NINE, due, DEFAULT_LADDER)
    tally = Tally()
    tally.accepted.update({EventKind.HANDOFF: 1, EventKind.CONTACTED: 1})
    tally.duplicates[EventKind.HANDOFF] = tally.refused[EventKind.HANDOFF] = 1
    messages = [message("m1", MessageKind.CARD), message("m2", MessageKind.LEAD_DM)]
    messages += [message(f"n{number}", MessageKind.NUDGE, number) for number in (1, 2)]
    messages += [message("n3", MessageKind.ANYONE, 3), message("m4", MessageKind.MANAGER_LIST)]
    messages += [message("b1", MessageKind.BRIEF)]
    posted_at = [MONDAY_NINE, MONDAY_NINE, *(step.at for step in steps[:3]), TUESDAY_NINE]
    posted_at += [MONDAY_NINE]
    return Books(
        leads_in=3,
        tally=tally,
        stages={"lead-1": Stage.WORKING},
        first_contacts={"lead-1": TOUCHED_AT},
        leads=(Lead(team_id=TEAM, id="l1", lead_key="id:lead-1", created_at=MONDAY_NINE),),
        handoffs=(handoff("h1", "l1"),),
        runs=(
            Run(
                team_id=TEAM,
                handoff_id="h1",
                number=1,
                actor_id="U1",
                why="owner",
                allowance="4h",
                started_at=MONDAY_NINE,
                due_at=due,
                answered_at=TOUCHED_AT,
            ),
        ),
        steps=tuple(
            Step(
                team_id=TEAM,
                handoff_id="h1",
                run=1,
                number=step.number,
                recipient_id=("U1", "U1", LEADS, "U2")[step.number - 1],
                planned_at=step.at,
                taken_at=step.at,
                message_id=f"n{step.number}",
            )
            for step in steps
        ),
        escalations=(escalation(),),
        messages=(*messages, kept_back("n8", "b1")),
        events=(event("e1", "h1"),),
        people={"U1": ben(), "U2": ana()},
        posted=tuple(
            Posted(row.channel or "", row.ts or "", f"{row.id}.0", at)
            for row, at in zip(messages, posted_at, strict=True)
        ),
        cap=6,
        at_once=("A", "B"),
        ladder=DEFAULT_LADDER,
        patience=Patience(),
        openings={"U1": OPENING, "U2": OPENING},
        team_opening=OPENING,
    )


def escalation() -> Escalation:
    """The lead on Ana's list of Tuesday."""
    return Escalation(
        team_id=TEAM,
        id="n4",
        handoff_id="h1",
        run=1,
        manager_id="U2",
        at=TUESDAY_NINE,
        list_at=None,
    )


def handoff(handoff_id: str, lead_id: str) -> Handoff:
    return Handoff(
        team_id=TEAM,
        id=handoff_id,
        lead_id=lead_id,
        stage=Stage.WORKING,
        owner_id="U1",
        actor_id="U1",
        grade="B",
        handed_at=MONDAY_NINE,
        received_at=MONDAY_NINE,
        shown_at=MONDAY_NINE,
        touched_at=TOUCHED_AT,
        runs=1,
    )


def message(message_id: str, kind: MessageKind, step: int | None = None) -> Message:
    """One that Slack shows."""
    is_card, is_list = kind is MessageKind.CARD, kind is MessageKind.MANAGER_LIST
    in_channel = is_card or kind is MessageKind.ANYONE
    person, their_dm = ("U2", ANAS_DM) if is_list else ("U1", BENS_DM)
    return Message(
        team_id=TEAM,
        id=message_id,
        key=message_id,
        kind=kind,
        subject_id="U2" if is_list else "h1",
        run=None if is_card or is_list else 1,
        step=step,
        recipient_id=None if in_channel else person,
        channel=LEADS if in_channel else their_dm,
        parent_id="m1" if kind is MessageKind.ANYONE else None,
        lane=Lane.ACT,
        gate="chat.update",
        ts=f"{1_000 + sum(map(ord, message_id))}.000000",
        revision=2,
        shown_revision=2,
    )


def kept_back(message_id: str, brief_id: str) -> Message:
    """A note that Ben reads in this brief instead."""
    kept = message(message_id, MessageKind.NOTE)
    kept.ts, kept.dropped, kept.brief_id, kept.settled_at = None, FOLDED, brief_id, MONDAY_NINE
    return kept


def event(event_id: str, handoff_id: str) -> InboxEvent:
    """The delivery of the hand-off, three seconds of wall time before its card."""
    card = float(message("m1", MessageKind.CARD).ts or 0)
    return InboxEvent(
        team_id=TEAM,
        id=event_id,
        key=event_id,
        kind="lead.handoff",
        received_at=datetime.fromtimestamp(card - 3, UTC),
        handoff_id=handoff_id,
    )


def with_post(tampered: Books, mark: str, **changes: object) -> Books:
    """The books with one message in Slack changed."""
    posted = tuple(
        replace(post, **changes) if post.mark == mark else post  # type: ignore[arg-type]
        for post in tampered.posted
    )
    return replace(tampered, posted=posted)
