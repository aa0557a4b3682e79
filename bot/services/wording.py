"""What somebody wrote in a form, tidied."""

from bot.errors import BadField


def worded(words: str | None, field: str, missing: str, most: int) -> str:
    """In one line of at most `most` characters. Raises `BadField`; `missing` says what to write."""
    told = " ".join((words or "").split())
    if not told:
        raise BadField(field, missing)
    if len(told) > most:
        raise BadField(field, f"Please keep it under {most} characters.")
    return told
