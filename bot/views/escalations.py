"""A manager's list of leads to decide about."""

from collections.abc import Sequence

from bot.queries import HandoffFacts
from bot.views import ids
from bot.views.blocks import Post, actions, button, context, escape, section, when
from bot.views.brief import Item
from bot.views.handoffs import company

LISTED = 10
HOW = (
    "Reassign asks somebody else. Excuse: it does not count. Leave: it stays as it is. "
    "After Excuse or Leave no more reminders come."
)


_WHY_YOU = (
    "It reaches you as the workspace's primary owner: the playbook lists no manager of sales and "
    "no admin."
)


def item(facts: HandoffFacts) -> Item:
    """One lead whose first touch is open: whose it is, since when, and three ways to decide."""
    handoff, run = facts.handoff, facts.run
    who = escape(facts.actor.name) if facts.actor else "Nobody"
    due = f", first touch was due {when(run.due_at)}" if run and run.due_at else ""
    return Item(
        f"*{company(facts.lead)}* · grade {handoff.grade} · {who} has it{due}",
        (
            button("Reassign…", ids.REASSIGN, handoff.id),
            button("Excuse", ids.EXCUSE, handoff.id),
            button("Leave", ids.LEAVE, handoff.id),
        ),
    )


def manager_list(items: Sequence[Item], more: int, *, is_listed: bool = True) -> Post:
    """The first of them in full; the `more` others move up as these are decided. Whoever is not
    listed is told why it reaches them."""
    count = len(items) + more
    push = f"{'1 lead needs' if count == 1 else f'{count:,} leads need'} your decision"
    blocks = [section(f"*{push}*")]
    for number, listed in enumerate(items):
        blocks += [section(listed.text), actions(f"decide_{number}", *listed.buttons)]
    rest = [f"and {more:,} more, which move up as these are decided"] if more else []
    notes = [*rest, HOW, *([] if is_listed else [_WHY_YOU])]
    lines = [push, *(listed.text for listed in items), *notes]
    return Post("\n".join(lines), [*blocks, *map(context, notes)])


def all_decided() -> Post:
    """One line instead of a list on which nothing is left."""
    return _line("All decided or answered. Thank you.")


def newer_list() -> Post:
    """One line instead of an older list."""
    return _line("See the newer list below.")


def _line(sentence: str) -> Post:
    return Post(sentence, [context(sentence)])
