"""`python -m replay`: a set of leads through the whole loop, and whether everything adds up."""

import argparse
import os
import sys

from bot.errors import CannotStart
from bot.progress import Bar
from replay import report, sets
from replay.checks import reconcile
from replay.figures import agree, campaigns_agree
from replay.office import Stuck
from replay.run import replay


def main() -> int:
    """0 when all promises were kept, 1 when one was broken, 2 when it cannot be played."""
    chosen = _arguments()
    try:
        leads = sets.read(chosen.set, os.environ, chosen.leads)
        published = None if chosen.leads else sets.published(chosen.set, os.environ)
        bar = Bar(len(leads.arrivals), "deliveries")
        played = replay(leads, chosen.database, bar.show)
        bar.clear()
    except (sets.NoSuchSet, Stuck, CannotStart) as error:
        print(error, file=sys.stderr)
        return 2
    findings = [*reconcile(played.books)]
    if published:
        findings.append(agree(played.books, published))
        findings.append(campaigns_agree(played.books, published))
    print(report.aligned(report.told(played.books, played.seconds, played.jumps)))
    print(f"\n{report.verdicts(findings)}")
    return int(any(finding.offenders for finding in findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m replay", description=__doc__)
    parser.add_argument(
        "set", nargs="?", default="sample", choices=sets.NAMES, help="which set (default sample)"
    )
    parser.add_argument("--leads", type=int, help="only the first so many leads")
    parser.add_argument("--database", help="the URL of an empty database (default a SQLite file)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
