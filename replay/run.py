"""One replay from end to end: the set, the office, the loop, the books, the findings."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from replay.books import Books, open_books
from replay.leadset import LeadSet
from replay.office import office
from replay.play import Progress, play
from replay.slack_process import sandbox
from sandbox.control import Control


@dataclass(frozen=True)
class Played:
    """What a replay leaves: both sides' books, and how long it took."""

    books: Books
    seconds: float
    jumps: int


def replay(leads: LeadSet, database_url: str | None, progress: Progress) -> Played:
    """Play a set on an empty database; None = a SQLite file that goes again.

    Raises `Stuck`, and whatever the bot raises when it cannot start.
    """
    with TemporaryDirectory(prefix="liaison-replay-") as folder, sandbox() as slack_url:
        url = database_url or f"sqlite:///{Path(folder) / 'replay.db'}"
        with office(slack_url, url) as playing:
            began = time.perf_counter()
            tally = play(playing, leads, progress)
            seconds = time.perf_counter() - began
            books = open_books(playing, Control(slack_url), leads, tally)
            return Played(books, seconds, playing.clock.jumps)
