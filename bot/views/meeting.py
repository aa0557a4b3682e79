"""The next stand-up, as App Home tells of it."""

from collections.abc import Sequence

from bot.models import Occurrence
from bot.views.blocks import Block, context, escape, header, section, when


def line(planned: Occurrence, channel: str, leader: str | None, *, stands: bool) -> str:
    """`leader` None = whose turn it is will be said the working day before."""
    minutes = int((planned.ends_at - planned.begins_at).total_seconds() // 60)
    leads = f", {escape(leader)} lead{'' if leader == 'you' else 's'} it" if leader else ""
    where = (
        f"the agenda stands in <#{channel}>"
        if stands
        else f"its agenda comes in <#{channel}> the working day before; "
        "`/alignment-standup` shows the draft"
    )
    return f"*{when(planned.begins_at)}*, {minutes} minutes{leads}: {where}"


def meetings(lines: Sequence[str]) -> list[Block]:
    if not lines:
        return [
            context("*The stand-up*: none is planned; `[[meetings]]` in the playbook says when.")
        ]
    return [header("The stand-up"), section("\n".join(lines))]
