"""The reconciliation: one sentence per promise, and who breaks it. Pure, over `Books`."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core import sla, turns
from bot.core.business_time import add, elapsed, is_open, local_date, next_days_opening
from bot.core.lifecycle import OPEN, Stage, stage_after, touched
from bot.delivery.courier import NOT_WANTED
from bot.delivery.outbox import FOLDED
from bot.intake.lead_event import EventKind
from bot.models import NEXT_BRIEF, Escalation, Handoff, Message, MessageKind, Run, Step
from replay.books import Books, Posted, RunKey, first_post, mark
from replay.clock import GRID


@dataclass(frozen=True)
class Finding:
    """One promise, how many things it was checked on, and the ids that break it."""

    promise: str
    checked: int
    offenders: tuple[str, ...]


Check = Callable[[Books], Finding]


def leads_add_up(books: Books) -> Finding:
    """Counted in three places: the set, the hand-offs in the database, the webhook's answers."""
    duplicates = books.tally.duplicates[EventKind.HANDOFF]
    refused = books.tally.refused[EventKind.HANDOFF]
    counted = len(books.handoffs) + duplicates + refused
    wrong = [] if counted == books.leads_in else [f"{books.leads_in} in, {counted} accounted for"]
    return Finding("leads in = hand-offs + duplicates + refused", books.leads_in, tuple(wrong))


def each_lead_has_one_handoff(books: Books) -> Finding:
    """No lead of the set is missing, and none was handed over twice."""
    ids = books.lead_ids
    handed = Counter(ids[handoff.lead_id] for handoff in books.handoffs)
    wrong = [lead for lead in {*books.stages, *handed} if handed[lead] != 1]
    return Finding("every lead of the set has one hand-off", len(books.stages), _few(wrong))


def each_stage_is_the_sets(books: Books) -> Finding:
    """One stage each: the one its facts allow, and the one that follows from what the set tells."""
    wrong = [
        handoff.id
        for handoff in books.handoffs
        if handoff.stage != _stage_by_facts(handoff)
        or handoff.stage not in _stages_by_the_set(books, handoff)
    ]
    return Finding(
        "every hand-off is in the one stage the set tells", len(books.handoffs), _few(wrong)
    )


def _stage_by_facts(handoff: Handoff) -> Stage | None:
    """None when the facts contradict each other."""
    if handoff.outcome:
        return stage_after(handoff.outcome) if handoff.closed_at else None
    if handoff.touched_at:
        return touched(Stage.NEW) if handoff.closed_at is None else None
    return Stage.EXPIRED if handoff.closed_at else Stage.NEW


def _stages_by_the_set(books: Books, handoff: Handoff) -> set[Stage | None]:
    """How it must have ended; both are right when contact came in the tick in which time ran out.

    An outcome counts whenever it is told. A lead without one was in touch while its first actor had
    it, or else nobody was, and it has expired since.
    """
    lead = books.lead_ids[handoff.lead_id]
    told, contact_at = books.stages.get(lead), books.first_contacts.get(lead)
    if told not in OPEN:
        return {told}
    run = books.runs_by_key.get((handoff.id, 1))
    out_of_time = _turn_of(books, handoff, run)
    if contact_at is None or contact_at >= out_of_time + GRID:
        return {Stage.EXPIRED}
    in_time = touched(Stage.NEW)
    return {in_time} if contact_at + GRID <= out_of_time else {in_time, Stage.EXPIRED}


def each_unworked_lead_turns_on_time(books: Books) -> Finding:
    """Back to the queue the agreed days after the due time; expired when it is time, not later."""
    handoffs, runs = books.handoffs_by_id, books.runs_by_key
    wrong = [
        run.handoff_id
        for run in books.runs
        if run.ended_at
        and run.answered_at is None
        and not _on_time(run.ended_at, _turn_of(books, handoffs[run.handoff_id], run))
    ]
    for handoff in books.handoffs:
        if handoff.stage is Stage.EXPIRED and handoff.closed_at:
            run = runs.get((handoff.id, handoff.runs)) if handoff.actor_id else None
            if not _on_time(handoff.closed_at, _turn_of(books, handoff, run)):
                wrong.append(handoff.id)
    return Finding("what nobody touched turned on time", len(books.handoffs), _few(wrong))


def _turn_of(books: Books, handoff: Handoff, run: Run | None) -> datetime:
    since = handoff.shown_at or handoff.received_at
    return turns.unworked(since, run.due_at if run else None, books.patience).at


def _on_time(at: datetime, planned: datetime) -> bool:
    """The tick that notices it, or the one after when that had its hands full."""
    return planned <= at < planned + 2 * GRID


def nothing_was_told_for_nobody(books: Books) -> Finding:
    """Contact and outcomes reach a hand-off."""
    told = sum(books.tally.accepted.values())
    return Finding("what the CRM told reached a hand-off", told, _few(books.tally.of_no_handoff))


def each_message_is_in_slack_once(books: Books) -> Finding:
    """By its mark, where the row says it stands."""
    posts = books.posts_of
    posted = [message for message in books.messages if message.ts]
    wrong = [
        message.id
        for message in posted
        if [(post.channel, post.ts) for post in posts.get(mark(message), [])]
        != [(message.channel, message.ts)]
    ]
    return Finding("every message posted is in Slack once", len(posted), _few(wrong))


def slack_shows_nothing_else(books: Books) -> Finding:
    """No post without a row that knows it."""
    known = {mark(message) for message in books.messages if message.ts}
    strange = [post.ts for post in books.posted if post.mark not in known]
    return Finding("every message in Slack has its row", len(books.posted), _few(strange))


def none_is_lost(books: Books) -> Finding:
    """Every row was posted and shows its last revision, was no longer wanted, or was folded."""
    wrong = [message.id for message in books.messages if not _is_settled(message)]
    return Finding("no message is lost, late or stale", len(books.messages), _few(wrong))


def _is_settled(message: Message) -> bool:
    if message.ts is None:
        return message.dropped in {NOT_WANTED, FOLDED}
    is_at_rest = message.send_at is None and message.hold_until is None and not message.is_unclear
    return is_at_rest and message.dropped is None and message.shown_revision == message.revision


def each_nudge_is_explained(books: Books) -> Finding:
    """By a step of its run that was due, to the run's actor, in their own DM."""
    steps = {(step.message_id, step.number): step for step in books.steps}
    posts, runs = first_post(books), books.runs_by_key
    nudges = _sent(books, MessageKind.NUDGE)
    wrong = []
    for nudge in nudges:
        step = steps.get((nudge.id, nudge.step or 0))
        run = runs.get((nudge.subject_id, nudge.run or 0))
        if not (step and run and _explains(step, run)) or not (
            nudge.recipient_id == run.actor_id
            and posts[nudge.id].channel == books.people[run.actor_id].dm_channel
            and step.taken_at <= posts[nudge.id].at
        ):
            wrong.append(nudge.id)
    return Finding("every nudge is explained by a step that was due", len(nudges), _few(wrong))


def _explains(step: Step, run: Run) -> bool:
    is_its = (step.handoff_id, step.run, step.recipient_id) == (
        run.handoff_id,
        run.number,
        run.actor_id,
    )
    return is_its and step.planned_at <= step.taken_at


def each_step_nudges_once(books: Books) -> Finding:
    """At most one nudge per run, step and recipient."""
    nudges = _sent(books, MessageKind.NUDGE)
    count = Counter(
        (nudge.subject_id, nudge.run, nudge.step, nudge.recipient_id) for nudge in nudges
    )
    wrong = [f"{key[0]}:{key[1]}:{key[2]}" for key, times in count.items() if times > 1]
    return Finding("at most one nudge per run, step and person", len(nudges), _few(wrong))


def each_ladder_is_climbed(books: Books) -> Finding:
    """The steps taken are those that fell due before the answer: none more, and none forgotten."""
    taken, read = _taken(books), _read_at(books)
    clocks = [run for run in books.runs if run.due_at]
    wrong = []
    for run in clocks:
        steps = taken.get((run.handoff_id, run.number), {})
        surely, perhaps = _due_before_answer(books, run, steps, read)
        if not surely <= steps.keys() <= surely | perhaps:
            wrong.append(run.handoff_id)
    return Finding("every ladder was climbed up to the answer", len(clocks), _few(wrong))


def _taken(books: Books) -> dict[RunKey, dict[int, Step]]:
    """The steps of each run by their numbers."""
    taken: dict[RunKey, dict[int, Step]] = {}
    for step in books.steps:
        taken.setdefault((step.handoff_id, step.run), {})[step.number] = step
    return taken


def _read_at(books: Books) -> dict[str, datetime]:
    """When somebody could read a message, by its id: as posted, or in the brief that said it."""
    posts = first_post(books)
    says = {row.id: row.brief_id for row in books.messages if row.brief_id}
    shown = {row.id: says.get(row.id, row.id) for row in books.messages}
    return {mid: posts[by].at for mid, by in shown.items() if by in posts}


def _due_before_answer(
    books: Books, run: Run, steps: Mapping[int, Step], read: Mapping[str, datetime]
) -> tuple[set[int], set[int]]:
    """Steps that fell due before the answer, and those that did in the tick of it.

    One upward waits besides until its actor has read a warning, and had a while to act on it.
    """
    assert run.started_at and run.due_at  # a running clock has both
    opening = books.openings[run.actor_id]
    taken = {number: step.taken_at for number, step in steps.items()}
    plan = sla.plan(opening, run.started_at, run.due_at, books.ladder, taken)
    end = run.answered_at or run.ended_at
    if end is None:
        return {step.number for step in plan}, set()
    warned = [
        read[step.message_id]
        for number, step in steps.items()
        if _is_warning(books, number) and step.message_id in read
    ]
    upward = add(opening, max(warned), sla.STEP_GAP) if warned else None
    surely = {
        step.number
        for step in plan
        if step.at + GRID <= end
        and (_is_warning(books, step.number) or (upward and upward + GRID <= end))
    }
    return surely, {step.number for step in plan if step.at < end + GRID} - surely


def nothing_goes_up_without_a_warning(books: Books) -> Finding:
    """Before a step to others came one to the actor, and each step left time to act on it."""
    taken, runs = _taken(books), books.runs_by_key
    upward = [step for step in books.steps if not _is_warning(books, step.number)]
    wrong = []
    for step in upward:
        key = (step.handoff_id, step.run)
        before = [one for number, one in taken[key].items() if number < step.number]
        opening = books.openings[runs[key].actor_id]
        gaps = [elapsed(opening, one.taken_at, step.taken_at) for one in before]
        warned = any(_is_warning(books, one.number) for one in before)
        if not warned or min(gaps) < sla.STEP_GAP:
            wrong.append(step.handoff_id)
    return Finding("no step upward without a warning before it", len(upward), _few(wrong))


def _is_warning(books: Books, number: int) -> bool:
    return books.ladder[number - 1].to is sla.Recipient.ACTOR


def each_question_is_explained(books: Books) -> Finding:
    """By a step to colleagues that was due, below the card, in the team's hours."""
    steps, posts = {step.message_id: step for step in books.steps}, first_post(books)
    cards = {row.id for row in books.messages if row.kind is MessageKind.CARD}
    questions = _sent(books, MessageKind.ANYONE)
    wrong = [
        question.id
        for question in questions
        if question.parent_id not in cards
        or not _is_asked_in_time(books, steps.get(question.id), posts[question.id])
    ]
    return Finding("every question to colleagues was due", len(questions), _few(wrong))


def _is_asked_in_time(books: Books, step: Step | None, post: Posted) -> bool:
    return (
        step is not None
        and step.recipient_id == post.channel
        and step.planned_at <= step.taken_at <= post.at
        and is_open(books.team_opening, post.at)
    )


def each_escalation_is_listed(books: Books) -> Finding:
    """On the morning it was planned for, in their brief or a list, unless the lead was answered by
    then."""
    listed = {*_lists(books), *_lists(books, MessageKind.BRIEF)}
    wrong = [
        row.handoff_id
        for row in books.escalations
        if row.list_at
        or not (
            (row.manager_id, _local_date(books, row.manager_id, row.at)) in listed
            or _is_answered(books, row)
        )
    ]
    return Finding("every escalation reached its manager", len(books.escalations), _few(wrong))


def _is_answered(books: Books, row: Escalation) -> bool:
    handoff, run = books.handoffs_by_id[row.handoff_id], books.runs_by_key[row.handoff_id, row.run]
    ends = (run.answered_at, run.ended_at, handoff.touched_at, handoff.closed_at)
    return any(end and end < row.at + GRID for end in ends)


def one_list_a_day(books: Books) -> Finding:
    """At most one list per manager and local date."""
    count = Counter(_lists(books))
    wrong = [f"{manager_id}:{day}" for (manager_id, day), times in count.items() if times > 1]
    return Finding("at most one list per manager and day", sum(count.values()), _few(wrong))


def _lists(books: Books, kind: MessageKind = MessageKind.MANAGER_LIST) -> list[tuple[str, date]]:
    posts = first_post(books)
    return [
        (who, _local_date(books, who, posts[row.id].at))
        for row in _sent(books, kind)
        if (who := row.recipient_id)
    ]


def _local_date(books: Books, person_id: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(books.people[person_id].timezone)).date()


def no_nudge_after_an_answer(books: Books) -> Finding:
    """What arrives at an instant comes before the jobs of it, so the same instant is too late."""
    posts, runs, handoffs = first_post(books), books.runs_by_key, books.handoffs_by_id
    nudges = [*_sent(books, MessageKind.NUDGE), *_sent(books, MessageKind.ANYONE)]
    wrong = []
    for nudge in nudges:
        run, handoff = runs.get((nudge.subject_id, nudge.run or 0)), handoffs[nudge.subject_id]
        ends = (run and run.answered_at, handoff.touched_at, handoff.closed_at)
        if any(end and posts[nudge.id].at >= end for end in ends):
            wrong.append(nudge.id)
    return Finding("no nudge after a touch or an outcome", len(nudges), _few(wrong))


def nobody_is_messaged_outside_hours(books: Books) -> Finding:
    """Every DM was posted while its recipient was at work."""
    posts = first_post(books)
    told = [message for message in books.messages if message.recipient_id and message.id in posts]
    wrong = [
        message.id
        for message in told
        if not is_open(books.openings[message.recipient_id or ""], posts[message.id].at)
    ]
    return Finding("nobody is messaged outside their hours", len(told), _few(wrong))


def at_most_one_brief_a_day(books: Books) -> Finding:
    """Per person and local date."""
    briefs, posts = _sent(books, MessageKind.BRIEF), first_post(books)
    days = Counter(_day(books, brief, posts) for brief in briefs)
    wrong = [f"{person}:{day}" for (person, day), times in days.items() if times > 1]
    return Finding("at most one brief per person and day", len(briefs), _few(wrong))


def what_was_kept_back_is_read(books: Books) -> Finding:
    """In one brief that was sent; what waits still has had no brief since, but of the same tick."""
    briefs = {row.id: row for row in _sent(books, MessageKind.BRIEF)}
    newest = {row.recipient_id: row.about or "" for row in sorted(briefs.values(), key=_written)}
    kept = [row for row in books.messages if row.brief_id]
    wrong = []
    for row in kept:
        settled = (row.settled_at + GRID).isoformat() if row.settled_at else ""
        waits = row.brief_id == NEXT_BRIEF and newest.get(row.recipient_id, "") <= settled
        brief = briefs.get(row.brief_id or "")
        if not waits and not (brief and brief.recipient_id == row.recipient_id):
            wrong.append(row.id)
    return Finding("what was kept back was read in a brief", len(kept), _few(wrong))


def _written(brief: Message) -> str:
    return brief.about or ""


def nobody_is_over_the_cap(books: Books) -> Finding:
    """What the app starts; an answer to somebody's own press is not counted."""
    posts = first_post(books)
    told = [row for row in books.messages if row.recipient_id and row.id in posts]
    days = Counter(_day(books, row, posts) for row in told if not row.is_answer)
    wrong = [f"{person}:{day}" for (person, day), times in days.items() if times > books.cap]
    return Finding("nobody has more messages a day than the cap", len(days), _few(wrong))


def _day(books: Books, message: Message, posts: dict[str, Posted]) -> tuple[str, date]:
    person = books.people[message.recipient_id or ""]
    return person.id, local_date(person.timezone, posts[message.id].at)


def each_untold_lead_is_in_a_brief(books: Books) -> Finding:
    """A lead without a message of its own was answered by the next morning, or a brief came."""
    posts = first_post(books)
    told = {(row.subject_id, row.run) for row in _sent(books, MessageKind.LEAD_DM)}
    briefed: dict[str, list[datetime]] = {}
    for brief in _sent(books, MessageKind.BRIEF):
        briefed.setdefault(brief.recipient_id or "", []).append(posts[brief.id].at)
    untold = [
        run for run in books.runs if run.started_at and (run.handoff_id, run.number) not in told
    ]
    wrong = [run.handoff_id for run in untold if not _was_briefed(books, run, briefed)]
    return Finding("every lead not told at once was in a brief", len(books.runs), _few(wrong))


def _was_briefed(books: Books, run: Run, briefed: dict[str, list[datetime]]) -> bool:
    assert run.started_at  # only runs that began have something to tell
    morning = next_days_opening(books.openings[run.actor_id], run.started_at)
    answers = [at for at in (run.answered_at, run.ended_at) if at]
    if answers and min(answers) <= morning + GRID:
        return True
    days = briefed.get(run.actor_id, [])
    return any(run.started_at <= at <= morning + GRID for at in days)


def _sent(books: Books, kind: MessageKind) -> list[Message]:
    posts = first_post(books)
    return [row for row in books.messages if row.kind is kind and row.id in posts]


def _few(offenders: list[str]) -> tuple[str, ...]:
    return tuple(sorted(offenders))


CHECKS: tuple[Check, ...] = (
    leads_add_up,
    each_lead_has_one_handoff,
    each_stage_is_the_sets,
    each_unworked_lead_turns_on_time,
    nothing_was_told_for_nobody,
    each_message_is_in_slack_once,
    slack_shows_nothing_else,
    none_is_lost,
    each_nudge_is_explained,
    each_step_nudges_once,
    each_ladder_is_climbed,
    nothing_goes_up_without_a_warning,
    each_question_is_explained,
    each_escalation_is_listed,
    one_list_a_day,
    no_nudge_after_an_answer,
    nobody_is_messaged_outside_hours,
    at_most_one_brief_a_day,
    what_was_kept_back_is_read,
    nobody_is_over_the_cap,
    each_untold_lead_is_in_a_brief,
)


def reconcile(books: Books) -> Iterator[Finding]:
    """Every promise, checked."""
    for check in CHECKS:
        yield check(books)
