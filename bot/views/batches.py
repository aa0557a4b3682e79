"""A batch as people see it: its card, an actor's list, its reminders, all its leads in a form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import Batch, Person
from bot.playbook import Playbook
from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    foreign,
    modal,
    overflow,
    section,
    when,
)
from bot.views.brief import Item
from bot.views.followups import local_time
from bot.views.handoffs import company, status_line

LISTED = 10
"""Leads of a list that stand in its message; a form shows all of them."""
PAGE = 20
"""Leads of one page of that form."""
NAMED = 8
"""Names on a card, and companies in a reminder, before the rest is a number."""
EVERYBODY = "all"
"""In a button's value: the leads of the whole batch, and not of one actor."""
_HOW = "Open shows a lead with its contact data and buttons; what is answered leaves this list."


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    batch: Batch
    grades: dict[str, int]
    touched: int
    """Leads somebody was in touch with, or that have ended."""
    outcomes: dict[str, int]
    """How those ended that have ended, by what people read for it; the most frequent first."""
    holders: list[tuple[str, int]]
    """Who has how many that are open, by name; whoever has most comes first."""
    waiting: int
    """Leads in the queue."""
    next_due: datetime | None
    """The earliest due time of a first touch that is open."""

    @property
    def total(self) -> int:
        return sum(self.grades.values())


def name(batch: Batch) -> str:
    """What a batch is called."""
    return foreign(batch.name, 80) if batch.name else "Leads from a file"


def leads(count: int) -> str:
    """`1 lead`, `80 leads`."""
    return f"{count:,} lead{'' if count == 1 else 's'}"


def card(progress: Progress, warning: str = "") -> Post:
    """The one message of a batch in the channel: numbers, and nobody's beside a name but how many
    leads they have. `warning`: what is to be known of their campaign."""
    batch = progress.batch
    tiers = " · ".join(f"{grade} {count:,}" for grade, count in sorted(progress.grades.items()))
    lines = [f"*{name(batch)}*: {leads(progress.total)} came together", f"Grades: {tiers}"]
    notes = [*([warning] if warning else []), *_notes(progress)]
    claim = button("Claim one", ids.BATCH_CLAIM, batch.id, style="primary")
    buttons = [
        *([claim] if progress.waiting else []),
        button("All leads", ids.BATCH_PAGE, f"{batch.id}:{EVERYBODY}:0"),
        overflow(ids.MORE, [("Why one card?", f"{ids.MORE_BATCH}:{batch.id}")]),
    ]
    blocks = [section("\n".join(lines)), *map(context, notes), actions("batch", *buttons)]
    return Post("\n".join([*lines, *notes]), blocks)


def _notes(progress: Progress) -> Iterator[str]:
    due = f", the next due {when(progress.next_due)}" if progress.next_due else ""
    still_open = progress.total - progress.touched
    awaited = f" Still open: {still_open:,}{due}." if still_open else ""
    yield f"First touch made: {progress.touched:,} of {progress.total:,}.{awaited}"
    if progress.outcomes:
        ended = ", ".join(
            f"{count:,} {escape(label)}" for label, count in progress.outcomes.items()
        )
        yield f"Answered: {sum(progress.outcomes.values()):,}: {ended}."
    if progress.holders:
        named = [f"{escape(who)} {count:,}" for who, count in progress.holders[:NAMED]]
        rest = sum(count for _, count in progress.holders[NAMED:])
        more = f" and {rest:,} with {len(progress.holders) - NAMED} others" if rest else ""
        yield f"Open with {', '.join(named)}{more}."
    if progress.waiting:
        yield f"{progress.waiting:,} in the queue."


def moved(facts: HandoffFacts, batch: Batch) -> Post:
    """The card of a lead that came before the batch was one."""
    sentence = f"*{company(facts.lead)}* is one of many leads of {name(batch)}: see their one card."
    opens = button("Open", ids.OPEN, facts.handoff.id)
    return Post(sentence, [section(sentence, opens)])


def listed(facts: HandoffFacts, batch: Batch) -> Post:
    """A message of a lead that now stands in a list."""
    sentence = f"*{company(facts.lead)}*: it is in your list of {name(batch)} below."
    return Post(sentence, [context(sentence)])


def actor_list(
    batch: Batch, shown: Sequence[HandoffFacts], total: int, reader: Person, now: datetime
) -> Post:
    """An actor's leads in work order, the first in full."""
    due = next((due for each in shown if (due := _awaited(each))), None)
    first = f", the first due {local_time(due, reader, now)}" if due else ""
    push = f"Work through {leads(total)} of {_short_name(batch)}{first}"
    lines = [_line(each, reader, now) for each in shown]
    rest = [f"and {total - len(shown):,} more"] if total > len(shown) else []
    blocks = [section(f"*{push}*")]
    for each, line in zip(shown, lines, strict=True):
        blocks.append(section(line, button("Open", ids.OPEN, each.handoff.id)))
    every = button(f"All {total:,}", ids.BATCH_PAGE, f"{batch.id}:{reader.id}:0")
    blocks += [*map(context, rest), actions("list", every, _why(batch)), context(_HOW)]
    return Post("\n".join([push, *lines, *rest, _HOW]), blocks)


def _short_name(batch: Batch) -> str:
    """Short enough for a push notification."""
    return foreign(batch.name, 30) if batch.name else "a file"


def _why(batch: Batch) -> Block:
    return button("Why me?", ids.BATCH_WHY, batch.id)


def _awaited(facts: HandoffFacts) -> datetime | None:
    """When its first touch is due; None once it was made, or when there is no clock."""
    return None if facts.handoff.touched_at or facts.run is None else facts.run.due_at


def _line(facts: HandoffFacts, reader: Person, now: datetime) -> str:
    handoff, due = facts.handoff, _awaited(facts)
    who = ", ".join(foreign(part, 40) for part in (facts.lead.given_name, facts.lead.title) if part)
    is_fresh = facts.run is not None and facts.run.started_at is None
    without = "just came" if is_fresh else "no clock"
    state = f"due {local_time(due, reader, now)}" if due else without
    state = "in touch" if handoff.touched_at else state
    state += f", snoozed until {when(facts.snoozed_until)}" if facts.snoozed_until else ""
    asked = facts.run is not None and facts.run.asked_at is not None
    state += ", free colleagues are asked" if asked and not handoff.touched_at else ""
    first = f"*{company(facts.lead)}* · {handoff.grade} · {state}"
    second = ": ".join(part for part in (who, _why_line(facts)) if part)
    return f"{first}\n{second}" if second else first


def _why_line(facts: HandoffFacts) -> str:
    return foreign(facts.handoff.reason, 120) if facts.handoff.reason else ""


def all_done(batch: Batch) -> Post:
    """A list with nothing left in it."""
    return _one_line(f"*{name(batch)}*: nothing is left in this list. Thank you.")


def newer(batch: Batch) -> Post:
    """A list, or a reminder, with a newer one below it."""
    return _one_line(f"*{name(batch)}*: see the newer message below.")


def nudge(batch: Batch, late_first: Sequence[HandoffFacts], reader: Person, now: datetime) -> Post:
    """One line for all open first touches of an actor in a batch."""
    count, due = len(late_first), _awaited(late_first[0])
    by_when = f", the first due {local_time(due, reader, now)}" if due else ""
    touches = "first touch" if count == 1 else "first touches"
    push = f"{_short_name(batch)}: {count:,} {touches} open{by_when}"
    who = ", ".join(company(each.lead) for each in late_first[:NAMED])
    more = f" and {count - NAMED:,} more" if count > NAMED else ""
    opens = button("Open the list", ids.BATCH_PAGE, f"{batch.id}:{reader.id}:0", style="primary")
    blocks = [section(f"*{push}*\n{who}{more}"), actions("list", opens, _why(batch))]
    return Post(f"{push}\n{who}{more}", blocks)


def question(batch: Batch, count: int) -> Post:
    """Is anyone free? Names nobody."""
    sentence = f"*{name(batch)}*: first touch still open for {leads(count)}. Anyone free?"
    claim = button("Claim one", ids.BATCH_TAKE_ON, batch.id, style="primary")
    why = overflow(ids.MORE, [("Why one card?", f"{ids.MORE_BATCH}:{batch.id}")])
    return Post(sentence, [section(sentence), actions("anyone", claim, why)])


def question_over(batch: Batch) -> Post:
    """Nobody needs to be asked any more."""
    return _one_line(f"*{name(batch)}*: taken or answered, thank you.")


def decisions(batch: Batch, waiting: Sequence[HandoffFacts]) -> Item:
    """One line of a manager's list for all leads of one actor in a batch."""
    actor = waiting[0].actor
    due = min((each.run.due_at for each in waiting if each.run and each.run.due_at), default=None)
    since = f", the first one's first touch was due {when(due)}" if due else ""
    who, whose = (escape(actor.name), actor.id) if actor else ("Nobody", EVERYBODY)
    value = f"{batch.id}:{whose}"
    return Item(
        f"*{name(batch)}* · {leads(len(waiting))} · {who} has {_them(len(waiting))}{since}",
        (
            button("Show them", ids.BATCH_PAGE, f"{value}:0"),
            button("Excuse all", ids.BATCH_EXCUSE, value),
            button("Leave all", ids.BATCH_LEAVE, value),
        ),
    )


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


@dataclass(frozen=True)
class Page:
    """Some leads of a batch: whose (an actor's id, or `EVERYBODY`), which page counted from 0, and
    how many there are in all."""

    whose: str
    number: int
    shown: Sequence[HandoffFacts]
    total: int


def page(batch: Batch, of: Page, reader: Person, playbook: Playbook) -> View:
    """One page of all leads, each of which can be opened."""
    blocks = [section(f"*{name(batch)}*: {leads(of.total)}")]
    for facts in of.shown:
        text = f"*{company(facts.lead)}*: {status_line(facts, playbook, reader)}"
        opens = button("Open", ids.OPEN, facts.handoff.id)
        because = f": {_why_line(facts)}" if facts.handoff.reason else ""
        blocks.append(section(f"{text}\nGrade {facts.handoff.grade}{because}", opens))
    if of.total > PAGE:
        blocks += _pager(batch, of)
    return modal(ids.BATCH_VIEW, "Leads", blocks, submit=None)


def _pager(batch: Batch, of: Page) -> Iterator[Block]:
    first = of.number * PAGE + 1
    last = first + len(of.shown) - 1
    value = f"{batch.id}:{of.whose}"
    buttons = []
    if last < of.total:
        buttons.append(button("Next", ids.BATCH_NEXT, f"{value}:{of.number + 1}"))
    if of.number:
        buttons.append(button("Back", ids.BATCH_BACK, f"{value}:{of.number - 1}"))
    yield context(f"{first:,} to {last:,} of {of.total:,}")
    yield actions("pages", *buttons)


def why(batch: Batch, playbook: Playbook) -> str:
    """Which rule made one message of many."""
    rules = playbook.batches
    came = (
        "they were announced together from a file"
        if batch.is_file
        else f"{rules.size} or more came within {rules.minutes} minutes"
    )
    return f"These leads of {name(batch)} are one card and one list for each person, because {came}"


def why_me(batch: Batch, ways: Sequence[str], playbook: Playbook) -> str:
    """Why the reader has leads of a batch; `ways`: how they came to them, in words."""
    clocks = {grade: playbook.allowance(grade, in_batch=True) for grade in "ABCD"}
    within = ", ".join(f"{grade} {allowed or 'no clock'}" for grade, allowed in clocks.items())
    how = ", or because ".join(ways)
    mine = f"you have each of yours because {how}" if ways else "none of them is with you now"
    return f"{why(batch, playbook)}; {mine}; the first touch is due in working time: {within}."


def _one_line(sentence: str) -> Post:
    return Post(sentence, [context(sentence)])
