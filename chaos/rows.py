"""The rows, in the order of the table."""

from chaos import away, clock, database, intake, kills, overdue, soak, steps, tested, versions
from chaos.row import Row

ROWS: dict[str, Row] = {
    "kills": kills.ROW,
    "kills-replicas": kills.REPLICAS,
    "intake": intake.ROW,
    "steps": steps.ROW,
    "steps-replicas": steps.REPLICAS,
    "database": database.ROW,
    "clock": clock.ROW,
    "away": away.ROW,
    "socket": tested.SOCKET,
    "overdue": overdue.ROW,
    "gone": tested.GONE,
    "races": tested.RACES,
    "fuzz": tested.FUZZ,
    "hostile": tested.HOSTILE,
    "soak": soak.ROW,
    "versions": versions.ROW,
}
