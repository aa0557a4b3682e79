"""What people do on a sales floor, chosen by numbers, so that a story can be made up and shrunk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.core.business_time import local_date
from bot.core.snooze import Choice
from bot.errors import Refused
from bot.models import Handoff
from bot.services import (
    asks,
    away,
    colleagues,
    escalations,
    fixes,
    followups,
    handoffs,
    hands,
    outcomes,
    people,
    returns,
    snooze,
    undo,
)
from bot.services.away import Plan
from bot.services.nextsteps import NextStep
from bot.services.outcomes import Answer
from bot.views.handoffs import TOUCHES
from tests.promises.floor import Floor
from tests.promises.rules import Watch

OUTCOMES = ("qualified", "not_a_fit", "wrong_data", "bad_timing", "do_not_contact", "no_budget")
OWN_HOURS = ("Mo-Fr 12:00-20:00", "Mo-We 06:00-10:00", None)


@dataclass(frozen=True)
class Act:
    """`who` and `lead` are counted round; `how` chooses among what the act can be."""

    after: timedelta
    is_asleep: bool
    """Nothing runs until then."""
    what: str
    who: int
    lead: int
    how: int


@dataclass
class Story:
    """A floor and who watches it."""

    floor: Floor
    watch: Watch

    def play(self, act: Act) -> None:
        """Let time pass, let it happen, let Slack hear; what is refused changes nothing."""
        floor = self.floor
        floor.advance(floor.now + act.after, asleep=act.is_asleep)
        self.watch.look()
        by = floor.team[act.who % len(floor.team)].id
        open_or_not = floor.handoffs()
        handoff = open_or_not[act.lead % len(open_or_not)] if open_or_not else None
        turn = Turn(self, by, handoff, act.how)
        try:
            ACTS[act.what](turn)
        except Refused:
            return
        floor.carry()
        self.watch.look()


@dataclass(frozen=True)
class Turn:
    """One act at hand."""

    story: Story
    by: str
    handoff: Handoff | None
    how: int

    @property
    def floor(self) -> Floor:
        return self.story.floor

    @property
    def watch(self) -> Watch:
        return self.story.watch

    @property
    def lead(self) -> Handoff:
        if self.handoff is None:
            raise Refused
        return self.handoff

    @property
    def presser(self) -> str:
        """Mostly whoever has the lead: others are refused more often than not."""
        return self.lead.actor_id or self.by if self.how % 4 else self.by

    def lead_id(self) -> str:
        return self.watch.lead_ids[self.lead.lead_id]


def hand_over(turn: Turn) -> None:
    floor, watch = turn.floor, turn.watch
    number = len(watch.lead_ids) + 101  # so that no name begins another
    owners = [one.email for one in floor.team if one.role == "rep"]
    receipt = floor.tell(
        lead_id=f"lead-{number}",
        company=f"Acme {number}",
        first_name="Jane",
        email=f"jane{number}@example.org",
        phone="+1 555 0100",
        campaign="Spring webinar",
        grade="ABCD"[turn.how % 4],
        owner=[*owners, None][turn.how % (len(owners) + 1)],
        reason="asked for a demo",
        occurred_at=floor.now.isoformat(),
    )
    assert receipt.handoff_id
    watch.handed(receipt.handoff_id, f"lead-{number}")


def act_again(turn: Turn) -> None:
    """The lead does something more; after its hand-off was closed that is a new one."""
    lead_id = turn.lead_id()
    receipt = turn.floor.tell(
        lead_id=lead_id,
        company=lead_id.replace("lead-", "Acme "),
        grade="ABCD"[turn.how % 4],
        last_activity="opened the price list",
        occurred_at=turn.floor.now.isoformat(),
    )
    if receipt.handoff_id and not receipt.duplicate:
        turn.watch.handed(receipt.handoff_id, lead_id)


def accept(turn: Turn) -> None:
    by = turn.presser
    followups.accept(turn.floor.liaison, turn.lead.id, by)
    turn.watch.answering(by, turn.lead)


def touch(turn: Turn) -> None:
    by, kinds = turn.presser, [*TOUCHES]
    today = local_date("UTC", turn.floor.now)
    step = NextStep(str(today + timedelta(days=turn.how))) if turn.how % 3 else NextStep()
    followups.log_touch(turn.floor.liaison, turn.lead.id, by, kinds[turn.how % len(kinds)], step)
    turn.watch.answered(by, turn.lead)


def outcome(turn: Turn) -> None:
    by = turn.presser
    answer = Answer(OUTCOMES[turn.how % len(OUTCOMES)])
    outcomes.record_outcome(turn.floor.liaison, turn.lead.id, by, answer)
    turn.watch.answered(by, turn.lead)


def take_back(turn: Turn) -> None:
    by = turn.watch.last_by.get(turn.lead.id, turn.by)
    undo.take_back(turn.floor.liaison, turn.lead.id, by)
    turn.watch.undone(by, turn.lead)


def contact_in_crm(turn: Turn) -> None:
    turn.floor.tell(
        event="contacted",
        lead_id=turn.lead_id(),
        kind="call",
        occurred_at=turn.floor.now.isoformat(),
    )
    if turn.lead.closed_at is None and turn.lead.actor_id:
        turn.watch.done_elsewhere(turn.lead)


def outcome_in_crm(turn: Turn) -> None:
    turn.floor.tell(
        event="outcome",
        lead_id=turn.lead_id(),
        kind=OUTCOMES[turn.how % len(OUTCOMES)],
        occurred_at=turn.floor.now.isoformat(),
    )
    turn.watch.done_elsewhere(turn.lead)


def owner_in_crm(turn: Turn) -> None:
    reps = [one.email for one in turn.floor.team if one.role == "rep"]
    turn.floor.tell(
        event="updated",
        lead_id=turn.lead_id(),
        owner=reps[turn.how % len(reps)],
        occurred_at=turn.floor.now.isoformat(),
    )


def meeting(turn: Turn) -> None:
    at = turn.floor.now + timedelta(hours=turn.how * 5)
    turn.floor.tell(
        event="updated",
        lead_id=turn.lead_id(),
        meeting_at=at.isoformat(),
        occurred_at=turn.floor.now.isoformat(),
    )


def put_off(turn: Turn) -> None:
    by, choice = turn.presser, [Choice.HOUR, Choice.HOURS, Choice.MORNING][turn.how % 3]
    snooze.snooze(turn.floor.liaison, turn.lead.id, by, choice, None, "They asked me to.")
    turn.watch.pressed(by, turn.lead)


def offer(turn: Turn) -> None:
    by, team = turn.presser, turn.floor.team
    hands.offer(turn.floor.liaison, turn.lead.id, by, team[turn.how % len(team)].id, None)
    turn.watch.pressed(by, turn.lead)


def take(turn: Turn) -> None:
    hands.take(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def decline(turn: Turn) -> None:
    hands.decline(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def claim(turn: Turn) -> None:
    handoffs.claim(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def take_on(turn: Turn) -> None:
    colleagues.take_on(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def ask(turn: Turn) -> None:
    by = turn.presser
    asks.ask(turn.floor.liaison, turn.lead.id, by, "What did they ask for?")
    turn.watch.pressed(by, turn.lead)


def answer(turn: Turn) -> None:
    asked = [row for row in turn.floor.asks() if row.answered_at is None]
    if not asked:
        raise Refused
    one = asked[turn.how % len(asked)]
    asks.answer(turn.floor.liaison, one.id, one.receiver_id, "A price for twenty.")


def go_away(turn: Turn) -> None:
    floor = turn.floor
    zone = floor.zones.get(turn.by) or next(o.zone for o in floor.team if o.id == turn.by)
    first = local_date(zone, floor.now) + timedelta(days=turn.how % 3)
    cover = floor.team[turn.how % len(floor.team)].id
    plan = Plan(
        turn.by,
        first,
        first + timedelta(days=turn.how % 5),
        from_midday=turn.how % 2 == 0,
        cover_id=None if turn.how % 4 == 0 else cover,
    )
    away.go_away(floor.liaison, turn.by, plan)


def back_already(turn: Turn) -> None:
    away.back_already(turn.floor.liaison, turn.by)


def own_hours(turn: Turn) -> None:
    hours = OWN_HOURS[turn.how % len(OWN_HOURS)]
    people.set_hours(turn.floor.liaison, turn.by, hours)
    if hours:
        turn.floor.hours[turn.by] = hours
    else:
        turn.floor.hours.pop(turn.by, None)


def excuse(turn: Turn) -> None:
    escalations.excuse(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def leave(turn: Turn) -> None:
    escalations.leave(turn.floor.liaison, turn.lead.id, turn.by)
    turn.watch.pressed(turn.by, turn.lead)


def send_back(turn: Turn) -> None:
    marketer = next(one.id for one in turn.floor.team if one.team == "marketing")
    fixes.send_back(turn.floor.liaison, turn.lead.id, marketer, {"phone": "+1 555 0199"})
    turn.watch.reopened(turn.lead)


def cancel_return(turn: Turn) -> None:
    marketer = next(one.id for one in turn.floor.team if one.team == "marketing")
    returns.cancel_return(turn.floor.liaison, turn.lead.id, marketer)


def erase(turn: Turn) -> None:
    turn.floor.tell(event="erased", lead_id=turn.lead_id(), occurred_at=turn.floor.now.isoformat())
    turn.watch.done_elsewhere(turn.lead)


def slack_down(turn: Turn) -> None:
    turn.floor.slack.is_down = True


def slack_up(turn: Turn) -> None:
    turn.floor.slack.is_down = False


ACTS: dict[str, Callable[[Turn], None]] = {
    act.__name__: act
    for act in (
        hand_over,
        act_again,
        accept,
        touch,
        outcome,
        take_back,
        contact_in_crm,
        outcome_in_crm,
        owner_in_crm,
        meeting,
        put_off,
        offer,
        take,
        decline,
        claim,
        take_on,
        ask,
        answer,
        go_away,
        back_already,
        own_hours,
        excuse,
        leave,
        send_back,
        cancel_return,
        erase,
        slack_down,
        slack_up,
    )
}
