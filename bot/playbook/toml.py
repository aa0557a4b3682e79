"""The file's text as a TOML document, or the place where it stops being TOML."""

import re
import tomllib

from bot.playbook.faults import Fault, PlaybookFaults

Document = dict[str, object]
"""What TOML gives: strings, numbers, booleans, dates, lists and further documents."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_ADVICE = {
    "Invalid value": 'Put text between double quotes, as in timezone = "Europe/Berlin".',
    "Unterminated string": "A text ends without its closing double quote; add it.",
    "Unclosed array": "A list ends without its closing bracket; add it.",
    "Cannot overwrite a value": "A key is there twice; keep one of them.",
    "Cannot declare": "A section is there twice; put its keys together under one of them.",
    "Expected '='": 'Write key = "value", with an equals sign between them.',
    "Expected newline": "Only one key = value fits on a line; put what follows on its own.",
    "Invalid statement": 'A line begins with a [section], a key = "value" or a # comment.',
}


def read_toml(text: str) -> Document:
    """Raises PlaybookFaults naming line and column; TOML stops at its first fault."""
    try:
        # Some editors begin a file with a byte order mark, which TOML does not allow.
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise PlaybookFaults([_syntax_fault(text, str(error))]) from error
    except (RecursionError, ValueError) as error:
        fault = Fault("file", "A list is nested too deep or a number is too long; shorten it.")
        raise PlaybookFaults([fault]) from error


def _syntax_fault(text: str, message: str) -> Fault:
    place = _PLACE.search(message)
    line, column = (place[1], place[2]) if place and place[1] else _end(text)
    said = _PLACE.sub("", message)
    advice = (advice for start, advice in _ADVICE.items() if said.startswith(start))
    return Fault(
        f"line {line}, column {column}",
        next(advice, f"This is not TOML ({said}); correct or remove it."),
    )


def _end(text: str) -> tuple[int, int]:
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1
