"""What is left of an erased lead: a hash that recognises it, and history that names nobody."""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

_CODES = frozenset({"fields", "kind", "outcome", "rating", "told"})
"""Facts that hold keys of ours or of the playbook."""
_ID_OR_NUMBER = re.compile(
    r"[UW][A-Z0-9]{6,}|[0-9]{1,9}|[A-D]"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?"
)
"""A person, a count, a grade, a row of ours, an instant."""


def digest(secret: str, lead_key: str) -> str:
    """A lead's key as a hash; without the secret nobody can try addresses on it."""
    return hmac.new(secret.encode(), lead_key.encode(), sha256).hexdigest()


def without_words(facts: Mapping[str, str]) -> dict[str, str]:
    """A line of history with its codes, and nothing anybody wrote; no fact is left out."""
    return {name: fact if _is_code(name, fact) else "" for name, fact in facts.items()}


def _is_code(name: str, fact: str) -> bool:
    return name in _CODES or _ID_OR_NUMBER.fullmatch(fact) is not None
