"""Dependencies point one way, and each foreign library has its place: read from the source."""

import ast
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "bot.core": set(),
    "bot.identity": set(),
    "bot.meters": set(),
    "bot.errors": set(),
    "bot.clock": {"bot.errors"},
    "bot.config": set(),
    "bot.manifest": set(),
    "bot.sqlite": set(),
    "bot.db": {"bot.sqlite"},
    "bot.vault": set(),
    "bot.memory": set(),
    "bot.outgoing": {"bot.config", "bot.errors"},
    "bot.calendars": {"bot.core"},
    "bot.calendar_file": {"bot.core"},
    "bot.playbook": {"bot.calendars", "bot.core"},
    "bot.models": {"bot.core"},
    "bot.queries": {"bot.errors", "bot.models"},
    "bot.liaison": {
        "bot.calendars", "bot.db", "bot.errors", "bot.meters", "bot.playbook", "bot.sqlite",
        "bot.vault",
    },
    "bot.views": {"bot.core", "bot.models", "bot.playbook", "bot.queries"},
    "bot.slack": {"bot.config", "bot.core", "bot.errors", "bot.views"},
    "bot.socket": {"bot.errors", "bot.meters", "bot.slack"},
    "bot.intake": {"bot.core", "bot.errors", "bot.meters", "bot.playbook"},
    "bot.delivery": {
        "bot.db", "bot.errors", "bot.identity", "bot.intake", "bot.liaison", "bot.meters",
        "bot.models", "bot.queries", "bot.slack", "bot.views",
    },
    "bot.services": {
        "bot.calendar_file", "bot.calendars", "bot.core", "bot.db", "bot.delivery", "bot.errors",
        "bot.identity", "bot.intake", "bot.liaison", "bot.manifest", "bot.models", "bot.outgoing",
        "bot.playbook", "bot.queries", "bot.slack", "bot.views",
    },
    "handlers": {
        "bot.core", "bot.delivery", "bot.errors", "bot.identity", "bot.intake", "bot.liaison",
        "bot.models", "bot.outgoing", "bot.queries", "bot.services", "bot.slack", "bot.views",
    },
    "jobs": {
        "bot.core", "bot.db", "bot.delivery", "bot.errors", "bot.liaison", "bot.models",
        "bot.outgoing", "bot.queries", "bot.services", "bot.slack", "bot.sqlite",
    },
}  # fmt: skip
"""What a part may know of ours, besides itself. `bot.app` and `bot.cli` put all together."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "slack_sdk": ("bot/slack.py", "bot/app.py", "bot/socket.py"),
    "slack_bolt": (
        "handlers/", "bot/app.py", "bot/socket.py", "bot/intake/slack_door.py",
    ),
    "apscheduler": ("jobs/",),
    "alembic": ("bot/db.py", "migrations/"),
    "uvicorn": ("bot/app.py",),
    "websocket": ("bot/socket.py",),
    "starlette": ("bot/intake/",),
    "opening_hours": ("bot/calendars.py",),
    "holidays": ("bot/calendars.py",),
    "icalendar": ("bot/calendar_file.py",),
    "cryptography": ("bot/vault.py",),
    "ctypes": ("bot/memory.py",),
    "socket": ("bot/outgoing.py", "bot/slack.py"),
    "dotenv": ("bot/cli.py",),
    "os": ("bot/cli.py",),
}  # fmt: skip
"""Where a library may be imported; nowhere else in bot, handlers and jobs."""


def sources(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


PRODUCT = sources("bot", "handlers", "jobs", "migrations")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def part_of(module: str) -> str:
    """`bot.views.ids` is of `bot.views`; `handlers.desk` of `handlers`."""
    pieces = module.split(".")
    return ".".join(pieces[:2]) if pieces[0] == "bot" else pieces[0]


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, `from bot import queries` as `bot.queries`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from names if module in {"bot", "handlers", "jobs"} else [module]


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def imported_by(file: Path) -> frozenset[str]:
    """Read once: a dozen tests ask it of every file."""
    return frozenset(imported(parsed(file)))


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_knows_only_what_lies_beneath_it(part: str) -> None:
    folder = ROOT.joinpath(*part.split("."))
    files = sources(name_of(folder)) if folder.is_dir() else [folder.with_suffix(".py")]
    own = {"bot", "handlers", "jobs", "sandbox", "replay", "tests"}
    for file in files:
        known = {part_of(module) for module in imported_by(file) if module.split(".")[0] in own}
        assert known <= MAY_IMPORT[part] | {part}, name_of(file)


def test_the_core_is_python_alone() -> None:
    for file in sources("bot/core"):
        roots = {module.split(".")[0] for module in imported_by(file)}
        assert roots <= sys.stdlib_module_names | {"bot"}, name_of(file)


def test_only_the_composition_root_knows_the_listeners_and_the_jobs() -> None:
    for file in sources("bot"):
        roots = {module.split(".")[0] for module in imported_by(file)}
        if roots & {"handlers", "jobs"}:
            assert name_of(file) == "bot/app.py"


@pytest.mark.parametrize("folder", ["bot", "handlers", "jobs"])
def test_the_product_knows_nothing_of_the_sandbox_and_the_tests(folder: str) -> None:
    for file in sources(folder):
        roots = {module.split(".")[0] for module in imported_by(file)}
        assert not roots & {"sandbox", "replay", "tests", "pytest"}, name_of(file)


def test_the_sandbox_knows_nothing_of_the_bot() -> None:
    for file in sources("sandbox"):
        if name_of(file) == "sandbox/demo.py":
            continue
        roots = {module.split(".")[0] for module in imported_by(file)}
        assert not roots & {"bot", "handlers", "jobs", "replay", "tests"}, name_of(file)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_spoken_to_in_its_place_only(library: str) -> None:
    users = [
        name_of(file)
        for file in PRODUCT
        if any(module.split(".")[0] == library for module in imported_by(file))
    ]

    assert users, f"nobody uses {library} any more"
    assert [user for user in users if not user.startswith(ONLY_IN[library])] == []


def test_the_clock_is_read_in_one_place() -> None:
    assert {name_of(file) for file in PRODUCT if reads_the_clock(file)} == {"bot/clock.py"}


def test_everything_is_caught_at_the_two_outer_edges_only() -> None:
    broad = {name_of(file) for file in PRODUCT if catches_everything(file)}

    assert broad <= {"handlers/errors.py", "jobs/__init__.py"}


def test_nothing_is_imported_inside_a_function() -> None:
    for file in PRODUCT + sources("sandbox"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert list(imported(node)) == [], f"{name_of(file)}: {node.name}"


def test_a_view_gets_values_and_asks_no_database() -> None:
    for file in sources("bot/views"):
        tree = parsed(file)
        assert not any(module.startswith("sqlalchemy") for module in imported(tree)), name_of(file)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & {"Session", "Engine", "select", "Liaison"}, name_of(file)


def test_what_a_use_case_and_a_query_do_with_a_transaction_is_not_end_it() -> None:
    for file in sources("bot/services", "bot/queries", "handlers"):
        assert not calls(file) & {"commit", "rollback"}, name_of(file)


def calls(file: Path) -> set[str]:
    """The last names of everything that is called."""
    called = (node.func for node in ast.walk(parsed(file)) if isinstance(node, ast.Call))
    return {function.attr for function in called if isinstance(function, ast.Attribute)}


def reads_the_clock(file: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
        for node in ast.walk(parsed(file))
    )


def catches_everything(file: Path) -> bool:
    return any(
        isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
        for node in ast.walk(parsed(file))
    )


def test_a_migration_that_may_have_run_somewhere_stays_as_it_is() -> None:
    """A database that ran it earlier would lack what is written into it now. A line of the list is
    what `sha256sum versions/*.py` says in its folder."""
    folder = ROOT / "migrations"
    lines = (line.split() for line in (folder / "landed.sha256").read_text("utf-8").splitlines())
    landed = {name: digest for digest, name in lines}
    versions = sorted(folder.glob("versions/*.py"))

    assert {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in versions
    } == landed
