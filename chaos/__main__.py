"""`python -m chaos [ROW …]`: the long form of every row, or of some; finished ones are kept."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context

from chaos.play import KEPT, Form, Found, played
from chaos.row import LOG, log_to_file
from chaos.rows import ROWS

AT_ONCE = 2
"""Most of a row is waiting: for a process to start, for a lease to end, for Slack's pace."""

log = logging.getLogger(__name__)


def main() -> int:
    """0 when every promise of the rows asked for was kept, 1 when one was broken or not seen to
    the end."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--again", action="store_true", help="run finished rows anew")
    parser.add_argument("--long", action="store_true", help="Slack is away for ten minutes")
    parser.add_argument("--short", action="store_true", help="the short forms, nothing kept")
    parser.add_argument(
        "--at-once", type=int, default=AT_ONCE, metavar="N", help="rows that run side by side"
    )
    chosen = parser.parse_args()
    if unknown := [row for row in chosen.rows if row not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    KEPT.parent.mkdir(exist_ok=True)
    log_to_file()
    asked: list[str] = chosen.rows or list(ROWS)
    kept = {} if chosen.rows or chosen.again or chosen.short else _read()
    for name in asked:
        if name in kept:
            _tell(name, kept[name])
    form = Form.SHORT if chosen.short else Form.LONGEST if chosen.long else Form.LONG
    # Each row in a process of its own.
    apart = get_context("spawn")
    with ProcessPoolExecutor(max(1, chosen.at_once), apart, log_to_file) as pool:
        play = partial(played, form=form)
        for name, found in side_by_side(pool, play, [each for each in asked if each not in kept]):
            kept[name] = found
            _tell(name, found)
            if not chosen.short:
                _write(_read() | {name: found})
    return int(any(name not in kept or not _is_kept(kept[name]) for name in asked))


def side_by_side(
    pool: Executor, play: Callable[[str], Found], names: Iterable[str]
) -> Iterator[tuple[str, Found]]:
    """Each row as it ends. One that breaks off is said and left out, and runs the next time."""
    running = {pool.submit(play, name): name for name in names}
    for row in as_completed(running):
        name = running[row]
        if error := row.exception():
            log.error("row %s", name, exc_info=error)
            print(f"{name}: BROKEN OFF, see {LOG}: {error}", flush=True)
        else:
            yield name, row.result()


def _is_kept(found: Found) -> bool:
    return all(each["kept"] for each in found["findings"])


def _tell(name: str, found: Found) -> None:
    print(f"{name}: {found['seconds']} s, {found['at']}", flush=True)
    for each in found["findings"]:
        print(f"  {'kept  ' if each['kept'] else 'BROKEN'} {each['promise']}: {each['measured']}")


def _read() -> dict[str, Found]:
    return dict(json.loads(KEPT.read_text("utf-8"))) if KEPT.exists() else {}


def _write(kept: dict[str, Found]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(kept, indent=2), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
