"""python -m bot run | check | doctor | manifest | migrate | import | erase | playbook …"""

import argparse
import json
import logging
import os
import re
import signal
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from threading import Event

from dotenv import dotenv_values

from bot import __version__, cli_imports
from bot import manifest as manifests
from bot.app import Bot, connect, learn_people
from bot.clock import wall
from bot.config import BadSettings, Settings
from bot.db import make_engine, migrate
from bot.errors import CannotStart, NotSaved, SlackError
from bot.intake.csv_file import NotCsv
from bot.liaison import Liaison
from bot.memory import share_one_heap
from bot.outgoing import Outgoing
from bot.playbook import Playbook, PlaybookFaults, as_toml
from bot.progress import Bar
from bot.services import doctor, playbooks, tryout
from bot.services.erasing import count_erasable, erase_lead
from bot.slack import Slack
from bot.sqlite import empty_log
from bot.views.doctor import printed
from bot.views.tryout import as_text

OK, FAULTY = 0, 2
ASKED_TO_END_EVERY = 0.2
"""Seconds. The system may give a signal to any thread, and then nothing wakes the one that waits
here without a limit: of 56 SIGTERMs amid 30 commands, 4 were never noticed."""
LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 something has to be put right first."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    _set_up_logging()
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
    except BadSettings as error:
        _complain([f"{fault.name} {fault.fix}" for fault in error.faults])
    except PlaybookFaults as error:
        _complain([f"{fault.key}: {fault.problem}" for fault in error.faults])
    except (CannotStart, NotCsv, NotSaved, SlackError) as error:
        _complain([str(error)])
    return FAULTY


def _set_up_logging() -> None:
    """Ids and codes only. The SDK would log payloads, and call each retry an error."""
    logging.basicConfig(level=logging.INFO, format=LOG_LINE)
    for chatty, level in (
        ("slack_sdk", logging.CRITICAL),
        ("slack_bolt", logging.ERROR),
        ("apscheduler", logging.WARNING),
        ("alembic", logging.WARNING),
        ("uvicorn", logging.WARNING),
        ("websocket", logging.CRITICAL),
    ):
        logging.getLogger(chatty).setLevel(level)


def _log_as_json() -> None:
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())


class JsonLines(logging.Formatter):
    """One object a line: at (UTC), level, logger, message, and error with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {
            "at": at,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Liaison, the Slack app.")
    parser.add_argument("--version", action="version", version=f"liaison {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add(commands, "run", run, "start the bot; settings come from the environment and .env")
    _add(commands, "check", check, "name every setting that is missing or wrong, with its fix")
    _add(commands, "migrate", migrate_database, "bring the database to this version")
    _add(commands, "doctor", examine, "look at every part, and say what to do where it is not well")
    manifest = _add(commands, "manifest", print_manifest, "print the app manifest to paste")
    manifest.add_argument(
        "--http", metavar="URL", help="Slack calls the bot at this https:// address"
    )
    manifest.add_argument(
        "--json", action="store_true", help="as JSON, as Slack's own CLI reads it"
    )
    # Slack's CLI names the project's folder to every hook; there is one manifest.
    manifest.add_argument("--source", help=argparse.SUPPRESS)
    manifest.add_argument("--prefix", metavar="WORD-", help="put a word before each command's name")
    _add(commands, "new-secret", new_secret, "print a fresh webhook secret")
    erasing = _add(commands, "erase", erase, "erase a lead, here and in Slack, for good")
    whom = erasing.add_mutually_exclusive_group(required=True)
    whom.add_argument("--lead", metavar="ID", help="the lead's id, as your CRM sends it")
    whom.add_argument("--email", metavar="ADDRESS", help="the lead's address")
    erasing.add_argument("--yes", action="store_true", help="do not ask first")
    importing = _add(commands, "import", import_leads, "bring in a CSV as history, or announce it")
    cli_imports.add_arguments(importing)
    playbook = commands.add_parser("playbook", help="work with a playbook file")
    actions = playbook.add_subparsers(required=True, metavar="action")
    checking = _add(actions, "check", check_playbook, "name every fault of a file, by its key")
    checking.add_argument("file", type=Path, metavar="FILE")
    _add(actions, "export", export_playbook, "print the playbook in force as a file")
    taking = _add(actions, "import", import_playbook, "make a file the playbook in force")
    taking.add_argument("file", type=Path, metavar="FILE")
    trying = _add(actions, "try", try_playbook, "show what a file would have made of 30 days")
    trying.add_argument("file", type=Path, metavar="FILE")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Callable[[argparse.Namespace], int],
    about: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(command=command)
    return parser


def run(_: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C; then what is at hand is finished."""
    settings = _settings()
    if settings.liaison_log == "json":
        _log_as_json()
    share_one_heap()
    bot = Bot(settings)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        bot.start()
        print(f"Liaison is running; leads are taken at port {bot.port}.", flush=True)
        while not stopping.wait(ASKED_TO_END_EVERY):
            pass
    finally:
        bot.stop()
    return OK


def check(_: argparse.Namespace) -> int:
    """Settings, then what only Slack, the database and the playbook can tell."""
    settings = _settings()
    liaison, _slack, _me = connect(settings, wall, playbooks.at_the_next_start)
    if liaison.shelf.number and liaison.rooms.missing:
        raise CannotStart(_uninvited(liaison.rooms.missing))
    follows = (
        f"cards go to {liaison.handoff_channel}."
        if liaison.shelf.number
        else "there is no playbook yet. Once it runs, the bot asks for one in Slack."
    )
    print(f"All settings are good: workspace {liaison.team_id}, {follows}")
    for sentence in liaison.playbook.notes():
        print(f"Note: {sentence}")
    print(
        "Note: any app here may hand leads over by its messages' metadata; to trust one only, "
        'write its id for "*" under metadata_subscriptions in manifest.yml, and paste it anew.'
    )
    return OK


def _uninvited(channels: Sequence[str]) -> str:
    return (
        f"The bot is not in {' and '.join(channels)}: create what is missing and type "
        "/invite @Liaison there, or name another channel in the playbook. The bot starts without "
        "it, and what it has to say there waits."
    )


def examine(_: argparse.Namespace) -> int:
    """Ends with 2 when something needs a hand, so that a monitor can ask."""
    settings = _settings()
    liaison, slack = _connected()
    outgoing = Outgoing(may_be_here=settings.is_sandbox)
    doorstep = doctor.Doorstep(outgoing, settings.liaison_public_url)
    findings = doctor.examine(liaison, slack, doorstep)
    print(printed(findings))
    return FAULTY if any(found.fix for found in findings) else OK


def print_manifest(chosen: argparse.Namespace) -> int:
    """Needs no settings: it is pasted before there are any."""
    manifest = manifests.load()
    if chosen.prefix is not None:
        if not re.fullmatch(r"[a-z0-9_]+-", chosen.prefix):
            raise CannotStart("--prefix is small letters or digits and a hyphen, such as acme-.")
        manifest = manifests.prefixed(manifest, chosen.prefix)
    if chosen.http is not None:
        if not re.fullmatch(r"https://[^/\s]+/?", chosen.http):
            raise CannotStart("--http is an address without a path, such as https://host.example.")
        manifest = manifests.over_http(manifest, chosen.http)
    print(json.dumps(manifest) if chosen.json else manifests.as_yaml(manifest).rstrip())
    return OK


def migrate_database(_: argparse.Namespace) -> int:
    migrate(make_engine(_settings().database_url))
    print("The database is at this version.")
    return OK


def erase(chosen: argparse.Namespace) -> int:
    """Asks first. What Slack shows is changed by the bot that runs, or at its next start."""
    liaison, _slack = _connected()
    try:
        count = count_erasable(liaison, lead_id=chosen.lead, email=chosen.email)
        if not count:
            raise CannotStart("No lead is known by this; was it erased already?")
        if not chosen.yes and not _is_sure(f"Erase {count} lead(s)? This cannot be undone."):
            raise CannotStart("Nothing was erased.")
        erased = erase_lead(liaison, lead_id=chosen.lead, email=chosen.email)
        empty_log(liaison.engine)
    finally:
        liaison.engine.dispose()
    print(f"Erased: {erased}. The running bot now takes them out of Slack's messages.")
    return OK


def _is_sure(question: str) -> bool:
    """Whether somebody types yes; nobody there to ask means no."""
    print(f"{question} Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip().lower() == "yes"


def import_leads(chosen: argparse.Namespace) -> int:
    file, mapping = cli_imports.open_file(chosen)
    liaison, _slack = _connected()
    return OK if cli_imports.bring_in(liaison, file, mapping, chosen) else FAULTY


def check_playbook(chosen: argparse.Namespace) -> int:
    """Needs no settings: anybody may check a file."""
    file: Path = chosen.file
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{file} cannot be read: {error}.") from error
    playbook = Playbook.parse(text)
    print(f"{file} is a good playbook: {len(playbook.people)} people.")
    for sentence in playbook.notes():
        print(f"Note: {sentence}")
    return OK


def export_playbook(_: argparse.Namespace) -> int:
    """As TOML, changes made in Slack included."""
    liaison, _slack = _connected()
    print(as_toml(liaison.playbook), end="")
    return OK


def import_playbook(chosen: argparse.Namespace) -> int:
    liaison, _slack = _connected()
    number = playbooks.bring_in_file(liaison, chosen.file).number
    print(f"Version {number} is in force; a running bot takes it over within seconds.")
    return OK


def try_playbook(chosen: argparse.Namespace) -> int:
    """Changes nothing, here or in Slack."""
    other = playbooks.read_file(chosen.file)
    liaison, _slack, _me = connect(_settings(), wall)
    bars: list[Bar] = []

    def begin(total: int) -> Callable[[int], None]:
        bars.append(Bar(total, "hand-offs, by both playbooks"))
        return bars[0].show

    try:
        tried = tryout.try_out(liaison, other, begin)
    finally:
        liaison.engine.dispose()
    bars[0].clear()
    print(as_text(tried))
    return OK


def new_secret(_: argparse.Namespace) -> int:
    """In Standard Webhooks' form, with 32 random bytes."""
    print(f"whsec_{b64encode(token_bytes(32)).decode()}")
    return OK


def _connected() -> tuple[Liaison, Slack]:
    """By the playbook in force: a command beside a running bot changes no rule."""
    liaison, slack, _me = connect(_settings(), wall)
    learn_people(liaison, slack)
    return liaison, slack


def _settings() -> Settings:
    """From the environment, and from .env where the environment says nothing."""
    written = {name: value or "" for name, value in dotenv_values(Path.cwd() / ".env").items()}
    return Settings.from_env(written | dict(os.environ))


def _complain(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
