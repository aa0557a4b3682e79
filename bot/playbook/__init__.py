"""The playbook: the one file both teams sign. Definitions, clocks, ladder, reasons, hours, people.

`Playbook.parse` reads what people wrote and names every fault at once; `to_json` and `from_json`
keep an agreed version in the database.
"""

from bot.playbook.changes import Change, changes, settings_of
from bot.playbook.faults import Fault, PlaybookFaults
from bot.playbook.playbook import Playbook, UnknownSchema, digest
from bot.playbook.reasons import Asks, Attempts, Reason
from bot.playbook.routing import Group, Routing, Rule
from bot.playbook.sections import (
    Attention,
    Batches,
    Campaign,
    Channels,
    Hours,
    ListedPerson,
    Meeting,
    Report,
    Retention,
    Role,
    Rung,
    Sla,
    Team,
    Timing,
)
from bot.playbook.text import (
    as_document,
    as_toml,
    entries,
    from_document,
    name_of,
    section_text,
    sections,
    with_definition,
    with_text,
)
from bot.playbook.words import PART, Definition, Term

__all__ = [
    "PART",
    "Asks",
    "Attempts",
    "Attention",
    "Batches",
    "Campaign",
    "Change",
    "Channels",
    "Definition",
    "Fault",
    "Group",
    "Hours",
    "ListedPerson",
    "Meeting",
    "Playbook",
    "PlaybookFaults",
    "Reason",
    "Report",
    "Retention",
    "Role",
    "Routing",
    "Rule",
    "Rung",
    "Sla",
    "Team",
    "Term",
    "Timing",
    "UnknownSchema",
    "as_document",
    "as_toml",
    "changes",
    "digest",
    "entries",
    "from_document",
    "name_of",
    "section_text",
    "sections",
    "settings_of",
    "with_definition",
    "with_text",
]
