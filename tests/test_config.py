"""Settings: every fault at once with its fix, secrets never shown, sandbox things only there."""

from pathlib import Path

import pytest

from bot.config import BadSettings, Settings, is_loopback

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOOD = {"SLACK_BOT_TOKEN": "xoxb-secret-1", "SLACK_APP_TOKEN": "xapp-secret-2"}
SANDBOX = {"SLACK_API_URL": "http://127.0.0.1:4433/api/"}


def faults(**given: str) -> dict[str, str]:
    """The faults of good settings with these changes, by name."""
    with pytest.raises(BadSettings) as bad:
        Settings.from_env(GOOD | given)
    return {fault.name: fault.fix for fault in bad.value.faults}


def test_two_tokens_are_enough() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:///liaison.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.liaison_webhook_secret == ()
    assert not settings.is_sandbox


def test_every_fault_is_named_at_once_with_its_fix() -> None:
    found = faults(
        SLACK_BOT_TOKEN="",
        SLACK_APP_TOKEN="xoxb-wrong-kind",
        SLACK_API_URL="ftp://slack",
        DATABASE_URL="mysql://host/db",
        LIAISON_PLAYBOOK="/nowhere/playbook.toml",
        LIAISON_WEBHOOK_SECRET="hunter2",
        PORT="eighty",
        LIAISON_LEASE_SECONDS="0",
        LIAISON_CLOCK_URL="clock",
        LIAISON_PACE="fast",
    )

    assert set(found) == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "DATABASE_URL",
        "LIAISON_PLAYBOOK",
        "LIAISON_WEBHOOK_SECRET",
        "PORT",
        "LIAISON_LEASE_SECONDS",
        "LIAISON_CLOCK_URL",
        "LIAISON_PACE",
    }
    assert all(fix.endswith((".", "new-secret")) for fix in found.values())


def test_without_a_way_to_listen_both_ways_are_named() -> None:
    found = faults(SLACK_APP_TOKEN="")

    assert "SLACK_SIGNING_SECRET" in found["SLACK_APP_TOKEN"]
    assert Settings.from_env(
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    ).slack_signing_secret


def test_no_secret_is_ever_shown() -> None:
    secrets = {
        **GOOD,
        "SLACK_SIGNING_SECRET": "signing-secret-3",
        "DATABASE_URL": "postgresql://liaison:pass-word-4@db.example.com/liaison",
        "LIAISON_WEBHOOK_SECRET": WHSEC,
    }

    shown = f"{Settings.from_env(secrets)!r} {Settings.from_env(secrets)}"

    for secret in ("xoxb-secret-1", "xapp-secret-2", "signing-secret-3", "pass-word-4", WHSEC):
        assert secret not in shown


def test_a_fault_does_not_repeat_the_secret_it_found() -> None:
    with pytest.raises(BadSettings) as bad:
        Settings.from_env(
            {
                "SLACK_BOT_TOKEN": "my-own-secret",
                "SLACK_APP_TOKEN": "my-own-secret",
                "DATABASE_URL": "mysql://root:my-own-secret@host/db",
                "LIAISON_WEBHOOK_SECRET": "my-own-secret",
            }
        )

    assert "my-own-secret" not in str(bad.value)


@pytest.mark.parametrize(
    "given", [{"LIAISON_CLOCK_URL": "http://127.0.0.1:4433/clock"}, {"LIAISON_PACE": "20"}]
)
def test_what_is_for_a_sandbox_is_refused_before_a_real_workspace(given: dict[str, str]) -> None:
    assert set(faults(**given)) == set(given)
    assert Settings.from_env(GOOD | SANDBOX | given).is_sandbox


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("http://liaison.example.com", "must use https"),
        ("https://liaison.example.com/hooks/leads", "without a path"),
    ],
)
def test_the_public_address_is_one_that_leads_may_travel_to(url: str, fix: str) -> None:
    assert fix in faults(LIAISON_PUBLIC_URL=url)["LIAISON_PUBLIC_URL"]


def test_the_public_address_is_kept_without_a_slash_at_its_end() -> None:
    given = GOOD | {"LIAISON_PUBLIC_URL": "https://liaison.example.com/"}
    assert Settings.from_env(given).liaison_public_url == "https://liaison.example.com"


def test_a_token_does_not_travel_in_the_open() -> None:
    assert "https" in faults(SLACK_API_URL="http://slack.example.com/api/")["SLACK_API_URL"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:3000/api", True),
        ("http://127.8.9.1/api", True),
        ("http://[::1]:80/api", True),
        ("http://localhost.example.com/api", False),
        ("http://127.0.0.1.example.com/api", False),
        ("https://slack.com/api/", False),
    ],
)
def test_this_machine_is_told_from_others_that_look_like_it(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_several_webhook_secrets_may_overlap_while_one_replaces_the_other() -> None:
    settings = Settings.from_env(GOOD | {"LIAISON_WEBHOOK_SECRET": f"{WHSEC}, {WHSEC[:-1]}x"})

    assert settings.liaison_webhook_secret == (WHSEC, f"{WHSEC[:-1]}x")


def test_the_base_of_every_call_ends_in_a_slash() -> None:
    given = {"SLACK_API_URL": "http://127.0.0.1:4433/api"}

    assert Settings.from_env(GOOD | given).slack_api_url == "http://127.0.0.1:4433/api/"


def test_a_playbook_file_that_is_there_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "playbook.toml"
    file.touch()

    assert Settings.from_env(GOOD | {"LIAISON_PLAYBOOK": str(file)}).liaison_playbook == file


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_ways_to_write_postgresql_are_understood(scheme: str) -> None:
    settings = Settings.from_env(GOOD | {"DATABASE_URL": f"{scheme}://liaison@host/liaison"})

    assert settings.database_url == "postgresql://liaison@host/liaison"
