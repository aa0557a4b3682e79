"""compose.yaml and the image: what they promise, and the entry point run as the image runs it.

Where there is no daemon no image can be built, so the tree the Containerfile copies is made here,
taken every right to write, and started as somebody who owns nothing.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.server import Sandbox
from tests.bot_process import ROOT, environment
from tests.office import MANIFEST, PACE, settings_for

CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
NOBODY = 65534
AS_NOBODY: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
AS_IN_THE_IMAGE = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(Path(yaml.__file__).parent.parent),
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""Where the dependencies are; the image has them in /venv."""


def test_two_replicas_wait_for_a_healthy_database_and_are_watched() -> None:
    bot = COMPOSE["services"]["liaison"]

    assert bot["deploy"]["replicas"] == 2
    assert bot["depends_on"]["db"]["condition"] == "service_healthy"
    assert "/healthz" in bot["healthcheck"]["test"][-1]
    assert COMPOSE["services"]["db"]["healthcheck"]


def test_a_replica_may_write_nothing_and_do_nothing_but_run() -> None:
    bot = COMPOSE["services"]["liaison"]

    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER (?!0|root)\S+", CONTAINERFILE, re.MULTILINE)


def test_secrets_come_as_files_and_never_as_values() -> None:
    for service in COMPOSE["services"].values():
        for name in service["environment"]:
            if re.search(r"TOKEN|SECRET|PASSWORD|DATABASE_URL", name):
                assert name.endswith("_FILE")


def test_the_image_has_all_that_the_bot_imports_and_no_more() -> None:
    copied = set(re.findall(r"^COPY (\w[\w.]*) \S+$", CONTAINERFILE, re.MULTILINE))

    assert copied == {"requirements.lock", "bot", "handlers", "jobs", "migrations", "manifest.yml"}


def python_of_nobody() -> str | None:
    """An interpreter that somebody who owns nothing can run with our dependencies."""
    for python in (sys.executable, "/usr/bin/python3"):
        probe = [python, "-c", "import slack_bolt, sqlmodel, pydantic_core, psycopg"]
        with suppress(OSError):
            if (
                subprocess.run(
                    probe, env=AS_IN_THE_IMAGE, capture_output=True, **AS_NOBODY
                ).returncode
                == 0
            ):
                return python
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_the_entry_point_runs_as_nobody_on_a_tree_that_is_read_only(tmp_path: Path) -> None:
    python = python_of_nobody()
    if python is None:
        pytest.skip("nobody can read no interpreter here")
    tree = image_tree(tmp_path / "srv")
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        settings = environment(settings_for(sandbox, f"sqlite:///{data}/liaison.db"))
        process = subprocess.Popen(
            [python, "-m", "bot", "run"],
            cwd=tree,
            env=AS_IN_THE_IMAGE | settings | {"LIAISON_PLAYBOOK": ""},
            **AS_NOBODY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        said = process.stdout.readline()
        process.terminate()
        _, errors = process.communicate(timeout=15)

    assert "Liaison is running" in said, errors
    assert process.returncode == 0
    assert writable(tree) == []


def image_tree(to: Path) -> Path:
    """What the Containerfile copies, readable to all and writable to nobody."""
    for name in ("bot", "handlers", "jobs", "migrations"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manifest.yml", to)
    for each in [to, *to.rglob("*")]:
        each.chmod(0o555 if each.is_dir() else 0o444)
    return to


def writable(tree: Path) -> list[Path]:
    """Whatever the run left there, or may write."""
    return [each for each in tree.rglob("*") if each.stat().st_mode & 0o222]
