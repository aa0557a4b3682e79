"""Settings: everything the bot reads from the environment, checked at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SLACK = "https://slack.com/api/"
SECRETS = frozenset(
    {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "LIAISON_WEBHOOK_SECRET",
        "LIAISON_CALENDAR_KEY",
        "DATABASE_URL",
    }
)
"""What may stand in a file instead, named by NAME_FILE."""
SHORTEST_LEASE = 20
"""Twice the time a call to Slack may take: before that nobody may think it lost."""


@dataclass(frozen=True)
class Fault:
    """A setting that is missing or wrong, and what to do about it."""

    name: str
    fix: str


class BadSettings(Exception):
    """Some settings are missing or wrong."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.name}: {fault.fix}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """The environment as values. Secrets have no default and never print."""

    slack_bot_token: str = field(repr=False)
    slack_app_token: str | None = field(repr=False)
    """Set = Socket Mode, which wins over HTTP."""
    slack_signing_secret: str | None = field(repr=False)
    slack_api_url: str
    database_url: str = field(repr=False)
    liaison_playbook: Path | None
    """None = the built-in playbook, which lists nobody."""
    liaison_webhook_secret: tuple[str, ...] = field(repr=False)
    """Empty = webhook intake is off."""
    liaison_calendar_key: tuple[str, ...] = field(repr=False)
    """Empty = nobody gives the address of their calendar."""
    liaison_public_url: str | None
    """Where a reverse proxy lets senders of leads reach the bot, without a slash at its end. None =
    nobody said; only the doctor asks."""
    host: str
    port: int
    liaison_lease_seconds: float
    liaison_log: str
    """ "text" or "json"."""
    liaison_clock_url: str | None
    liaison_pace: float

    @property
    def is_sandbox(self) -> bool:
        """Slack is on this machine: only then may the clock be set and the pace raised."""
        return is_loopback(self.slack_api_url)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `BadSettings` with every fault, not only the first."""
        reader = _Reader(environ)
        settings = cls(
            slack_bot_token=reader.required(
                "SLACK_BOT_TOKEN",
                "copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions",
                r"xox[be]\S+",
            ),
            slack_app_token=reader.optional(
                "SLACK_APP_TOKEN",
                "copy an app-level token (xapp-…) with connections:write from Basic Information",
                r"xapp-\S+",
            ),
            slack_signing_secret=reader.optional(
                "SLACK_SIGNING_SECRET", "copy the Signing Secret from Basic Information", r"\S+"
            ),
            slack_api_url=reader.slack_url(),
            database_url=reader.database_url(),
            liaison_playbook=reader.playbook(),
            liaison_webhook_secret=reader.secrets("LIAISON_WEBHOOK_SECRET"),
            liaison_calendar_key=reader.secrets("LIAISON_CALENDAR_KEY"),
            liaison_public_url=reader.public_url(),
            host=reader.value("HOST", "127.0.0.1"),
            port=int(reader.number("PORT", "3000", least=0, most=65535)),
            liaison_lease_seconds=reader.number("LIAISON_LEASE_SECONDS", "60", least=2, most=600),
            liaison_log=reader.optional("LIAISON_LOG", "write text or json", "text|json") or "text",
            liaison_clock_url=reader.url("LIAISON_CLOCK_URL"),
            liaison_pace=reader.number("LIAISON_PACE", "1", least=0.01, most=100_000),
        )
        reader.check_listening(settings)
        reader.check_sandbox_only(settings)
        if reader.faults:
            raise BadSettings(tuple(reader.faults))
        return settings


def is_loopback(url: str) -> bool:
    """Whether a URL points to this machine, by name or address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Reader:
    """Reads settings one by one and collects the faults."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[Fault] = []

    def value(self, name: str, default: str) -> str:
        """As it is set, or as the file says that NAME_FILE names: a Docker or Kubernetes secret."""
        given = self._environ.get(name, "").strip()
        named = self._environ.get(f"{name}_FILE", "").strip() if name in SECRETS else ""
        if not named:
            return given or default
        if given:
            self._fault(name, f"is set, and so is {name}_FILE; keep one of them.")
            return given
        try:
            return Path(named).read_text("utf-8").strip() or default
        except (OSError, UnicodeDecodeError):
            self._fault(f"{name}_FILE", f"names no readable file: {named}.")
            return default

    def required(self, name: str, fix: str, pattern: str) -> str:
        if not self.value(name, ""):
            self._fault(name, f"is missing; {fix}.")
            return ""
        return self.optional(name, fix, pattern) or ""

    def optional(self, name: str, fix: str, pattern: str) -> str | None:
        value = self.value(name, "")
        if value and not re.fullmatch(pattern, value):
            self._fault(name, f"does not look right; {fix}.")
        return value or None

    def url(self, name: str, default: str = "") -> str | None:
        value = self.value(name, default)
        parts = urlsplit(value)
        if value and not (parts.scheme in {"http", "https"} and parts.hostname):
            self._fault(name, "is not a URL; write it as https://host/path.")
        return value or None

    def slack_url(self) -> str:
        url = self.url("SLACK_API_URL", SLACK) or SLACK
        if not url.startswith("https:") and not is_loopback(url):
            self._fault("SLACK_API_URL", "must use https, or the token travels in the open.")
        return url if url.endswith("/") else url + "/"

    def public_url(self) -> str | None:
        url = self.url("LIAISON_PUBLIC_URL")
        if url and urlsplit(url).path.strip("/"):
            self._fault("LIAISON_PUBLIC_URL", "is an address without a path: https://host.")
        elif url and not url.startswith("https:") and not is_loopback(url):
            self._fault("LIAISON_PUBLIC_URL", "must use https, or leads travel in the open.")
        return url.rstrip("/") if url else None

    def number(self, name: str, default: str, *, least: float, most: float) -> float:
        value = self.value(name, default)
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            self._fault(name, f"must be a number from {least:g} to {most:g}, such as {default}.")
            return float(default)
        return number

    def database_url(self) -> str:
        value = self.value("DATABASE_URL", "sqlite:///liaison.db")
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in {"sqlite", "postgresql", "postgres"}:
            self._fault(
                "DATABASE_URL",
                "must start with sqlite:/// or postgresql://, such as sqlite:///liaison.db.",
            )
        return value.replace("postgres://", "postgresql://", 1)

    def playbook(self) -> Path | None:
        value = self.value("LIAISON_PLAYBOOK", "")
        if value and not Path(value).is_file():
            self._fault("LIAISON_PLAYBOOK", f"names no file: {value}; give the path of a .toml.")
        return Path(value) if value else None

    def secrets(self, name: str) -> tuple[str, ...]:
        values = self.value(name, "")
        secrets = tuple(secret.strip() for secret in values.split(",") if secret.strip())
        if any(not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,}={0,2}", secret) for secret in secrets):
            self._fault(
                name,
                "must be one or more whsec_… separated by commas; "
                "make one with: python -m bot new-secret",
            )
        return secrets

    def check_listening(self, settings: Settings) -> None:
        if not (settings.slack_app_token or settings.slack_signing_secret):
            self._fault(
                "SLACK_APP_TOKEN",
                "is missing; set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.",
            )

    def check_sandbox_only(self, settings: Settings) -> None:
        for name, is_set in (
            ("LIAISON_CLOCK_URL", settings.liaison_clock_url is not None),
            ("LIAISON_PACE", settings.liaison_pace > 1),
        ):
            if is_set and not settings.is_sandbox:
                self._fault(name, "is for a sandbox on this machine; remove it.")
        if settings.liaison_lease_seconds < SHORTEST_LEASE and not settings.is_sandbox:
            self._fault("LIAISON_LEASE_SECONDS", f"must be at least {SHORTEST_LEASE}, such as 60.")

    def _fault(self, name: str, fix: str) -> None:
        self.faults.append(Fault(name, fix))
