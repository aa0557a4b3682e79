"""The rows, in the order of the table."""

from chaos import clock, database, intake, kills, overdue, steps
from chaos.row import Row

ROWS: dict[str, Row] = {
    "kills": kills.ROW,
    "intake": intake.ROW,
    "steps": steps.ROW,
    "database": database.ROW,
    "clock": clock.ROW,
    "overdue": overdue.ROW,
}
