"""The bot as the process it is in earnest, so that it can be killed."""

import hmac
import json
import os
import re
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from signal import SIGABRT
from types import TracebackType
from typing import Self
from urllib.request import Request, urlopen

from bot.config import Settings
from tests.office import SECRET, Json

ROOT = Path(__file__).parent.parent
STOP_WITHIN = 15
MOST = 20_000
"""Characters of a log that tell where each thread was."""


class BotProcess:
    """`python -m bot run`, as a context manager; listening once it is entered."""

    port: int

    def __init__(self, settings: Settings, log: Path, tree: Path = ROOT) -> None:
        """`log` gets all that it logs, after what an earlier process has logged there; `tree` is
        the checkout it runs from."""
        self._tree = tree
        self._settings = settings
        self._log = log

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._tree,
                # Told to abort, it writes down first where each thread is.
                env=os.environ | environment(self._settings) | {"PYTHONFAULTHANDLER": "1"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        said = self._process.stdout.readline()
        told = re.search(r"port (\d+)", said)
        assert told, f"The bot did not start: {self._log.read_text('utf-8')}"
        self.port = int(told[1])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.send_signal(SIGABRT)
            self._process.communicate()
            where = self._log.read_text("utf-8")[-MOST:]
            raise AssertionError(f"The bot did not end in {STOP_WITHIN} s: {where}") from None

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash or the kernel would: it hears nothing of it."""
        self._process.kill()
        self._process.communicate()

    def deliver(self, delivery: str, event: Json) -> Json:
        """POST an event under a Standard Webhooks signature, made here by the book."""
        body, stamp = json.dumps(event), str(int(time.time()))
        key = b64decode(SECRET.removeprefix("whsec_"))
        mac = hmac.new(key, f"{delivery}.{stamp}.{body}".encode(), sha256)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{b64encode(mac.digest()).decode()}",
        }
        request = Request(f"http://127.0.0.1:{self.port}/hooks/leads", body.encode(), headers)
        with urlopen(request, timeout=10) as answer:
            assert answer.status == 202
            told: Json = json.load(answer)
            return told


def environment(settings: Settings) -> dict[str, str]:
    """Settings as the environment they would be read from."""
    given = {each.name.upper(): getattr(settings, each.name) for each in fields(settings)}
    return {name: _written(value) for name, value in given.items()}


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
