"""`python -m chaos [ROW …]`: the long form of every row, or of some; finished ones are kept."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chaos.row import Finding, Row
from chaos.rows import ROWS

KEPT = Path("build/chaos.json")
"""What finished rows found, so that a run that was cut off goes on where it was."""


def main() -> int:
    """0 when every promise of the rows asked for was kept, 1 when one was broken."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--again", action="store_true", help="run finished rows anew")
    parser.add_argument("--long", action="store_true", help="Slack is away for ten minutes")
    parser.add_argument("--short", action="store_true", help="the short forms, nothing kept")
    chosen = parser.parse_args()
    if unknown := [row for row in chosen.rows if row not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    KEPT.parent.mkdir(exist_ok=True)
    logging.basicConfig(filename=KEPT.with_suffix(".log"))
    kept = _read()
    for name in chosen.rows or ROWS:
        if name not in kept or chosen.again or chosen.rows or chosen.short:
            kept[name] = _run(name, _form(ROWS[name], chosen))
            if not chosen.short:
                _write(kept)
        _tell(name, kept[name])
    asked = chosen.rows or list(ROWS)
    return int(any(not each["kept"] for name in asked for each in kept[name]["findings"]))


def _form(row: Row, chosen: argparse.Namespace) -> Callable[[], list[Finding]]:
    if chosen.short and row.short:
        return row.short
    return row.longest if chosen.long and row.longest else row.long


def _run(name: str, form: Callable[[], list[Finding]]) -> dict[str, Any]:
    print(f"{name}: {ROWS[name].about} …", flush=True)
    began = time.monotonic()
    findings = form()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began),
        "findings": [asdict(finding) for finding in findings],
    }


def _tell(name: str, found: dict[str, Any]) -> None:
    print(f"{name}: {found['seconds']} s, {found['at']}")
    for each in found["findings"]:
        print(f"  {'kept  ' if each['kept'] else 'BROKEN'} {each['promise']}: {each['measured']}")


def _read() -> dict[str, Any]:
    return dict(json.loads(KEPT.read_text("utf-8"))) if KEPT.exists() else {}


def _write(kept: dict[str, Any]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(kept, indent=2), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
