"""One row, in a process of its own: two of them would disturb each other in one."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from chaos.row import Finding, Row
from chaos.rows import ROWS

Found = dict[str, Any]
"""What a row found, as it is kept: when, in how many seconds, and its findings."""
KEPT = Path("build/chaos.json")
"""What finished rows found, so that a run that was cut off goes on where it was."""


class Form(Enum):
    """How long a row goes on; one that has no such form goes on as long as the table asks."""

    SHORT, LONG, LONGEST = "short", "long", "longest"


def played(name: str, form: Form) -> Found:
    """What a row found; whatever breaks it off is raised."""
    print(f"{name}: {ROWS[name].about} …", flush=True)
    began = time.monotonic()
    findings = _played_as(form, ROWS[name])()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began),
        "findings": [asdict(finding) for finding in findings],
    }


def _played_as(form: Form, row: Row) -> Callable[[], list[Finding]]:
    if form is Form.SHORT and row.short:
        return row.short
    return row.longest if form is Form.LONGEST and row.longest else row.long
