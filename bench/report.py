"""How long the reports over many hand-offs take: python -m bench.report [--handoffs 1000000]

Both engines, each with a database of its own that goes again. The hand-offs are made by the
database itself, so that most of the time is the reports'.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, text

from bot.db import make_engine, migrate
from bot.liaison import Liaison, Rooms, Shelf
from bot.playbook import Playbook
from bot.services import report
from bot.services import reports as campaigns
from bot.services.results import Window
from bot.sqlite import learn_sizes
from tests.postgres import Postgres

TEAM = "T0BENCH"
CAMPAIGNS = 200
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TWO_YEARS = 2 * 365 * 24 * 3600
WITHIN = 3.0
"""Seconds in which a command has to be answered."""

_SQLITE = {
    "numbers": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)",
    "from": "n",
    "id": "printf('%036d', i)",
    "campaign": "printf('c%04d', {c})",
    "ago": "datetime('2026-11-23', '-' || ({s}) || ' seconds') || '.000000'",
    "json": "'{}'",
}
_POSTGRESQL = {
    "numbers": "WITH n AS (SELECT generate_series(1::bigint, :most) AS i)",
    "from": "n",
    "id": "lpad(i::text, 36, '0')",
    "campaign": "'c' || lpad(({c})::text, 4, '0')",
    "ago": "timestamptz '2026-11-23' - ({s}) * interval '1 second'",
    "json": "'{}'::json",
}
# A few large campaigns and many small ones, one lead in fifty without origin.
_CAMPAIGN = (
    "CAST(FLOOR({most} * ((i * 7919 % 10007) / 10007.0) * ((i * 104729 % 10009) / 10009.0)) AS INT)"
)
_OUTCOME = (
    "CASE i % 10 WHEN 0 THEN 'won' WHEN 1 THEN 'qualified' WHEN 2 THEN 'lost' WHEN 3 THEN"
    " 'no_need' WHEN 4 THEN 'not_a_fit' WHEN 5 THEN 'not_a_fit' WHEN 6 THEN 'no_response' END"
)
_GRADE = "CASE i % 4 WHEN 0 THEN 'A' WHEN 1 THEN 'B' ELSE 'C' END"
_STAGE = (
    "CASE i % 10 WHEN 0 THEN 'won' WHEN 1 THEN 'qualified' WHEN 2 THEN 'lost' WHEN 7 THEN 'expired'"
    " WHEN 8 THEN 'working' WHEN 9 THEN 'new' ELSE 'rejected' END"
)


def main() -> int:
    """0 when every answer came within the three seconds of a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__)
    parser.add_argument("--handoffs", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], help="one engine alone")
    chosen = parser.parse_args()
    most = chosen.handoffs
    slowest = 0.0
    for name, engine in engines():
        if chosen.only not in {None, name}:
            continue
        began = time.perf_counter()
        migrate(engine)
        fill(engine, most)
        print(f"{name}: {most:,} hand-offs made in {time.perf_counter() - began:.0f} s")
        for what, seconds in reports(engine):
            slowest = max(slowest, seconds)
            print(f"  {what:<44} {seconds * 1000:8,.0f} ms")
        engine.dispose()
    return int(slowest > WITHIN)


def engines() -> Iterator[tuple[str, Engine]]:
    with TemporaryDirectory(prefix="liaison-bench-") as folder:
        yield "SQLite", make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        with postgres(Path(folder) / "postgres") as url:
            yield "PostgreSQL", make_engine(url)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    server = Postgres(folder)
    yield server.fresh()
    server.stop()


def fill(engine: Engine, most: int) -> None:
    """Two years of hand-offs, seven of ten answered, four of ten rated."""
    words = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL
    gap = max(TWO_YEARS // most, 1)
    handed = words["ago"].format(s=f"({most} - i) * {gap}")
    campaign = words["campaign"].format(c=_CAMPAIGN.format(most=CAMPAIGNS))
    campaign = f"CASE WHEN i % 50 = 0 THEN NULL ELSE {campaign} END"
    due = words["ago"].format(s=f"({most} - i) * {gap} - 14400")
    answered = words["ago"].format(s=f"({most} - i) * {gap} - (i % 7) * 3600")
    made = {
        "campaign": (
            "team_id, id, name, created_at, changed_at",
            f"'{TEAM}', {words['campaign'].format(c='i - 1')}, 'Campaign ' || i,"
            f" {words['ago'].format(s='0')}, {words['ago'].format(s='0')}",
            CAMPAIGNS,
        ),
        "lead": (
            "team_id, id, lead_key, company, given_name, title, email, phone, custom, told_at,"
            " created_at",
            f"'{TEAM}', {words['id']}, 'id:' || i, 'Company ' || i, 'Jane', 'Head of IT',"
            f" 'jane@example.org', CASE WHEN i % 5 < 4 THEN '+1 555 0100' END, {words['json']},"
            f" {words['json']}, {handed}",
            most,
        ),
        "handoff": (
            "team_id, id, lead_id, stage, grade, grade_given, campaign, utm, campaign_id,"
            " reason, amount, currency, handed_at, received_at, due_at, is_imported, touched_at,"
            " touch_minutes, rated_at, outcome, outcome_at, outcome_words, closed_at, runs,"
            " revision, returns",
            f"'{TEAM}', {words['id']}, {words['id']}, {_STAGE}, {_GRADE}, true, 'Campaign',"
            f" {words['json']}, {campaign}, 'asked for a demo and left a number', '1000', 'EUR',"
            f" {handed}, {handed}, {due}, false, CASE WHEN i % 10 < 7 THEN {answered} END,"
            f" CASE WHEN i % 10 < 7 THEN i % 480 END, CASE WHEN i % 5 < 2 THEN {handed} END,"
            f" {_OUTCOME}, CASE WHEN i % 10 < 7 THEN {handed} END,"
            f" CASE WHEN i % 10 < 7 THEN 'They build it themselves.' END, {handed}, 0, 1, 0",
            most,
        ),
        "rating": (
            "team_id, id, handoff_id, rater_id, value, at, by_outcome, taken_back, campaign_id,"
            " handed_at",
            f"'{TEAM}', {words['id']}, {words['id']}, 'U' || i % 20,"
            f" CASE i % 3 WHEN 0 THEN 'good' WHEN 1 THEN 'so_so' ELSE 'bad' END, {handed}, true,"
            f" false, {campaign}, {handed}",
            most,
        ),
    }
    with engine.begin() as connection:
        for table, (columns, values, count) in made.items():
            which = "WHERE i % 5 < 2" if table == "rating" else ""
            connection.execute(
                text(
                    f"{words['numbers']} INSERT INTO {table} ({columns})"
                    f" SELECT {values} FROM {words['from']} {which}"
                    if engine.dialect.name == "postgresql"
                    else f"INSERT INTO {table} ({columns}) {words['numbers']}"
                    f" SELECT {values} FROM {words['from']} {which}"
                ),
                {"most": count},
            )
    if not learn_sizes(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def reports(engine: Engine) -> Iterator[tuple[str, float]]:
    """Each asked three times, a command from the database to its blocks; the slowest of them."""
    liaison = Liaison(
        team_id=TEAM,
        engine=engine,
        shelf=Shelf(Playbook.parse("")),
        rooms=Rooms("C0"),
        now=lambda: NOW,
        wall=lambda: NOW,
    )
    for window in (Window(None), Window()):
        yield f"/campaign {window}", timed(partial(campaigns.all_campaigns, liaison, window))
        one = partial(campaigns.called, liaison, "Campaign 1", window, by="U0")
        yield f"/campaign NAME {window}", timed(one)
    for days in (30, 90, report.LONGEST):
        yield f"/liaison report {days}", timed(partial(report.look, liaison, days))


def timed(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return max(took)


if __name__ == "__main__":
    sys.exit(main())
