"""What the doctor found, worst first, in Slack and on a terminal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, header, modal, section, when
from bot.views.playbooks import Agreement, story

_LINK = re.compile(r"<#(\w+)>")
_DATE = re.compile(r"<!date\^[^|]+\|([^>]+)>")


@dataclass(frozen=True)
class Finding:
    """How one part stands. Sentences in mrkdwn, times in the reader's own zone."""

    part: str
    stands: str
    fix: str | None = None
    """What to do about it; None = it is well."""


def report(findings: list[Finding]) -> str:
    """Private mrkdwn: what needs a hand with what to do, then what is well."""
    ill = [found for found in findings if found.fix]
    well = [found for found in findings if not found.fix]
    return "\n".join(
        [
            _summary(ill),
            *(f"• *{found.part}*: {found.stands}\n      _{found.fix}_" for found in ill),
            *(["", "*Well*"] if ill and well else []),
            *(f"• {found.part}: {found.stands}" for found in well),
        ]
    )


def found(findings: list[Finding]) -> View:
    """The same in a window of its own."""
    return modal(ids.TOLD_VIEW, "Set-up", [section(report(findings))], submit=None)


def on_home(
    findings: Sequence[Finding], queued_since: datetime | None, agreed: Agreement
) -> list[Block]:
    """What needs a hand comes first, what is well is one line."""
    ill = [found for found in findings if found.fix]
    well = ", ".join(found.part.lower() for found in findings if not found.fix)
    queue = "Nothing waits in the queue."
    if queued_since:
        queue = f"The oldest lead in the queue waits since {when(queued_since)}."
    return [
        header("Set-up"),
        section(_summary(ill)),
        *(section(f"*{found.part}*: {found.stands}\n_{found.fix}_") for found in ill),
        context(f"Well: {well}." if well else "Nothing of it is well yet."),
        context(queue),
        section(f"*Playbook*\n{story(agreed)}"),
        actions(
            "setup",
            button("Ask Slack too", ids.DOCTOR, "all"),
            button("Open the playbook", ids.BOOK_OPEN, "all"),
            button("Playbook as CSV", ids.EXPORT_BOOK, "all"),
            button("People", ids.PEOPLE_OPEN, "all"),
        ),
    ]


def printed(findings: Iterable[Finding]) -> str:
    """The same as plain text, in the order in which it was looked at."""
    lines: list[str] = []
    for found in findings:
        lines.append(f"{'mend' if found.fix else 'well'}  {found.part}: {_plain(found.stands)}")
        if found.fix:
            lines.append(f"      {_plain(found.fix)}")
    return "\n".join(lines)


def _summary(ill: list[Finding]) -> str:
    if not ill:
        return "*All is well.*"
    return f"*{len(ill)} {'thing needs' if len(ill) == 1 else 'things need'} a hand.*"


def _plain(mrkdwn: str) -> str:
    return _DATE.sub(r"\1", _LINK.sub(r"\1", mrkdwn)).replace("`", "")
