"""The sets there are, and where each is found."""

from collections.abc import Mapping
from pathlib import Path

from replay import leadforge, olist
from replay.figures import published_figures
from replay.leadset import LeadSet
from replay.mishaps import with_mishaps

SAMPLE = Path(__file__).parent / "sample"
NAMES = ("sample", "leadforge", "olist")

_READERS = {"sample": leadforge.read, "leadforge": leadforge.read, "olist": olist.read}
_FOLDERS = {"leadforge": "LEADFORGE_DIR", "olist": "OLIST_DIR"}


class NoSuchSet(Exception):
    """A set cannot be read; the text says what to do."""


def read(name: str, environ: Mapping[str, str], most: int | None = None) -> LeadSet:
    """A set with its mishaps, the first `most` leads of it. Raises `NoSuchSet`."""
    folder = _folder(name, environ)
    try:
        return with_mishaps(_READERS[name](folder, most))
    except OSError as error:
        raise NoSuchSet(f"The set {name} cannot be read in {folder}: {error.strerror}.") from error


def published(name: str, environ: Mapping[str, str]) -> dict[str, object] | None:
    """The figures others found in this set, where their file is; None = there is none."""
    if name != "olist":
        return None
    beside = _folder(name, environ).parent / "expected.json"
    file = Path(environ.get("EXPECTED_JSON") or beside)
    return published_figures(file) if file.is_file() else None


def _folder(name: str, environ: Mapping[str, str]) -> Path:
    variable = _FOLDERS.get(name)
    if variable is None:
        return SAMPLE
    if not environ.get(variable):
        raise NoSuchSet(f"Set {variable} to the folder of the set {name}, or replay the sample.")
    return Path(environ[variable])
