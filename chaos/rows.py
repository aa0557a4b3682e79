"""The rows, in the order in which they are played.

The long ones first, so that two lanes end together; and beside one that computes, one that waits.
"""

from chaos import away, clock, database, intake, kills, overdue, soak, steps, tested, versions
from chaos.row import Row

ROWS: dict[str, Row] = {
    "away": away.ROW,
    "database": database.ROW,
    "soak": soak.ROW,
    "kills": kills.ROW,
    "fuzz": tested.FUZZ,
    "overdue": overdue.ROW,
    "kills-replicas": kills.REPLICAS,
    "steps-replicas": steps.REPLICAS,
    "steps": steps.ROW,
    "gone": tested.GONE,
    "intake": intake.ROW,
    "races": tested.RACES,
    "clock": clock.ROW,
    "socket": tested.SOCKET,
    "hostile": tested.HOSTILE,
    "versions": versions.ROW,
}
