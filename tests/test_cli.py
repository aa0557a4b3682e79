"""python -m bot: what a person sees who types it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.config import Settings
from handlers.commands import COMMANDS, known_as
from sandbox.server import Sandbox
from tests.office import MANIFEST, PLAYBOOK, SECRET

ROOT = Path(__file__).parent.parent
OURS = (*(field.upper() for field in Settings.__dataclass_fields__),)


@pytest.fixture(autouse=True)
def an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings in the environment, and no .env."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(manifest=MANIFEST, pace=100) as sandbox:
        yield sandbox


def settings(sandbox: Sandbox, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": sandbox.api_url,
        "LIAISON_PLAYBOOK": str(PLAYBOOK),
        "PORT": "0",
    } | more


def test_check_names_every_missing_setting_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2

    said = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN is missing" in said
    assert "SLACK_APP_TOKEN is missing" in said


def test_settings_may_stand_in_a_dotenv_file(
    sandbox: Sandbox, an_empty_place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{name}={value}" for name, value in settings(sandbox).items()]
    (an_empty_place / ".env").write_text("\n".join(lines))

    assert main(["check"]) == 0

    assert "All settings are good" in capsys.readouterr().out


def test_the_environment_wins_over_the_dotenv_file(
    sandbox: Sandbox,
    an_empty_place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (an_empty_place / ".env").write_text("SLACK_BOT_TOKEN=nonsense\n")
    for name, value in settings(sandbox).items():
        monkeypatch.setenv(name, value)

    assert main(["check"]) == 0, capsys.readouterr().err


def test_the_doctor_looks_at_every_part_and_ends_with_two_when_one_needs_a_hand(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in settings(sandbox).items():
        monkeypatch.setenv(name, value)

    assert main(["doctor"]) == 2

    said = capsys.readouterr().out
    assert "well  Permissions: All " in said
    assert "mend  Leads: None came in yet." in said


def test_the_manifest_over_http_differs_in_its_addresses_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["manifest"]) == 0
    ours = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert yaml.safe_load(capsys.readouterr().out) == ours

    assert main(["manifest", "--http", "https://liaison.example.com/"]) == 0
    told = yaml.safe_load(capsys.readouterr().out)
    commands, parts = told["features"]["slash_commands"], told["settings"]
    urls = [
        *(command.pop("url") for command in commands),
        parts["event_subscriptions"].pop("request_url"),
        parts["interactivity"].pop("request_url"),
    ]
    assert set(urls) == {"https://liaison.example.com/slack/events"}
    assert parts.pop("socket_mode_enabled") is False
    assert ours["settings"].pop("socket_mode_enabled") is True
    assert told == ours


def test_a_manifest_with_a_prefix_names_commands_the_bot_understands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["manifest", "--prefix", "acme-"]) == 0
    told = yaml.safe_load(capsys.readouterr().out)
    names = [command["command"] for command in told["features"]["slash_commands"]]
    assert [known_as(name) for name in names] == list(COMMANDS)
    assert "/acme-lead" in names
    assert told["display_information"]["name"] == "Liaison (acme)"


def test_slacks_own_cli_finds_the_manifest_by_its_hook() -> None:
    hooks = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))["hooks"]
    python, *words = f"{hooks['get-manifest']} --source={ROOT}".split()
    assert python == ".venv/bin/python"

    ran = subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)

    assert json.loads(ran.stdout) == yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert hooks["start"] == ".venv/bin/python -m bot run"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--prefix", "Acme"], "such as acme-"),
        (["--http", "http://liaison.example.com"], "such as https://"),
        (["--http", "https://liaison.example.com/slack/events"], "without a path"),
    ],
)
def test_a_manifest_that_slack_would_refuse_is_not_printed(
    wrong: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", *wrong]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-other"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
    ],
)
def test_check_says_what_slack_says(
    sandbox: Sandbox,
    wrong: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings(sandbox, **wrong).items():
        monkeypatch.setenv(name, value)

    assert main(["check"]) == 2

    assert sentence in capsys.readouterr().err


def test_check_names_a_channel_that_is_not_there(
    sandbox: Sandbox,
    an_empty_place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    playbook = an_empty_place / "playbook.toml"
    playbook.write_text('[channels]\nhandoffs = "#nowhere"\n')
    for name, value in settings(sandbox, LIAISON_PLAYBOOK=str(playbook)).items():
        monkeypatch.setenv(name, value)

    assert main(["check"]) == 2

    assert "#nowhere" in capsys.readouterr().err


def test_playbook_check_names_every_fault_by_its_key(
    an_empty_place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = an_empty_place / "playbook.toml"
    file.write_text('[sla]\nA = "soon"\n[[people]]\nemail = "ana"\nteam = "sales"\nrole = "rep"\n')

    assert main(["playbook", "check", str(file)]) == 2

    said = capsys.readouterr().err
    assert "sla.A: " in said
    assert "people[0].email: " in said


def test_an_empty_playbook_is_good(
    an_empty_place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = an_empty_place / "playbook.toml"
    file.touch()

    assert main(["playbook", "check", str(file)]) == 0

    assert "is a good playbook: 0 people" in capsys.readouterr().out


def test_a_playbook_that_is_not_there_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["playbook", "check", "nowhere.toml"]) == 2

    assert capsys.readouterr().err.count("\n") == 1


def test_a_fresh_secret_is_one_the_settings_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-secret"]) == 0
    secret = capsys.readouterr().out.strip()

    found = Settings.from_env(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "LIAISON_WEBHOOK_SECRET": f"{secret},{SECRET}",
        }
    )
    assert found.liaison_webhook_secret == (secret, SECRET)


def test_run_ends_in_order_when_it_is_told_to(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = os.environ | settings(sandbox, DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as bot:
        assert bot.stdout
        assert "Liaison is running" in bot.stdout.readline()
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(timeout=10) == 0


def test_a_database_of_another_workspace_is_refused(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings(sandbox, DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}").items():
        monkeypatch.setenv(name, value)
    assert main(["check"]) == 0
    rename_workspace(tmp_path / "a.db")

    assert main(["check"]) == 2

    assert "belongs to the workspace" in capsys.readouterr().err


def rename_workspace(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE workspace SET team_id = 'T0ANOTHER00'")
    connection.close()


def test_looking_at_a_file_beside_a_bot_puts_it_into_force_nowhere(
    sandbox: Sandbox,
    an_empty_place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings(sandbox).items():
        monkeypatch.setenv(name, value)
    first = an_empty_place / "first.toml"
    first.write_text(PLAYBOOK.read_text("utf-8"))
    assert main(["playbook", "import", str(first)]) == 2, "it is what the bot would begin with"
    first.write_text(first.read_text("utf-8").replace('A = "1h"', 'A = "2h"', 1))
    assert main(["playbook", "import", str(first)]) == 0
    changed = an_empty_place / "changed.toml"
    changed.write_text(first.read_text("utf-8").replace('A = "2h"', 'A = "3h"', 1))
    monkeypatch.setenv("LIAISON_PLAYBOOK", str(changed))

    assert main(["check"]) == 0
    assert main(["doctor"]) == 2
    capsys.readouterr()

    assert main(["playbook", "export"]) == 0
    assert 'A = "2h"' in capsys.readouterr().out


def test_a_playbook_goes_out_as_a_file_and_comes_in_again(
    sandbox: Sandbox,
    an_empty_place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings(sandbox).items():
        monkeypatch.setenv(name, value)
    file = an_empty_place / "changed.toml"

    assert main(["playbook", "export"]) == 0
    file.write_text(capsys.readouterr().out.replace('A = "1h"', 'A = "2h"', 1))
    assert main(["playbook", "import", str(file)]) == 0
    assert "Version 1 is in force" in capsys.readouterr().out

    assert main(["playbook", "import", str(file)]) == 2
    assert "says already" in capsys.readouterr().err
    assert main(["playbook", "export"]) == 0
    assert 'A = "2h"' in capsys.readouterr().out
