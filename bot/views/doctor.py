"""What the doctor found, worst first, in Slack and on a terminal."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
